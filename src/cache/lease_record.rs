//! A lease as it lies inside its seal.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use zeroize::{ZeroizeOnDrop, Zeroizing};

use crate::model::lease::Lease;
use crate::model::secret::Secret;

#[derive(Serialize, Deserialize, ZeroizeOnDrop)]
struct LeaseRecord {
    access_key_id: String,
    secret_access_key: String,
    session_token: String,
    #[zeroize(skip)]
    issued_at: Timestamp,
    #[zeroize(skip)]
    expires_at: Timestamp,
    aws_account_id: Option<String>,
    principal_arn: Option<String>,
    packed_policy_size: Option<u32>,
}

pub fn write(lease: &Lease) -> serde_json::Result<Zeroizing<Vec<u8>>> {
    let record = LeaseRecord {
        access_key_id: lease.access_key_id.clone(),
        secret_access_key: lease.secret_access_key.expose().to_owned(),
        session_token: lease.session_token.expose().to_owned(),
        issued_at: lease.issued_at,
        expires_at: lease.expires_at,
        aws_account_id: lease.aws_account_id.clone(),
        principal_arn: lease.principal_arn.clone(),
        packed_policy_size: lease.packed_policy_size,
    };
    serde_json::to_vec(&record).map(Zeroizing::new)
}

pub fn read(bytes: &[u8]) -> Option<Lease> {
    let mut record: LeaseRecord = serde_json::from_slice(bytes).ok()?;
    Some(Lease {
        access_key_id: std::mem::take(&mut record.access_key_id),
        secret_access_key: Secret::new(std::mem::take(&mut record.secret_access_key)),
        session_token: Secret::new(std::mem::take(&mut record.session_token)),
        issued_at: record.issued_at,
        expires_at: record.expires_at,
        aws_account_id: record.aws_account_id.take(),
        principal_arn: record.principal_arn.take(),
        packed_policy_size: record.packed_policy_size,
    })
}
