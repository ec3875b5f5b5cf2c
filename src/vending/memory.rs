//! What earlier runs have left: a pass for the request, and the lease it names. Answering from here asks nobody.
//! A pass counts as long as every file it was derived from looks as it did; nothing else can vouch for it.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::error::VendError;
use super::freshness::{Freshness, freshness};
use crate::model::file_mark::Watched;
use crate::model::lease::{Lease, LeaseKey};
use crate::model::pass::{Admission, Outcome, Pass, PassKey};
use crate::ports::{CacheError, Clock, LeaseStore, PassStore};

/// How long a failure answers for a request that comes after it.
const FAILURE_LIFE: SignedDuration = SignedDuration::from_secs(3);
/// A file that was changed this shortly before may be changed again without a trace.
const RESTLESS: Duration = Duration::from_millis(50);
/// The same on a file system that counts whole seconds.
const RESTLESS_COARSE: Duration = Duration::from_secs(2);

/// The stores of earlier runs' results.
#[derive(Clone, Copy)]
pub struct Memory<'a> {
    pub passes: &'a dyn PassStore,
    pub leases: &'a dyn LeaseStore,
    pub clock: &'a dyn Clock,
    /// How a file looks now.
    pub look: &'a dyn Fn(&std::path::Path) -> std::io::Result<Watched>,
}

/// Which failures of others answer this request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureMemory {
    /// Any within the last moments: SDKs ask again at once, and a person would not.
    Recent,
    /// Only those since this request began to wait.
    Since(Timestamp),
}

/// Credentials from memory.
#[derive(Debug)]
pub struct Recalled {
    pub lease: Lease,
    pub admission: Admission,
}

impl Memory<'_> {
    /// A fresh lease under a good pass; `None` when somebody must be asked.
    pub fn recall(&self, key: &PassKey, failures: FailureMemory) -> Result<Option<Recalled>, VendError> {
        let Some(admission) = self.admission(key, failures)? else { return Ok(None) };
        let lease = self.lease(&admission.lease_key, Freshness::Fresh)?;
        Ok(lease.map(|lease| Recalled { lease, admission }))
    }

    /// The directory's earlier answer, if it still counts.
    pub fn admission(&self, key: &PassKey, failures: FailureMemory) -> Result<Option<Admission>, VendError> {
        let Some(pass) = told_when_written(self.passes.lookup(key))? else { return Ok(None) };
        if !self.is_unchanged(&pass.watched) {
            return Ok(None);
        }
        match pass.outcome {
            Outcome::Admitted(admission) => Ok(Some(admission).filter(|admission| admission.is_good(self.clock.now()))),
            Outcome::Failed { at, failure } if self.still_counts(at, failures) => Err(VendError::Remembered(failure)),
            Outcome::Failed { .. } => Ok(None),
        }
    }

    /// The cached lease, if it is at least this fresh.
    pub fn lease(&self, key: &LeaseKey, at_least: Freshness) -> Result<Option<Lease>, CacheError> {
        let now = self.clock.now();
        Ok(told_when_written(self.leases.lookup(key))?.filter(|lease| match freshness(lease, now) {
            Freshness::Fresh => true,
            Freshness::Ageing => at_least == Freshness::Ageing,
            Freshness::Over => false,
        }))
    }

    /// Keeps the outcome, unless what it was derived from is still being written.
    pub fn keep(&self, key: &PassKey, watched: &[Watched], outcome: Outcome) -> Result<(), CacheError> {
        if self.is_restless(watched) {
            return self.passes.forget(key);
        }
        self.passes.store(key, &Pass { watched: watched.to_vec(), outcome })
    }

    /// Whether every file still looks as it did.
    pub fn is_unchanged(&self, watched: &[Watched]) -> bool {
        watched.iter().all(|then| (self.look)(&then.path).is_ok_and(|now| now == *then))
    }

    fn still_counts(&self, at: Timestamp, failures: FailureMemory) -> bool {
        let age = self.clock.now().duration_since(at);
        let recent = !age.is_negative() && age < FAILURE_LIFE;
        match failures {
            FailureMemory::Recent => recent,
            FailureMemory::Since(start) => at >= start && !age.is_negative(),
        }
    }

    fn is_restless(&self, watched: &[Watched]) -> bool {
        let now = self.clock.now().as_nanosecond();
        watched.iter().filter_map(|watched| watched.mark.as_ref()).any(|mark| {
            let last = mark.modified.max(mark.changed);
            let coarse = mark.modified % 1_000_000_000 == 0 && mark.changed % 1_000_000_000 == 0;
            let restless = if coarse { RESTLESS_COARSE } else { RESTLESS };
            now - last < i128::try_from(restless.as_nanos()).unwrap_or(i128::MAX)
        })
    }
}

/// A folder that can't be used is no reason to withhold credentials. It is told when the new ones can't be kept in it.
fn told_when_written<T>(found: Result<Option<T>, CacheError>) -> Result<Option<T>, CacheError> {
    match found {
        Err(CacheError::File { .. }) => Ok(None),
        other => other,
    }
}
