//! Where the sealing key is: on Linux in the kernel's keyring, for as long as the longest lease that it guards; where
//! the kernel refuses, and elsewhere, in the secret store. A copied folder opens nothing without it.

use std::path::Path;

use jiff::Timestamp;

use super::seal::{KEY_LENGTH, SealingKey};
use crate::model::secret::{Secret, SecretId};
use crate::ports::{SecretStore, SecretStoreError};

/// The place of the key of one folder.
pub struct KeyPlace<'a> {
    /// Where the kernel keeps no keys; `None` where the store is not known yet.
    secrets: Option<&'a dyn SecretStore>,
    #[cfg(target_os = "linux")]
    kernel: super::kernel_key::KernelKey,
}

impl<'a> KeyPlace<'a> {
    #[cfg_attr(not(target_os = "linux"), expect(unused_variables, reason = "only the kernel tells folders apart"))]
    pub fn new(folder: &Path, secrets: Option<&'a dyn SecretStore>) -> Self {
        Self {
            secrets,
            #[cfg(target_os = "linux")]
            kernel: super::kernel_key::KernelKey::of(folder),
        }
    }

    /// The key that was made before, if it is still there.
    pub fn find(&self) -> Result<Option<SealingKey>, SecretStoreError> {
        #[cfg(target_os = "linux")]
        match self.kernel.find() {
            Ok(Some(found)) => return Ok(Some(found)),
            // A kernel that lets keys be looked for may still take none: then the key is where `keep` put it.
            Ok(None) if self.kernel.takes_keys() => return Ok(None),
            Ok(None) | Err(_) => {}
        }
        let Some(secrets) = self.secrets else { return Ok(None) };
        Ok(secrets.lookup(&SecretId::CacheKey)?.as_ref().and_then(from_secret))
    }

    /// Keeps the key until this time at least, as far as the place forgets at all.
    #[cfg_attr(not(target_os = "linux"), expect(unused_variables, reason = "a secret store forgets nothing"))]
    pub fn keep(&self, key: &SealingKey, until: Timestamp, now: Timestamp) -> Result<(), SecretStoreError> {
        #[cfg(target_os = "linux")]
        if self.kernel.keep(key, until, now).is_ok() {
            return Ok(());
        }
        let (Some(secrets), secret) = (self.secrets, to_secret(key)) else { return Ok(()) };
        match secrets.lookup(&SecretId::CacheKey)? {
            Some(kept) if kept.expose() == secret.expose() => Ok(()),
            _ => secrets.store(&SecretId::CacheKey, &secret),
        }
    }
}

/// The key as a secret store keeps it: hex digits, two a byte. Anything else is no key.
fn from_secret(secret: &Secret) -> Option<SealingKey> {
    let digits = secret.expose().as_bytes();
    if digits.len() != KEY_LENGTH * 2 {
        return None;
    }
    let mut key = SealingKey([0; KEY_LENGTH]);
    for (byte, pair) in key.0.iter_mut().zip(digits.chunks_exact(2)) {
        let digit = |position: usize| char::from(pair[position]).to_digit(16);
        *byte = u8::try_from(digit(0)? * 16 + digit(1)?).ok()?;
    }
    Some(key)
}

fn to_secret(key: &SealingKey) -> Secret {
    let mut text = String::with_capacity(KEY_LENGTH * 2);
    for byte in key.0 {
        text.extend([byte >> 4, byte & 15].into_iter().filter_map(|digit| char::from_digit(digit.into(), 16)));
    }
    Secret::new(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_survives_being_a_secret_and_nothing_else_is_one() {
        let key = SealingKey::generate().unwrap();
        assert_eq!(from_secret(&to_secret(&key)).unwrap().0, key.0);
        for text in ["", "00", &"0".repeat(63), &"0".repeat(65), &"g".repeat(64)] {
            assert!(from_secret(&Secret::new(text.to_owned())).is_none(), "{text}");
        }
    }
}
