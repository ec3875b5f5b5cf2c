//! The secret store that is one encrypted file: Argon2id for the key, XChaCha20-Poly1305 for the rest.
//! A change reads, changes and replaces the whole file under a lock, so that of two writers none loses the other's
//! secret; a lookup takes no lock, for a replaced file is always whole. The passphrase is got at the first use.

mod derivation;
mod entries;
#[cfg(test)]
mod fuzz;
mod passphrase;
mod sealed;
#[cfg(test)]
mod tests;
#[cfg(test)]
pub mod typing_prompter;

use std::cell::RefCell;
use std::io;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use zeroize::Zeroizing;

use crate::model::passphrase_source::PassphraseSource;
use crate::model::secret::{Secret, SecretId};
use crate::ports::{Cause, Onlooker, Prompter, SecretStore, SecretStoreError};
use crate::sys::{files, locks};
use derivation::{KEY_LENGTH, Recipe};
use entries::Entries;
use passphrase::Purpose;
use sealed::{Sealed, Unreadable};

/// A writer holds the lock for a few disk writes, and one key derivation at the most.
const LOCK_PATIENCE: Duration = Duration::from_secs(10);

/// How often a passphrase may be typed before a wrong one is final.
const TRIES: u32 = 3;

/// Which file, and how it is opened.
#[derive(Clone)]
pub struct FileStoreOptions {
    pub path: PathBuf,
    pub passphrase: PassphraseSource,
    /// Asked for the passphrase where that is its source.
    pub prompter: Rc<dyn Prompter>,
    pub onlooker: Rc<dyn Onlooker>,
}

/// Secrets in an encrypted file.
pub struct EncryptedFileStore {
    options: FileStoreOptions,
    passphrase: RefCell<Option<Secret>>,
    derived: RefCell<Option<(Recipe, Rc<Key>)>>,
}

type Key = Zeroizing<[u8; KEY_LENGTH]>;

impl EncryptedFileStore {
    /// Neither the file nor the passphrase is touched yet.
    pub fn new(options: FileStoreOptions) -> Self {
        Self { options, passphrase: RefCell::default(), derived: RefCell::default() }
    }

    fn read(&self) -> Result<Option<Vec<u8>>, SecretStoreError> {
        files::read_optional(&self.options.path).map_err(|source| self.file_error("read", source))
    }

    /// A person who mistypes the passphrase is asked again.
    fn open(&self, file: &[u8]) -> Result<(Recipe, Entries), SecretStoreError> {
        let mut tries_left = if self.options.passphrase == PassphraseSource::Prompt { TRIES } else { 1 };
        let mut purpose = Purpose::Open;
        loop {
            tries_left -= 1;
            match self.open_once(file, purpose) {
                Err(SecretStoreError::WrongPassphrase { .. }) if tries_left > 0 => purpose = Purpose::OpenAfterAll,
                outcome => return outcome,
            }
        }
    }

    fn open_once(&self, file: &[u8], purpose: Purpose) -> Result<(Recipe, Entries), SecretStoreError> {
        let path = || self.options.path.clone();
        let sealed = Sealed::parse(file).map_err(|unreadable| match unreadable {
            Unreadable::Damaged => SecretStoreError::Damaged { path: path() },
            Unreadable::Newer { format } => SecretStoreError::NewerFormat { path: path(), format },
        })?;
        let key = self.key(&sealed.recipe, purpose)?;
        let text = sealed.open(&key).map_err(|_| {
            self.forget_passphrase();
            SecretStoreError::WrongPassphrase { path: path() }
        })?;
        let entries = Entries::decode(&text).map_err(|_| SecretStoreError::Damaged { path: path() })?;
        Ok((sealed.recipe, entries))
    }

