//! What hands out temporary credentials, what it is told, and every way in which it can refuse.

use std::path::PathBuf;

use jiff::SignedDuration;

use super::Cause;
use crate::model::account::{AccessKeyId, SigningCredentials};
use crate::model::arn::RoleArn;
pub use crate::model::aws_action::AwsAction;
use crate::model::duration::SessionDuration;
use crate::model::grant::Signer;
use crate::model::lease::Lease;
use crate::model::mfa::{MfaCode, MfaSerial};
use crate::model::principal::{PrincipalType, SessionPolicies};
use crate::model::region::Region;
use crate::model::session_tag::SessionTag;

/// What hands out temporary credentials: AWS STS.
pub trait TokenService {
    /// Asks for one lease. Nothing but the given credentials signs the call, and a call with a code is made once.
    fn issue(
        &self,
        key: &SigningCredentials,
        request: &IssueRequest,
        code: Option<&MfaCode>,
    ) -> Result<Lease, TokenServiceError>;
    /// Whose credentials these are (GetCallerIdentity, which needs no permission).
    fn caller_identity(&self, key: &SigningCredentials, region: &Region) -> Result<CallerIdentity, TokenServiceError>;
    /// Tells that [`Self::issue`] may soon be called for this region, so that the way there can be opened meanwhile. STS is
    /// told nothing, and nothing is signed: whether the call follows is not known yet. It is `issue` that says what fails.
    fn prepare(&self, _region: &Region) {}
}

/// Everything that STS is told, besides who signs. Each field can change the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssueRequest {
    pub region: Region,
    pub duration: SessionDuration,
    /// The device of which a code goes with it; never with GetFederationToken, which takes none.
    pub mfa_serial: Option<MfaSerial>,
    pub action: IssueAction,
}

/// The STS action and what only it takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IssueAction {
    AssumeRole {
        role_arn: RoleArn,
        session_name: String,
        external_id: Option<String>,
        policies: SessionPolicies,
        tags: Vec<SessionTag>,
        transitive_tags: Vec<String>,
        source_identity: Option<String>,
    },
    GetFederationToken {
        name: String,
        policies: SessionPolicies,
        tags: Vec<SessionTag>,
    },
    GetSessionToken,
}

impl IssueAction {
    pub const fn principal_type(&self) -> PrincipalType {
        match self {
            Self::AssumeRole { .. } => PrincipalType::AssumeRole,
            Self::GetFederationToken { .. } => PrincipalType::FederatedUser,
            Self::GetSessionToken => PrincipalType::SessionToken,
        }
    }
}

/// Who AWS says a key belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallerIdentity {
    pub aws_account_id: String,
    pub arn: String,
}

/// Why STS did not hand out credentials. `message` is AWS's own sentence, with control characters escaped.
#[derive(Debug, thiserror::Error)]
pub enum TokenServiceError {
    /// IAM says no: a permission, the role's trust policy or one of its conditions is missing.
    #[error("AWS denies {action} to the key {access_key_id}")]
    Denied {
        action: AwsAction,
        access_key_id: AccessKeyId,
        signer: Box<Signer>,
        #[source]
        message: AwsMessage,
    },
    /// The same, of a call with a code: it may be the code, too. AWS tells the two apart by its sentence alone.
    #[error("AWS denies {action} to the key {access_key_id} with this code of the MFA device {serial}")]
    DeniedWithCode {
        action: AwsAction,
        access_key_id: AccessKeyId,
        signer: Box<Signer>,
        serial: Box<MfaSerial>,
        #[source]
        message: AwsMessage,
    },
    /// AWS does not know the key: deleted, inactive, or of another partition.
    #[error("AWS does not know the access key {access_key_id}, or it is inactive")]
    KeyUnknown {
        access_key_id: AccessKeyId,
        #[source]
        message: AwsMessage,
    },
    /// The secret half does not fit the id.
    #[error("the secret of the access key {access_key_id} is not the one AWS has")]
    WrongSecret {
        access_key_id: AccessKeyId,
        #[source]
        message: AwsMessage,
    },
    /// This machine's clock is too far from AWS's for a signature to count; positive: this machine is ahead.
    #[error("this machine's clock is {} AWS's", skew(.ahead))]
    ClockSkew {
        ahead: SignedDuration,
        #[source]
        message: AwsMessage,
    },
    /// The credentials that signed the call are temporary and over.
    #[error("the credentials that signed {action} have expired")]
    Expired {
        action: AwsAction,
        #[source]
        message: AwsMessage,
    },
    /// The session policy is not one that AWS understands.
    #[error("AWS can't read the session policy")]
    PolicyMalformed {
        #[source]
        message: AwsMessage,
    },
    /// Policies and tags together are over AWS's packed limit, although the text is short enough.
    #[error("the session policies and tags are too large for AWS")]
    PolicyTooLarge {
        #[source]
        message: AwsMessage,
    },
    /// A value is outside what AWS takes, such as a duration above the role's maximum.
    #[error("AWS rejects {action} with a duration of {duration}")]
    Invalid {
        action: AwsAction,
        duration: SessionDuration,
        #[source]
        message: AwsMessage,
    },
    /// STS is switched off in the region for the account.
    #[error("STS is switched off in {region} for this account")]
    RegionDisabled {
        region: Region,
        #[source]
        message: AwsMessage,
    },
    /// AWS asks for patience or is in trouble itself; trying again later may help.
    #[error("AWS is busy or in trouble")]
    Busy {
        #[source]
        message: AwsMessage,
    },
    /// No connection, or no whole answer in time.
    #[error("{endpoint} can't be reached")]
    Unreachable {
        endpoint: String,
        /// The same with its scheme.
        url: String,
        #[source]
        source: Cause,
    },
    /// Whoever answers there shows a certificate that the trusted authorities did not sign, or that is not for it.
    #[error("the certificate of {endpoint} is not trusted")]
    Untrusted {
        endpoint: String,
        #[source]
        source: Cause,
    },
    /// The file of certificates to trust can't be used.
    #[error("the certificates in {} can't be used", .path.display())]
    CertificatesUnusable {
        path: PathBuf,
        #[source]
        source: Cause,
    },
    /// The endpoint that the environment names can't be used.
    #[error("{variable} names “{}”, which is not an https URL or a loopback http URL", .url.escape_debug())]
    EndpointRefused { variable: &'static str, url: String },
    /// A switch of the environment that is neither on nor off.
    #[error("{variable} is “{}”, which is neither true nor false", .value.escape_debug())]
    SwitchUnclear { variable: &'static str, value: String },
    /// Two things of the environment that contradict each other.
    #[error("{variable} names an endpoint, and {switch} asks for another kind of it")]
    EndpointContradicted { variable: &'static str, switch: &'static str },
    /// AWS has no such endpoint in the region.
    #[error("AWS has no {kind} endpoint of STS in {region}")]
    NoSuchEndpoint { kind: &'static str, region: Region },
    /// AWS refused for a reason that has no case of its own.
    #[error("AWS refuses {action}")]
    Refused {
        action: AwsAction,
        #[source]
        message: AwsMessage,
    },
    /// The answer lacks what it must have.
    #[error("the answer to {action} lacks {missing}")]
    Incomplete { action: AwsAction, missing: &'static str },
}

/// An error as AWS words it: its code and its sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {}", .text.escape_debug())]
pub struct AwsMessage {
    pub code: String,
    pub text: String,
}

fn skew(ahead: &SignedDuration) -> String {
    let minutes = ahead.abs().as_secs() as f64 / 60.0;
    let side = if ahead.is_negative() { "behind" } else { "ahead of" };
    format!("{minutes:.0} min {side}")
}
