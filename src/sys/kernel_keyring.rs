//! The Linux kernel's keyring of this user: bytes under a description, in kernel memory.
//! The user keyring is taken and not the session's: it is one and the same in every log-in, cron job and container of
//! the user, and it is there where the session keyring is refused. The calls are plain system calls that never wait.

use std::time::Duration;

use linux_keyutils::{Key, KeyError, KeyRing, KeyRingIdentifier};
use zeroize::Zeroizing;

/// The bytes under this description; `None` when there are none, or the kernel had them expire.
pub fn read(description: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeyError> {
    let Some(key) = find(&open()?, description)? else { return Ok(None) };
    match content(&key) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if is_absence(error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Keeps the bytes in place of earlier ones, for this long at most where a life is given.
pub fn write(description: &str, bytes: &[u8], life: Option<Duration>) -> Result<(), KeyError> {
    // A key of the same description is given the new content in one step.
    let key = open()?.add_key(description, bytes)?;
    match life {
        Some(life) => key.set_timeout(usize::try_from(life.as_secs()).unwrap_or(usize::MAX)),
        None => Ok(()),
    }
}

/// Takes the bytes away; what is not there is no failure.
pub fn remove(description: &str) -> Result<(), KeyError> {
    let keyring = open()?;
    let Some(key) = find(&keyring, description)? else { return Ok(()) };
    match keyring.unlink_key(key) {
        Err(error) if !is_absence(error) => Err(error),
        _ => Ok(()),
    }
}

/// The user keyring, linked to this thread's own: the kernel lets a process read only keys that hang below one of its
/// keyrings, and the user keyring hangs below a session keyring only where a log-in put it there.
fn open() -> Result<KeyRing, KeyError> {
    let user = KeyRing::from_special_id(KeyRingIdentifier::User, false)?;
    let thread = KeyRing::from_special_id(KeyRingIdentifier::Thread, true)?;
    thread.link_keyring(user)?;
    Ok(user)
}

fn find(keyring: &KeyRing, description: &str) -> Result<Option<Key>, KeyError> {
    match keyring.search(description) {
        Ok(key) => Ok(Some(key)),
        Err(error) if is_absence(error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// All bytes of a key, in a buffer about as long as they are: it is wiped byte by byte, and the longest that the kernel
/// could have are as much work to wipe as all else that a warm call does.
fn content(key: &Key) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    const USUAL_LENGTH: usize = 256;
    let mut bytes = Zeroizing::new(vec![0; USUAL_LENGTH]);
    loop {
        let length = key.read(&mut *bytes)?;
        if length <= bytes.len() {
            bytes.truncate(length);
            return Ok(bytes);
        }
        bytes = Zeroizing::new(vec![0; length]);
    }
}

const fn is_absence(error: KeyError) -> bool {
    matches!(error, KeyError::KeyDoesNotExist | KeyError::KeyExpired | KeyError::KeyRevoked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_of_any_length_come_back_whole() {
        let description = format!("afed:test {}", std::process::id());
        for length in [1, 255, 256, 257, 4_096, 32_767] {
            let bytes: Vec<u8> = (0..=u8::MAX).cycle().take(length).collect();
            write(&description, &bytes, Some(Duration::from_secs(60))).unwrap();
            assert_eq!(*read(&description).unwrap().unwrap(), bytes, "{length}");
        }
        remove(&description).unwrap();
        assert!(read(&description).unwrap().is_none());
    }

    #[test]
    fn a_refusal_is_not_an_absence() {
        for error in
            [KeyError::AccessDenied, KeyError::PermissionDenied, KeyError::Unknown(38), KeyError::QuotaExceeded]
        {
            assert!(!is_absence(error), "{error}");
        }
    }
}
