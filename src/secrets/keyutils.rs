//! The Linux kernel's keyring as a secret store, on request.

use linux_keyutils::KeyError;
use nix::errno::Errno;

use crate::model::secret::{Secret, SecretId};
use crate::ports::{SecretStore, SecretStoreError};
use crate::sys::kernel_keyring;

const NAME: &str = "kernel keyring";

/// Secrets in kernel memory. They are gone when the machine restarts, and the kernel may have them expire; either
/// way they are absent then, and no failure.
#[derive(Debug, Clone, Copy)]
pub struct KeyutilsStore;

impl SecretStore for KeyutilsStore {
    fn lookup(&self, id: &SecretId) -> Result<Option<Secret>, SecretStoreError> {
        let Some(bytes) = kernel_keyring::read(&description(id)).map_err(refused)? else { return Ok(None) };
        let text = std::str::from_utf8(&bytes)
            .map_err(|_| SecretStoreError::NotText { store: NAME, address: id.address() })?;
        Ok(Some(Secret::new(text.to_owned())))
    }

    fn store(&self, id: &SecretId, secret: &Secret) -> Result<(), SecretStoreError> {
        kernel_keyring::write(&description(id), secret.expose().as_bytes(), None).map_err(refused)
    }

    fn forget(&self, id: &SecretId) -> Result<(), SecretStoreError> {
        kernel_keyring::remove(&description(id)).map_err(refused)
    }
}

fn description(id: &SecretId) -> String {
    format!("afed:{}", id.address())
}

fn refused(error: KeyError) -> SecretStoreError {
    let said = |errno: Errno| std::io::Error::from(errno).into();
    match error {
        KeyError::QuotaExceeded => SecretStoreError::Full { store: NAME, source: said(Errno::EDQUOT) },
        KeyError::AccessDenied => SecretStoreError::Closed { store: NAME, source: said(Errno::EACCES) },
        KeyError::PermissionDenied => SecretStoreError::Closed { store: NAME, source: said(Errno::EPERM) },
        KeyError::Unknown(code) if code == Errno::ENOSYS as i32 => {
            SecretStoreError::Absent { store: NAME, source: said(Errno::ENOSYS) }
        }
        // A single key that is gone is an absence; here it is the keyring in which keys are looked for.
        KeyError::KeyDoesNotExist => SecretStoreError::Expired { store: NAME, source: said(Errno::ENOKEY) },
        KeyError::KeyExpired => SecretStoreError::Expired { store: NAME, source: said(Errno::EKEYEXPIRED) },
        KeyError::KeyRevoked => SecretStoreError::Expired { store: NAME, source: said(Errno::EKEYREVOKED) },
        other => SecretStoreError::Refused { store: NAME, source: Box::new(other) },
    }
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
        kernel_keyring::write(&description(&id), b"\xff\xfe", None).unwrap();
        let found = KeyutilsStore.lookup(&id);
        KeyutilsStore.forget(&id).unwrap();
        assert!(matches!(found, Err(SecretStoreError::NotText { .. })), "{found:?}");
    }
}
