//! The Credential Manager of Windows, which is open for as long as its user is signed in.

use std::sync::Arc;

use keyring_core::CredentialStore;
use windows_native_keyring_store::Store;

use super::keyring_store::{Keyring, refused};
use crate::ports::SecretStoreError;

/// The generic credentials of the signed-in user.
#[derive(Debug, Clone, Copy)]
pub struct CredentialManager;

impl Keyring for CredentialManager {
    const NAME: &'static str = "Credential Manager";

    fn open(self) -> Result<Arc<CredentialStore>, SecretStoreError> {
        let store = Store::new().map_err(refused::<Self>)?;
        Ok(store)
    }
}
