//! What can be wrong with a request itself, before any port is asked.

use std::path::PathBuf;

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
    OtherAwsAccount { access_key_id: String, found: String, expected: String },
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
    /// The person was asked, and did not say yes.
    #[error("nothing was done")]
    NotConfirmed,
    #[error("the answer could not be written to standard output")]
    OutputLost(#[source] std::io::Error),
}
