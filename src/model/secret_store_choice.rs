//! Which secret store the configuration asks for.

/// A secret store by its name in the configuration.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum SecretStoreChoice {
    /// The keyring of this platform; never a silent fallback
    #[default]
    Auto,
    /// The Secret Service over D-Bus (GNOME Keyring, KWallet, KeePassXC)
    SecretService,
    /// The macOS keychain
    Keychain,
    /// The Windows credential manager
    CredentialManager,
    /// The Linux kernel's keyring; forgets at reboot
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
}
