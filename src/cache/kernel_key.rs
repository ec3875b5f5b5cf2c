//! The sealing key in the Linux kernel's keyring: read in one system call or two, never on a disk, and forgotten by
//! the kernel when the last lease that it guards is over.

use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use linux_keyutils::KeyError;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::seal::{KEY_LENGTH, SealingKey};
use crate::model::hex::lower_hex;
use crate::sys::kernel_keyring;

/// No lease of AWS lives longer.
const LONGEST_LIFE: Duration = Duration::from_secs(36 * 3_600);

/// The key of one folder; another folder of the same user has another key.
pub struct KernelKey {
    description: String,
}

impl KernelKey {
    pub fn of(folder: &Path) -> Self {
        let digest = Sha256::digest(folder.as_os_str().as_encoded_bytes());
        Self { description: format!("afed:cache-key {}", lower_hex(&digest[..8])) }
    }

    pub fn find(&self) -> Result<Option<SealingKey>, KeyError> {
        Ok(self.read()?.map(|(key, _)| key))
    }

    /// Writes the key with a life up to `until`; a life that is longer already stays.
    pub fn keep(&self, key: &SealingKey, until: Timestamp, now: Timestamp) -> Result<(), KeyError> {
        if let Some((kept, kept_until)) = self.read()?
            && kept.0 == key.0
            && kept_until >= until.as_second()
        {
            return Ok(());
        }
        let mut bytes = Zeroizing::new(Vec::with_capacity(KEY_LENGTH + size_of::<i64>()));
        bytes.extend_from_slice(&key.0);
        bytes.extend_from_slice(&until.as_second().to_be_bytes());
        let life = u64::try_from(until.as_second() - now.as_second()).unwrap_or(0).clamp(1, LONGEST_LIFE.as_secs());
        kernel_keyring::write(&self.description, &bytes, Some(Duration::from_secs(life)))
    }

    /// Whether a key would be kept: there is a right to add some, and room for one more.
    pub fn takes_keys(&self) -> bool {
        const ATTEMPT: [u8; KEY_LENGTH + size_of::<i64>()] = [0; KEY_LENGTH + size_of::<i64>()];
        let description = format!("{} attempt", self.description);
        kernel_keyring::write(&description, &ATTEMPT, Some(Duration::from_secs(1))).is_ok()
    }

    fn read(&self) -> Result<Option<(SealingKey, i64)>, KeyError> {
        let Some(bytes) = kernel_keyring::read(&self.description)? else { return Ok(None) };
        let parts = bytes.split_first_chunk::<KEY_LENGTH>();
        Ok(parts.and_then(|(key, until)| Some((SealingKey(*key), i64::from_be_bytes(until.try_into().ok()?)))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_kept_for_the_longest_lease() {
        let folder = tempfile::tempdir().unwrap();
        let place = KernelKey::of(folder.path());
        assert!(place.find().unwrap().is_none());
        let (key, now) = (SealingKey::generate().unwrap(), Timestamp::now());
        let after = |seconds| now + jiff::SignedDuration::from_secs(seconds);
        for (until, kept_until) in [(60, 60), (30, 60), (90, 90)] {
            place.keep(&key, after(until), now).unwrap();
            assert_eq!(place.read().unwrap().unwrap().1, after(kept_until).as_second());
        }
        assert_eq!(place.find().unwrap().unwrap().0, key.0);
        assert!(KernelKey::of(&folder.path().join("other")).find().unwrap().is_none());
        kernel_keyring::remove(&place.description).unwrap();
    }
}
