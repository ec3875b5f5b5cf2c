//! One turn at the file of a trail: opened without following a link, locked, looked at, written to in one go.
//! What could be written only in part is taken back, so that a full disk tears no line.

use std::fs::{File, Metadata, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::{failed, part};
use crate::model::audit::chain::{LONGEST_LINE, Link};
use crate::model::audit::settings::FileSize;
use crate::ports::AuditError;
use crate::sys::{file_limit, files};

/// How long the others are waited for. Each holds the file for less than a millisecond, but for its disk.
const PATIENCE: Duration = Duration::from_secs(5);
const LONGEST_NAP: Duration = Duration::from_millis(5);

/// The file, locked until this is dropped.
pub struct Appending {
    file: File,
    path: PathBuf,
    size: u64,
}

/// Whether a line more goes into a file.
#[derive(Debug, PartialEq, Eq)]
pub enum Room {
    Enough,
    Full,
}

impl Appending {
    pub fn open(path: &Path) -> Result<Self, AuditError> {
        loop {
            let file = open_or_make(path)?;
            // Mostly nobody else is at it, and one look is enough.
            let is_ours = file.try_lock().is_ok();
            let mut metadata = part::look_at(&file, path)?;
            // Before it is waited for: a pipe in its place can't be locked, and others could hold theirs for ever.
            part::check(path, &metadata)?;
            files::unmask_file(&file, &metadata).map_err(|source| failed(path, "made", source))?;
            if !is_ours {
                wait_for(&file, path)?;
                metadata = part::look_at(&file, path)?;
            }
            if is_at(path, &metadata) {
                return Ok(Self { size: metadata.len(), file, path: path.to_owned() });
            }
        }
    }

    pub const fn is_empty(&self) -> bool {
        self.size == 0
    }

    pub const fn room(&self, limit: FileSize) -> Room {
        // Any line has room in a new file.
        if self.size > 0 && self.size >= limit.0 { Room::Full } else { Room::Enough }
    }

    /// What the next line follows.
    pub fn link(&self) -> Result<Link, AuditError> {
        part::link_of(&self.file, &self.path, self.size)
    }

    /// Writes the line behind all others, whole or not at all.
    pub fn append(&mut self, line: &[u8]) -> Result<(), AuditError> {
        self.file.write_all(line).map_err(|source| {
            // The failure to write is what must be told; what is left of the line is found by the next one.
            drop(self.file.set_len(self.size));
            failed(&self.path, "written", source)
        })
    }

    /// Shows that the disk and the limit on files have room for a line; the file stays as it is.
    pub fn make_room(&self) -> Result<(), AuditError> {
        file_limit::allow(self.size.saturating_add(LONGEST_LINE as u64))
            .and_then(|()| make_room(&self.file, self.size))
            .map_err(|source| failed(&self.path, "written", source))
    }

    /// Waits for the disk.
    pub fn sync(&self) -> Result<(), AuditError> {
        self.file.sync_data().map_err(|source| failed(&self.path, "written", source))
    }
}

/// A file system that can't set room aside says so, and then the line itself will tell.
#[cfg(target_os = "linux")]
fn make_room(file: &File, size: u64) -> io::Result<()> {
    use nix::errno::Errno;
    use nix::fcntl::{FallocateFlags, fallocate};
    let (end, room) = (i64::try_from(size), i64::try_from(LONGEST_LINE));
    let (Ok(end), Ok(room)) = (end, room) else { return Ok(()) };
    match fallocate(file, FallocateFlags::FALLOC_FL_KEEP_SIZE, end, room) {
        Err(Errno::EOPNOTSUPP | Errno::ENOSYS) => Ok(()),
        made => Ok(made?),
    }
}

#[cfg(not(target_os = "linux"))]
fn make_room(_file: &File, _size: u64) -> io::Result<()> {
    Ok(())
}

/// A new file is made in no folder that is not this user's or root's.
fn open_or_make(path: &Path) -> Result<File, AuditError> {
    match options().open(path) {
        Err(source) if source.kind() == io::ErrorKind::NotFound => {
            files::create_private_folder(files::folder_of(path)).map_err(|source| failed(path, "made", source))?;
            options().create(true).open(path).map_err(|source| part::not_opened(path, source))
        }
        opened => opened.map_err(|source| part::not_opened(path, source)),
    }
}

fn options() -> OpenOptions {
    let mut options = part::options();
    options.read(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

pub fn wait_for(file: &File, path: &Path) -> Result<(), AuditError> {
    let (start, mut nap) = (Instant::now(), Duration::from_micros(200));
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::Error(source)) => return Err(failed(path, "locked", source)),
            Err(TryLockError::WouldBlock) if start.elapsed() >= PATIENCE => {
                return Err(AuditError::Busy { path: path.to_owned(), after: PATIENCE });
            }
            Err(TryLockError::WouldBlock) => std::thread::sleep(nap),
        }
        nap = (nap * 2).min(LONGEST_NAP);
    }
}

/// Whether the path still leads to the open file: while this process waited, it may have been put aside.
#[cfg(unix)]
pub fn is_at(path: &Path, open: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::symlink_metadata(path).is_ok_and(|found| (found.dev(), found.ino()) == (open.dev(), open.ino()))
}

#[cfg(not(unix))]
pub fn is_at(_path: &Path, _open: &Metadata) -> bool {
    true
}
