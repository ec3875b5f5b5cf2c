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

    /// Leaves the store as it was: what was there before may serve another configuration. A secret that is new stays
    /// where the file may name it all the same, as a write can fail when the new file is in its place already.
    pub fn take_back(self, may_be_named: impl FnOnce() -> bool) -> Result<(), SecretStoreError> {
        match &self.earlier {
            Some(earlier) => self.secrets.store(&self.id, earlier),
            None if may_be_named() => Ok(()),
            None => self.secrets.forget(&self.id),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vending::doubles::FakeSecrets;

    #[test]
    fn only_what_was_stored_newly_and_is_not_named_is_forgotten() {
        let secret = |text: &str| Secret::new(text.to_owned());
        for (earlier, named, left) in [
            (None, false, None),
            (None, true, Some("new")),
            (Some("old"), false, Some("old")),
            (Some("old"), true, Some("old")),
        ] {
            let store = FakeSecrets::default();
            if let Some(earlier) = earlier {
                store.store(&SecretId::Probe, &secret(earlier)).unwrap();
            }
            let stored = Stored::store(&store, SecretId::Probe, &secret("new")).unwrap();
            assert_eq!(store.text(&SecretId::Probe).as_deref(), Some("new"));
            stored.take_back(|| named).unwrap();
            assert_eq!(store.text(&SecretId::Probe).as_deref(), left, "{earlier:?} {named}");
        }
    }
}
