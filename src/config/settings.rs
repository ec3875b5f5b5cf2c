//! The settings as resolved from one or two files: typed, checked, and each with its origin.
//! Accounts and connectors are resolved one at a time, when they are needed: a fault in one does not stop another.

mod account;
mod audit;
mod connector;
mod console;
mod trail_place;

pub use console::ConsoleSettings;
pub use trail_place::{OwnPath, TrailPlaceError};

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::error::{ConfigError, nearest};
use super::file::{
    AccountTable, AuditTable, CacheTable, ConnectorTable, ConsoleTable, CrowdTable, DirectoryChoice, OsTable,
    SecretsTable, SourcedFile,
};
use super::paths::Paths;
use crate::model::account::Account;
use crate::model::audit::settings::AuditSettings;
use crate::model::connector::Connector;
use crate::model::crowd_address::{CrowdAddress, PlainHttp};
use crate::model::crowd_application::CrowdApplication;
use crate::model::duration::SessionDuration;
use crate::model::name::{AccountName, ConnectorName, GroupName};
use crate::model::passphrase_source::PassphraseSource;
use crate::model::secret::SecretId;
use crate::model::secret_store_choice::SecretStoreChoice;
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

/// Who says who people are, and how to reach it.
#[derive(Debug)]
pub enum DirectorySettings {
    Crowd(CrowdSettings),
    Os,
}

impl DirectorySettings {
    /// Where the application's password rests, with a directory that has one.
    pub fn application_secret(&self) -> Option<SecretId> {
        match self {
            Self::Crowd(crowd) => Some(crowd.application_secret()),
            Self::Os => None,
        }
    }
}

/// How to reach Crowd.
#[derive(Debug, Clone)]
pub struct CrowdSettings {
    pub address: CrowdAddress,
    pub application: CrowdApplication,
    pub connect_timeout: Duration,
    pub call_timeout: Duration,
    pub ca_bundle: Option<PathBuf>,
}

impl CrowdSettings {
    /// Where the application's password rests.
    pub fn application_secret(&self) -> SecretId {
        SecretId::CrowdApplication { url: self.address.to_string(), application: self.application.to_string() }
    }

    /// Where the token of the person's session rests.
    pub fn session_secret(&self) -> SecretId {
        SecretId::CrowdSession { url: self.address.to_string(), application: self.application.to_string() }
    }
}

/// Who administers, and whether that opens every connector.
#[derive(Debug, Clone, Default)]
pub struct Administrators {
    pub groups: Vec<GroupName>,
    pub use_every_connector: bool,
}

/// Where secrets rest.
#[derive(Debug)]
pub struct SecretSettings {
    pub store: SecretStoreChoice,
    pub timeout: Duration,
    pub file: Option<PathBuf>,
    pub passphrase: PassphraseSource,
}

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const CALL_TIMEOUT: Duration = Duration::from_secs(15);
const RECHECK_AFTER: Duration = Duration::from_secs(300);
const CACHE_WAIT: Duration = Duration::from_secs(60);
/// How long one call to a keyring may take.
const SECRETS_TIMEOUT: Duration = Duration::from_secs(5);

/// Reads a policy file that the configuration names.
pub type FileReader<'a> = dyn Fn(&Path) -> io::Result<Vec<u8>> + 'a;

