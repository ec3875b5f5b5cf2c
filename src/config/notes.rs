//! What afed notes beside a configuration file while a command is at work, for the next one to settle if that is broken off:
//! how these files are called. Nothing else may lie in their place.

use std::path::{Path, PathBuf};

use crate::model::name::AccountName;

const UNOWNED: &str = "unowned";
const UNFINISHED: &str = "unfinished";
const ROTATION: &str = "rotation";

/// Where keys are noted whose secrets may belong to no account.
pub fn unowned(config: &Path) -> PathBuf {
    beside(config, UNOWNED)
}

/// Where it is noted that the directory's password is stored before the configuration names it.
pub fn unfinished(config: &Path) -> PathBuf {
    beside(config, UNFINISHED)
}

/// Where the journal of an account lies while its key is rotated.
pub fn rotation(config: &Path, account: &AccountName) -> PathBuf {
    beside(config, &format!("{account}.{ROTATION}"))
}

/// Whether a file of this name, beside the configuration file, could be one of these, whatever accounts there will be.
pub fn is_one(config: &Path, name: &str) -> bool {
    let end = name.strip_prefix(&*name_of(config)).and_then(|rest| rest.strip_prefix('.'));
    end.is_some_and(|end| {
        [UNOWNED, UNFINISHED].contains(&end) || end.strip_suffix(ROTATION).is_some_and(|account| account.ends_with('.'))
    })
}

fn beside(config: &Path, end: &str) -> PathBuf {
    config.with_file_name(format!("{}.{end}", name_of(config)))
}

fn name_of(config: &Path) -> std::borrow::Cow<'_, str> {
    config.file_name().unwrap_or_default().to_string_lossy()
}
