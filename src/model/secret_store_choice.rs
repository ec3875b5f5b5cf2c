//! Which secret store the configuration names. What stands behind each name, and which of them this
//! machine has, is the business of the `secrets` room.

use std::fmt;

/// The name of a secret store, as the configuration and the flags spell it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum SecretStoreChoice {
    /// The keyring of the platform; no other when it fails
    #[default]
    Auto,
    /// The Secret Service on the D-Bus session bus (GNOME Keyring, KWallet, KeePassXC)
    SecretService,
    /// The login keychain of macOS
    Keychain,
    /// The Credential Manager of Windows
    CredentialManager,
    /// The Linux kernel's keyring of this user, empty after a restart of the machine
    Keyutils,
    /// A file encrypted with a passphrase
    File,
}

impl SecretStoreChoice {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::SecretService => "secret-service",
            Self::Keychain => "keychain",
            Self::CredentialManager => "credential-manager",
            Self::Keyutils => "keyutils",
            Self::File => "file",
        }
    }

    /// For a list that people pick from.
    pub fn described(self) -> String {
        let what = match self {
            Self::Auto => "the keyring of this platform",
            Self::SecretService => "the Secret Service (GNOME Keyring, KWallet, KeePassXC)",
            Self::Keychain => "the login keychain",
            Self::CredentialManager => "the Credential Manager",
            Self::Keyutils => "the kernel's keyring, empty after a restart",
            Self::File => "a file encrypted with a passphrase",
        };
        format!("{self}: {what}")
    }
}

impl fmt::Display for SecretStoreChoice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::ValueEnum;

    #[test]
    fn a_choice_has_one_spelling_everywhere() {
        for choice in SecretStoreChoice::value_variants() {
            let quoted = format!("\"{choice}\"");
            assert_eq!(serde_json::to_string(choice).unwrap(), quoted);
            assert_eq!(serde_json::from_str::<SecretStoreChoice>(&quoted).unwrap(), *choice);
            assert_eq!(choice.to_possible_value().unwrap().get_name(), choice.as_str());
            assert!(choice.described().starts_with(&format!("{choice}: ")));
        }
    }
}
