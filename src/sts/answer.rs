//! From AWS's answer to a lease. An answer that lacks any part is refused as a whole.
//! The SDK fills missing parts with empty texts and the year 1970; both count as missing here.

use aws_sdk_sts::operation::assume_role::AssumeRoleOutput;
use aws_sdk_sts::operation::get_caller_identity::GetCallerIdentityOutput;
use aws_sdk_sts::operation::get_federation_token::GetFederationTokenOutput;
use aws_sdk_sts::operation::get_session_token::GetSessionTokenOutput;
use aws_sdk_sts::types::Credentials;
use aws_smithy_types::DateTime;
use jiff::Timestamp;

use super::wire::Call;
use crate::model::arn::AwsAccountId;
use crate::model::lease::Lease;
use crate::model::secret::Secret;
use crate::ports::{CallerIdentity, TokenServiceError};

/// What the three actions answer alike.
pub(super) struct Issued {
    credentials: Option<Credentials>,
    holder: Holder,
    packed_policy_size: Option<i32>,
}

/// Whom AWS sees when the credentials are used.
enum Holder {
    /// The key's own user, whom the answer does not name.
    Signer,
    /// Somebody new, whom the answer must name.
    Named(Option<String>),
}

#[allow(deprecated, reason = "PackedPolicySize is what AWS answers; its successor is not in every answer")]
impl Issued {
    pub(super) fn assumed_role(output: AssumeRoleOutput) -> Self {
        let holder = Holder::Named(output.assumed_role_user.map(|user| user.arn));
        Self { credentials: output.credentials, holder, packed_policy_size: output.packed_policy_size }
    }

    pub(super) fn federated_user(output: GetFederationTokenOutput) -> Self {
        let holder = Holder::Named(output.federated_user.map(|user| user.arn));
        Self { credentials: output.credentials, holder, packed_policy_size: output.packed_policy_size }
    }

    pub(super) fn session(output: GetSessionTokenOutput) -> Self {
        Self { credentials: output.credentials, holder: Holder::Signer, packed_policy_size: None }
    }
}

pub(super) fn lease(call: &Call, issued: Issued, issued_at: Timestamp) -> Result<Lease, TokenServiceError> {
    let credentials = issued.credentials.ok_or_else(|| call.lacks("credentials"))?;
    let access_key_id = present(call, credentials.access_key_id, "an access key id")?;
    if access_key_id == call.key.id.as_str() {
        return Err(call.lacks("an access key id of its own"));
    }
    let (principal_arn, aws_account_id) = match issued.holder {
        Holder::Signer => (None, None),
        Holder::Named(arn) => named(call, arn.unwrap_or_default()).map(|(arn, account)| (Some(arn), Some(account)))?,
    };
    Ok(Lease {
        access_key_id,
        secret_access_key: Secret::new(present(call, credentials.secret_access_key, "a secret access key")?),
        session_token: Secret::new(present(call, credentials.session_token, "a session token")?),
        issued_at,
        expires_at: expiry(credentials.expiration).ok_or_else(|| call.lacks("an expiry"))?,
        aws_account_id,
        principal_arn,
        packed_policy_size: issued.packed_policy_size.and_then(|size| u32::try_from(size).ok()),
    })
}

pub(super) fn identity(call: &Call, output: GetCallerIdentityOutput) -> Result<CallerIdentity, TokenServiceError> {
    let aws_account_id = present(call, output.account.unwrap_or_default(), "an AWS account id")?;
    let arn = present(call, output.arn.unwrap_or_default(), "an ARN")?;
    Ok(CallerIdentity { aws_account_id, arn })
}

/// An ARN and the account in it.
fn named(call: &Call, arn: String) -> Result<(String, String), TokenServiceError> {
    let arn = present(call, arn, "an ARN")?;
    let account = arn.split(':').nth(4).unwrap_or_default().parse::<AwsAccountId>();
    let account = account.map_err(|_| call.lacks("an AWS account id in its ARN"))?.to_string();
    Ok((arn, account))
}

fn present(call: &Call, text: String, what: &'static str) -> Result<String, TokenServiceError> {
    if text.is_empty() { Err(call.lacks(what)) } else { Ok(text) }
}

/// Whole seconds, rounded down: an expiry may be early, never late.
fn expiry(expiration: DateTime) -> Option<Timestamp> {
    Timestamp::from_second(expiration.secs()).ok().filter(|expiry| *expiry > Timestamp::UNIX_EPOCH)
}
