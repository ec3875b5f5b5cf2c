//! Why a rotation did not come about, or did not come to its end.

use std::time::Duration;

use crate::model::account::AccessKeyId;
use crate::model::name::AccountName;
use crate::model::user_key::UserKey;
use crate::ports::{CacheError, RecordsError, SecretStoreError, TokenServiceError};

/// Why a rotation stopped. Unless the words say otherwise, the account keeps the key it had, and the next run goes on
/// from what the journal says.
#[derive(Debug, thiserror::Error)]
pub enum RotationError {
    #[error("{arn} is the root user, whose keys shall not be replaced but deleted: whoever has one may do everything")]
    RootUser { arn: String },
    #[error("the key {access_key_id} belongs to {arn}, which is no IAM user")]
    NoUser { access_key_id: AccessKeyId, arn: String },
    #[error("the key {access_key_id} belongs to the AWS account {found}, and the configuration says {expected}")]
    OtherAwsAccount { access_key_id: AccessKeyId, found: String, expected: String },
    #[error("the secret of the access key {access_key_id} (account {account}) is not in the secret store")]
    SecretMissing { account: AccountName, access_key_id: AccessKeyId },
    /// AWS lets a user have two keys, and both are there.
    #[error("{user} has two keys already, as many as AWS allows: {}", listed(.keys))]
    TwoKeys { account: AccountName, user: String, used: AccessKeyId, keys: Vec<UserKey> },
    /// The journal speaks of other keys than the configuration.
    #[error("a rotation from the key {old} was broken off, and the account “{account}” has the key {current} now")]
    OtherRotation { account: AccountName, old: AccessKeyId, current: AccessKeyId, journal: String },
    /// The secret of a new key can't be kept, so the key was deleted.
    #[error("the secret of the new key {new} can't be stored; the key was deleted again")]
    NotKept {
        new: AccessKeyId,
        #[source]
        source: SecretStoreError,
    },
    /// The same, and AWS could not be told.
    #[error("the secret of the new key {new} can't be stored ({not_kept}), and the key is still there")]
    NotKeptNorDeleted {
        account: AccountName,
        new: AccessKeyId,
        not_kept: Box<SecretStoreError>,
        #[source]
        still: Box<TokenServiceError>,
    },
    /// AWS takes its time until a new key works everywhere.
    #[error("AWS does not accept the new key {new} after {} s; the old one stays in use", .after.as_secs())]
    NotProved {
        account: AccountName,
        new: AccessKeyId,
        after: Duration,
        #[source]
        source: Box<TokenServiceError>,
    },
    /// Somebody else deleted it before it was in use.
    #[error("the new key {new} is not at AWS any more; the old one stays in use")]
    Gone { new: AccessKeyId },
    #[error("the new key {new} belongs to {found}, not to {expected}; it was deleted again")]
    OtherUser { new: AccessKeyId, found: String, expected: String },
    #[error(transparent)]
    Tokens(#[from] TokenServiceError),
    #[error(transparent)]
    Secrets(#[from] SecretStoreError),
    #[error(transparent)]
    Records(#[from] RecordsError),
    #[error(transparent)]
    Cache(#[from] CacheError),
}

fn listed(keys: &[UserKey]) -> String {
    keys.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ")
}
