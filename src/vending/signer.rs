//! Who signs for an account: the long-term key whose secret is in the store, or the host's role, which is asked each time.
//! A host's role has to be asked before a lease is looked for: it may be another one than a moment ago, and what was had
//! from the earlier one must not be found any more.

use jiff::Timestamp;

use super::error::VendError;
use super::lease_key::SignedBy;
use crate::model::account::{AccessKeyId, Account, AccountSource, SigningCredentials, secret_of};
use crate::model::arn::AwsAccountId;
use crate::model::lease::Lease;
use crate::model::name::AccountName;
use crate::ports::{HostCredentials, HostRole, HostRoleError, SecretStore};

/// Who signs, with no secret looked up yet.
pub enum Signer<'a> {
    LongTermKey { account: &'a AccountName, id: &'a AccessKeyId, owner: Option<&'a AwsAccountId> },
    Host(Box<HostCredentials>),
}

impl<'a> Signer<'a> {
    /// The signer of an account; a host's role is asked for now.
    pub fn of(account: &'a Account, host: &dyn HostRole) -> Result<Self, HostRoleError> {
        if let Some(signer) = Self::known(account) {
            return Ok(signer);
        }
        let mut given = host.credentials()?;
        match (&given.owner, account.aws_account_id()) {
            (Some(found), Some(expected)) if found != expected => {
                return Err(HostRoleError::OtherAwsAccount { found: found.clone(), expected: expected.clone() });
            }
            (None, Some(expected)) => given.owner = Some(expected.clone()),
            _ => {}
        }
        Ok(Self::Host(Box::new(given)))
    }

    /// The signer, where nobody has to be asked who it is.
    pub const fn known(account: &'a Account) -> Option<Self> {
        match &account.source {
            AccountSource::AccessKey { access_key_id, aws_account_id, .. } => {
                Some(Self::LongTermKey { account: &account.name, id: access_key_id, owner: aws_account_id.as_ref() })
            }
            AccountSource::InstanceRole { .. } => None,
        }
    }

    /// What tells this signer from every other one.
    pub fn mark(&self) -> SignedBy<'_> {
        match self {
            Self::LongTermKey { id, .. } => SignedBy::LongTermKey(id),
            Self::Host(given) => SignedBy::Host { id: &given.id, address: &given.address },
        }
    }

    /// What signs, with the secret from the store where it rests there.
    pub fn credentials(&self, secrets: &dyn SecretStore) -> Result<SigningCredentials, VendError> {
        let (account, id, owner) = match self {
            Self::Host(given) => return Ok(given.signing()),
            Self::LongTermKey { account, id, owner } => (*account, *id, owner.cloned()),
        };
        match secrets.lookup(&secret_of(account, id))? {
            Some(secret) => Ok(SigningCredentials::long_term(id.clone(), secret, owner)),
            None => Err(VendError::SecretMissing { account: account.clone(), access_key_id: id.clone() }),
        }
    }
}

/// The credentials of the host's role as a lease, to be handed on.
pub fn handed_on(given: &HostCredentials, now: Timestamp) -> Lease {
    Lease {
        access_key_id: given.id.as_str().to_owned(),
        secret_access_key: given.secret.clone(),
        session_token: given.session_token.clone(),
        issued_at: now,
        expires_at: given.expires_at,
        aws_account_id: given.owner.as_ref().map(ToString::to_string),
        principal_arn: None,
        packed_policy_size: None,
    }
}
