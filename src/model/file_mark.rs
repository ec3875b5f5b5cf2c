//! How a file looked when it was last read: enough to tell whether it may have changed since.

use serde::{Deserialize, Serialize};

/// Size, times and identity of a file; every change of content changes one of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileMark {
    pub size: u64,
    /// Nanoseconds since 1970, of the content.
    pub modified: i128,
    /// Nanoseconds since 1970, of content or attributes.
    pub changed: i128,
    /// Which file it is, where the platform says so: a replaced file is another one.
    pub device: u64,
    pub inode: u64,
}

/// A path that something was derived from, with how it looked; `None`: there was no such file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watched {
    pub path: std::path::PathBuf,
    pub mark: Option<FileMark>,
}
