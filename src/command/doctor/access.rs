//! Who else may read or write the files that afed rests on, and whom they belong to.

use std::path::{Path, PathBuf};

use super::chart::Chart;
use crate::config::settings::Settings;
use crate::model::passphrase_source::PassphraseSource;
use crate::model::secret_store_choice::SecretStoreChoice;
use crate::model::trust::{Access, Doubt};
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
                if let Some((found, command)) = me.and_then(|me| trouble(access, others, me)) {
                    chart.fault(CHECK, path.display(), found, format!("{command} {}", quoted(path.display())));
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

/// What is wrong with the access to a file, and the command that mends it.
fn trouble(access: Access, others: Others, me: u32) -> Option<(String, &'static str)> {
    const OPEN: u32 = 0o066;
    let mode = access.mode;
    // Whatever is in a folder with the sticky bit belongs to its owner.
    let is_sticky = mode & 0o1000 != 0;
    match access.doubt(me) {
        Some(doubt @ Doubt::OfSomebodyElse { .. }) => Some((doubt.to_string(), doubt.mend())),
        _ if others == Others::MayNothing && mode & OPEN != 0 => {
            Some((format!("its mode is {mode:04o}, so that others can get at it"), "chmod go="))
        }
        doubt => doubt.filter(|_| !is_sticky).map(|doubt| (doubt.to_string(), doubt.mend())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOT: u32 = 0;

    #[test]
    fn what_others_can_read_or_write_is_told_with_its_mend() {
        for (mode, owner, others, expected) in [
            (0o600, 7, Others::MayNothing, None),
            (0o400, 7, Others::MayNothing, None),
            (0o700, 7, Others::MayNothing, None),
            (0o711, 7, Others::MayNothing, None),
            (0o644, 7, Others::MayRead, None),
            (0o755, ROOT, Others::MayRead, None),
            (0o1777, ROOT, Others::MayRead, None),
            (0o640, 7, Others::MayNothing, Some("chmod go=")),
            (0o604, 7, Others::MayNothing, Some("chmod go=")),
            (0o620, 7, Others::MayNothing, Some("chmod go=")),
            (0o664, 7, Others::MayRead, Some("chmod go-w")),
            (0o777, 7, Others::MayRead, Some("chmod go-w")),
            (0o600, 8, Others::MayRead, Some("sudo chown \"$(id -u)\"")),
        ] {
            let found = trouble(Access { mode, owner }, others, 7).map(|(_, command)| command);
            assert_eq!(found, expected, "{mode:o} {owner} {others:?}");
        }
    }
}
