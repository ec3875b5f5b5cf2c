//! What outlives a rotation that is broken off: its journal, and which key the account has.

use std::path::PathBuf;

use super::Cause;
use crate::model::account::AccessKeyId;
use crate::model::rotation::{Journal, JournalFault};

/// The records of one account's rotation. What is saved is there after a crash of the machine too.
pub trait RotationRecords {
    /// The journal, or `None` where no rotation is under way.
    fn load(&self) -> Result<Option<Journal>, RecordsError>;
    fn save(&self, journal: &Journal) -> Result<(), RecordsError>;
    /// Takes the journal away; one that is not there is no failure.
    fn remove(&self) -> Result<(), RecordsError>;
    /// Where the journal is, for people who must look into it.
    fn place(&self) -> String;
    /// Has the secret of a key forgotten later, which the store may hold and the account never had.
    fn disown(&self, key: &AccessKeyId) -> Result<(), RecordsError>;
    /// Gives the account the new key, where it has the old one still.
    fn switch(&self, old: &AccessKeyId, new: &AccessKeyId) -> Result<(), RecordsError>;
}

/// Why a record could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum RecordsError {
    #[error("the journal {} can't be {operation}", .path.display())]
    File {
        path: PathBuf,
        operation: &'static str,
        #[source]
        source: std::io::Error,
    },
    /// It may be of a newer version, cut off or somebody else's. What was going on is not known then.
    #[error("{} is no journal of a rotation", .path.display())]
    Damaged {
        path: PathBuf,
        #[source]
        source: JournalFault,
    },
    /// It could not be noted that a secret is left to nobody.
    #[error("the secret store may hold a secret of the key {key}, which is deleted")]
    NotDisowned {
        key: AccessKeyId,
        #[source]
        source: Cause,
    },
    /// The account could not be given the new key.
    #[error("the account keeps its old key {old}")]
    NotSwitched {
        old: AccessKeyId,
        #[source]
        source: Cause,
    },
}
