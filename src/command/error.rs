//! What can be wrong with a request itself, before any port is asked.

use std::path::PathBuf;

use crate::config::exchange::{Flaw, FlawAt};
use crate::config::file::DirectoryChoice;
use crate::model::duration::SessionDuration;
use crate::model::json_text::Place;
use crate::model::mfa::MfaSerial;
use crate::model::name::{AccountName, ConnectorName, NameError};
use crate::model::principal::PrincipalType;
use crate::model::region::Region;
use crate::ports::{AuditError, Cause};

/// Why a command did not start or did not end.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// Where the configuration wants every decision recorded.
    #[error("it can't be recorded, and the configuration denies what is not (required = true in [audit])")]
    NotRecorded(#[source] AuditError),
    #[error("the audit trail is not whole")]
    TrailBroken,
    #[error("the hash {hash} is of no line of the audit trail: lines are missing at its end")]
    TrailCutOff { hash: String },
    /// There is no terminal, and an answer was not given as a flag.
    #[error("{what} is missing, and there is no terminal to ask at")]
    AnswerMissing { what: &'static str, flag: &'static str },
    #[error("{what} is empty")]
    AnswerEmpty { what: &'static str },
    #[error("{what} can't be read from standard input, of which {flag} expects one line and no more")]
    SecretNotPiped {
        what: &'static str,
        flag: &'static str,
        #[source]
        source: crate::ui::NoSecret,
    },
    /// An answer that breaks a rule of its own, before anything is made of it.
    #[error("{what} can't be used")]
    AnswerUnfit {
        what: &'static str,
        #[source]
        source: Cause,
    },
    /// A secret store would keep it, and nobody would be served by it.
    #[error("there is already {what} “{name}”, in {}", .path.display())]
    NameTaken { what: &'static str, name: String, path: PathBuf, hint: &'static str },
    #[error("there is already a configuration: {}", .path.display())]
    AlreadyConfigured { path: PathBuf, directory: Option<DirectoryChoice> },
    #[error("{flag} goes with directory = \"crowd\", and this configuration has directory = \"os\"")]
    CrowdOnly { flag: &'static str },
    #[error("nothing needs a log-in here: the directory is this machine's users (directory = \"os\")")]
    NoLogIn,
    #[error("there is no account yet whose key could sign")]
    NoAccounts,
    #[error("the secret store did not give back what was stored in it")]
    StoreForgets,
    #[error("the key {access_key_id} belongs to the AWS account {found}, and the configuration says {expected}")]
    OtherAwsAccount { account: String, access_key_id: String, found: String, expected: String },
    /// AWS tells the one by its ARN, and the other when it says whose the key is.
    #[error("the MFA device {serial} is not in the partition of the key, which is of {owner}")]
    DeviceElsewhere { serial: MfaSerial, owner: String },
    /// A connector that keeps the rules today, and would not with the account as it is to be.
    #[error("the account “{account}” can't be changed like that: a connector uses it")]
    BreaksConnector {
        account: String,
        #[source]
        source: Cause,
    },
    /// Its connectors would have nothing to sign with.
    #[error("the account “{account}” is in use by: {}", .users.join(", "))]
    AccountInUse { account: String, users: Vec<String> },
    /// Somebody was asked whether it is meant, and it is not.
    #[error("nothing was changed")]
    NotMeant,
    #[error("{flag} goes with the accounts of keys (access-key); the role of a host has none")]
    FlagOfKeys { flag: &'static str },
    #[error("the account “{account}” has the key {configured}, not {given}")]
    OtherKey { account: String, configured: String, given: String },
    /// Nobody can be asked which of them it shall be.
    #[error("the profile is missing, and there is no terminal to ask at; these hold long-term keys: {}", .found.join(", "))]
    ProfileMissing { found: Vec<String> },
    #[error("no profile holds a long-term key, neither in {} nor in {}", .credentials.display(), .config.display())]
    NoKeys { credentials: PathBuf, config: PathBuf },
    #[error("the profile {profile} holds no key, neither in {} nor in {}", .credentials.display(), .config.display())]
    NoKeyInProfile { profile: String, credentials: PathBuf, config: PathBuf },
    /// The AWS CLI can't read such a file either, or reads other keys in it.
    #[error("{} can't be trusted to say what it seems to: {fault}", .path.display())]
    AwsFileFaulty { path: PathBuf, fault: crate::aws_files::Fault },
    #[error("the access key {access_key_id} is here already, as the account “{account}”")]
    KeyTaken { account: String, access_key_id: String },
    /// Somebody edited the file between reading the key and removing it.
    #[error("the profile {profile} in {} has another key by now", .path.display())]
    OtherKeyInProfile { profile: String, path: PathBuf },
    /// The whole file is no list of connectors.
    #[error("{file}:{}:{}: nothing can be imported", .place.line, .place.column)]
    NothingImportable {
        file: String,
        place: Place,
        #[source]
        source: Flaw,
    },
    /// One connector of a file; then none is imported.
    #[error("{file}:{}:{}: the connector “{}” can't be imported", .place.line, .place.column, .connector.escape_debug())]
    NotImportable {
        file: String,
        place: Place,
        connector: String,
        #[source]
        source: Cause,
    },
    #[error("“{}” can't be a connector's name here", .name.escape_debug())]
    NameUnfit {
        name: String,
        /// What --fit-names would make of it.
        fitted: Option<ConnectorName>,
        #[source]
        source: NameError,
    },
    #[error("the connector on line {line} is called “{name}” too")]
    NameTwice { name: String, line: usize },
    #[error("accountId is missing")]
    AccountIdMissing,
    #[error("accountId “{}” {}", .id.escape_debug(), no_account(.accounts))]
    AccountIdUnknown {
        id: String,
        /// The accounts that belong to the AWS account of this number, where several do.
        accounts: Vec<String>,
    },
    #[error("the partition is said to be {stated}, and its region {region} lies in {}", .region.partition())]
    OtherPartition { stated: &'static str, region: Region },
    #[error("{} has more than {longest} bytes", .path.display())]
    TooLong { path: PathBuf, longest: u64 },
    #[error("“{}” is not KEY=VALUE", .0.escape_debug())]
    NotKeyValue(String),
    #[error("{} can't be {operation}", .path.display())]
    File {
        path: PathBuf,
        operation: &'static str,
        #[source]
        source: std::io::Error,
    },
    /// Two processes edit the same file, and the other one does not finish.
    #[error("{} is being edited by another process", .path.display())]
    FileBusy {
        path: PathBuf,
        #[source]
        source: crate::sys::locks::LockError,
    },
    #[error("the profile “{}” in {} is somebody else's: it has {}", .profile.escape_debug(), .path.display(), .keys.join(", "))]
    ForeignProfile { profile: String, path: PathBuf, keys: Vec<String> },
    /// Of several that were wanted, none is written.
    #[error("{} in {} are somebody else's", quoted_names(.profiles), .path.display())]
    ForeignProfiles { profiles: Vec<String>, path: PathBuf },
    /// Of this key there may be no other copy.
    #[error("the profile “{profile}” in {} holds a long-term key: it has {}", .path.display(), .keys.join(", "))]
    LongTermKeyThere { profile: String, path: PathBuf, keys: Vec<String> },
    #[error("{} is read-only", .path.display())]
    ReadOnlyFile { path: PathBuf },
    #[error("there is no profile “{profile}” in {}", .path.display())]
    NoSuchProfile { profile: String, path: PathBuf },
    #[error("there is no display here to open a browser on")]
    NoDisplay,
    #[error("the browser did not get the sign-in")]
    BrowserFailed(#[source] crate::sys::relay::RelayError),
    #[error("there is no example “{}”", .name.escape_debug())]
    NoSuchExample { name: String, nearest: Option<String> },
    #[error("{} is not UTF-8 text: its byte {offset} belongs to no character", .path.display())]
    NotText { path: PathBuf, offset: usize },
    /// What the faults are has been said already.
    #[error("AWS would refuse {}: it has {faults} {}", .path.display(), if *.faults == 1 { "fault" } else { "faults" })]
    PolicyFaulty { path: PathBuf, faults: usize },
    #[error("the connector “{connector}” ({principal}) needs no {what}")]
    PolicyNotNeeded { connector: String, principal: PrincipalType, what: &'static str },
    /// A trust policy has to name whom it trusts.
    #[error("whom the role must trust is not known: the account “{account}” has no aws_account_id")]
    OwnerUnknown { account: String },
    #[error("the account “{account}” has no key: it is the role of this host, whose credentials AWS renews by itself")]
    NoKeyToRotate { account: String },
    #[error("a rotation of the key of the account “{account}” is not finished")]
    RotationUnfinished { account: AccountName, journal: String },
    #[error("{} is no Unicode text, as what a shell reads must be", .path.display())]
    PathNotText { path: PathBuf },
    #[error(
        "credentials of “{connector}” live {duration}, which is its duration; --min-life {asked} is more than they can have left"
    )]
    DurationTooShort { connector: ConnectorName, duration: SessionDuration, asked: SessionDuration },
    /// New ones were not to be had, or AWS gave less than it was asked for.
    #[error("the credentials of “{connector}” have {left} left{}, and --min-life asks for {asked}", of_duration(.duration))]
    LifeTooShort {
        connector: ConnectorName,
        left: SessionDuration,
        asked: SessionDuration,
        /// None where the host decides.
        duration: Option<SessionDuration>,
    },
    #[error("the profile {profile} is given twice")]
    ProfileTwice { profile: crate::aws_files::ProfileName },
    #[error("there is no command to run")]
    NothingToRun,
    /// Others start the hook, and close what they do not know.
    #[error(
        "the credentials can't be renewed while the command runs: the passphrase comes by file descriptor {number} (passphrase_fd), which a hook does not get"
    )]
    PassphraseNotForHooks { number: i32 },
    #[error("no private folder for the command can be had in {}", .path.display())]
    RunFolder {
        path: PathBuf,
        #[source]
        source: Cause,
    },
    #[error(transparent)]
    NotRun(crate::sys::execution::ExecutionError),
    /// What it is has been said already.
    #[error("not all is well (faults: {faults}, warnings: {warnings}, not checked: {not_checked})")]
    NotWell { faults: usize, warnings: usize, not_checked: usize },
    #[error("the answer could not be written to standard output")]
    OutputLost(#[source] std::io::Error),
}

impl CommandError {
    /// A flaw of the file as a whole, such as a field that nobody knows.
    pub fn nothing_importable(file: &str, FlawAt { place, flaw }: FlawAt) -> Self {
        Self::NothingImportable { file: file.to_owned(), place, source: flaw }
    }
}

fn of_duration(duration: &Option<SessionDuration>) -> String {
    duration.map_or_else(String::new, |duration| format!(" of {duration}"))
}

fn quoted_names(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("“{}”", name.escape_debug())).collect();
    format!("the profiles {}", names.join(", "))
}

fn no_account(accounts: &[String]) -> String {
    match accounts {
        [] => "is no account of this configuration".to_owned(),
        several => format!("is the AWS account of several: {}", several.join(", ")),
    }
}
