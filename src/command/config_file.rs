//! Reading, editing and writing the person's configuration file, one process at a time.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;

use super::error::CommandError;
use crate::config::ConfigError;
use crate::sys::files::{self, Mode};
use crate::sys::locks::{self, FileLock};

const PATIENCE: Duration = Duration::from_secs(10);

/// Edits the file at `path` under its lock: what `edit` makes of the text is written whole, or nothing is.
pub fn edit(path: &Path, edit: impl FnOnce(&str) -> Result<String>) -> Result<()> {
    let _turn = lock(path)?;
    let failed = |operation, source| ConfigError::File { path: path.to_owned(), operation, source };
    let bytes = files::read_optional(path).map_err(|error| failed("read", error))?.unwrap_or_default();
    let text = String::from_utf8(bytes).map_err(|error| failed("read", std::io::Error::other(error.utf8_error())))?;
    let edited = edit(if text.is_empty() { "version = 1\n" } else { &text })?;
    files::replace(path, edited.as_bytes(), Mode::Private).map_err(|error| failed("written", error))?;
    Ok(())
}

/// Takes the turn to edit a file; the lock lies beside it.
pub fn lock(path: &Path) -> Result<FileLock, CommandError> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".lock");
    locks::acquire(Path::new(&beside), PATIENCE)
        .map_err(|source| CommandError::FileBusy { path: path.to_owned(), source })
}

/// Reads a policy file for the configuration.
pub fn read_policy(path: &Path) -> std::io::Result<Vec<u8>> {
    std::fs::read(path)
}
