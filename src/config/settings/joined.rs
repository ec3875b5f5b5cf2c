//! The machine's file and the person's as one: what stands in both is a fault, and what stands in neither has a default.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::place::Place;
use super::{Origin, SecretSettings, Settings, audit, console, directory, secrets};
use crate::config::error::ConfigError;
use crate::config::file::{
    AccountTable, AuditTable, CacheTable, ConnectorTable, ConsoleTable, CrowdTable, DirectoryChoice, OsTable,
    SecretsTable, SourcedFile,
};
use crate::model::audit::settings::AuditSettings;
use crate::model::system_name::SystemName;

const CACHE_WAIT: Duration = Duration::from_secs(60);

/// What stands in the files, each thing once.
#[derive(Default)]
pub(super) struct Joined {
    last: PathBuf,
    directory: Option<Origin<DirectoryChoice>>,
    system_name: Option<Origin<String>>,
    crowd: Option<Origin<CrowdTable>>,
    os: Option<Origin<OsTable>>,
    secrets: Option<Origin<SecretsTable>>,
    cache: Option<Origin<CacheTable>>,
    console: Option<Origin<ConsoleTable>>,
    audit: Option<Origin<AuditTable>>,
    accounts: BTreeMap<String, Origin<AccountTable>>,
    connectors: BTreeMap<String, Origin<ConnectorTable>>,
}

impl Joined {
    /// The same name in both files is an error, never an override.
    pub fn of(files: Vec<SourcedFile>) -> Result<Self, ConfigError> {
        let mut joined = Self::default();
        for SourcedFile { path, file } in files {
            keep_one(&mut joined.directory, &path, file.directory, "directory")?;
            keep_one(&mut joined.system_name, &path, file.system_name, "system_name")?;
            keep_one(&mut joined.crowd, &path, file.crowd, "[crowd]")?;
            keep_one(&mut joined.os, &path, file.os, "[os]")?;
            keep_one(&mut joined.secrets, &path, file.secrets, "[secrets]")?;
            keep_one(&mut joined.cache, &path, file.cache, "[cache]")?;
            keep_one(&mut joined.console, &path, file.console, "[console]")?;
            keep_one(&mut joined.audit, &path, file.audit, "[audit]")?;
            keep_all(&mut joined.accounts, &path, file.accounts, "accounts")?;
            keep_all(&mut joined.connectors, &path, file.connectors, "connectors")?;
            joined.last = path;
        }
        Ok(joined)
    }

    pub fn into_settings(self) -> Result<Settings, ConfigError> {
        let incomplete = |path: &Path, missing| ConfigError::DirectoryIncomplete { path: path.to_owned(), missing };
        let choice = self.directory.ok_or_else(|| incomplete(&self.last, "directory = \"crowd\" or \"os\""))?;
        let directory = match choice.value {
            DirectoryChoice::Crowd => {
                let Origin { path, value } = self.crowd.ok_or_else(|| incomplete(&choice.path, "the table [crowd]"))?;
                directory::resolve_crowd(&Place::new(&path, "crowd"), value)?
            }
            DirectoryChoice::Os => {
                let Origin { path, value } = self.os.unwrap_or(Origin { path: choice.path, value: OsTable::default() });
                directory::resolve_os(&Place::new(&path, "os"), &value)?
            }
        };
        let secrets = match self.secrets {
            Some(Origin { path, value }) => secrets::resolve(&Place::new(&path, "secrets"), value)?,
            None => SecretSettings::default(),
        };
        let cache_wait = match &self.cache {
            Some(Origin { path, value }) => {
                Place::new(path, "cache").timeout("wait", value.wait.as_deref(), CACHE_WAIT)?
            }
            None => CACHE_WAIT,
        };
        let audit_origin = self.audit.as_ref().map(|origin| origin.path.clone());
        let audit = self.audit.map_or_else(|| Ok(AuditSettings::DEFAULT), audit::resolve)?;
        let Origin { path, value } = self.console.unwrap_or(Origin { path: self.last, value: ConsoleTable::default() });
        let console = console::resolve(&Place::new(&path, "console"), value)?;
        Ok(Settings {
            directory: directory.settings,
            administrators: directory.administrators,
            system_name: self.system_name.map(resolve_system_name).transpose()?,
            secrets,
            recheck_after: directory.recheck_after,
            cache_wait,
            console,
            audit,
            audit_origin,
            accounts: self.accounts,
            connectors: self.connectors,
        })
    }
}

fn keep_one<T>(kept: &mut Option<Origin<T>>, path: &Path, found: Option<T>, what: &str) -> Result<(), ConfigError> {
    let Some(value) = found else { return Ok(()) };
    match kept.replace(Origin { path: path.to_owned(), value }) {
        Some(earlier) => Err(defined_twice(what.to_owned(), &earlier.path, path)),
        None => Ok(()),
    }
}

fn keep_all<T>(
    kept: &mut BTreeMap<String, Origin<T>>,
    path: &Path,
    found: BTreeMap<String, T>,
    group: &str,
) -> Result<(), ConfigError> {
    for (name, value) in found {
        if let Some(earlier) = kept.get(&name) {
            return Err(defined_twice(format!("[{group}.{name}]"), &earlier.path, path));
        }
        kept.insert(name, Origin { path: path.to_owned(), value });
    }
    Ok(())
}

fn defined_twice(what: String, first: &Path, second: &Path) -> ConfigError {
    ConfigError::DefinedTwice { what, first: first.to_owned(), second: second.to_owned() }
}

fn resolve_system_name(Origin { path, value }: Origin<String>) -> Result<SystemName, ConfigError> {
    value.parse().map_err(|source| ConfigError::SystemName { path, source })
}
