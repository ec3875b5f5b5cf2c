//! What earlier runs have left: files that were never put in their place, rotations that were broken off, locks whose
//! holders were stopped, leases that are over.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::chart::Chart;
use crate::config::notes;
use crate::config::settings::Settings;
use crate::model::secret_store_choice::SecretStoreChoice;
use crate::render::pasted::quoted;
use crate::sys::{files, locks, run_folder};

const MINUTE: i128 = 60 * 1_000_000_000;
/// No temporary file is written for so long.
const LONGEST_WRITE: i128 = MINUTE;
/// No credentials live longer: 36 hours, those of GetFederationToken and GetSessionToken.
const LONGEST_LEASE: i128 = 36 * 60 * MINUTE;

pub fn examine(chart: &mut Chart<'_>, settings: Option<&Settings>) {
    for folder in folders(chart, settings) {
        match files::list(&folder) {
            Ok(paths) => unfinished_writes(chart, &folder, &paths),
            Err(error) => chart.hindered("leftovers", folder.display(), &error),
        }
    }
    for config in [chart.app.paths.machine_config.clone(), chart.app.paths.user_config.clone()] {
        broken_off_rotations(chart, &config, settings);
        let (account, set_up) = (notes::unowned(&config), notes::unfinished(&config));
        secrets_without_owner(chart, &account, "account create, edit, import, rotate or delete");
        secrets_without_owner(chart, &set_up, "init, or account create, edit, import, rotate or delete");
    }
    run_folders(chart);
    let cache = chart.app.paths.cache.clone();
    let kept = files::list(&cache).unwrap_or_default();
    stopped_holders(chart, &kept);
    stopped_holders(chart, &files::list(&chart.app.paths.locks.clone()).unwrap_or_default());
    let over = kept.iter().filter(|path| has_extension(path, "lease") && is_older(chart, path, LONGEST_LEASE)).count();
    if over > 0 {
        let mend = format!("find {} -name '*.lease' -mmin +2160 -delete", quoted(cache.display()));
        chart.note("leftovers", cache.display(), format!("{over} leases are over for good"), mend);
    }
    if over == 0 && chart.is_well("leftovers") {
        chart.ok("leftovers", "", "nothing of earlier runs lies about");
    }
}

/// Where afed puts files in their places.
fn folders(chart: &Chart<'_>, settings: Option<&Settings>) -> BTreeSet<PathBuf> {
    let paths = &chart.app.paths;
    let mut files = vec![&paths.machine_config, &paths.user_config, &paths.aws_config, &paths.aws_credentials];
    files.push(&paths.session_mark);
    let secrets = settings.map(|settings| &settings.secrets).filter(|secrets| secrets.store == SecretStoreChoice::File);
    files.extend(secrets.map(|secrets| secrets.file.as_ref().unwrap_or(&paths.secret_file)));
    let folders = files.into_iter().filter_map(|path| path.parent().map(Path::to_owned));
    folders.chain([paths.cache.clone(), paths.locks.clone()]).collect()
}

fn unfinished_writes(chart: &mut Chart<'_>, folder: &Path, paths: &[PathBuf]) {
    let left: Vec<String> = paths
        .iter()
        .filter(|path| files::is_temporary(path) && is_older(chart, path, LONGEST_WRITE))
        .map(|path| quoted(path.display()))
        .collect();
    if !left.is_empty() {
        let found = match left.len() {
            1 => "1 file that a broken-off run did not put in its place".to_owned(),
            several => format!("{several} files that a broken-off run did not put in their places"),
        };
        chart.warning("leftovers", folder.display(), found, format!("rm {}", left.join(" ")));
    }
}

/// A journal lies beside the configuration file of the account.
fn broken_off_rotations(chart: &mut Chart<'_>, config: &Path, settings: Option<&Settings>) {
    let (Some(folder), Some(name)) = (config.parent(), config.file_name()) else { return };
    let before = format!("{}.", name.to_string_lossy());
    for journal in files::list(folder).unwrap_or_default() {
        let name = journal.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let Some(account) = name.strip_prefix(&before).and_then(|rest| rest.strip_suffix(".rotation")) else {
            continue;
        };
        let is_known = settings.is_some_and(|settings| settings.origin_of_account(account).is_some());
        let found = "the rotation of its key is not finished";
        let mend = match is_known {
            true => format!("afed account rotate {}", quoted(account)),
            false => format!("see which keys it names, then remove it: cat {0}; rm {0}", quoted(journal.display())),
        };
        chart.warning("rotation", account, found, mend);
    }
}

/// Noted beside the configuration file, before the store was changed.
fn secrets_without_owner(chart: &mut Chart<'_>, note: &Path, next: &str) {
    if note.exists() {
        let found = "a broken-off run may have left secrets in the store that belong to nothing any more";
        chart.warning("leftovers", note.display(), found, format!("they are forgotten by the next: afed {next}"));
    }
}

/// They hold no secret, and go when the next run begins there.
fn run_folders(chart: &mut Chart<'_>) {
    let base = chart.app.run_folders();
    for folder in run_folder::left(&base) {
        let mend = format!("rm -r {}", quoted(folder.display()));
        chart.note("leftovers", folder.display(), "a run that was killed has left its folder", mend);
    }
}

fn stopped_holders(chart: &mut Chart<'_>, paths: &[PathBuf]) {
    let is_lock = |path: &&PathBuf| path.extension().is_some_and(|end| end.to_string_lossy().starts_with("lock"));
    for path in paths.iter().filter(is_lock) {
        // A lock that can't be looked at is somebody else's or gone.
        if let Ok(Some(pid)) = locks::stopped_holder(path) {
            let found = format!("the process {pid} holds it and was stopped");
            chart.fault("lock", path.display(), found, format!("kill -CONT {pid}"));
        }
    }
}

fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|found| found == extension)
}

/// Whether it was last written longer ago than this, in nanoseconds.
fn is_older(chart: &Chart<'_>, path: &Path, age: i128) -> bool {
    let mark = files::look(path).ok().and_then(|watched| watched.mark);
    mark.is_some_and(|mark| chart.app.clock.now().as_nanosecond() - mark.modified > age)
}
