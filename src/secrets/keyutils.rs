//! The Linux kernel's keyring of this user, on request.
//! The user keyring is taken and not the session's: it is one and the same in every log-in, cron job and container of
//! the user, and it is there where the session keyring is refused. The calls are plain system calls that never wait.

use linux_keyutils::{Key, KeyError, KeyRing, KeyRingIdentifier};
use zeroize::Zeroizing;

use crate::model::secret::{Secret, SecretId};
use crate::ports::{SecretStore, SecretStoreError};

const NAME: &str = "kernel keyring";

/// Secrets in kernel memory. They are gone when the machine restarts, and the kernel may have them expire; either
/// way they are absent then, and no failure.
#[derive(Debug, Clone, Copy)]
pub struct KeyutilsStore;

impl SecretStore for KeyutilsStore {
    fn lookup(&self, id: &SecretId) -> Result<Option<Secret>, SecretStoreError> {
        let Some(key) = find(&open()?, id)? else { return Ok(None) };
        let bytes = match key.read_to_vec() {
            Ok(bytes) => Zeroizing::new(bytes),
            Err(error) if is_absence(error) => return Ok(None),
            Err(error) => return Err(refused(error)),
        };
        let text = std::str::from_utf8(&bytes)
            .map_err(|_| SecretStoreError::NotText { store: NAME, address: id.address() })?;
        Ok(Some(Secret::new(text.to_owned())))
    }

    fn store(&self, id: &SecretId, secret: &Secret) -> Result<(), SecretStoreError> {
        // A key of the same description is given the new content in one step.
        open()?.add_key(&description(id), secret.expose()).map(drop).map_err(refused)
    }

    fn forget(&self, id: &SecretId) -> Result<(), SecretStoreError> {
        let keyring = open()?;
        let Some(key) = find(&keyring, id)? else { return Ok(()) };
        match keyring.unlink_key(key) {
            Err(error) if !is_absence(error) => Err(refused(error)),
            _ => Ok(()),
        }
    }
}

/// The user keyring, linked to this thread's own: the kernel lets a process read only keys that hang below one of its
/// keyrings, and the user keyring hangs below a session keyring only where a log-in put it there.
fn open() -> Result<KeyRing, SecretStoreError> {
    let user = KeyRing::from_special_id(KeyRingIdentifier::User, false).map_err(refused)?;
    let thread = KeyRing::from_special_id(KeyRingIdentifier::Thread, true).map_err(refused)?;
    thread.link_keyring(user).map_err(refused)?;
    Ok(user)
}

fn find(keyring: &KeyRing, id: &SecretId) -> Result<Option<Key>, SecretStoreError> {
    match keyring.search(&description(id)) {
        Ok(key) => Ok(Some(key)),
        Err(error) if is_absence(error) => Ok(None),
        Err(error) => Err(refused(error)),
    }
}

fn description(id: &SecretId) -> String {
    format!("afed:{}", id.address())
}

const fn is_absence(error: KeyError) -> bool {
    matches!(error, KeyError::KeyDoesNotExist | KeyError::KeyExpired | KeyError::KeyRevoked)
}

fn refused(error: KeyError) -> SecretStoreError {
    SecretStoreError::Refused { store: NAME, source: Box::new(error) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An id that no other run of the tests uses: the kernel's keyring is shared by all of them.
    fn own_id(what: &str) -> SecretId {
        SecretId::CrowdSession { url: format!("test:{what}:{}", std::process::id()), application: "afed".to_owned() }
    }

    fn look(id: &SecretId) -> Option<String> {
        KeyutilsStore.lookup(id).unwrap().map(|secret| secret.expose().to_owned())
    }

    #[test]
    fn secrets_are_kept_replaced_and_forgotten() {
        let id = own_id("round trip");
        assert_eq!(look(&id), None);
        for text in ["first", "the second, which is longer"] {
            KeyutilsStore.store(&id, &Secret::new(text.to_owned())).unwrap();
            assert_eq!(look(&id).as_deref(), Some(text));
        }
        let other_thread = std::thread::spawn({
            let id = id.clone();
            move || look(&id)
        });
        assert_eq!(other_thread.join().unwrap().as_deref(), Some("the second, which is longer"));
        KeyutilsStore.forget(&id).unwrap();
        KeyutilsStore.forget(&id).unwrap();
        assert_eq!(look(&id), None);
    }

    /// A session that no log-in made has a keyring of its own below which the user's does not hang. Joining one takes a
    /// system call that no safe function makes, so python3 makes it and becomes this test program.
    #[test]
    fn a_session_without_the_user_keyring_is_no_hindrance() {
        const JOIN: &str = "import ctypes, os, sys
number, join_session_keyring = int(sys.argv[1]), 1
ctypes.CDLL(None).syscall(number, join_session_keyring, None) >= 0 or sys.exit('no session keyring of its own')
os.execv(sys.argv[2], sys.argv[2:])";
        let keyctl = match std::env::consts::ARCH {
            "x86_64" => "250",
            "aarch64" | "riscv64" => "219",
            other => panic!("this test does not know the number of keyctl on {other}"),
        };
        let test = format!("{}::secrets_are_kept_replaced_and_forgotten", module_path!().split_once("::").unwrap().1);
        let output = std::process::Command::new("python3")
            .args(["-c", JOIN, keyctl])
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", &test])
            .output()
            .expect("python3 is missing");
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && said.contains("1 passed"), "{said}");
    }

    #[test]
    fn an_empty_secret_is_refused_as_the_kernel_keeps_none() {
        let stored = KeyutilsStore.store(&own_id("empty"), &Secret::new(String::new()));
        assert!(matches!(stored, Err(SecretStoreError::Refused { .. })), "{stored:?}");
    }

    #[test]
    fn bytes_that_are_no_text_are_an_error() {
        let id = own_id("bytes");
        open().unwrap().add_key(&description(&id), b"\xff\xfe").unwrap();
        let found = KeyutilsStore.lookup(&id);
        KeyutilsStore.forget(&id).unwrap();
        assert!(matches!(found, Err(SecretStoreError::NotText { .. })), "{found:?}");
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
