//! Where the passphrase of the encrypted secret file comes from, as the configuration names it.
//! Nothing is read here; there is deliberately no source that is a value in the configuration or the environment.

use std::fmt;
use std::path::PathBuf;

/// Where the passphrase of the encrypted secret file comes from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum PassphraseSource {
    /// A person at a terminal is asked.
    #[default]
    Prompt,
    /// A file that nobody but this user can read; one newline at its end is not part of the passphrase.
    File(PathBuf),
    /// An inherited file descriptor from 3 on, read to its end once.
    FileDescriptor(i32),
    /// A credential that systemd hands to a unit.
    SystemdCredential {
        name: String,
        /// `$CREDENTIALS_DIRECTORY`, if this process has one.
        folder: Option<PathBuf>,
    },
}

impl fmt::Display for PassphraseSource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Prompt => formatter.write_str("the terminal"),
            Self::File(path) => write!(formatter, "{}", path.display()),
            Self::FileDescriptor(number) => write!(formatter, "file descriptor {number}"),
            Self::SystemdCredential { name, .. } => {
                write!(formatter, "the systemd credential “{}”", name.escape_debug())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_says_where_it_is() {
        let credential = PassphraseSource::SystemdCredential { name: "a\u{1b}b".to_owned(), folder: None };
        for (source, told) in [
            (PassphraseSource::Prompt, "the terminal"),
            (PassphraseSource::File("/run/secret".into()), "/run/secret"),
            (PassphraseSource::FileDescriptor(3), "file descriptor 3"),
            (credential, "the systemd credential “a\\u{1b}b”"),
        ] {
            assert_eq!(source.to_string(), told);
        }
    }
}
