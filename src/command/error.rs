//! What can be wrong with a request itself, before any port is asked.

use std::path::PathBuf;

use crate::model::principal::PrincipalType;
use crate::ports::Cause;

/// Why a command did not start or did not end.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// There is no terminal, and an answer was not given as a flag.
    #[error("{what} is missing, and there is no terminal to ask at")]
    AnswerMissing { what: &'static str, flag: &'static str },
    #[error("{what} is empty")]
    AnswerEmpty { what: &'static str },
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
    AlreadyConfigured { path: PathBuf },
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
    #[error("there is no profile “{profile}” in {}", .path.display())]
    NoSuchProfile { profile: String, path: PathBuf },
    #[error("there is no display here to open a browser on")]
    NoDisplay { connector: String },
    #[error("the browser did not get the sign-in")]
    BrowserFailed {
        connector: String,
        #[source]
        source: crate::sys::relay::RelayError,
    },
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
    #[error("the answer could not be written to standard output")]
    OutputLost(#[source] std::io::Error),
}
