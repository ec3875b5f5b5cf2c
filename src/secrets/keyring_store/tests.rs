//! What the store makes of a keyring's answers, on a keyring that gives the one it is told to.

use super::*;
use crate::ports::Nobody;
use keyring_core::api::{Credential, CredentialApi, CredentialStoreApi};
use std::any::Any;

const LIMIT: Duration = Duration::from_secs(60);

/// A keyring with one answer to everything.
#[derive(Debug, Clone, Copy)]
struct Scripted {
    answer: fn() -> Result<Vec<u8>, Error>,
    locked: bool,
}

impl Keyring for Scripted {
    const NAME: &'static str = "scripted keyring";

    fn open(self) -> Result<Arc<CredentialStore>, SecretStoreError> {
        Ok(Arc::new(self))
    }

    fn is_locked(self) -> Result<bool, SecretStoreError> {
        Ok(self.locked)
    }
}

impl CredentialStoreApi for Scripted {
    fn vendor(&self) -> String {
        Self::NAME.to_owned()
    }

    fn id(&self) -> String {
        Self::NAME.to_owned()
    }

    fn build(&self, _: &str, _: &str, _: Option<&HashMap<&str, &str>>) -> keyring_core::Result<Entry> {
        Ok(Entry::new_with_credential(Arc::new(*self)))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl CredentialApi for Scripted {
    fn set_secret(&self, _: &[u8]) -> keyring_core::Result<()> {
        (self.answer)().map(drop)
    }

    fn get_secret(&self) -> keyring_core::Result<Vec<u8>> {
        (self.answer)()
    }

    fn delete_credential(&self) -> keyring_core::Result<()> {
        (self.answer)().map(drop)
    }

    fn get_credential(&self) -> keyring_core::Result<Option<Arc<Credential>>> {
        Ok(None)
    }

    fn get_specifiers(&self) -> Option<(String, String)> {
        None
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn asked(answer: fn() -> Result<Vec<u8>, Error>, locked: bool, limit: Duration) -> KeyringStore<Scripted> {
    KeyringStore::new(Scripted { answer, locked }, limit, Rc::new(Nobody))
}

fn never_ends() -> Result<Vec<u8>, Error> {
    loop {
        std::thread::park();
    }
}

#[test]
fn only_an_open_keyring_can_say_that_there_is_nothing() {
    let open = asked(|| Err(Error::NoEntry), false, LIMIT);
    assert!(matches!(open.lookup(&SecretId::CacheKey), Ok(None)));
    assert!(matches!(open.forget(&SecretId::CacheKey), Ok(())));
    let locked = asked(|| Err(Error::NoEntry), true, LIMIT);
    assert!(matches!(locked.lookup(&SecretId::CacheKey), Err(SecretStoreError::Locked { .. })));
    assert!(matches!(locked.forget(&SecretId::CacheKey), Err(SecretStoreError::Locked { .. })));
}

#[test]
fn a_secret_that_was_not_kept_is_not_reported_as_kept() {
    let store = asked(|| Err(Error::NoEntry), false, LIMIT);
    let stored = store.store(&SecretId::CacheKey, &Secret::new("x".to_owned()));
    assert!(matches!(stored, Err(SecretStoreError::Refused { .. })), "{stored:?}");
}

#[test]
fn several_items_and_bytes_that_are_no_text_are_errors_without_the_secret() {
    let several = asked(|| Err(Error::Ambiguous(Vec::new())), false, LIMIT).lookup(&SecretId::CacheKey);
    assert!(matches!(several, Err(SecretStoreError::Ambiguous { .. })), "{several:?}");
    let bytes = asked(|| Ok(b"canary\xff".to_vec()), false, LIMIT).lookup(&SecretId::CacheKey);
    let format = asked(|| Err(Error::BadDataFormat(b"canary".to_vec(), "odd".into())), false, LIMIT);
    for result in [bytes, format.lookup(&SecretId::CacheKey)] {
        assert!(matches!(result, Err(SecretStoreError::NotText { .. })), "{result:?}");
    }
}

#[test]
fn any_other_failure_is_passed_on_with_its_cause() {
    let result = asked(|| Err(Error::PlatformFailure("odd".into())), false, LIMIT).lookup(&SecretId::CacheKey);
    match result {
        Err(SecretStoreError::Refused { source, .. }) => assert!(source.to_string().contains("odd")),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_call_that_does_not_end_is_timed_out_or_locked() {
    let short = Duration::from_millis(50);
    let silent = asked(never_ends, false, short).lookup(&SecretId::CacheKey);
    assert!(matches!(silent, Err(SecretStoreError::TimedOut { after, .. }) if after == short), "{silent:?}");
    // Only the call that waits for somebody is cut short here; the look at the lock needs its time on a busy machine.
    let locked = asked(never_ends, true, Duration::from_secs(2)).lookup(&SecretId::CacheKey);
    assert!(matches!(locked, Err(SecretStoreError::Locked { .. })), "{locked:?}");
}
