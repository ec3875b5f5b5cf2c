//! Where the credentials of the host's own role come from, and every way in which there may be none.

use jiff::Timestamp;

use super::Cause;
use crate::model::account::{AccessKeyId, SigningCredentials};
use crate::model::arn::AwsAccountId;
use crate::model::secret::Secret;

/// What knows the role of the EC2 instance or of the container that afed runs in.
pub trait HostRole {
    /// Asks for the role's credentials as they are now. They may be given to several callers.
    fn credentials(&self) -> Result<HostCredentials, HostRoleError>;
}

/// The credentials of the host's role, and where they were got.
#[derive(Debug, Clone)]
pub struct HostCredentials {
    pub id: AccessKeyId,
    pub secret: Secret,
    pub session_token: Secret,
    pub expires_at: Timestamp,
    /// The AWS account of the role, where the host says it.
    pub owner: Option<AwsAccountId>,
    /// The address that gave them; another address may give others under the same key id.
    pub address: String,
}

impl HostCredentials {
    /// What they sign with.
    pub fn signing(&self) -> SigningCredentials {
        SigningCredentials {
            id: self.id.clone(),
            secret: self.secret.clone(),
            session_token: Some(self.session_token.clone()),
            owner: self.owner.clone(),
        }
    }
}

/// Why there are no credentials of a host's role. `place` is such as “the EC2 metadata service at 169.254.169.254”.
#[derive(Debug, thiserror::Error)]
pub enum HostRoleError {
    /// Somebody does not want it to be asked.
    #[error("the EC2 metadata service is switched off by {variable}")]
    SwitchedOff { variable: &'static str },
    /// The address that the environment names may not be asked for credentials.
    #[error("{variable} names “{}”, which {rule}", .url.escape_debug())]
    AddressRefused { variable: &'static str, url: String, rule: &'static str },
    /// What shall be sent to show who asks is no token.
    #[error("the token that {variable} names can't be sent")]
    Token {
        variable: &'static str,
        #[source]
        source: Cause,
    },
    /// Nothing answers: mostly, this is no such host.
    #[error("{place} can't be reached")]
    Unreachable {
        place: String,
        #[source]
        source: Cause,
    },
    /// An EC2 instance without an instance profile.
    #[error("{place} knows of no role of this instance")]
    NoRole { place: String },
    /// The service does not give credentials to this caller, or is in trouble itself.
    #[error("{place} gives no credentials: it answers with HTTP status {status}")]
    Refused { place: String, status: u16 },
    /// What came is not what such a service gives.
    #[error("{place} gave an answer that holds no usable credentials")]
    Unreadable {
        place: String,
        #[source]
        source: Cause,
    },
    /// Credentials that nobody could use any more.
    #[error("{place} gave credentials that expired at {expired_at}")]
    Expired { place: String, expired_at: Timestamp },
    /// The host's role is of another AWS account than the configuration says.
    #[error("this host's role is in the AWS account {found}, and the configuration says {expected}")]
    OtherAwsAccount { found: AwsAccountId, expected: AwsAccountId },
}
