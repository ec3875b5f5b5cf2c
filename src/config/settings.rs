//! The settings as resolved from one or two files: typed, checked, and each with its origin.
//! Accounts and connectors are resolved one at a time, when they are needed: a fault in one does not stop another.

mod account;
mod audit;
mod connector;
mod console;
mod directory;
mod joined;
mod place;
mod secrets;
mod trail_place;

pub use console::ConsoleSettings;
pub use directory::{Administrators, CrowdSettings, DirectorySettings};
pub use secrets::SecretSettings;
pub use trail_place::{OwnPath, TrailPlaceError};

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use joined::Joined;
use place::Place;

use super::error::{ConfigError, nearest};
use super::file::{AccountTable, ConnectorTable, SourcedFile};
use super::paths::Paths;
use crate::model::account::Account;
use crate::model::audit::settings::AuditSettings;
use crate::model::connector::Connector;
use crate::model::name::{AccountName, ConnectorName, GroupName};
use crate::model::system_name::SystemName;

/// What the files say, joined.
#[derive(Debug)]
pub struct Settings {
    pub directory: DirectorySettings,
    pub administrators: Administrators,
    /// What the system is called; `None`: after the host.
    pub system_name: Option<SystemName>,
    pub secrets: SecretSettings,
    /// How long the directory's positive answer about a person and a connector may be used again.
    pub recheck_after: Duration,
    /// How long a caller waits for another that fetches the same credentials.
    pub cache_wait: Duration,
    pub console: ConsoleSettings,
    pub audit: AuditSettings,
    /// The file that says something of the audit trail.
    audit_origin: Option<PathBuf>,
    accounts: BTreeMap<String, Origin<AccountTable>>,
    connectors: BTreeMap<String, Origin<ConnectorTable>>,
}

/// A table and the file it was read from.
#[derive(Debug, Clone)]
pub struct Origin<T> {
    pub path: PathBuf,
    pub value: T,
}

/// Reads a policy file that the configuration names.
pub type FileReader<'a> = dyn Fn(&Path) -> io::Result<Vec<u8>> + 'a;

impl Settings {
    /// Joins the machine's file and the person's. The same name in both is an error, never an override.
    pub fn resolve(files: Vec<SourcedFile>) -> Result<Self, ConfigError> {
        Joined::of(files)?.into_settings()
    }

    pub fn account_names(&self) -> impl Iterator<Item = &str> {
        self.accounts.keys().map(String::as_str)
    }

    pub fn connector_names(&self) -> impl Iterator<Item = &str> {
        self.connectors.keys().map(String::as_str)
    }

    /// Fails where the audit trail would be written to a file of something else, also one that is not there yet.
    pub fn check_trail_place(&self, paths: &Paths, own: &OwnPath<'_>) -> Result<(), ConfigError> {
        self.audit_origin.as_ref().map_or(Ok(()), |origin| trail_place::check(origin, self, paths, own))
    }

    /// The file that defines the account, where it is defined.
    pub fn origin_of_account(&self, name: &str) -> Option<&Path> {
        self.accounts.get(name).map(|origin| origin.path.as_path())
    }

    /// The file that defines the connector, where it is defined.
    pub fn origin_of_connector(&self, name: &str) -> Option<&Path> {
        self.connectors.get(name).map(|origin| origin.path.as_path())
    }

    /// The connectors that use the account.
    pub fn connectors_of<'a>(&'a self, account: &'a str) -> impl Iterator<Item = &'a str> {
        let uses = move |origin: &Origin<ConnectorTable>| origin.value.account.as_deref() == Some(account);
        self.connectors.iter().filter(move |(_, origin)| uses(origin)).map(|(name, _)| name.as_str())
    }

    /// The groups that a connector is open to; the rest of it is not looked at.
    pub fn groups_of(&self, connector: &str) -> Result<Vec<GroupName>, ConfigError> {
        let Some(Origin { path, value }) = self.connectors.get(connector) else { return Ok(Vec::new()) };
        Place::new(path, format!("connectors.{connector}")).groups("groups", &value.groups)
    }

    /// The account of this name as it is written, and where.
    pub fn account_table(&self, name: &str) -> Result<&Origin<AccountTable>, ConfigError> {
        self.accounts.get(name).ok_or_else(|| {
            let nearest = nearest(name, self.account_names()).map(str::to_owned);
            ConfigError::NoSuchAccount { name: name.to_owned(), nearest }
        })
    }

    /// The connector of this name as it is written, and where.
    pub fn connector_table(&self, name: &str) -> Result<&Origin<ConnectorTable>, ConfigError> {
        self.connectors.get(name).ok_or_else(|| {
            let nearest = nearest(name, self.connector_names()).map(str::to_owned);
            ConfigError::NoSuchConnector { name: name.to_owned(), nearest }
        })
    }

    /// The account of this name, checked.
    pub fn account(&self, name: &str) -> Result<Account, ConfigError> {
        account::resolve(name, self.account_table(name)?)
    }

    /// The connector of this name, checked against every rule that can be known before a call.
    pub fn connector(&self, name: &str, read: &FileReader<'_>) -> Result<Connector, ConfigError> {
        let connector = connector::resolve(name, self.connector_table(name)?, read)?;
        let Some(account) = self.accounts.get(connector.account.as_str()) else {
            let nearest = nearest(connector.account.as_str(), self.account_names()).map(str::to_owned);
            return Err(ConfigError::AccountOfConnector {
                connector: connector.name,
                account: connector.account,
                nearest,
            });
        };
        // A fault of the account is told where the account is asked for; until then a connector can be looked at.
        if let Ok(account) = account::resolve(connector.account.as_str(), account) {
            check_with(&connector, &account)?;
        }
        Ok(connector)
    }
}

/// Checks what neither connector nor account can tell alone.
pub fn check_with(connector: &Connector, account: &Account) -> Result<(), ConfigError> {
    connector.check_with(account).map_err(|source| ConfigError::Rule { connector: connector.name.clone(), source })
}

/// Checks a connector that is about to be written, as if it stood in the file at `path`.
pub fn check_connector(
    name: &ConnectorName,
    table: ConnectorTable,
    path: &Path,
    read: &FileReader<'_>,
) -> Result<Connector, ConfigError> {
    connector::resolve(name.as_str(), &Origin { path: path.to_owned(), value: table }, read)
}

/// Checks an account that is about to be written, as if it stood in the file at `path`.
pub fn check_account(name: &AccountName, table: AccountTable, path: &Path) -> Result<Account, ConfigError> {
    account::resolve(name.as_str(), &Origin { path: path.to_owned(), value: table })
}

#[cfg(test)]
mod tests;
