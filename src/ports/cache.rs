//! What is kept between runs: leases, passes, and the turns that callers take to fetch them.

use std::path::PathBuf;
use std::time::Duration;

use super::secret_store::SecretStoreError;
use crate::model::account::AccessKeyId;
use crate::model::lease::{Lease, LeaseKey};
use crate::model::pass::{Pass, PassKey};

/// Where leases wait to be used again, sealed and bound to their keys.
pub trait LeaseStore {
    /// The lease under this key. A damaged, foreign or newer entry counts as not there.
    fn lookup(&self, key: &LeaseKey) -> Result<Option<Lease>, CacheError>;
    fn store(&self, key: &LeaseKey, lease: &Lease) -> Result<(), CacheError>;
    /// Takes the lease away; one that is not there is no failure.
    fn forget(&self, key: &LeaseKey) -> Result<(), CacheError>;
    /// Takes away every lease that was signed for with this key.
    fn forget_signed_with(&self, access_key_id: &AccessKeyId) -> Result<(), CacheError>;
}

/// Where the outcomes of requests wait to be used again, sealed and bound to their keys.
pub trait PassStore {
    /// The pass under this key. A damaged, foreign or newer entry counts as not there.
    fn lookup(&self, key: &PassKey) -> Result<Option<Pass>, CacheError>;
    fn store(&self, key: &PassKey, pass: &Pass) -> Result<(), CacheError>;
    /// Takes the pass away; one that is not there is no failure.
    fn forget(&self, key: &PassKey) -> Result<(), CacheError>;
}

/// One caller at a time for the same request.
pub trait Turns {
    /// Waits for the turn, at most this long. It ends when the value is dropped, or with its process.
    fn take(&self, key: &PassKey, patience: Duration) -> Result<Turn, CacheError>;
}

/// Everything that is kept, for whoever looks through it or has it taken away.
pub trait Inventory {
    /// All of it in the order of its names. What is under no name of afed's is left out.
    fn entries(&self) -> Result<Vec<Entry>, CacheError>;
    /// Takes the entry away and says whether it did: not if it is gone already, nor if it is a lock that somebody holds.
    fn remove(&self, entry: &Entry) -> Result<bool, CacheError>;
}

/// One thing that is kept.
#[derive(Debug)]
pub struct Entry {
    /// What it is called where it is kept.
    pub name: String,
    pub content: Content,
}

/// What an entry is; `None` stands for what can't be opened: damaged, foreign, or sealed with a key that is gone.
#[derive(Debug)]
pub enum Content {
    Pass(Option<Pass>),
    Lease(LeaseKey, Option<Lease>),
    /// What a caller holds while it fetches; it is of no use afterwards.
    Lock,
    /// What somebody began to write long ago and never finished.
    Unfinished,
}

/// Held while one caller fetches what the others wait for.
pub struct Turn {
    _held: Box<dyn std::any::Any>,
}

impl Turn {
    /// Holds `held` for as long as the turn lasts.
    pub fn new(held: impl std::any::Any) -> Self {
        Self { _held: Box::new(held) }
    }
}

/// Why the cache could not be used.
#[derive(Debug, thiserror::Error)]
pub enum CacheError {
    #[error("{} can't be {operation}", .path.display())]
    File {
        path: PathBuf,
        operation: &'static str,
        #[source]
        source: std::io::Error,
    },
    /// Somebody else fetches the same and does not finish.
    #[error("another afed{} has been fetching the same credentials for {} s", holder(.pid), .after.as_secs_f32())]
    Busy { pid: Option<u32>, after: Duration },
    /// Somebody else was stopped by a signal in the middle of fetching.
    #[error("another afed (process {pid}) was stopped while it fetched the same credentials")]
    Stopped { pid: u32 },
    /// The key that seals the cache could not be read or kept.
    #[error("the key of the cache is not to be had")]
    Key(#[source] SecretStoreError),
}

pub(super) fn holder(pid: &Option<u32>) -> String {
    pid.map(|pid| format!(" (process {pid})")).unwrap_or_default()
}