    /// Reads, changes and replaces the file, unless there is nothing to change; without entries there is no file.
    fn change(&self, change: impl FnOnce(&mut Entries) -> Changed) -> Result<(), SecretStoreError> {
        let lock_path = self.lock_path();
        let _lock = locks::acquire(&lock_path, LOCK_PATIENCE, self.options.onlooker.as_ref())
            .map_err(|error| not_locked(lock_path.clone(), error))?;
        let (recipe, mut entries) = match self.read()? {
            Some(file) => self.open(&file)?,
            None => (Recipe::fresh().map_err(|cause| self.sealing_error(cause))?, Entries::default()),
        };
        if change(&mut entries) == Changed::No {
            return Ok(());
        }
        if entries.is_empty() {
            return files::remove(&self.options.path).map_err(|source| self.file_error("removed", source));
        }
        let key = self.key(&recipe, Purpose::Create)?;
        let file = sealed::seal(&recipe, &key, &entries.encode()).map_err(|cause| self.sealing_error(cause))?;
        files::replace(&self.options.path, &file, files::Mode::Private)
            .map_err(|source| self.file_error("written", source))
    }

    fn key(&self, recipe: &Recipe, purpose: Purpose) -> Result<Rc<Key>, SecretStoreError> {
        if let Some((known, key)) = &*self.derived.borrow()
            && known == recipe
        {
            return Ok(Rc::clone(key));
        }
        let passphrase = self.passphrase(purpose)?;
        let key = Rc::new(recipe.derive(&passphrase).map_err(|cause| self.sealing_error(cause))?);
        *self.derived.borrow_mut() = Some((*recipe, Rc::clone(&key)));
        Ok(key)
    }

    fn passphrase(&self, purpose: Purpose) -> Result<Secret, SecretStoreError> {
        if let Some(passphrase) = &*self.passphrase.borrow() {
            return Ok(passphrase.clone());
        }
        let FileStoreOptions { path, passphrase, prompter, .. } = &self.options;
        let passphrase = passphrase::obtain(passphrase, path, purpose, &**prompter)?;
        *self.passphrase.borrow_mut() = Some(passphrase.clone());
        Ok(passphrase)
    }

    /// A wrong one must not be tried again in place of asking.
    fn forget_passphrase(&self) {
        self.passphrase.take();
        self.derived.take();
    }

    /// Gets the right passphrase before the lock is held: a person who thinks must not keep others waiting.
    fn prepare(&self) -> Result<(), SecretStoreError> {
        match self.read()? {
            Some(file) => self.open(&file).map(drop),
            None => self.passphrase(Purpose::Create).map(drop),
        }
    }

    fn lock_path(&self) -> PathBuf {
        let mut name = self.options.path.clone().into_os_string();
        name.push(".lock");
        name.into()
    }

    fn file_error(&self, operation: &'static str, source: io::Error) -> SecretStoreError {
        SecretStoreError::File { path: self.options.path.clone(), operation, source }
    }

    fn sealing_error(&self, cause: Cause) -> SecretStoreError {
        self.file_error("sealed", io::Error::other(cause))
    }
}

impl SecretStore for EncryptedFileStore {
    fn lookup(&self, id: &SecretId) -> Result<Option<Secret>, SecretStoreError> {
        let Some(file) = self.read()? else { return Ok(None) };
        let (_, entries) = self.open(&file)?;
        Ok(entries.get(&id.address()).cloned())
    }

    fn store(&self, id: &SecretId, secret: &Secret) -> Result<(), SecretStoreError> {
        self.prepare()?;
        self.change(|entries| {
            entries.insert(id.address(), secret.clone());
            Changed::Yes
        })
    }

    fn forget(&self, id: &SecretId) -> Result<(), SecretStoreError> {
        if self.read()?.is_none() {
            return Ok(());
        }
        self.prepare()?;
        self.change(|entries| if entries.remove(&id.address()) { Changed::Yes } else { Changed::No })
    }
}

/// Whether a change left anything to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Changed {
    Yes,
    No,
}

fn not_locked(path: PathBuf, error: locks::LockError) -> SecretStoreError {
    let source = match error {
        locks::LockError::File(source) => source,
        held @ (locks::LockError::Held { .. } | locks::LockError::Stopped { .. }) => io::Error::other(held),
    };
    SecretStoreError::File { path, operation: "locked", source }
}
