//! Reading, editing and writing configuration files, one process at a time. The person's own is private; the machine's
//! keeps its owner and mode, as others read it too.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use sha2::{Digest, Sha256};

use super::audited;
use super::error::CommandError;
use crate::app::{App, read_config_text};
use crate::config::ConfigError;
use crate::config::changes::changes;
use crate::config::file;
use crate::model::file_mark::Watched;
use crate::model::hex::lower_hex;
use crate::sys::files::{self, Mode};
use crate::sys::locks::{self, FileLock, LockError};

/// Far more than a policy that AWS would take can have.
pub const LARGEST_POLICY_FILE: u64 = 65_536;
const PATIENCE: Duration = Duration::from_secs(10);

/// Edits the file at `path` under its lock: what `edit` makes of the text is written whole, or nothing is.
pub fn edit(app: &App, path: &Path, edit: impl FnOnce(&str) -> Result<String>) -> Result<()> {
    let _turn = lock(app, path)?;
    let failed = |source| ConfigError::File { path: path.to_owned(), operation: "written", source };
    let text = read_config_text(path)?.unwrap_or_default();
    let edited = edit(if text.is_empty() { "version = 1\n" } else { &text })?;
    recorded(app, path, (&text, &edited), || {
        // The machine's file is everybody's to read.
        let mode = if *path == app.paths.machine_config { Mode::Kept } else { Mode::Private };
        Ok(files::replace(path, edited.as_bytes(), mode).map_err(failed)?)
    })
}

/// Has the file written, after it was recorded what the one text changes of the other.
pub fn recorded(
    app: &App,
    path: &Path,
    (before, after): (&str, &str),
    write: impl FnOnce() -> Result<()>,
) -> Result<()> {
    // What can't be read is another file than the edited one, all of it.
    let read = |text| file::parse(path.to_owned(), text).map(|read| read.file).unwrap_or_default();
    audited::configuration(&changes(&read(before), &read(after)), app, write)
}

/// Takes the turn to edit a file of the configuration. What must be recorded and can't be is denied here, before secrets
/// change as well.
pub fn lock(app: &App, path: &Path) -> Result<FileLock> {
    let turn = turn(app, path)?;
    // Not before: whoever waited must see the settings that the other one has written.
    audited::refuse_unrecorded(app)?;
    Ok(turn)
}

/// Takes the turn to edit any file. The lock lies in afed's own folder, named for the file and not for the way to it, as the
/// file's folder may be somebody else's.
pub fn turn(app: &App, path: &Path) -> Result<FileLock> {
    let file = files::own_path(path)?;
    let digest = Sha256::digest(file.as_os_str().as_encoded_bytes());
    let lock = app.paths.locks.join(format!("{}.lock", lower_hex(&digest[..8])));
    let turn = locks::acquire(&lock, PATIENCE, app.onlooker.as_ref()).map_err(|error| match error {
        LockError::File(source) => CommandError::File { path: lock, operation: "locked", source },
        held => CommandError::FileBusy { path: path.to_owned(), source: held },
    })?;
    Ok(turn)
}

/// How a configuration file looks now.
pub fn look(path: &Path) -> Result<Watched, ConfigError> {
    files::look(path).map_err(|source| ConfigError::File { path: path.to_owned(), operation: "read", source })
}

/// Reads a policy file for the configuration, which nobody else may have written either.
pub fn read_policy(path: &Path) -> std::io::Result<Vec<u8>> {
    files::read_trusted(path, LARGEST_POLICY_FILE)
}
