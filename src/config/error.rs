//! Everything that can be wrong with a configuration, each with its place.

use std::path::PathBuf;

use crate::model::name::{AccountName, ConnectorName};
pub use crate::model::nearest::nearest;
use crate::model::principal::RuleError;
use crate::model::system_name::SystemNameError;
use crate::model::trust::Distrusted;
use crate::ports::Cause;

/// Why a configuration can't be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// Neither the person's file nor the machine's exists.
    #[error("there is no configuration: {} does not exist", .user.display())]
    Missing {
        user: PathBuf,
        /// What would keep somebody from making one.
        #[source]
        hindrance: Option<Box<Self>>,
    },
    /// The file that the command line or the environment names, which may be a slip.
    #[error("there is no configuration: {} does not exist", .path.display())]
    ChosenMissing { path: PathBuf, by: &'static str },
    #[error("{} can't be {operation}", .path.display())]
    File {
        path: PathBuf,
        operation: &'static str,
        #[source]
        source: std::io::Error,
    },
    /// Who writes it decides who gets what.
    #[error(transparent)]
    Distrusted(Distrusted),
    #[error("{}, line {line}: {message}", .path.display())]
    Syntax { path: PathBuf, line: usize, message: String },
    /// A key that afed does not know is never passed over: it may be a misspelt restriction.
    #[error("{}, line {line}: “{}” is not a key of {table}", .path.display(), .key.escape_debug())]
    UnknownKey { path: PathBuf, line: usize, table: String, key: String, nearest: Option<&'static str> },
    #[error("{}: version {found} is not known to this afed; it reads version 1", .path.display())]
    Version { path: PathBuf, found: u32 },
    /// The machine's file and the person's may add to each other, never override.
    #[error("{what} is in both {} and {}", .first.display(), .second.display())]
    DefinedTwice { what: String, first: PathBuf, second: PathBuf },
    #[error("no directory is configured: {} lacks {missing}", .path.display())]
    DirectoryIncomplete { path: PathBuf, missing: &'static str },
    #[error("{}: [{table}] lacks {field}", .path.display())]
    FieldMissing { path: PathBuf, table: String, field: &'static str },
    #[error("{}: {field} in [{table}] can't be used", .path.display())]
    Field {
        path: PathBuf,
        table: String,
        field: &'static str,
        #[source]
        source: Cause,
    },
    /// Only one of the two may be given.
    #[error("{}: [{table}] has both {first} and {second}", .path.display())]
    Contradiction { path: PathBuf, table: String, first: &'static str, second: &'static str },
    #[error("the connector “{connector}” breaks a rule of AWS")]
    Rule {
        connector: ConnectorName,
        #[source]
        source: RuleError,
    },
    #[error("{}: system_name can't be used", .path.display())]
    SystemName {
        path: PathBuf,
        #[source]
        source: SystemNameError,
    },
    /// The system is nobody, so there is nothing that such a value could be filled with.
    #[error("the connector “{connector}” is open to the system, and {value} names a person")]
    PersonInSystemScope { connector: ConnectorName, value: PersonalValue },
    #[error("the connector “{connector}” uses the account “{account}”, which is not configured")]
    AccountOfConnector { connector: ConnectorName, account: AccountName, nearest: Option<String> },
    #[error("there is no connector “{}”", .name.escape_debug())]
    NoSuchConnector { name: String, nearest: Option<String> },
    /// Somebody has given the account another key in the meantime.
    #[error("the account “{account}” in {} has not the key {expected} any more", .path.display())]
    OtherKeyNow { path: PathBuf, account: String, expected: String },
    #[error("there is no account “{}”", .name.escape_debug())]
    NoSuchAccount { name: String, nearest: Option<String> },
    #[error("there is already {what} “{name}”, in {}", .path.display())]
    NameTaken { what: &'static str, name: String, path: PathBuf },
    /// The file was read, somebody else changed the table, and then it was to be written.
    #[error("{}: [{table}] was changed by somebody else in the meantime", .path.display())]
    ChangedMeanwhile { path: PathBuf, table: String },
    /// The text is valid, and what was asked for can't be written without touching something else, such as a table in
    /// `accounts = {}`.
    #[error("{}: [{table}] can't be changed by afed as the file is laid out", .path.display())]
    NotEditable { path: PathBuf, table: String },
}

/// What of a connector depends on a person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PersonalValue {
    #[error("its tag “{}”", .0.escape_debug())]
    Tag(String),
    #[error("its source_identity")]
    SourceIdentity,
}
