//! Where secrets rest, and every way in which a store can fail to answer.

use std::path::PathBuf;
use std::time::Duration;

use super::Cause;
use crate::model::secret::{Secret, SecretId};
use crate::model::secret_store_choice::SecretStoreChoice;

/// Where secrets rest: the OS keyring or an encrypted file.
pub trait SecretStore {
    /// The secret, or `None` when there is none under this id.
    fn lookup(&self, id: &SecretId) -> Result<Option<Secret>, SecretStoreError>;
    /// Keeps the secret, in place of an earlier one under the same id.
    fn store(&self, id: &SecretId, secret: &Secret) -> Result<(), SecretStoreError>;
    /// Takes the secret away; one that is not there is no failure.
    fn forget(&self, id: &SecretId) -> Result<(), SecretStoreError>;
}

/// Why a secret store could not answer. None of these means “there is no such secret”.
#[cfg_attr(
    not(target_os = "linux"),
    expect(dead_code, reason = "only Linux has a Secret Service and the kernel's keyring")
)]
#[derive(Debug, thiserror::Error)]
pub enum SecretStoreError {
    /// There is no D-Bus session, so nothing could be asked.
    #[error("the {store} can't be reached: there is no D-Bus session bus")]
    NoBus {
        store: &'static str,
        #[source]
        source: Option<Cause>,
    },
    /// The bus is there, and no program on it keeps secrets.
    #[error("the {store} can't be reached: no program on the session bus keeps secrets")]
    NoService {
        store: &'static str,
        #[source]
        source: Option<Cause>,
    },
    /// It was asked, and was gone before its answer came: what it was to store may be stored or not.
    #[error("the {store} ended before it had answered")]
    Ended {
        store: &'static str,
        #[source]
        source: Cause,
    },
    /// The D-Bus session ended while the store was asked: what it was to store may be stored or not.
    #[error("the {store} can't be reached any more: the D-Bus session bus has ended")]
    BusEnded {
        store: &'static str,
        #[source]
        source: Cause,
    },
    /// The bus is another user's, and ends the connection of whoever else calls.
    #[error(
        "the {store} can't be reached: the D-Bus session bus is of the user with the id {owner}, and lets no other in"
    )]
    BusClosed {
        store: &'static str,
        owner: u32,
        #[source]
        source: Cause,
    },
    /// No keyring is the one that new secrets go to, and none is made on the quiet.
    #[error("the {store} has no default keyring")]
    NoDefault { store: &'static str },
    /// The keyring is locked and nobody was there to unlock it.
    #[error("the {store} is locked")]
    Locked { store: &'static str },
    /// The store did not answer in time; it may be waiting for somebody to unlock it.
    #[error("the {store} did not answer within {} s", .after.as_secs_f32())]
    TimedOut { store: &'static str, after: Duration },
    /// The operating system has no such store or refuses it to this process.
    #[error("the {store} refused")]
    Refused {
        store: &'static str,
        #[source]
        source: Cause,
    },
    /// The store takes no more of this user's secrets.
    #[error("the {store} has no room for another key of this user")]
    Full {
        store: &'static str,
        #[source]
        source: Cause,
    },
    /// The store is there, and this process may not use it.
    #[error("the {store} is closed to this process")]
    Closed {
        store: &'static str,
        #[source]
        source: Cause,
    },
    /// The operating system was built without the store, or hides it.
    #[error("this system has no {store}")]
    Absent {
        store: &'static str,
        #[source]
        source: Cause,
    },
    /// Somebody has ended the whole keyring of the user, and the system has not yet made another one.
    #[error("the {store} of this user has expired or was revoked")]
    Expired {
        store: &'static str,
        #[source]
        source: Cause,
    },
    /// This program has no such store for this operating system.
    #[error("there is no {store} store on this platform; there are: {}", names(.available))]
    NotOnThisPlatform { store: SecretStoreChoice, available: &'static [SecretStoreChoice] },
    /// Several items answer to one address, and nothing says which is meant.
    #[error("the {store} holds more than one secret under “{address}”")]
    Ambiguous { store: &'static str, address: String },
    /// Somebody else wrote what is there: this program keeps text only.
    #[error("what the {store} holds under “{address}” is not text")]
    NotText { store: &'static str, address: String },
    /// The encrypted file needs a passphrase and there is no way to get one.
    #[error("the secrets in {} need a passphrase, and there is no terminal to ask for one", .path.display())]
    PassphraseMissing { path: PathBuf },
    /// The person who was asked for the passphrase broke off.
    #[error("interrupted")]
    Interrupted,
    /// The passphrase could not be read from where the configuration says it is.
    #[error("the passphrase for {} can't be read from {from}", .path.display())]
    PassphraseUnreadable {
        path: PathBuf,
        from: String,
        #[source]
        source: Cause,
    },
    /// The passphrase does not open the file, or the file was changed by somebody else.
    #[error("{} does not open with this passphrase", .path.display())]
    WrongPassphrase { path: PathBuf },
    /// A later version of this program wrote the file, in a format that this one does not know.
    #[error("{} was written by a newer afed: it has the format {format}", .path.display())]
    NewerFormat { path: PathBuf, format: u32 },
    /// The file is not one that this program wrote.
    #[error("{} is damaged or not a secret file of afed", .path.display())]
    Damaged { path: PathBuf },
    /// Reading or writing the file failed.
    #[error("{} can't be {operation}", .path.display())]
    File {
        path: PathBuf,
        operation: &'static str,
        #[source]
        source: std::io::Error,
    },
}

fn names(choices: &[SecretStoreChoice]) -> String {
    choices.iter().map(|choice| choice.as_str()).collect::<Vec<_>>().join(", ")
}
