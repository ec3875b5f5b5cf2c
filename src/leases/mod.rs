//! Leases at rest: one sealed file each, bound to its key, in a folder for nobody else.
//! A file that is damaged, foreign, of another version or under the wrong name counts as not there.
//! The sealing key rests in the secret store, so a copied folder opens nothing.

mod seal;

use std::cell::OnceCell;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::model::lease::{Lease, LeaseKey};
use crate::model::secret::SecretId;
use crate::ports::{LeaseLock, LeaseStore, LeaseStoreError, SecretStore, SecretStoreError};
use crate::sys::files::{self, Mode};
use crate::sys::locks::{self, LockError};

use seal::SealingKey;

/// How long one caller waits for another that fetches the same lease.
const PATIENCE: Duration = Duration::from_secs(60);

/// The lease store over a folder of sealed files.
pub struct SealedLeaseFolder<'a> {
    folder: PathBuf,
    secrets: &'a dyn SecretStore,
    key: OnceCell<SealingKey>,
}

impl<'a> SealedLeaseFolder<'a> {
    pub const fn new(folder: PathBuf, secrets: &'a dyn SecretStore) -> Self {
        Self { folder, secrets, key: OnceCell::new() }
    }

    fn path(&self, key: &LeaseKey, extension: &str) -> PathBuf {
        self.folder.join(format!("{key}.{extension}"))
    }

    /// The sealing key, or `None` when none was made yet.
    fn known_key(&self) -> Result<Option<&SealingKey>, LeaseStoreError> {
        if let Some(key) = self.key.get() {
            return Ok(Some(key));
        }
        let kept = self.secrets.lookup(&SecretId::CacheKey).map_err(LeaseStoreError::CacheKey)?;
        Ok(kept.as_ref().and_then(SealingKey::from_secret).map(|key| self.key.get_or_init(|| key)))
    }

    /// The sealing key, made now if need be; one process makes it, the others read what it kept.
    fn key(&self) -> Result<&SealingKey, LeaseStoreError> {
        if let Some(key) = self.known_key()? {
            return Ok(key);
        }
        let _turn = self.wait_for(&self.folder.join("key.lock"))?;
        if let Some(key) = self.known_key()? {
            return Ok(key);
        }
        let key = SealingKey::generate().map_err(|source| LeaseStoreError::CacheKey(no_randomness(source)))?;
        self.secrets.store(&SecretId::CacheKey, &key.to_secret()).map_err(LeaseStoreError::CacheKey)?;
        Ok(self.key.get_or_init(|| key))
    }

    fn wait_for(&self, path: &Path) -> Result<locks::FileLock, LeaseStoreError> {
        locks::acquire(path, PATIENCE).map_err(|error| match error {
            LockError::Held { pid, after } => LeaseStoreError::Busy { pid, after },
            LockError::File(source) => LeaseStoreError::File { path: path.to_owned(), operation: "locked", source },
        })
    }
}

fn no_randomness(source: io::Error) -> SecretStoreError {
    SecretStoreError::Refused { store: "operating system's random source", source: source.into() }
}

impl LeaseStore for SealedLeaseFolder<'_> {
    fn lookup(&self, key: &LeaseKey) -> Result<Option<Lease>, LeaseStoreError> {
        let path = self.path(key, "lease");
        let sealed =
            files::read_optional(&path).map_err(|source| LeaseStoreError::File { path, operation: "read", source })?;
        let Some(sealed) = sealed else { return Ok(None) };
        Ok(self.known_key()?.and_then(|sealing| sealing.open(key, &sealed)))
    }

    fn store(&self, key: &LeaseKey, lease: &Lease) -> Result<(), LeaseStoreError> {
        let path = self.path(key, "lease");
        let sealed = self.key()?.seal(key, lease);
        sealed.and_then(|bytes| files::replace(&path, &bytes, Mode::Private)).map_err(|source| LeaseStoreError::File {
            path,
            operation: "written",
            source,
        })
    }

    fn lock(&self, key: &LeaseKey) -> Result<LeaseLock, LeaseStoreError> {
        self.wait_for(&self.path(key, "lock")).map(LeaseLock::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vending::doubles::{FakeSecrets, lease};
    use jiff::Timestamp;

    fn key(byte: u8) -> LeaseKey {
        LeaseKey::from_digest([byte; 32])
    }

    fn a_lease() -> Lease {
        Lease {
            aws_account_id: Some("123123123123".to_owned()),
            packed_policy_size: Some(42),
            ..lease(Timestamp::from_second(1_800_000_000).unwrap(), 3_600)
        }
    }

    #[test]
    fn what_is_stored_is_found_again_by_another_process() {
        let (root, secrets) = (tempfile::tempdir().unwrap(), FakeSecrets::default());
        let store = |folder: &Path| SealedLeaseFolder::new(folder.to_owned(), &secrets);
        assert!(store(root.path()).lookup(&key(1)).unwrap().is_none());
        store(root.path()).store(&key(1), &a_lease()).unwrap();
        let found = store(root.path()).lookup(&key(1)).unwrap().unwrap();
        assert_eq!(found.session_token.expose(), a_lease().session_token.expose());
        assert_eq!(found.secret_access_key.expose(), a_lease().secret_access_key.expose());
        assert_eq!((found.expires_at, found.issued_at), (a_lease().expires_at, a_lease().issued_at));
        assert_eq!((found.aws_account_id, found.packed_policy_size), (a_lease().aws_account_id, Some(42)));
        assert!(store(root.path()).lookup(&key(2)).unwrap().is_none());
    }

    #[test]
    fn a_damaged_or_foreign_file_is_not_there() {
        let (root, secrets) = (tempfile::tempdir().unwrap(), FakeSecrets::default());
        let store = SealedLeaseFolder::new(root.path().to_owned(), &secrets);
        store.store(&key(1), &a_lease()).unwrap();
        let whole = std::fs::read(store.path(&key(1), "lease")).unwrap();
        for position in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[position] ^= 1;
            files::replace(&store.path(&key(1), "lease"), &damaged, Mode::Private).unwrap();
            assert!(store.lookup(&key(1)).unwrap().is_none(), "byte {position} may be changed");
            files::replace(&store.path(&key(1), "lease"), &whole[..position], Mode::Private).unwrap();
            assert!(store.lookup(&key(1)).unwrap().is_none(), "cut at {position} is accepted");
        }
        files::replace(&store.path(&key(2), "lease"), &whole, Mode::Private).unwrap();
        assert!(store.lookup(&key(2)).unwrap().is_none(), "a lease answers to another key");
        let other = FakeSecrets::default();
        let elsewhere = SealedLeaseFolder::new(root.path().to_owned(), &other);
        elsewhere.store(&key(3), &a_lease()).unwrap();
        assert!(store.lookup(&key(3)).unwrap().is_none(), "a lease opens with another secret");
    }

    #[test]
    fn nothing_readable_is_in_the_file() {
        let (root, secrets) = (tempfile::tempdir().unwrap(), FakeSecrets::default());
        let store = SealedLeaseFolder::new(root.path().to_owned(), &secrets);
        store.store(&key(1), &a_lease()).unwrap();
        let sealed = std::fs::read(store.path(&key(1), "lease")).unwrap();
        let holds = |text: &str| sealed.windows(text.len()).any(|window| window == text.as_bytes());
        assert!(!holds("secret") && !holds("token") && !holds("ASIA"));
    }
}
