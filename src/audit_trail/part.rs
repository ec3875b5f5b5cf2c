//! One file of a trail, to be read: as large as it was when it was opened. Like one that is written to, it is never a link,
//! and nothing else than this user's own regular file, so that nobody waits for a pipe in its place.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::appending::{self, wait_for};
use super::failed;
use crate::model::audit::chain::Link;
use crate::ports::{AuditError, TrailFile};

/// How much of the end is looked through for the last line: first this, which has room for any usual one.
const NEAR_END: u64 = 1_024;
/// And then this, which has room for the longest one and what may have been torn behind it.
const FAR_END: u64 = 65_536;
/// What a trail is made with; the user's mask may take some of it. A crash may leave such a file with nothing in it.
#[cfg(unix)]
const OWN_MODE: u32 = 0o600;

pub struct Part {
    file: File,
    path: PathBuf,
    size: u64,
}

/// The file at a path; `None` where there is none.
pub fn open(path: &Path) -> Result<Option<Part>, AuditError> {
    let file = match options().read(true).open(path) {
        Ok(file) => file,
        Err(source) if source.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(not_opened(path, source)),
    };
    let metadata = look_at(&file, path)?;
    check(path, &metadata)?;
    Ok(Some(Part { size: metadata.len(), file, path: path.to_owned() }))
}

/// The same, with all others kept from writing until [`Part::let_go`].
pub fn hold(path: &Path) -> Result<Option<Part>, AuditError> {
    loop {
        let Some(part) = open(path)? else { return Ok(None) };
        wait_for(&part.file, path)?;
        let now = look_at(&part.file, path)?;
        if appending::is_at(path, &now) {
            return Ok(Some(Part { size: now.len(), ..part }));
        }
    }
}

impl Part {
    /// Lets the others write again. A lock that can't be given back ends with the file.
    pub fn let_go(&self) {
        drop(self.file.unlock());
    }

    /// What follows on its last line; `None` where it is empty.
    pub fn link(&self) -> Result<Option<Link>, AuditError> {
        if self.size == 0 {
            return Ok(None);
        }
        link_of(&self.file, &self.path, self.size).map(Some)
    }

    pub fn into_file(self) -> TrailFile {
        TrailFile { path: self.path, content: Box::new(self.file.take(self.size)) }
    }
}

/// What follows on a file of this size. One that holds something else than a trail, whole or torn, is not written to.
pub fn link_of(file: &File, path: &Path, size: u64) -> Result<Link, AuditError> {
    let bytes = |at: u64, length: u64| {
        let mut bytes = vec![0; usize::try_from(length).unwrap_or_default()];
        read_at(file, &mut bytes, at).map(|()| bytes).map_err(|source| failed(path, "read", source))
    };
    let mut tail = Vec::new();
    for reach in [NEAR_END, FAR_END] {
        let reach = reach.min(size);
        tail = bytes(size - reach, reach)?;
        if let Some(link) = Link::after(&tail) {
            return Ok(link);
        }
    }
    match Link::may_begin(&bytes(0, NEAR_END.min(size))?) {
        true => Ok(Link::after_ruin(&tail)),
        false => Err(AuditError::Unfit { path: path.to_owned(), what: "a file of something else" }),
    }
}

#[cfg(unix)]
fn read_at(file: &File, bytes: &mut [u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, at)
}

#[cfg(not(unix))]
fn read_at(mut file: &File, bytes: &mut [u8], at: u64) -> io::Result<()> {
    use std::io::{Seek, SeekFrom};
    file.seek(SeekFrom::Start(at))?;
    file.read_exact(bytes)
}

/// How any file of a trail is opened.
pub fn options() -> OpenOptions {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "there is nothing to set"))]
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    {
        use nix::fcntl::OFlag;
        std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, (OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK).bits());
    }
    options
}

pub fn look_at(file: &File, path: &Path) -> Result<Metadata, AuditError> {
    file.metadata().map_err(|source| failed(path, "opened", source))
}

#[cfg(unix)]
pub fn not_opened(path: &Path, source: io::Error) -> AuditError {
    match source.raw_os_error().map(nix::errno::Errno::from_raw) {
        Some(nix::errno::Errno::ELOOP) => AuditError::Unfit { path: path.to_owned(), what: "a symbolic link" },
        _ => failed(path, "opened", source),
    }
}

#[cfg(not(unix))]
pub fn not_opened(path: &Path, source: io::Error) -> AuditError {
    failed(path, "opened", source)
}

/// Refuses what is no file of a trail.
pub fn check(path: &Path, metadata: &Metadata) -> Result<(), AuditError> {
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
        let mode = metadata.mode() & 0o7777;
        if metadata.len() == 0 && mode & !OWN_MODE != 0 {
            return Err(AuditError::Blank { path: path.to_owned(), mode });
        }
    }
    Ok(())
}
