//! The secret store port over the OS keyrings and over an encrypted file.
//! [`open`] is the one way in; it touches nothing, for every store connects, reads or asks at its first use.
//! No store stands in for another: what was chosen answers, or the error says why it can't.

#[cfg(windows)]
mod credential_manager;
#[cfg(any(target_os = "linux", target_os = "macos", windows))]
mod deadline;
mod file;
#[cfg(target_os = "macos")]
mod keychain;
#[cfg(any(target_os = "linux", target_os = "macos", windows))]
mod keyring_store;
#[cfg(target_os = "linux")]
mod keyutils;
#[cfg(target_os = "linux")]
mod secret_service;

use std::rc::Rc;
use std::time::Duration;

pub use file::FileStoreOptions;

use crate::model::secret_store_choice::SecretStoreChoice;
use crate::ports::{SecretStore, SecretStoreError};
use file::EncryptedFileStore;

/// The stores of this platform, in the order in which people are offered them.
pub const AVAILABLE: &[SecretStoreChoice] = &[
    #[cfg(any(target_os = "linux", target_os = "macos", windows))]
    SecretStoreChoice::Auto,
    #[cfg(target_os = "linux")]
    SecretStoreChoice::SecretService,
    #[cfg(target_os = "macos")]
    SecretStoreChoice::Keychain,
    #[cfg(windows)]
    SecretStoreChoice::CredentialManager,
    #[cfg(target_os = "linux")]
    SecretStoreChoice::Keyutils,
    SecretStoreChoice::File,
];

/// What the stores need to know; each takes its own part.
#[derive(Clone)]
pub struct StoreOptions {
    /// How long one call to a keyring may take as a whole.
    pub keyring_timeout: Duration,
    pub file: FileStoreOptions,
}

/// The chosen store, not yet connected to anything.
pub fn open(choice: SecretStoreChoice, options: StoreOptions) -> Result<Box<dyn SecretStore>, SecretStoreError> {
    match choice {
        #[cfg(target_os = "linux")]
        SecretStoreChoice::Auto | SecretStoreChoice::SecretService => {
            Ok(keyring(secret_service::SecretService, &options))
        }
        #[cfg(target_os = "macos")]
        SecretStoreChoice::Auto | SecretStoreChoice::Keychain => Ok(keyring(keychain::Keychain, &options)),
        #[cfg(windows)]
        SecretStoreChoice::Auto | SecretStoreChoice::CredentialManager => {
            Ok(keyring(credential_manager::CredentialManager, &options))
        }
        #[cfg(target_os = "linux")]
        SecretStoreChoice::Keyutils => Ok(Box::new(keyutils::KeyutilsStore)),
        SecretStoreChoice::File => Ok(Box::new(EncryptedFileStore::new(options.file))),
        store => Err(SecretStoreError::NotOnThisPlatform { store, available: AVAILABLE }),
    }
}

#[cfg(any(target_os = "linux", target_os = "macos", windows))]
fn keyring<K: keyring_store::Keyring>(keyring: K, options: &StoreOptions) -> Box<dyn SecretStore> {
    Box::new(keyring_store::KeyringStore::new(keyring, options.keyring_timeout, Rc::clone(&options.file.onlooker)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::passphrase_source::PassphraseSource;
    use crate::ports::Nobody;
    use clap::ValueEnum;
    use file::typing_prompter::TypingPrompter;

    #[test]
    fn each_choice_opens_or_names_what_there_is_and_touches_nothing() {
        let folder = tempfile::tempdir().unwrap();
        for choice in SecretStoreChoice::value_variants() {
            let file = FileStoreOptions {
                path: folder.path().join("secrets"),
                passphrase: PassphraseSource::Prompt,
                prompter: Rc::new(TypingPrompter::nobody()),
                onlooker: Rc::new(Nobody),
            };
            let opened = open(*choice, StoreOptions { keyring_timeout: Duration::from_secs(5), file });
            match opened {
                Ok(_) => assert!(AVAILABLE.contains(choice), "{choice}"),
                Err(SecretStoreError::NotOnThisPlatform { store, available }) => {
                    assert_eq!(store, *choice);
                    assert!(!available.contains(choice));
                }
                Err(other) => panic!("{other:?}"),
            }
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
