//! [`IamAccessKeys`]: the keys of a user, as IAM lists, makes and ends them. The user is always named: left out, IAM would
//! take whoever signs, which is the same to AWS and not to everything that speaks its protocol.

use std::error::Error;
use std::rc::Rc;

use aws_sdk_iam::Client;
use aws_sdk_iam::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_iam::types::{AccessKeyMetadata, StatusType};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_types::DateTime;
use jiff::Timestamp;

use super::client::Repeat;
use super::endpoint::Service;
use super::wire::{AwsOptions, Call, Wire};
use crate::model::account::{AccessKeyId, SigningCredentials};
use crate::model::aws_action::KeyAction;
use crate::model::secret::Secret;
use crate::model::user_key::{KeyStatus, LastUse, UserKey};
use crate::ports::{AccessKeys, AwsAction, KeyOwner, TokenServiceError};
use crate::sys::network::Hub;

/// The code of IAM's refusal where there is no such key.
const GONE: &str = "NoSuchEntity";

/// AWS IAM, as far as keys go.
pub struct IamAccessKeys {
    wire: Wire,
}

impl IamAccessKeys {
    pub fn new(options: AwsOptions, clock: Rc<dyn crate::ports::Clock>, hub: &Rc<Hub>) -> Self {
        Self { wire: Wire::new(Service::Iam, options, clock, hub) }
    }

    fn send<T, E>(
        &self,
        call: &Call,
        repeat: Repeat,
        request: impl AsyncFnOnce(Client) -> Result<T, SdkError<E, HttpResponse>>,
    ) -> Result<T, TokenServiceError>
    where
        E: Error + ProvideErrorMetadata + Send + Sync + 'static,
    {
        self.wire.send(call, repeat, async |config| request(Client::new(&config)).await)
    }

    /// Who may list keys may not be allowed to see their last use; then it is not known.
    fn last_use(
        &self,
        signer: &SigningCredentials,
        owner: &KeyOwner,
        id: &AccessKeyId,
    ) -> Result<LastUse, TokenServiceError> {
        let call = call(signer, owner, KeyAction::LastUsed);
        let asked = self.send(&call, Repeat::Allowed, async |client| {
            client.get_access_key_last_used().access_key_id(id.as_str()).send().await
        });
        let used = match asked {
            Ok(output) => output.access_key_last_used,
            Err(TokenServiceError::Denied { .. }) => return Ok(LastUse::Unknown),
            Err(error) => return Err(error),
        };
        let at = |used: &aws_sdk_iam::types::AccessKeyLastUsed| used.last_used_date.as_ref().and_then(timestamp);
        Ok(match used.as_ref().and_then(|used| Some((used, at(used)?))) {
            None => LastUse::Never,
            Some((used, at)) => LastUse::At { at, service: used.service_name.clone(), region: used.region.clone() },
        })
    }
}

impl AccessKeys for IamAccessKeys {
    fn list(&self, signer: &SigningCredentials, owner: &KeyOwner) -> Result<Vec<UserKey>, TokenServiceError> {
        let call = call(signer, owner, KeyAction::List);
        let output = self.send(&call, Repeat::Allowed, async |client| {
            client.list_access_keys().user_name(&owner.user).send().await
        })?;
        if output.is_truncated {
            return Err(call.lacks("some of the keys"));
        }
        let mut keys = Vec::with_capacity(output.access_key_metadata.len());
        for listed in output.access_key_metadata {
            let (id, status, created) = read(&call, &listed)?;
            keys.push(UserKey { last_use: self.last_use(signer, owner, &id)?, id, status, created });
        }
        keys.sort_by_key(|key| key.created);
        Ok(keys)
    }

    fn create(&self, signer: &SigningCredentials, owner: &KeyOwner) -> Result<SigningCredentials, TokenServiceError> {
        let call = call(signer, owner, KeyAction::Create);
        // Tried again after a lost answer, it would make a second key, and nobody would know the first one's secret.
        let output = self.send(&call, Repeat::Never, async |client| {
            client.create_access_key().user_name(&owner.user).send().await
        })?;
        let made = output.access_key.ok_or_else(|| call.lacks("a key"))?;
        let id = made.access_key_id.parse().map_err(|_| call.lacks("the id of a long-term key"))?;
        let secret = Secret::new(made.secret_access_key);
        if secret.is_empty() {
            return Err(call.lacks("the secret of the key"));
        }
        Ok(SigningCredentials::long_term(id, secret, signer.owner.clone()))
    }

    fn deactivate(
        &self,
        signer: &SigningCredentials,
        owner: &KeyOwner,
        id: &AccessKeyId,
    ) -> Result<(), TokenServiceError> {
        let call = call(signer, owner, KeyAction::Update);
        let outcome = self.send(&call, Repeat::Allowed, async |client| {
            let request = client.update_access_key().user_name(&owner.user).access_key_id(id.as_str());
            request.status(StatusType::Inactive).send().await
        });
        unless_gone(outcome)
    }

    fn delete(&self, signer: &SigningCredentials, owner: &KeyOwner, id: &AccessKeyId) -> Result<(), TokenServiceError> {
        let call = call(signer, owner, KeyAction::Delete);
        let outcome = self.send(&call, Repeat::Allowed, async |client| {
            client.delete_access_key().user_name(&owner.user).access_key_id(id.as_str()).send().await
        });
        unless_gone(outcome)
    }
}

fn call<'a>(signer: &'a SigningCredentials, owner: &'a KeyOwner, action: KeyAction) -> Call<'a> {
    Call { key: signer, region: &owner.region, action: AwsAction::OnKeys(action), duration: None, mfa_serial: None }
}

fn unless_gone<T>(outcome: Result<T, TokenServiceError>) -> Result<(), TokenServiceError> {
    match outcome {
        Err(TokenServiceError::Refused { message, .. }) if message.code == GONE => Ok(()),
        other => other.map(drop),
    }
}

type Listed = (AccessKeyId, KeyStatus, Timestamp);

fn read(call: &Call, listed: &AccessKeyMetadata) -> Result<Listed, TokenServiceError> {
    let id = listed.access_key_id.as_deref().unwrap_or_default().parse();
    let id = id.map_err(|_| call.lacks("the id of a key"))?;
    let created = listed.create_date.as_ref().and_then(timestamp).ok_or_else(|| call.lacks("when a key was made"))?;
    let status = match &listed.status {
        Some(StatusType::Active) => KeyStatus::Active,
        Some(_) => KeyStatus::Inactive,
        None => return Err(call.lacks("the status of a key")),
    };
    Ok((id, status, created))
}

/// The year 1970 stands for "nothing was said".
fn timestamp(date: &DateTime) -> Option<Timestamp> {
    Timestamp::from_second(date.secs()).ok().filter(|time| *time > Timestamp::UNIX_EPOCH)
}
