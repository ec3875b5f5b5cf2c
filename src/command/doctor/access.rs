//! Who else may read or write the files that afed rests on, or exchange them in a folder above them, and whom all of these
//! belong to. Each is told once, whatever ways lead to it, and nothing is told of what lies in a folder of somebody else's.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::{Path, PathBuf};

use super::chart::Chart;
use super::watched::{Others, watched};
use crate::app::Explain;
use crate::config::settings::Settings;
use crate::model::trust::{Access, Distrusted, Doubt};
use crate::render::pasted::quoted;
use crate::sys::files;
use crate::sys::user;

const CHECK: &str = "file modes";

/// What is wrong with the access to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
enum Trouble {
    #[error(transparent)]
    Doubt(#[from] Doubt),
    /// As a run with sudo leaves it.
    #[error("it belongs to root, and keeps this user out")]
    OfRootAlone,
    #[error("its mode is {mode:04o}, so that others can get at it")]
    Open { mode: u32 },
}

pub fn examine(chart: &mut Chart<'_>, settings: Option<&Settings>) {
    let Ok(me) = user::effective_uid() else {
        let folder = quoted(files::folder_of(&chart.app.paths.user_config).display());
        let mend = format!("see that it is yours alone: icacls {folder}");
        return chart.note(CHECK, "", "access lists are not looked at on this system", mend);
    };
    let watched = watched(chart, settings);
    let links = foreign_links(&watched);
    let mut theirs: Vec<PathBuf> = Vec::new();
    for (own, (path, others)) in with_ways(watched) {
        if theirs.iter().any(|folder| own.starts_with(folder)) {
            continue;
        }
        match files::access(&path) {
            // What is neither, such as /dev/null, is everybody's, and whoever reads it tells what is wrong with that.
            Ok(Some(_)) if !path.is_file() && !path.is_dir() => {}
            Ok(Some(access)) => {
                let trouble = trouble(access, others, me).filter(|trouble| is_so(*trouble, &path));
                let Some(trouble) = trouble else { continue };
                if matches!(trouble, Trouble::Doubt(Doubt::OfSomebodyElse { .. })) {
                    theirs.push(own);
                }
                let mends = mends(trouble, &path, chart.app.explain);
                chart.fault_with(CHECK, path.display(), trouble.to_string(), mends);
            }
            Ok(None) => {}
            Err(error) => chart.hindered(CHECK, path.display(), &error),
        }
    }
    for Distrusted { path, doubt } in links {
        if !theirs.iter().any(|folder| path.starts_with(folder)) {
            chart.fault_with(CHECK, path.display(), doubt.to_string(), mends(doubt.into(), &path, chart.app.explain));
        }
    }
    if chart.is_well(CHECK) {
        chart.ok(CHECK, "", "nobody else can write what afed rests on, nor read what is this user's");
    }
}

/// The links of others on the way to these, each once: they may lead elsewhere at any time.
fn foreign_links(watched: &[(PathBuf, Others)]) -> Vec<Distrusted> {
    let mut found: Vec<Distrusted> = Vec::new();
    for (path, _) in watched {
        found.extend(foreign_link(path).filter(|link| found.iter().all(|known| known.path != link.path)));
    }
    found
}

fn foreign_link(path: &Path) -> Option<Distrusted> {
    files::refuse_foreign_links(path).err()?.downcast().ok()
}

/// These and all folders above them, as they are named and where they really are: by the path that each has in the end, so
/// that a folder comes before what is in it. What lies behind a link of somebody else's is theirs to choose, and no command
/// is to be pasted that would follow it: the link alone is told.
fn with_ways(watched: Vec<(PathBuf, Others)>) -> BTreeMap<PathBuf, (PathBuf, Others)> {
    let mut all = BTreeMap::new();
    let ways: Vec<PathBuf> = watched.iter().flat_map(|(path, _)| folders_above(path)).collect();
    for (path, others) in watched.into_iter().chain(ways.into_iter().map(|way| (way, Others::MayRead))) {
        if foreign_link(&path).is_some() {
            continue;
        }
        match all.entry(files::own_path_or_same(&path)) {
            Entry::Vacant(place) => drop(place.insert((path, others))),
            Entry::Occupied(mut known) => known.get_mut().1 = known.get().1.max(others),
        }
    }
    all
}

fn folders_above(path: &Path) -> Vec<PathBuf> {
    let own = if foreign_link(path).is_some() { path.to_owned() } else { files::own_path_or_same(path) };
    let above = |path: &Path| path.ancestors().skip(1).map(Path::to_owned).collect::<Vec<_>>();
    let mut folders = [above(path), above(&own)].concat();
    folders.retain(|folder| !folder.as_os_str().is_empty());
    folders
}

fn trouble(access: Access, others: Others, me: u32) -> Option<Trouble> {
    const OPEN: u32 = 0o066;
    const READABLE_BY_ALL: u32 = 0o004;
    let Access { mode, owner } = access;
    // Whatever is in a folder with the sticky bit belongs to its owner.
    let is_sticky = mode & 0o1000 != 0;
    match access.doubt(me) {
        Some(doubt @ Doubt::OfSomebodyElse { .. }) => Some(doubt.into()),
        // What root lets everybody read is meant for everybody.
        None if others == Others::MayNothing && owner != me => {
            (mode & READABLE_BY_ALL == 0).then_some(Trouble::OfRootAlone)
        }
        Some(doubt) if others == Others::MayNothing && owner != me => Some(doubt.into()),
        _ if others == Others::MayNothing && mode & OPEN != 0 => Some(Trouble::Open { mode }),
        doubt => doubt.filter(|_| !is_sticky).map(Trouble::from),
    }
}

/// Modes do not say who is kept out: the file may be for a group that this user is in.
fn is_so(trouble: Trouble, path: &Path) -> bool {
    trouble != Trouble::OfRootAlone || !files::is_readable(path)
}

/// The commands that end it.
fn mends(trouble: Trouble, path: &Path, explain: Explain) -> Vec<String> {
    let mend = match trouble {
        // Whose it is may be right, and this user be wrong here.
        Trouble::Doubt(doubt @ Doubt::OfSomebodyElse { .. }) => {
            return explain(&Distrusted { path: path.to_owned(), doubt }).hints;
        }
        Trouble::Doubt(Doubt::WritableByOthers { .. }) => "chmod go-w",
        Trouble::OfRootAlone => "if a run with sudo has left it: sudo chown -R \"$(id -u)\"",
        Trouble::Open { .. } => "chmod go=",
    };
    vec![format!("{mend} {}", quoted(path.display()))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::trust::ROOT;

    #[test]
    fn what_others_can_read_or_write_is_told() {
        const ME: u32 = 7;
        let writable = |mode| Some(Trouble::Doubt(Doubt::WritableByOthers { mode }));
        let open = |mode| Some(Trouble::Open { mode });
        for (mode, owner, others, expected) in [
            (0o600, ME, Others::MayNothing, None),
            (0o400, ME, Others::MayNothing, None),
            (0o700, ME, Others::MayNothing, None),
            (0o711, ME, Others::MayNothing, None),
            (0o644, ME, Others::MayRead, None),
            (0o755, ROOT, Others::MayRead, None),
            (0o644, ROOT, Others::MayNothing, None),
            (0o1777, ROOT, Others::MayRead, None),
            (0o640, ME, Others::MayNothing, open(0o640)),
            (0o604, ME, Others::MayNothing, open(0o604)),
            (0o620, ME, Others::MayNothing, open(0o620)),
            (0o664, ME, Others::MayRead, writable(0o664)),
            (0o777, ME, Others::MayRead, writable(0o777)),
            (0o666, ROOT, Others::MayNothing, writable(0o666)),
            (0o660, ROOT, Others::MayNothing, writable(0o660)),
            (0o640, ROOT, Others::MayNothing, Some(Trouble::OfRootAlone)),
            (0o700, ROOT, Others::MayNothing, Some(Trouble::OfRootAlone)),
            (0o600, 8, Others::MayRead, Some(Trouble::Doubt(Doubt::OfSomebodyElse { owner: 8, me: ME }))),
            (0o1777, 8, Others::MayRead, Some(Trouble::Doubt(Doubt::OfSomebodyElse { owner: 8, me: ME }))),
        ] {
            assert_eq!(trouble(Access { mode, owner }, others, ME), expected, "{mode:o} {owner} {others:?}");
        }
    }

    #[test]
    #[cfg(unix)]
    fn every_folder_above_a_file_is_looked_at_once_by_each_way_there() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path().canonicalize().unwrap();
        std::fs::create_dir_all(root.join("far/away")).unwrap();
        std::fs::create_dir(root.join("home")).unwrap();
        std::os::unix::fs::symlink(root.join("far/away"), root.join("home/config")).unwrap();
        let file = root.join("home/config/file");
        let folder = (root.join("far/away"), Others::MayNothing);
        let all = with_ways(vec![(file.clone(), Others::MayRead), folder]);
        let found: Vec<&(PathBuf, Others)> = all.values().filter(|(path, _)| path.starts_with(&root)).collect();
        let expected = [
            (root.clone(), Others::MayRead),
            (root.join("far"), Others::MayRead),
            (root.join("far/away"), Others::MayNothing),
            (file, Others::MayRead),
            (root.join("home"), Others::MayRead),
        ];
        assert_eq!(found, expected.iter().collect::<Vec<_>>());
    }
}
