//! Where decisions are written down, and every way in which that can fail.

use std::io::Read;
use std::path::PathBuf;
use std::time::Duration;

use crate::model::audit::Entry;

/// The trail of decisions. Lines are only ever added to it.
pub trait AuditTrail {
    /// Writes the entry behind all others. A second target that was not reached is told, and is no failure: the entry is
    /// in the trail.
    fn record(&self, entry: &Entry) -> Result<Option<AuditError>, AuditError>;
    /// Shows that an entry could be written now, behind all others, and writes none.
    fn probe(&self) -> Result<(), AuditError>;
    /// All that is kept, the oldest first. Lines that are added while it is read are not in it.
    fn read(&self) -> Result<Vec<TrailFile>, AuditError>;
}

/// A part of the trail, as it was when it was opened; it is read piece by piece.
pub struct TrailFile {
    pub path: PathBuf,
    pub content: Box<dyn Read>,
}

/// Why something was not recorded, or could not be read.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    #[error("the audit trail {} can't be {operation}", .path.display())]
    File {
        path: PathBuf,
        operation: &'static str,
        #[source]
        source: std::io::Error,
    },
    /// It is no file that afed writes what is private to.
    #[error("the audit trail {} is {what}", .path.display())]
    Unfit { path: PathBuf, what: &'static str },
    /// No trail is made like that, so that it may be a file of somebody's which has nothing in it yet.
    #[cfg_attr(not(unix), expect(dead_code, reason = "there are no modes"))]
    #[error("the audit trail {} is empty, and its mode is {mode:04o} and not 0600, so that it may be a file of something else", .path.display())]
    Blank { path: PathBuf, mode: u32 },
    #[error("the audit trail {} has been locked by another process for {} s", .path.display(), .after.as_secs_f32())]
    Busy { path: PathBuf, after: Duration },
    #[error("{target} did not get the line of the audit trail")]
    SecondTarget {
        target: &'static str,
        #[source]
        source: std::io::Error,
    },
}
