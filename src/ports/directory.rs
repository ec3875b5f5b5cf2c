//! Who people are, and every way in which a directory can fail to vouch for them. Each of them denies.

use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;

use super::Cause;
use crate::model::name::GroupName;
use crate::model::person::{Evidence, Identity, Membership, Person};
use crate::model::secret::Secret;

/// Who people are and which groups they are in. Anything it does not understand is an error, and every error denies.
pub trait Directory {
    /// The person behind the evidence, active and allowed; a session is prolonged by this.
    fn identify(&self, evidence: &Evidence) -> Result<Identity, DirectoryError>;
    /// Whether the person is in the group, directly or through nesting, and the group is active.
    fn membership(&self, person: &Person, group: &GroupName) -> Result<Membership, DirectoryError>;
    /// Shows that the directory answers and accepts this program; changes nothing.
    fn probe(&self) -> Result<(), DirectoryError>;
}

/// Sessions that a directory hands out for a password.
pub trait Sessions {
    fn open(&self, user: &str, password: &Secret) -> Result<Session, DirectoryError>;
    /// Whose session it is; it is prolonged by this.
    fn owner(&self, token: &Secret) -> Result<Identity, DirectoryError>;
    /// Ends the session; one that is already over is no failure.
    fn close(&self, token: &Secret) -> Result<(), DirectoryError>;
}

/// What an answer of a directory tells of the directory itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Greeting {
    /// The program and its version as it calls itself, such as `Crowd/6.3.0`.
    pub program: String,
    /// Its clock, where the answer is dated.
    pub clock: Option<Timestamp>,
}

/// A directory session as it was just opened.
#[derive(Debug)]
pub struct Session {
    pub token: Secret,
    pub identity: Identity,
}

/// Why a directory did not vouch for a person. Texts from the directory are never part of these.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    /// Nobody is logged in; the caller must log in first.
    #[error("nobody is logged in to {directory}")]
    NotLoggedIn { directory: String },
    /// The session is over or was never this program's; the caller must log in again.
    #[error("the session at {directory} has ended")]
    SessionEnded { directory: String },
    /// Name and password do not belong together, or there is no such person.
    #[error("{directory} does not accept this user name and password")]
    WrongPassword { directory: String },
    /// The password is right and too old; it must be changed at the directory.
    #[error("the password has expired")]
    PasswordExpired { directory: String },
    /// The person is known and switched off.
    #[error("the person's account at {directory} is not active")]
    PersonInactive { directory: String },
    /// The person may not use the application that this program is to the directory.
    #[error("{directory} does not let this person use the application “{application}”")]
    PersonOutsideApplication { directory: String, application: String },
    /// The person was there and is no more.
    #[error("{directory} knows no such person")]
    PersonUnknown { directory: String },
    /// The directory rejects the application's own name or password.
    #[error("{directory} does not accept the application “{application}” or its password")]
    ApplicationRejected { directory: String, application: String },
    /// The directory does not talk to this machine, or the application is switched off.
    #[error("{directory} refuses the application “{application}” from this machine's address")]
    AddressRejected { directory: String, application: String },
    /// The application lacks a right at the directory.
    #[error("{directory} does not permit the application “{application}” to do this")]
    ApplicationForbidden { directory: String, application: String },
    /// There is no secret for the application in the secret store.
    #[error("the password of the application “{application}” is not in the secret store")]
    ApplicationPasswordMissing { directory: String, application: String },
    /// No connection came about, or it broke before the whole answer was there.
    #[error("{directory} can't be reached")]
    Unreachable {
        directory: String,
        #[source]
        source: Cause,
    },
    /// Somebody answers whose certificate does not show that it is the directory.
    #[error("the certificate of {directory} is not trusted")]
    Untrusted {
        directory: String,
        #[source]
        source: Cause,
    },
    /// The certificates that the configuration or the environment says to trust can't be used.
    #[error("the certificates in {} can't be used", .path.display())]
    CertificatesUnusable {
        path: PathBuf,
        #[source]
        source: Cause,
    },
    /// A connection came about, and the whole answer did not come in time.
    #[error("{directory} did not answer within {} s", .after.as_secs_f32())]
    TimedOut { directory: String, after: Duration },
    /// The directory, or what stands before it, says that it can't answer now.
    #[error("{directory} has a fault of its own (status {status})")]
    OutOfOrder { directory: String, status: u16 },
    /// Something answers at this address that is not a Crowd server.
    #[error("what answers at {directory} is not Crowd: {what}")]
    NotCrowd { directory: String, what: Oddity },
    /// The directory answered with something that this program does not understand.
    #[error("{directory} gave an answer that afed does not understand: {what}")]
    Unexpected { directory: String, what: Oddity },
    /// The operating system does not know this user or could not say.
    #[cfg_attr(not(unix), expect(dead_code, reason = "only there is the operating system a directory"))]
    #[error("this machine does not know the user with the id {uid}")]
    LocalUserUnknown { uid: u32 },
    /// The operating system could not resolve a user or group.
    #[error("this machine could not resolve {what}")]
    LocalLookup {
        what: String,
        #[source]
        source: std::io::Error,
    },
    /// The kind of evidence does not fit the directory.
    #[error("{directory} can't use this kind of evidence")]
    EvidenceUnfit { directory: String },
}

/// What is odd about an answer, in this program's own words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Oddity {
    #[error("status {0}")]
    Status(u16),
    #[error("a redirect (status {0})")]
    Redirect(u16),
    #[error("no X-Embedded-Crowd-Version header")]
    NoVersion,
    #[error("the content type is not JSON")]
    NotJson,
    #[error("the body is not plain UTF-8, by its headers")]
    Encoding,
    #[error("what it says is not HTTP, or has too many headers")]
    NotHttp,
    #[error("the body is longer than {0} bytes")]
    TooLong(usize),
    #[error("the body is not what this call returns")]
    Shape,
    #[error("the answer is about somebody or something else")]
    OtherName,
    #[error("the reason {0}")]
    Reason(&'static str),
    #[error("an unknown reason with status {0}")]
    UnknownReason(u16),
}
