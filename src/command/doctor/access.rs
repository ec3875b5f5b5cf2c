//! Who else may read or write the files that afed rests on, and whom they belong to.

use std::path::{Path, PathBuf};

use super::chart::Chart;
use crate::config::settings::Settings;
use crate::model::passphrase_source::PassphraseSource;
use crate::model::secret_store_choice::SecretStoreChoice;
use crate::model::trust::{Access, Doubt, ROOT};
use crate::render::pasted::quoted;
use crate::sys::files;
use crate::sys::user;

const CHECK: &str = "file modes";

/// What others may do with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Others {
    /// Whoever writes it decides what afed or an AWS tool does.
    MayRead,
    /// There are secrets in it, or what nobody else needs to know.
    MayNothing,
}

pub fn examine(chart: &mut Chart<'_>, settings: Option<&Settings>) {
    let me = user::effective_uid().ok();
    for (path, others) in watched(chart, settings) {
        match files::access(&path) {
            Ok(Some(access)) => {
                if let Some((found, mends)) = me.and_then(|me| trouble(access, others, me, &quoted(path.display()))) {
                    chart.fault_with(CHECK, path.display(), found, mends);
                }
            }
            Ok(None) => {}
            Err(error) => chart.hindered(CHECK, path.display(), &error),
        }
    }
    if chart.is_well(CHECK) {
        chart.ok(CHECK, "", "nobody else can write what afed rests on, nor read what is private");
    }
}

fn watched(chart: &Chart<'_>, settings: Option<&Settings>) -> Vec<(PathBuf, Others)> {
    let paths = &chart.app.paths;
    let mut watched = vec![
        (paths.machine_config.clone(), Others::MayRead),
        (paths.user_config.clone(), Others::MayNothing),
        (paths.aws_config.clone(), Others::MayRead),
        (paths.aws_credentials.clone(), Others::MayNothing),
        (paths.cache.clone(), Others::MayNothing),
        (paths.locks.clone(), Others::MayNothing),
    ];
    let folder = |path: &Path| path.parent().map(|folder| (folder.to_owned(), Others::MayRead));
    let folders = [&paths.machine_config, &paths.user_config, &paths.aws_config];
    watched.extend(folders.into_iter().filter_map(|path| folder(path)));
    watched.extend(paths.cache.parent().map(|folder| (folder.to_owned(), Others::MayNothing)));
    let Some(secrets) = settings.map(|settings| &settings.secrets) else { return watched };
    if secrets.store == SecretStoreChoice::File {
        let file = secrets.file.clone().unwrap_or_else(|| paths.secret_file.clone());
        watched.extend(folder(&file));
        watched.push((file, Others::MayNothing));
        if let PassphraseSource::File(file) = &secrets.passphrase {
            watched.push((file.clone(), Others::MayNothing));
        }
    }
    watched
}

/// What is wrong with the access to a file, and the commands that mend it; `path` is quoted.
fn trouble(access: Access, others: Others, me: u32, path: &str) -> Option<(String, Vec<String>)> {
    const OPEN: u32 = 0o066;
    let mode = access.mode;
    // Whatever is in a folder with the sticky bit belongs to its owner.
    let is_sticky = mode & 0o1000 != 0;
    let (found, mend) = match access.doubt(me) {
        Some(doubt @ Doubt::OfSomebodyElse { .. }) => {
            return Some((doubt.to_string(), mends_of_owner(access.owner, me, path)));
        }
        // As a run with sudo leaves it.
        _ if others == Others::MayNothing && access.owner != me => {
            ("it belongs to root, and keeps this user out".to_owned(), "sudo chown -R \"$(id -u)\"")
        }
        _ if others == Others::MayNothing && mode & OPEN != 0 => {
            (format!("its mode is {mode:04o}, so that others can get at it"), "chmod go=")
        }
        doubt => doubt.filter(|_| !is_sticky).map(|doubt| (doubt.to_string(), doubt.mend()))?,
    };
    Some((found, vec![format!("{mend} {path}")]))
}

/// Root may be here by mistake, as somebody who has become root and kept their home: then nothing is to be taken from them.
fn mends_of_owner(owner: u32, me: u32, path: &str) -> Vec<String> {
    let as_owner = (me == ROOT).then(|| format!("sudo -u '#{owner}' afed doctor"));
    as_owner.into_iter().chain([format!("sudo chown \"$(id -u)\" {path}")]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_can_read_or_write_is_told_with_its_mend() {
        for (mode, owner, others, expected) in [
            (0o600, 7, Others::MayNothing, &[][..]),
            (0o400, 7, Others::MayNothing, &[]),
            (0o700, 7, Others::MayNothing, &[]),
            (0o711, 7, Others::MayNothing, &[]),
            (0o644, 7, Others::MayRead, &[]),
            (0o755, ROOT, Others::MayRead, &[]),
            (0o1777, ROOT, Others::MayRead, &[]),
            (0o640, 7, Others::MayNothing, &["chmod go= 'x'"]),
            (0o604, 7, Others::MayNothing, &["chmod go= 'x'"]),
            (0o620, 7, Others::MayNothing, &["chmod go= 'x'"]),
            (0o664, 7, Others::MayRead, &["chmod go-w 'x'"]),
            (0o777, 7, Others::MayRead, &["chmod go-w 'x'"]),
            (0o600, 8, Others::MayRead, &["sudo chown \"$(id -u)\" 'x'"]),
            (0o700, ROOT, Others::MayNothing, &["sudo chown -R \"$(id -u)\" 'x'"]),
        ] {
            let found = trouble(Access { mode, owner }, others, 7, "'x'").map(|(_, mends)| mends).unwrap_or_default();
            assert_eq!(found, expected, "{mode:o} {owner} {others:?}");
        }
        let (_, by_root) = trouble(Access { mode: 0o600, owner: 7 }, Others::MayNothing, ROOT, "'x'").unwrap();
        assert_eq!(by_root, ["sudo -u '#7' afed doctor", "sudo chown \"$(id -u)\" 'x'"]);
    }
}
