//! Where leases wait to be used again, and the turn that one caller takes to fetch them.

use std::path::PathBuf;
use std::time::Duration;

use super::secret_store::SecretStoreError;
use crate::model::lease::{Lease, LeaseKey};

/// Where leases wait to be used again, sealed and bound to their keys.
pub trait LeaseStore {
    /// The lease under this key. A damaged, foreign or newer entry counts as not there.
    fn lookup(&self, key: &LeaseKey) -> Result<Option<Lease>, LeaseStoreError>;
    fn store(&self, key: &LeaseKey, lease: &Lease) -> Result<(), LeaseStoreError>;
    /// Takes the turn for this key; others wait until the guard is dropped or its process ends.
    fn lock(&self, key: &LeaseKey) -> Result<LeaseLock, LeaseStoreError>;
}

/// Held while one caller fetches a lease; dropping it lets the next one in.
pub struct LeaseLock {
    _held: Box<dyn std::any::Any>,
}

impl LeaseLock {
    /// Holds `held` for as long as the turn lasts.
    pub fn new(held: impl std::any::Any) -> Self {
        Self { _held: Box::new(held) }
    }
}

/// Why the lease store could not be used.
#[derive(Debug, thiserror::Error)]
pub enum LeaseStoreError {
    #[error("{} can't be {operation}", .path.display())]
    File {
        path: PathBuf,
        operation: &'static str,
        #[source]
        source: std::io::Error,
    },
    /// Somebody else fetches the same lease and does not finish.
    #[error("another afed{} has been fetching the same lease for {} s", holder(.pid), .after.as_secs_f32())]
    Busy { pid: Option<u32>, after: Duration },
    /// The key that seals the leases could not be read or kept.
    #[error("the key of the lease cache is not to be had")]
    CacheKey(#[source] SecretStoreError),
}

fn holder(pid: &Option<u32>) -> String {
    pid.map(|pid| format!(" (process {pid})")).unwrap_or_default()
}