impl Settings {
    /// Joins the machine's file and the person's. The same name in both is an error, never an override.
    pub fn resolve(files: Vec<SourcedFile>) -> Result<Self, ConfigError> {
        let mut joined = Joined::default();
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
        joined.into_settings()
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
        Place { path, table: format!("connectors.{connector}") }.groups("groups", &value.groups)
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

#[derive(Default)]
struct Joined {
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
    fn into_settings(self) -> Result<Settings, ConfigError> {
        let incomplete = |path: &Path, missing| ConfigError::DirectoryIncomplete { path: path.to_owned(), missing };
        let choice = self.directory.ok_or_else(|| incomplete(&self.last, "directory = \"crowd\" or \"os\""))?;
        let (directory, administrators, recheck_after) = match choice.value {
            DirectoryChoice::Crowd => {
                let Origin { path, value } = self.crowd.ok_or_else(|| incomplete(&choice.path, "the table [crowd]"))?;
                resolve_crowd(&Place { path: &path, table: "crowd".to_owned() }, value)?
            }
            DirectoryChoice::Os => {
                let Origin { path, value } = self.os.unwrap_or(Origin { path: choice.path, value: OsTable::default() });
                let place = Place { path: &path, table: "os".to_owned() };
                let groups = place.groups("admin_groups", &value.admin_groups)?;
                let every = value.admins_use_every_connector.unwrap_or(true);
                let recheck_after = place.recheck_after(value.recheck_after.as_deref())?;
                (DirectorySettings::Os, Administrators { groups, use_every_connector: every }, recheck_after)
            }
        };
        let secrets = match self.secrets {
            Some(Origin { path, value }) => {
                resolve_secrets(&Place { path: &path, table: "secrets".to_owned() }, value)?
            }
            None => SecretSettings::default(),
        };
        let cache_wait = match &self.cache {
            Some(Origin { path, value }) => {
                let place = Place { path, table: "cache".to_owned() };
                place.timeout("wait", value.wait.as_deref(), CACHE_WAIT)?
            }
            None => CACHE_WAIT,
        };
        let audit_origin = self.audit.as_ref().map(|origin| origin.path.clone());
        let audit = self.audit.map_or_else(|| Ok(AuditSettings::DEFAULT), audit::resolve)?;
        let Origin { path, value } = self.console.unwrap_or(Origin { path: self.last, value: ConsoleTable::default() });
        let console = console::resolve(&Place { path: &path, table: "console".to_owned() }, value)?;
        Ok(Settings {
            directory,
            administrators,
            system_name: self.system_name.map(resolve_system_name).transpose()?,
            secrets,
            recheck_after,
            cache_wait,
            console,
            audit,
            audit_origin,
            accounts: self.accounts,
            connectors: self.connectors,
        })
    }
}

impl Default for SecretSettings {
    fn default() -> Self {
        Self {
            store: SecretStoreChoice::Auto,
            timeout: SECRETS_TIMEOUT,
            file: None,
            passphrase: PassphraseSource::Prompt,
        }
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

/// Where a field stands, for the words of its faults.
struct Place<'a> {
    path: &'a Path,
    table: String,
}

impl Place<'_> {
    fn bad(&self, field: &'static str, source: impl Into<crate::ports::Cause>) -> ConfigError {
        ConfigError::Field { path: self.path.to_owned(), table: self.table.clone(), field, source: source.into() }
    }

    fn missing(&self, field: &'static str) -> ConfigError {
        ConfigError::FieldMissing { path: self.path.to_owned(), table: self.table.clone(), field }
    }

    fn parse<T>(&self, field: &'static str, text: &str) -> Result<T, ConfigError>
    where
        T: std::str::FromStr,
        T::Err: std::error::Error + Send + Sync + 'static,
    {
        text.parse().map_err(|error: T::Err| self.bad(field, error))
    }

    fn groups(&self, field: &'static str, names: &[String]) -> Result<Vec<GroupName>, ConfigError> {
        names.iter().map(|name| self.parse(field, name)).collect()
    }

    fn timeout(&self, field: &'static str, text: Option<&str>, default: Duration) -> Result<Duration, ConfigError> {
        let Some(text) = text else { return Ok(default) };
        let duration: SessionDuration = self.parse(field, text)?;
        Ok(Duration::from_secs(duration.seconds().into()))
    }

    /// How long an answer may be used again; `0s` is an answer too.
    fn recheck_after(&self, text: Option<&str>) -> Result<Duration, ConfigError> {
        match text {
            Some("0" | "0s") => Ok(Duration::ZERO),
            other => self.timeout("recheck_after", other, RECHECK_AFTER),
        }
    }

    /// A path in a configuration file is relative to that file.
    fn beside(&self, path: &Path) -> PathBuf {
        self.path.parent().unwrap_or(Path::new("")).join(path)
    }

    fn at_most_one(&self, first: (&'static str, bool), second: (&'static str, bool)) -> Result<(), ConfigError> {
        if first.1 && second.1 {
            let table = self.table.clone();
            return Err(ConfigError::Contradiction {
                path: self.path.to_owned(),
                table,
                first: first.0,
                second: second.0,
            });
        }
        Ok(())
    }
}

fn resolve_crowd(
    place: &Place<'_>,
    table: CrowdTable,
) -> Result<(DirectorySettings, Administrators, Duration), ConfigError> {
    let recheck_after = place.recheck_after(table.recheck_after.as_deref())?;
    let administrators = Administrators {
        groups: place.groups("admin_groups", &table.admin_groups)?,
        use_every_connector: table.admins_use_every_connector.unwrap_or(true),
    };
    let plain_http = if table.allow_http == Some(true) { PlainHttp::Anywhere } else { PlainHttp::LoopbackOnly };
    let crowd = CrowdSettings {
        connect_timeout: place.timeout("connect_timeout", table.connect_timeout.as_deref(), CONNECT_TIMEOUT)?,
        call_timeout: place.timeout("timeout", table.timeout.as_deref(), CALL_TIMEOUT)?,
        ca_bundle: table.ca_bundle.map(|path| place.beside(&path)),
        address: CrowdAddress::parse(&table.url, plain_http).map_err(|error| place.bad("url", error))?,
        application: place.parse("application", &table.application)?,
    };
    Ok((DirectorySettings::Crowd(crowd), administrators, recheck_after))
}

fn resolve_system_name(Origin { path, value }: Origin<String>) -> Result<SystemName, ConfigError> {
    value.parse().map_err(|source| ConfigError::SystemName { path, source })
}

fn resolve_secrets(place: &Place<'_>, table: SecretsTable) -> Result<SecretSettings, ConfigError> {
    let (file, descriptor, credential) = (
        ("passphrase_file", table.passphrase_file.is_some()),
        ("passphrase_fd", table.passphrase_fd.is_some()),
        ("passphrase_credential", table.passphrase_credential.is_some()),
    );
    for (first, second) in [(file, descriptor), (file, credential), (descriptor, credential)] {
        place.at_most_one(first, second)?;
    }
    let passphrase = match (table.passphrase_file, table.passphrase_fd, table.passphrase_credential) {
        (Some(path), ..) => PassphraseSource::File(place.beside(&path)),
        (_, Some(descriptor), _) => PassphraseSource::FileDescriptor(descriptor),
        (.., Some(name)) => PassphraseSource::SystemdCredential { name, folder: None },
        _ => PassphraseSource::Prompt,
    };
    Ok(SecretSettings {
        store: table.store.unwrap_or_default(),
        timeout: place.timeout("timeout", table.timeout.as_deref(), SECRETS_TIMEOUT)?,
        file: table.file.map(|path| place.beside(&path)),
        passphrase,
    })
}

#[cfg(test)]
mod tests;
