//! What is kept between runs: leases, passes and turns, in one folder for nobody else.
//! Entries are sealed and bound to their names: one that is damaged, foreign, of another version or under another name
//! counts as not there. The sealing key is never in the folder.

#[cfg(test)]
mod fuzz;
mod inventory;
#[cfg(target_os = "linux")]
mod kernel_key;
mod key;
mod lease_record;
mod seal;

use std::cell::OnceCell;
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::model::account::AccessKeyId;
use crate::model::lease::{Lease, LeaseKey};
use crate::model::pass::{Pass, PassKey};
use crate::ports::{CacheError, Clock, LeaseStore, Onlooker, PassStore, SecretStore, SecretStoreError, Turn, Turns};
use crate::sys::files;
use crate::sys::locks::{self, LockError};

use key::KeyPlace;
use seal::SealingKey;

/// How long one process waits for another that makes the sealing key.
const KEY_PATIENCE: Duration = Duration::from_secs(10);
/// How long a key is kept that guards no lease yet.
const SHORTEST_LIFE: SignedDuration = SignedDuration::from_mins(1);

/// The cache over a folder of sealed files.
pub struct SealedFolder<'a> {
    folder: PathBuf,
    place: KeyPlace<'a>,
    clock: Rc<dyn Clock>,
    onlooker: Rc<dyn Onlooker>,
    key: OnceCell<SealingKey>,
}

impl<'a> SealedFolder<'a> {
    /// Without a secret store, only what the kernel's key opens is found.
    pub fn new(
        folder: PathBuf,
        secrets: Option<&'a dyn SecretStore>,
        clock: Rc<dyn Clock>,
        onlooker: Rc<dyn Onlooker>,
    ) -> Self {
        Self { place: KeyPlace::new(&folder, secrets), folder, clock, onlooker, key: OnceCell::new() }
    }

    fn read(&self, name: &str) -> Result<Option<zeroize::Zeroizing<Vec<u8>>>, CacheError> {
        let path = self.folder.join(name);
        let sealed = files::read_optional(&path).map_err(|source| failed(&path, "read", source))?;
        let Some(sealed) = sealed else { return Ok(None) };
        Ok(self.known_key()?.and_then(|key| key.open(name, &sealed)))
    }

    fn write(&self, name: &str, plain: &[u8], until: Timestamp) -> Result<(), CacheError> {
        let path = self.folder.join(name);
        let key = self.key()?;
        self.place.keep(key, until, self.clock.now()).map_err(CacheError::Key)?;
        let sealed = key.seal(name, plain);
        sealed.and_then(|bytes| files::put(&path, &bytes)).map_err(|source| failed(&path, "written", source))
    }

    fn remove(&self, name: &str) -> Result<(), CacheError> {
        let path = self.folder.join(name);
        match std::fs::remove_file(&path) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => Err(failed(&path, "removed", source)),
            _ => Ok(()),
        }
    }

    /// The sealing key, or `None` when none was made yet.
    fn known_key(&self) -> Result<Option<&SealingKey>, CacheError> {
        if let Some(key) = self.key.get() {
            return Ok(Some(key));
        }
        let found = self.place.find().map_err(CacheError::Key)?;
        Ok(found.map(|key| self.key.get_or_init(|| key)))
    }

    /// The sealing key, made now if need be; one process makes it, the others read what it kept.
    fn key(&self) -> Result<&SealingKey, CacheError> {
        if let Some(key) = self.known_key()? {
            return Ok(key);
        }
        let _turn = self.wait_for("key.lock", KEY_PATIENCE)?;
        if let Some(key) = self.known_key()? {
            return Ok(key);
        }
        let key = SealingKey::generate().map_err(|source| CacheError::Key(no_randomness(source)))?;
        let now = self.clock.now();
        self.place.keep(&key, now + SHORTEST_LIFE, now).map_err(CacheError::Key)?;
        Ok(self.key.get_or_init(|| key))
    }

    fn wait_for(&self, name: &str, patience: Duration) -> Result<locks::FileLock, CacheError> {
        let path = self.folder.join(name);
        locks::acquire(&path, patience, self.onlooker.as_ref()).map_err(|error| not_locked(&path, error))
    }
}

fn not_locked(path: &Path, error: LockError) -> CacheError {
    match error {
        LockError::Held { pid, after } => CacheError::Busy { pid, after },
        LockError::Stopped { pid } => CacheError::Stopped { pid },
        LockError::File(source) => failed(path, "locked", source),
    }
}

fn failed(path: &Path, operation: &'static str, source: io::Error) -> CacheError {
    CacheError::File { path: path.to_owned(), operation, source }
}

fn no_randomness(source: io::Error) -> SecretStoreError {
    SecretStoreError::Refused { store: "operating system's random source", source: source.into() }
}

fn lease_name(key: &LeaseKey) -> String {
    format!("{key}.lease")
}

fn pass_name(key: &PassKey) -> String {
    format!("{}.pass", key.as_str())
}

impl LeaseStore for SealedFolder<'_> {
    fn lookup(&self, key: &LeaseKey) -> Result<Option<Lease>, CacheError> {
        Ok(self.read(&lease_name(key))?.and_then(|plain| lease_record::read(&plain)))
    }

    fn store(&self, key: &LeaseKey, lease: &Lease) -> Result<(), CacheError> {
        let name = lease_name(key);
        let plain =
            lease_record::write(lease).map_err(|error| failed(&self.folder.join(&name), "written", error.into()))?;
        self.write(&name, &plain, lease.expires_at)
    }

    fn forget(&self, key: &LeaseKey) -> Result<(), CacheError> {
        self.remove(&lease_name(key))
    }

    fn forget_signed_with(&self, access_key_id: &AccessKeyId) -> Result<(), CacheError> {
        let listed = |source| failed(&self.folder, "read", source);
        let entries = match std::fs::read_dir(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            entries => entries.map_err(listed)?,
        };
        let mark = LeaseKey::mark_of(access_key_id);
        for entry in entries {
            let name = entry.map_err(listed)?.file_name();
            if let Some(name) = name.to_str().filter(|name| name.starts_with(&mark)) {
                self.remove(name)?;
            }
        }
        Ok(())
    }
}

impl PassStore for SealedFolder<'_> {
    fn lookup(&self, key: &PassKey) -> Result<Option<Pass>, CacheError> {
        Ok(self.read(&pass_name(key))?.and_then(|plain| serde_json::from_slice(&plain).ok()))
    }

    fn store(&self, key: &PassKey, pass: &Pass) -> Result<(), CacheError> {
        let name = pass_name(key);
        let plain =
            serde_json::to_vec(pass).map_err(|error| failed(&self.folder.join(&name), "written", error.into()))?;
        self.write(&name, &plain, self.clock.now() + SHORTEST_LIFE)
    }

    fn forget(&self, key: &PassKey) -> Result<(), CacheError> {
        self.remove(&pass_name(key))
    }
}

impl Turns for SealedFolder<'_> {
    /// Where the holder was stopped by a signal, the others take turns at the next of three locks: what they fetch is
    /// written whole, so the worst that comes of it is that something is fetched twice.
    fn take(&self, key: &PassKey, patience: Duration) -> Result<Turn, CacheError> {
        let take = |extension: &str| self.wait_for(&format!("{}.{extension}", key.as_str()), patience);
        let or_next = |taken: Result<_, CacheError>, extension| match taken {
            Err(CacheError::Stopped { .. }) => take(extension),
            other => other,
        };
        or_next(or_next(take("lock"), "lock2"), "lock3").map(Turn::new)
    }
}

#[cfg(test)]
mod tests;
