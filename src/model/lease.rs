//! A lease: temporary credentials with their expiry, and the key that says which request it answers.
//! Whether a lease may still be handed out is decided in `vending`.

use std::fmt;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::account::AccessKeyId;
use super::hex::{is_lower_hex, lower_hex};
use super::secret::Secret;

/// How many bytes of a digest mark a signer.
const MARK_LENGTH: usize = 8;

/// Temporary credentials as STS issued them.
#[derive(Debug, Clone)]
pub struct Lease {
    pub access_key_id: String,
    pub secret_access_key: Secret,
    pub session_token: Secret,
    pub issued_at: Timestamp,
    pub expires_at: Timestamp,
    /// The AWS account the credentials act in.
    pub aws_account_id: Option<String>,
    /// Who AWS sees, such as `arn:aws:sts::123123123123:assumed-role/UpdateAPP/alice`; session tokens have none.
    pub principal_arn: Option<String>,
    /// How full AWS's separate allowance for policies and tags is, in per cent.
    pub packed_policy_size: Option<u32>,
}

/// The SHA-256 of every input that could change the lease, in lower-case hex, behind the mark of the key that signs.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct LeaseKey(String);

impl LeaseKey {
    /// Only `vending::lease_key` makes one of a request; tests may make one of anything.
    pub fn from_digest(digest: [u8; 32]) -> Self {
        Self(lower_hex(&digest))
    }

    /// The key that is written like this, with or without a mark; `None` where no key is.
    pub fn from_text(text: &str) -> Option<Self> {
        let is_one = match text.split_once('-') {
            Some((mark, digest)) => is_lower_hex(mark, 2 * MARK_LENGTH) && is_lower_hex(digest, 64),
            None => is_lower_hex(text, 64),
        };
        is_one.then(|| Self(text.to_owned()))
    }

    /// The key with this signer's mark, by which the leases of one signer are found.
    pub fn signed_with(self, access_key_id: &AccessKeyId) -> Self {
        Self(format!("{}-{}", Self::mark_of(access_key_id), self.0))
    }

    /// What the keys of this signer's leases begin with.
    pub fn mark_of(access_key_id: &AccessKeyId) -> String {
        lower_hex(&Sha256::digest(access_key_id.as_str())[..MARK_LENGTH])
    }
}

impl fmt::Display for LeaseKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_known_by_its_text_and_nothing_else_is_one() {
        let plain = LeaseKey::from_digest([0xa0; 32]);
        let marked = plain.clone().signed_with(&"AKIAIOSFODNN7EXAMPLE".parse().unwrap());
        for key in [plain, marked] {
            let text = key.to_string();
            assert_eq!(LeaseKey::from_text(&text), Some(key));
            for other in
                [&text[1..], &text.to_uppercase(), &format!("{text}0"), &format!("0{text}"), &format!("-{text}")]
            {
                assert_eq!(LeaseKey::from_text(other), None, "{other}");
            }
        }
    }
}
