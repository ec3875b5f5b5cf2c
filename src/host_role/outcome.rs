//! What an answer means: credentials, or one of the cases of the port. Decided by how the service answered; AWS's own
//! sentence is only the cause that is shown where an answer can't be read.

use std::error::Error;

use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use jiff::Timestamp;

use super::address::{Address, Kind, PATH_RULE, RELATIVE_URI, TOKEN_FILE};
use super::witness::Answered;
use crate::model::account::AccessKeyId;
use crate::model::arn::ArnError;
use crate::model::secret::Secret;
use crate::ports::{Cause, HostCredentials, HostRoleError};

/// The case of the port that a failure is.
pub fn explain(address: &Address, answered: &Answered, error: &CredentialsError) -> HostRoleError {
    let place = address.place();
    match answered.status {
        Some(200..300) => HostRoleError::Unreadable { place, source: root_of(error) },
        Some(404) if address.kind == Kind::Ec2 && !answered.for_token => HostRoleError::NoRole { place },
        Some(status) => HostRoleError::Refused { place, status },
        None if address.kind == Kind::Container => unasked(address, error),
        None => HostRoleError::Unreachable { place, source: root_of(error) },
    }
}

/// Why the container's service was not asked, or did not answer. A variable that is set and empty is none to afed, and
/// something that can't be used to AWS's provider.
fn unasked(address: &Address, error: &CredentialsError) -> HostRoleError {
    match (error, address.token) {
        (CredentialsError::InvalidConfiguration(_), Some(variable)) => {
            HostRoleError::Token { variable, source: "it holds what no header may hold, such as a line break".into() }
        }
        (CredentialsError::InvalidConfiguration(_), None) => {
            HostRoleError::AddressRefused { variable: RELATIVE_URI, url: String::new(), rule: PATH_RULE }
        }
        (CredentialsError::ProviderError(_), _) => {
            HostRoleError::Token { variable: TOKEN_FILE, source: root_of(error) }
        }
        _ => HostRoleError::Unreachable { place: address.place(), source: root_of(error) },
    }
}

/// The credentials, if all of them are there and they are not over.
pub fn credentials(address: &Address, given: &Credentials, now: Timestamp) -> Result<HostCredentials, HostRoleError> {
    let unreadable = |source: Cause| HostRoleError::Unreadable { place: address.place(), source };
    let expires_at = given.expiry().and_then(|expiry| Timestamp::try_from(expiry).ok());
    let expires_at = expires_at.ok_or_else(|| unreadable("it lacks an expiry".into()))?;
    // Whole seconds, rounded down: an expiry may be early, never late.
    let expires_at = Timestamp::from_second(expires_at.as_second()).map_err(|error| unreadable(error.into()))?;
    if expires_at <= now {
        return Err(HostRoleError::Expired { place: address.place(), expired_at: expires_at });
    }
    let owner = given.account_id().map(|id| id.as_str().parse()).transpose();
    Ok(HostCredentials {
        id: AccessKeyId::of_session(given.access_key_id()).map_err(|error| unreadable(error.into()))?,
        secret: secret(given.secret_access_key()).ok_or_else(|| unreadable("it lacks a secret".into()))?,
        session_token: given
            .session_token()
            .and_then(secret)
            .ok_or_else(|| unreadable("it lacks a session token".into()))?,
        expires_at,
        owner: owner.map_err(|error: ArnError| unreadable(error.into()))?,
        address: address.url.clone(),
    })
}

fn secret(text: &str) -> Option<Secret> {
    (!text.is_empty()).then(|| Secret::new(text.to_owned()))
}

/// The innermost cause: what lies about it are the client's layers, which tell people nothing.
fn root_of(error: &CredentialsError) -> Cause {
    let first: &(dyn Error + 'static) = error;
    std::iter::successors(Some(first), |error| (**error).source())
        .last()
        .map_or_else(String::new, ToString::to_string)
        .into()
}
