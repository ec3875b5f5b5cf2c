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
    // Room for all from the start: a vector that grows leaves copies of its bytes behind.
    let mut text = Zeroizing::new(Vec::with_capacity(room_for(&record)));
    serde_json::to_writer(&mut *text, &record)?;
    Ok(text)
}

/// Twice what its texts have, as some letters take two in JSON, and all the rest.
fn room_for(record: &LeaseRecord) -> usize {
    const NAMES_AND_NUMBERS: usize = 512;
    let optional = [&record.aws_account_id, &record.principal_arn].into_iter().flatten();
    let texts = [&record.access_key_id, &record.secret_access_key, &record.session_token].into_iter().chain(optional);
    NAMES_AND_NUMBERS + 2 * texts.map(String::len).sum::<usize>()
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
