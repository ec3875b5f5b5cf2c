//! An account: a named source of authority in AWS, and what signs in its name.
//! The secret half of a long-term key is not here; it rests in the secret store under [`SecretId::AccessKey`]. A host's
//! role has no secret to keep: whoever gives its credentials is asked each time.

use std::fmt;

use super::arn::AwsAccountId;
use super::mfa::MfaDevice;
use super::name::AccountName;
use super::secret::{Secret, SecretId};

/// A named source of authority.
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
        /// The second factor that its user proves.
        mfa: Option<Box<MfaDevice>>,
    },
    /// The role of the EC2 instance or the container that afed runs in.
    InstanceRole {
        /// Found out when the role was proved; `None` when the proof was skipped.
        aws_account_id: Option<AwsAccountId>,
    },
}

/// What kind of source an account has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum AccountType {
    /// The long-term key of an IAM user
    AccessKey,
    /// The role of the EC2 instance or the container that afed runs in
    InstanceRole,
}

impl AccountType {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AccessKey => "access-key",
            Self::InstanceRole => "instance-role",
        }
    }
}

impl fmt::Display for AccountType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl Account {
    pub const fn account_type(&self) -> AccountType {
        match self.source {
            AccountSource::AccessKey { .. } => AccountType::AccessKey,
            AccountSource::InstanceRole { .. } => AccountType::InstanceRole,
        }
    }

    /// The AWS account it belongs to, where that is known.
    pub const fn aws_account_id(&self) -> Option<&AwsAccountId> {
        match &self.source {
            AccountSource::AccessKey { aws_account_id, .. } | AccountSource::InstanceRole { aws_account_id } => {
                aws_account_id.as_ref()
            }
        }
    }

    /// The long-term key it stands for, where it has one.
    pub const fn access_key_id(&self) -> Option<&AccessKeyId> {
        match &self.source {
            AccountSource::AccessKey { access_key_id, .. } => Some(access_key_id),
            AccountSource::InstanceRole { .. } => None,
        }
    }

    /// The second factor that goes with its calls, where it has one.
    pub fn mfa(&self) -> Option<&MfaDevice> {
        match &self.source {
            AccountSource::AccessKey { mfa, .. } => mfa.as_deref(),
            AccountSource::InstanceRole { .. } => None,
        }
    }
}

/// Where the secret half of an account's key rests.
pub fn secret_of(account: &AccountName, access_key_id: &AccessKeyId) -> SecretId {
    SecretId::AccessKey { account: account.clone(), access_key_id: access_key_id.clone() }
}

/// What signs a call, in hand for that call: a long-term key, or the temporary credentials of a host's role.
#[derive(Debug, Clone)]
pub struct SigningCredentials {
    pub id: AccessKeyId,
    pub secret: Secret,
    /// Goes with temporary credentials, and with them only.
    pub session_token: Option<Secret>,
    /// The AWS account they belong to, where that is known.
    pub owner: Option<AwsAccountId>,
}

impl SigningCredentials {
    /// Both halves of a long-term key.
    pub const fn long_term(id: AccessKeyId, secret: Secret, owner: Option<AwsAccountId>) -> Self {
        Self { id, secret, session_token: None, owner }
    }

    pub const fn account_type(&self) -> AccountType {
        if self.session_token.is_some() { AccountType::InstanceRole } else { AccountType::AccessKey }
    }
}

/// The public half of an access key, such as `AKIAIOSFODNN7EXAMPLE`: 16-128 of `[A-Z0-9]` (IAM API, `AccessKeyId`).
/// What people write is read as that of a long-term key; only a host's role has one of temporary credentials.
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
    /// The id of temporary credentials, as a host gives it.
    pub fn of_session(text: &str) -> Result<Self, AccessKeyIdError> {
        if is_plain(text) { Ok(Self(text.to_owned())) } else { Err(AccessKeyIdError::Malformed(text.to_owned())) }
    }

    /// Whether it is of temporary credentials, which all start with ASIA.
    pub fn is_temporary(&self) -> bool {
        self.0.starts_with("ASIA")
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for AccessKeyId {
    type Err = AccessKeyIdError;

    fn from_str(text: &str) -> Result<Self, AccessKeyIdError> {
        if !is_plain(text) {
            return Err(AccessKeyIdError::Malformed(text.to_owned()));
        }
        let id = Self(text.to_owned());
        if id.is_temporary() { Err(AccessKeyIdError::Temporary(id.0)) } else { Ok(id) }
    }
}

fn is_plain(text: &str) -> bool {
    (16..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
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
            assert!(AccessKeyId::of_session(bad).is_err(), "{bad:?} was accepted");
        }
        assert!(AccessKeyId::of_session("ASIAIOSFODNN7EXAMPLE").is_ok());
    }

    #[test]
    fn a_type_is_shown_as_it_is_written() {
        assert_eq!(AccountType::AccessKey.to_string(), "access-key");
        assert_eq!(AccountType::InstanceRole.to_string(), "instance-role");
    }
}
