//! What turns credentials into a sign-in to the console, and every way in which it can refuse.

use std::path::PathBuf;
use std::time::Duration;

use super::Cause;
use crate::model::console::Destination;
use crate::model::duration::SessionDuration;
use crate::model::lease::Lease;
use crate::model::secret::Secret;

/// What a sign-in is made of.
#[derive(Debug, Clone, Copy)]
pub struct ConsoleVisit<'a> {
    pub lease: &'a Lease,
    pub destination: &'a Destination,
    /// Where the console sends whoever has to sign in again.
    pub issuer: &'a str,
    /// `None` leaves it at the life of the credentials.
    pub duration: Option<SessionDuration>,
}

/// What makes links to the console: AWS's federation endpoint.
pub trait ConsoleSignIn {
    /// A URL that signs in whoever opens it within 15 minutes.
    fn sign_in_url(&self, visit: ConsoleVisit<'_>) -> Result<Secret, ConsoleSignInError>;
}

/// Why there is no sign-in. Nothing that the endpoint said is in it: it might repeat what it was sent.
#[derive(Debug, thiserror::Error)]
pub enum ConsoleSignInError {
    /// The endpoint does not take the credentials, or not with the duration that was sent (400, 401, 403).
    #[error("{endpoint} does not take the credentials (status {status})")]
    Refused { endpoint: String, status: u16, duration: Option<SessionDuration> },
    #[error("{endpoint} can't be reached")]
    Unreachable {
        endpoint: String,
        #[source]
        source: Cause,
    },
    #[error("{endpoint} did not answer within {} s", .after.as_secs_f32())]
    TimedOut { endpoint: String, after: Duration },
    #[error("{endpoint} shows a certificate that is not trusted")]
    Untrusted {
        endpoint: String,
        #[source]
        source: Cause,
    },
    #[error("the certificates in {} can't be used", .path.display())]
    CertificatesUnusable {
        path: PathBuf,
        #[source]
        source: Cause,
    },
    #[error("{endpoint} has a fault of its own (status {status})")]
    OutOfOrder { endpoint: String, status: u16 },
    /// Something else stands in its place, or it has changed.
    #[error("{endpoint} does not answer as AWS's sign-in does: {oddity}")]
    Odd { endpoint: String, oddity: SignInOddity },
}

/// What is wrong with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignInOddity {
    #[error("it sends elsewhere (status {0})")]
    Redirect(u16),
    #[error("it has the status {0}")]
    Status(u16),
    #[error("its answer is a web page")]
    WebPage,
    #[error("its answer is not JSON")]
    NotJson,
    #[error("its answer has no SigninToken")]
    NoToken,
    #[error("its answer is longer than {0} bytes")]
    TooLong(usize),
}
