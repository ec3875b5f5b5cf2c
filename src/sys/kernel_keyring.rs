//! The Linux kernel's keyring of this user: bytes under a description, in kernel memory.
//! The user keyring is taken and not the session's: it is one and the same in every log-in, cron job and container of
//! the user, and it is there where the session keyring is refused. The calls are plain system calls that never wait.

use std::time::Duration;

use linux_keyutils::{Key, KeyError, KeyRing, KeyRingIdentifier};
use zeroize::Zeroizing;

/// The bytes under this description; `None` when there are none, or the kernel had them expire.
pub fn read(description: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeyError> {
    let Some(key) = find(&open()?, description)? else { return Ok(None) };
    match key.read_to_vec() {
        Ok(bytes) => Ok(Some(Zeroizing::new(bytes))),
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

const fn is_absence(error: KeyError) -> bool {
    matches!(error, KeyError::KeyDoesNotExist | KeyError::KeyExpired | KeyError::KeyRevoked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_not_an_absence() {
        for error in
            [KeyError::AccessDenied, KeyError::PermissionDenied, KeyError::Unknown(38), KeyError::QuotaExceeded]
        {
            assert!(!is_absence(error), "{error}");
        }
    }
}
