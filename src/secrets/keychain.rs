//! The login keychain of macOS. The system itself asks people to unlock it or to let this program in.

use std::sync::Arc;

use apple_native_keyring_store::keychain::Store;
use keyring_core::CredentialStore;

use super::keyring_store::{Keyring, refused};
use crate::ports::SecretStoreError;

/// The user's login keychain.
#[derive(Debug, Clone, Copy)]
pub struct Keychain;

impl Keyring for Keychain {
    const NAME: &'static str = "keychain";

    fn open(self) -> Result<Arc<CredentialStore>, SecretStoreError> {
        let store = Store::new().map_err(refused::<Self>)?;
        Ok(store)
    }
}
