//! The secret store port over any keyring that `keyring_core` has a store for.
//! Every call is bounded in time, nothing is opened before the first one, and the only thing that counts as absence
//! is an open keyring that says so. What differs between the keyrings is behind [`Keyring`].

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use keyring_core::{CredentialStore, Entry, Error};
use zeroize::Zeroize;

use super::deadline::{self, NoResult};
use crate::model::secret::{Secret, SecretId};
use crate::ports::{Onlooker, SecretStore, SecretStoreError};

/// The service under which all of this program's items are kept; the user is the secret's address.
const SERVICE: &str = "afed";

/// One kind of operating-system keyring.
pub trait Keyring: Copy + Send + 'static {
    /// What people call it.
    const NAME: &'static str;

    /// Connects to it.
    fn open(self) -> Result<Arc<CredentialStore>, SecretStoreError>;

    /// What a failure of the library means here; never called for what [`KeyringStore`] understands by itself.
    fn explain(self, error: Error) -> SecretStoreError {
        refused::<Self>(error)
    }

    /// Whether it is known to be locked. Asked when a call found nothing or did not end.
    fn is_locked(self) -> Result<bool, SecretStoreError> {
        Ok(false)
    }

    /// What people see beside the item, where the keyring has a place for it.
    fn label(self, _id: &SecretId) -> Option<String> {
        None
    }
}

/// Secrets in an operating-system keyring.
pub struct KeyringStore<K> {
    keyring: K,
    limit: Duration,
    onlooker: Rc<dyn Onlooker>,
    opened: RefCell<Option<Arc<CredentialStore>>>,
}

impl<K: Keyring> KeyringStore<K> {
    /// `limit` is for each call as a whole.
    pub fn new(keyring: K, limit: Duration, onlooker: Rc<dyn Onlooker>) -> Self {
        Self { keyring, limit, onlooker, opened: RefCell::default() }
    }

    /// What the action gives, or `None` where an open keyring has no such item.
    fn call<T: Send + 'static>(
        &self,
        id: &SecretId,
        action: impl FnOnce(&Entry) -> Result<T, Error> + Send + 'static,
    ) -> Result<Option<T>, SecretStoreError> {
        let (keyring, id) = (self.keyring, id.clone());
        // Taken out: a connection whose call does not end is blocked for good, so only good ends put it back.
        let opened = self.opened.take();
        let whole_call = move || {
            let store = opened.map_or_else(|| keyring.open(), Ok)?;
            let result = attempt(keyring, &store, &id, action)?;
            Ok((store, result))
        };
        let _wait = self.onlooker.waiting_for(&format_args!("the {}", K::NAME));
        let time_to_see_why = self.limit / 10;
        let (store, result) = match deadline::within(self.limit - time_to_see_why, whole_call) {
            Ok(outcome) => outcome?,
            Err(NoResult::TooLate(_)) => return Err(self.see_why(time_to_see_why)),
            Err(other) => return Err(refused::<K>(other)),
        };
        self.opened.replace(Some(store));
        Ok(result)
    }

    /// Why a call did not end: somebody would have to unlock the keyring, or it can't be told.
    fn see_why(&self, limit: Duration) -> SecretStoreError {
        let keyring = self.keyring;
        match deadline::within(limit, move || keyring.is_locked()) {
            Ok(Ok(true)) => SecretStoreError::Locked { store: K::NAME },
            _ => SecretStoreError::TimedOut { store: K::NAME, after: self.limit },
        }
    }
}

impl<K: Keyring> SecretStore for KeyringStore<K> {
    fn lookup(&self, id: &SecretId) -> Result<Option<Secret>, SecretStoreError> {
        self.call(id, |entry| entry.get_password().map(Secret::new))
    }

    fn store(&self, id: &SecretId, secret: &Secret) -> Result<(), SecretStoreError> {
        let secret = secret.clone();
        let stored = self.call(id, move |entry| entry.set_password(secret.expose()))?;
        stored.ok_or_else(|| refused::<K>(Error::NoEntry))
    }

    fn forget(&self, id: &SecretId) -> Result<(), SecretStoreError> {
        self.call(id, Entry::delete_credential).map(drop)
    }
}

fn attempt<K: Keyring, T>(
    keyring: K,
    store: &Arc<CredentialStore>,
    id: &SecretId,
    action: impl FnOnce(&Entry) -> Result<T, Error>,
) -> Result<Option<T>, SecretStoreError> {
    let (address, label) = (id.address(), keyring.label(id));
    let modifiers = label.as_ref().map(|label| HashMap::from([("label", label.as_str())]));
    match store.build(SERVICE, &address, modifiers.as_ref()).and_then(|entry| action(&entry)) {
        Ok(result) => Ok(Some(result)),
        // Nothing found in a locked keyring says nothing about what is in it.
        Err(Error::NoEntry) if keyring.is_locked()? => Err(SecretStoreError::Locked { store: K::NAME }),
        Err(Error::NoEntry) => Ok(None),
        Err(Error::Ambiguous(_)) => Err(SecretStoreError::Ambiguous { store: K::NAME, address }),
        // These carry the secret itself, so they must not become anybody's cause.
        Err(Error::BadEncoding(mut bytes) | Error::BadDataFormat(mut bytes, _)) => {
            bytes.zeroize();
            Err(SecretStoreError::NotText { store: K::NAME, address })
        }
        Err(other) => Err(keyring.explain(other)),
    }
}

pub fn refused<K: Keyring>(cause: impl std::error::Error + Send + Sync + 'static) -> SecretStoreError {
    SecretStoreError::Refused { store: K::NAME, source: Box::new(cause) }
}

#[cfg(test)]
mod tests;
