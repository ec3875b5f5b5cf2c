//! What to do when the secret store does not answer.

use super::{Kind, Verdict};
use crate::ports::SecretStoreError;

const USE_A_FILE: &str =
    "on a machine without one, keep secrets in an encrypted file: set store = \"file\" in [secrets]";

const START_AGAIN: &str = "if the passphrase or the file is lost, move the file away and store the secrets again: afed init --password-only, then afed account create NAME --secret-only";

pub fn verdict(error: &SecretStoreError) -> Verdict {
    use SecretStoreError as E;
    match error {
        E::NoBus { .. } | E::NoService { .. } => Verdict::hint(Kind::Unreachable, USE_A_FILE),
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
        E::WrongPassphrase { .. } | E::Damaged { .. } => Verdict::hint(Kind::Configuration, START_AGAIN),
        _ => Verdict::plain(Kind::Configuration),
    }
}
