//! What `init` is about to set up, beside the place of the configuration before anything is stored. It says whose password is
//! on its way and to which store, so that whatever a run that was broken off has left there, the next one finds and forgets,
//! also where that is told of another application or another store. It is a configuration file itself, and holds no secret.
//! It is written, and settled, under the lock of the configuration file.

use std::path::Path;

use anyhow::Result;

use crate::app::{App, read_config};
use crate::command::config_file;
use crate::command::error::CommandError;
use crate::config::ConfigError;
use crate::config::notes;
use crate::config::settings::{SecretSettings, Settings};
use crate::config::starter::Starter;
use crate::model::secret::SecretId;
use crate::ports::SecretStore;
use crate::sys::files::{self, Mode};
use crate::ui::Streams;

/// Notes what is on its way. Who administers does not matter to it.
pub fn note(config: &Path, starter: Starter) -> Result<(), CommandError> {
    let path = notes::unfinished(config);
    let text = Starter { admin_groups: Vec::new(), ..starter }.to_toml();
    files::replace(&path, text.as_bytes(), Mode::Private).map_err(|source| failed(&path, "written", source))
}

/// Forgets the noted password unless the configuration names it, and what has proved the store; then the note goes. Whether
/// a password was forgotten.
pub fn settle(app: &App, secrets: &dyn SecretStore, password: Option<&SecretId>) -> Result<bool> {
    secrets.forget(&SecretId::Probe)?;
    let left = match password {
        Some(password) if !is_named(app, password)? && secrets.lookup(password)?.is_some() => Some(password),
        _ => None,
    };
    left.map_or(Ok(()), |password| secrets.forget(password))?;
    let path = notes::unfinished(&app.paths.user_config);
    match files::remove(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(failed(&path, "removed", error).into()),
        _ => Ok(left.is_some()),
    }
}

/// The same for what an earlier run has noted, which is told. Nobody is kept from going on: the store of that run may be out
/// of reach today.
pub fn settle_earlier(app: &App, streams: &mut Streams) {
    let why = |error: anyhow::Error| (app.explain)(error.as_ref()).sentence();
    let (password, store) = match noted(app) {
        Ok(Some(noted)) => noted,
        Ok(None) => return,
        Err(error) => return streams.warning(&format!("what a broken-off run has left is not known: {}", why(error))),
    };
    let described = password.as_ref().map_or_else(|| "proof of a store".to_owned(), SecretId::described);
    match app.secrets(&store).and_then(|secrets| settle(app, secrets.as_ref(), password.as_ref())) {
        Ok(true) => streams.status(&format!("Forgot the {described}, which a broken-off run had left")),
        Ok(false) => {}
        Err(error) => streams.warning(&format!(
            "a broken-off run may have left the {described} in the store “{}”: {}",
            store.store,
            why(error)
        )),
    }
}

/// The same, for whoever does not hold the lock of the configuration file.
pub fn settle_earlier_locked(app: &App, streams: &mut Streams) -> Result<()> {
    let config = &app.paths.user_config;
    if notes::unfinished(config).exists() {
        let _turn = config_file::lock(app, config)?;
        settle_earlier(app, streams);
    }
    Ok(())
}

/// The password of which an earlier run has noted that it is on its way, and where to.
fn noted(app: &App) -> Result<Option<(Option<SecretId>, SecretSettings)>> {
    let Some(noted) = read_config(&notes::unfinished(&app.paths.user_config))? else { return Ok(None) };
    let machine = read_config(&app.paths.machine_config)?;
    let settings = Settings::resolve(machine.into_iter().chain([noted]).collect())?;
    Ok(Some((settings.directory.application_secret(), settings.secrets)))
}

/// Whether the configuration names this password, in whatever store.
fn is_named(app: &App, password: &SecretId) -> Result<bool, ConfigError> {
    match app.settings() {
        Ok(settings) => Ok(settings.directory.application_secret().as_ref() == Some(password)),
        Err(error) if app.paths.user_config.exists() => Err(error),
        Err(_) => Ok(false),
    }
}

fn failed(path: &Path, operation: &'static str, source: std::io::Error) -> CommandError {
    CommandError::File { path: path.to_owned(), operation, source }
}
