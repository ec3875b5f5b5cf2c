//! `[secrets]`: where secrets rest, and what opens the file of the store that is one.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::place::Place;
use crate::config::error::ConfigError;
use crate::config::file::SecretsTable;
use crate::config::paths::Paths;
use crate::model::passphrase_source::PassphraseSource;
use crate::model::secret_store_choice::SecretStoreChoice;

/// How long one call to a keyring may take.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Where secrets rest.
#[derive(Debug)]
pub struct SecretSettings {
    pub store: SecretStoreChoice,
    pub timeout: Duration,
    pub file: Option<PathBuf>,
    pub passphrase: PassphraseSource,
}

impl SecretSettings {
    /// The file of the store that is one: as it is configured, or in afed's own place.
    pub fn store_file<'a>(&'a self, paths: &'a Paths) -> &'a Path {
        self.file.as_deref().unwrap_or(&paths.secret_file)
    }
}

impl Default for SecretSettings {
    fn default() -> Self {
        Self { store: SecretStoreChoice::Auto, timeout: TIMEOUT, file: None, passphrase: PassphraseSource::Prompt }
    }
}

pub(super) fn resolve(place: &Place<'_>, table: SecretsTable) -> Result<SecretSettings, ConfigError> {
    let (file, descriptor, credential) = (
        ("passphrase_file", table.passphrase_file.is_some()),
        ("passphrase_fd", table.passphrase_fd.is_some()),
        ("passphrase_credential", table.passphrase_credential.is_some()),
    );
    for (first, second) in [(file, descriptor), (file, credential), (descriptor, credential)] {
        place.at_most_one(first, second)?;
    }
    let passphrase = match (table.passphrase_file, table.passphrase_fd, table.passphrase_credential) {
        (Some(path), ..) => PassphraseSource::File(place.beside("passphrase_file", &path)?),
        (_, Some(descriptor), _) => PassphraseSource::FileDescriptor(descriptor),
        (.., Some(name)) => PassphraseSource::SystemdCredential { name, folder: None },
        _ => PassphraseSource::Prompt,
    };
    Ok(SecretSettings {
        store: table.store.unwrap_or_default(),
        timeout: place.timeout("timeout", table.timeout.as_deref(), TIMEOUT)?,
        file: table.file.map(|path| place.beside("file", &path)).transpose()?,
        passphrase,
    })
}
