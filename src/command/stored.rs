//! A secret that is stored before the configuration names it, and taken back where the configuration is not written.
//! At every moment the configuration names only keys whose secrets are in the store: first the new secret, then the
//! file, then the old secret goes. A crash in between leaves a secret too many, never one too few.

use crate::model::secret::{Secret, SecretId};
use crate::ports::{SecretStore, SecretStoreError};

/// A secret that was just stored, with what it has replaced.
pub struct Stored<'a> {
    secrets: &'a dyn SecretStore,
    id: SecretId,
    earlier: Option<Secret>,
}

impl<'a> Stored<'a> {
    pub fn store(secrets: &'a dyn SecretStore, id: SecretId, secret: &Secret) -> Result<Self, SecretStoreError> {
        let earlier = secrets.lookup(&id)?;
        secrets.store(&id, secret)?;
        Ok(Self { secrets, id, earlier })
    }

    /// Puts back what was there before, which may serve another configuration. A secret that is new stays: the file may name it
    /// all the same, as a write can fail when the new file is in its place already. Who noted it settles that.
    pub fn take_back(self) -> Result<(), SecretStoreError> {
        self.earlier.map_or(Ok(()), |earlier| self.secrets.store(&self.id, &earlier))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vending::doubles::FakeSecrets;

    #[test]
    fn what_was_there_before_is_put_back_and_what_is_new_stays() {
        let secret = |text: &str| Secret::new(text.to_owned());
        for (earlier, left) in [(None, "new"), (Some("old"), "old")] {
            let store = FakeSecrets::default();
            if let Some(earlier) = earlier {
                store.store(&SecretId::Probe, &secret(earlier)).unwrap();
            }
            let stored = Stored::store(&store, SecretId::Probe, &secret("new")).unwrap();
            assert_eq!(store.text(&SecretId::Probe).as_deref(), Some("new"));
            stored.take_back().unwrap();
            assert_eq!(store.text(&SecretId::Probe).as_deref(), Some(left), "{earlier:?}");
        }
    }
}
