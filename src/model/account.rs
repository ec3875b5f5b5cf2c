//! An account: a named source of long-term authority in AWS.
//! The secret half of a key is not here; it rests in the secret store under [`SecretId::AccessKey`].

use std::fmt;

use super::arn::AwsAccountId;
use super::name::AccountName;
use super::secret::{Secret, SecretId};

/// A named source of long-term authority.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub name: AccountName,
    pub source: AccountSource,
}

/// Where the authority of an account comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountSource {
    /// The long-term key of an IAM user.
    AccessKey {
        access_key_id: AccessKeyId,
        /// Found out when the key was proved; `None` when the proof was skipped.
        aws_account_id: Option<AwsAccountId>,
    },
}

impl Account {
    /// Where the secret half of this account's key rests.
    pub fn secret_id(&self) -> SecretId {
        let AccountSource::AccessKey { access_key_id, .. } = &self.source;
        SecretId::AccessKey { account: self.name.clone(), access_key_id: access_key_id.clone() }
    }
}

/// Both halves of a long-term key, in hand for one call.
#[derive(Debug, Clone)]
pub struct AccessKey {
    pub id: AccessKeyId,
    pub secret: Secret,
    /// The AWS account it belongs to, where that is known.
    pub owner: Option<AwsAccountId>,
}

/// The public half of an access key, such as `AKIAIOSFODNN7EXAMPLE`: 16-128 of `[A-Z0-9]` (IAM API, `AccessKeyId`).
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String")]
pub struct AccessKeyId(String);

/// Why a text can't be the id of a long-term key.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum AccessKeyIdError {
    #[error("an access key id has 16 to 128 capital letters and digits, such as AKIAIOSFODNN7EXAMPLE; “{}” has not", .0.escape_debug())]
    Malformed(String),
    #[error(
        "{0} is the id of temporary credentials (it starts with ASIA); an account needs a long-term key, which starts with AKIA"
    )]
    Temporary(String),
}

impl AccessKeyId {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for AccessKeyId {
    type Err = AccessKeyIdError;

    fn from_str(text: &str) -> Result<Self, AccessKeyIdError> {
        let plain = text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        if !plain || !(16..=128).contains(&text.len()) {
            return Err(AccessKeyIdError::Malformed(text.to_owned()));
        }
        if text.starts_with("ASIA") {
            return Err(AccessKeyIdError::Temporary(text.to_owned()));
        }
        Ok(Self(text.to_owned()))
    }
}

impl TryFrom<String> for AccessKeyId {
    type Error = AccessKeyIdError;

    fn try_from(text: String) -> Result<Self, AccessKeyIdError> {
        text.parse()
    }
}

impl fmt::Display for AccessKeyId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ids_of_long_term_keys_are_accepted() {
        assert!("AKIAIOSFODNN7EXAMPLE".parse::<AccessKeyId>().is_ok());
        assert!("ABIA0123456789012345".parse::<AccessKeyId>().is_ok());
        assert!(matches!("ASIAIOSFODNN7EXAMPLE".parse::<AccessKeyId>(), Err(AccessKeyIdError::Temporary(_))));
        for bad in ["", "AKIA", "akiaiosfodnn7example", "AKIAIOSFODNN7EXAMPL\n", "AKIAIOSFODNN7EXAMPLÉ"] {
            assert!(bad.parse::<AccessKeyId>().is_err(), "{bad:?} was accepted");
        }
    }
}
