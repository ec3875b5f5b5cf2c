//! One turn at the file of a trail: opened without following a link, locked, looked at, written to in one go.
//! What could be written only in part is taken back, so that a full disk tears no line.

use std::fs::{File, Metadata, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::failed;
use crate::model::audit::chain::Link;
use crate::model::audit::settings::FileSize;
use crate::ports::AuditError;
use crate::sys::files;

/// How long the others are waited for. Each holds the file for less than a millisecond, but for its disk.
const PATIENCE: Duration = Duration::from_secs(5);
const LONGEST_NAP: Duration = Duration::from_millis(5);
/// How much of the end is looked through for the last line: first this, which has room for any usual one.
const NEAR_END: u64 = 2_048;
/// And then this, which has room for the longest one and what may have been torn behind it.
const FAR_END: u64 = 65_536;

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
            // Before it is waited for: a pipe in its place can't be locked.
            let metadata = file.metadata().map_err(|source| failed(path, "opened", source))?;
            check(path, &metadata)?;
            files::unmask_file(&file, &metadata).map_err(|source| failed(path, "made", source))?;
            wait_for(&file, path)?;
            let now = file.metadata().map_err(|source| failed(path, "opened", source))?;
            if is_at(path, &now) {
                return Ok(Self { size: now.len(), file, path: path.to_owned() });
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
        link_of(&self.file, self.size).map_err(|source| failed(&self.path, "read", source))
    }

    /// Writes the line behind all others, whole or not at all.
    pub fn append(&mut self, line: &[u8]) -> Result<(), AuditError> {
        self.file.write_all(line).map_err(|source| {
            // The failure to write is what must be told; what is left of the line is found by the next one.
            drop(self.file.set_len(self.size));
            failed(&self.path, "written", source)
        })
    }

    /// Waits for the disk.
    pub fn sync(&self) -> Result<(), AuditError> {
        self.file.sync_data().map_err(|source| failed(&self.path, "written", source))
    }
}

/// What follows on a file that is read only.
pub fn link_at_end(path: &Path) -> io::Result<Option<Link>> {
    let file = File::open(path)?;
    let size = file.metadata()?.len();
    if size == 0 { Ok(None) } else { link_of(&file, size).map(Some) }
}

fn link_of(mut file: &File, size: u64) -> io::Result<Link> {
    let mut tail = Vec::new();
    for reach in [NEAR_END, FAR_END] {
        tail.clear();
        // In one go: a buffer that grows is read into piece by piece.
        tail.reserve(usize::try_from(reach.min(size)).unwrap_or_default() + 32);
        file.seek(SeekFrom::Start(size.saturating_sub(reach)))?;
        file.take(reach).read_to_end(&mut tail)?;
        if let Some(link) = Link::after(&tail) {
            return Ok(link);
        }
    }
    Ok(Link::after_ruin(&tail))
}

/// Keeps all others from writing; `None` where there is no file.
pub fn hold(path: &Path) -> Result<Option<File>, AuditError> {
    match options(Use::Reading).open(path) {
        Ok(file) => wait_for(&file, path).map(|()| Some(file)),
        Err(source) if source.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(not_opened(path, source)),
    }
}

/// A new file is made in no folder that is not this user's or root's.
fn open_or_make(path: &Path) -> Result<File, AuditError> {
    match options(Use::Appending).open(path) {
        Err(source) if source.kind() == io::ErrorKind::NotFound => {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            files::create_private_folder(folder).map_err(|source| failed(path, "made", source))?;
            options(Use::Making).open(path).map_err(|source| not_opened(path, source))
        }
        opened => opened.map_err(|source| not_opened(path, source)),
    }
}

/// What a file is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    Reading,
    Appending,
    /// Appending to what may not be there yet.
    Making,
}

fn options(purpose: Use) -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).append(purpose != Use::Reading).create(purpose == Use::Making);
    #[cfg(unix)]
    {
        use nix::fcntl::OFlag;
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600).custom_flags((OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK).bits());
    }
    options
}

#[cfg(unix)]
fn not_opened(path: &Path, source: io::Error) -> AuditError {
    match source.raw_os_error().map(nix::errno::Errno::from_raw) {
        Some(nix::errno::Errno::ELOOP) => AuditError::Unfit { path: path.to_owned(), what: "a symbolic link" },
        _ => failed(path, "opened", source),
    }
}

#[cfg(not(unix))]
fn not_opened(path: &Path, source: io::Error) -> AuditError {
    failed(path, "opened", source)
}

fn check(path: &Path, metadata: &Metadata) -> Result<(), AuditError> {
    let unfit = |what| Err(AuditError::Unfit { path: path.to_owned(), what });
    if !metadata.is_file() {
        return unfit("not a regular file");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        if crate::sys::user::effective_uid().ok() != Some(metadata.uid()) {
            return unfit("another user's file");
        }
        if metadata.mode() & 0o022 != 0 {
            return unfit("open to be written by others");
        }
    }
    Ok(())
}

fn wait_for(file: &File, path: &Path) -> Result<(), AuditError> {
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
fn is_at(path: &Path, open: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::symlink_metadata(path).is_ok_and(|found| (found.dev(), found.ino()) == (open.dev(), open.ino()))
}

#[cfg(not(unix))]
fn is_at(_path: &Path, _open: &Metadata) -> bool {
    true
}
