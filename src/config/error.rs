//! Everything that can be wrong with a configuration, each with its place.

use std::path::PathBuf;

use crate::model::name::{AccountName, ConnectorName};
use crate::model::principal::RuleError;
use crate::ports::Cause;

/// Why a configuration can't be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// Neither the person's file nor the machine's exists.
    #[error("there is no configuration: {} does not exist", .user.display())]
    Missing { user: PathBuf },
    #[error("{} can't be {operation}", .path.display())]
    File {
        path: PathBuf,
        operation: &'static str,
        #[source]
        source: std::io::Error,
    },
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
    #[error("the connector “{connector}” uses the account “{account}”, which is not configured")]
    AccountOfConnector { connector: ConnectorName, account: AccountName, nearest: Option<String> },
    #[error("the connector “{connector}” acts in {region}, which is in the partition {}, and its role is in {role_partition}", .region.partition())]
    Partition { connector: ConnectorName, region: crate::model::region::Region, role_partition: String },
    #[error("there is no connector “{}”", .name.escape_debug())]
    NoSuchConnector { name: String, nearest: Option<String> },
    /// Somebody has given the account another key in the meantime.
    #[error("the account “{account}” in {} has not the key {expected} any more", .path.display())]
    OtherKeyNow { path: PathBuf, account: String, expected: String },
    #[error("there is no account “{}”", .name.escape_debug())]
    NoSuchAccount { name: String, nearest: Option<String> },
    #[error("there is already {what} “{name}”, in {}", .path.display())]
    NameTaken { what: &'static str, name: String, path: PathBuf },
    /// The text is valid and still can't take another table, such as `accounts = {}` written inline.
    #[error("{} can't take another [{table}]: it is written inline there", .path.display())]
    NotEditable { path: PathBuf, table: String },
}

/// The candidate most like what was typed, when one is like it at all.
pub fn nearest<'a>(typed: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const ALIKE: f64 = 0.7;
    candidates
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(typed, candidate), candidate))
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, candidate)| candidate)
}
