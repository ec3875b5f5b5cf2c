//! Keys whose secrets may be in the store while no account names them: noted beside the configuration file before the store
//! changes, and settled when the file is written. Whatever a run that was broken off has left, the next one forgets.
//! The note names keys and holds no secret. It is written under the configuration's lock, and settled under it.

use std::path::Path;

use anyhow::Result;

use crate::app::{App, read_config};
use crate::command::config_file;
use crate::command::error::CommandError;
use crate::config::file::ConfigFile;
use crate::config::notes;
use crate::model::account::{AccessKeyId, secret_of};
use crate::model::name::AccountName;
use crate::ports::SecretStore;
use crate::sys::files::{self, Mode};
use crate::ui::Streams;

/// Notes further keys of the account; who calls holds the lock of the configuration file.
pub fn note(config: &Path, account: &AccountName, keys: &[&AccessKeyId]) -> Result<(), CommandError> {
    let path = notes::unowned(config);
    let earlier = load(&path)?;
    let earlier = earlier.iter().map(|(account, key)| format!("{account} {key}\n"));
    let text: String = earlier.chain(keys.iter().map(|key| format!("{account} {key}\n"))).collect();
    files::replace(&path, text.as_bytes(), Mode::Private).map_err(|source| failed(&path, "written", source))
}

/// Forgets the secrets of the noted keys that the configuration does not name. Which those were.
pub fn settle(app: &App, config: &Path, secrets: &dyn SecretStore) -> Result<Vec<AccessKeyId>> {
    let path = notes::unowned(config);
    if !path.exists() {
        return Ok(Vec::new());
    }
    let _turn = config_file::lock(app, config)?;
    let found = read_config(config)?;
    let mut forgotten = Vec::new();
    for (account, key) in load(&path)? {
        let id = secret_of(&account, &key);
        if !found.as_ref().is_some_and(|found| names(&found.file, &account, &key)) && secrets.lookup(&id)?.is_some() {
            secrets.forget(&id)?;
            forgotten.push(key);
        }
    }
    match files::remove(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(failed(&path, "removed", error).into()),
        _ => Ok(forgotten),
    }
}

/// The same for what earlier runs have noted, which is told.
pub fn settle_earlier(app: &App, streams: &mut Streams) -> Result<()> {
    for config in [&app.paths.machine_config, &app.paths.user_config] {
        if !notes::unowned(config).exists() {
            continue;
        }
        let secrets = app.secrets(&app.settings()?.secrets)?;
        for key in settle(app, config, secrets.as_ref())? {
            streams
                .status(&format!("Forgot the secret of the key {key}, which a broken-off run had left to no account"));
        }
    }
    Ok(())
}

fn names(file: &ConfigFile, account: &AccountName, key: &AccessKeyId) -> bool {
    let named = file.accounts.get(account.as_str()).and_then(|account| account.access_key_id.as_deref());
    named == Some(key.as_str())
}

/// One account and one key on each line.
fn load(path: &Path) -> Result<Vec<(AccountName, AccessKeyId)>, CommandError> {
    let bytes = files::read_optional(path).map_err(|source| failed(path, "read", source))?.unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let parse = |line: &str| {
        let (account, key) = line.split_once(' ')?;
        Some((account.parse().ok()?, key.parse().ok()?))
    };
    let malformed = || failed(path, "read", std::io::Error::other("it is no list of accounts and their keys"));
    text.lines().map(|line| parse(line).ok_or_else(malformed)).collect()
}

fn failed(path: &Path, operation: &'static str, source: std::io::Error) -> CommandError {
    CommandError::File { path: path.to_owned(), operation, source }
}
