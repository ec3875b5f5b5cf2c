//! What to do when the secret store does not answer.

use super::{Kind, Verdict, places, quoted};
use crate::ports::SecretStoreError;

const USE_A_FILE: &str = "on a machine without one, keep secrets in an encrypted file: store = \"file\" in [secrets], --secret-store file with afed init";

const USE_A_FILE_INSTEAD: &str =
    "keep secrets in an encrypted file instead: store = \"file\" in [secrets], --secret-store file with afed init";

const START_AGAIN: &str = "if the passphrase or the file is lost, move the file away and store the secrets again: afed init --password-only, then afed account create NAME --secret-only";

pub fn verdict(error: &SecretStoreError) -> Verdict {
    use SecretStoreError as E;
    match error {
        E::NoBus { .. } | E::NoService { .. } => Verdict::hint(Kind::Unreachable, USE_A_FILE),
        E::Ended { .. } => Verdict::hint(
            Kind::Unreachable,
            "call again; if it does not come back by itself, log in to the desktop anew",
        ),
        E::BusEnded { .. } => Verdict::hint(Kind::Unreachable, "log in to the desktop anew and call again"),
        E::BusClosed { owner, .. } => Verdict {
            kind: Kind::Unreachable,
            hints: vec![
                format!("run it as that user: sudo -H -u '#{owner}' afed doctor"),
                "or without their bus: unset DBUS_SESSION_BUS_ADDRESS".to_owned(),
            ],
        },
        E::Locked { .. } => {
            Verdict::hint(Kind::LogInNeeded, "unlock it, for example with the desktop's own keyring program")
        }
        E::TimedOut { .. } => {
            Verdict::hint(Kind::Unreachable, "it may be waiting for you to unlock it; or raise timeout in [secrets]")
        }
        E::PassphraseMissing { .. } => Verdict::hint(
            Kind::LogInNeeded,
            "set passphrase_file, passphrase_fd or passphrase_credential in [secrets] (flags of afed init), or call afed at a terminal",
        ),
        other => Verdict { kind: Kind::Configuration, hints: to_mend(other) },
    }
}

/// What to change where calling again is of no use.
fn to_mend(error: &SecretStoreError) -> Vec<String> {
    use SecretStoreError as E;
    let hints: &[&str] = match error {
        E::NoDefault { .. } => {
            &["make one and let it be the default, with the desktop's own keyring program", USE_A_FILE_INSTEAD]
        }
        E::Ambiguous { .. } => &["delete all but one of them with the desktop's own keyring program"],
        E::Full { .. } => &[
            "see how much it takes, and let root raise it: cat /proc/key-users; sysctl kernel.keys.maxkeys kernel.keys.maxbytes",
            USE_A_FILE_INSTEAD,
        ],
        E::Closed { .. } | E::Absent { .. } => &[USE_A_FILE_INSTEAD],
        E::Expired { .. } => &[
            "start the machine again, for another one; or keep secrets in an encrypted file: store = \"file\" in [secrets], --secret-store file with afed init",
        ],
        E::NewerFormat { .. } => &["use the newer afed; this one changes nothing in the file"],
        E::WrongPassphrase { .. } => {
            &["where the passphrase is right, the file was cut or changed: put a copy of it back", START_AGAIN]
        }
        E::Damaged { .. } => &[START_AGAIN],
        E::File { path, operation, source } => {
            // The file may not be there, and its folder the cause.
            let folder = places::standing(path.parent().unwrap_or(path)).display();
            let look = || format!("see what is there, and whose it is: ls -la {}", quoted(folder));
            let hint = places::hint(path, source).or_else(|| places::of_lock(path, operation));
            return vec![hint.unwrap_or_else(look)];
        }
        _ => &[],
    };
    hints.iter().map(|hint| (*hint).to_owned()).collect()
}
