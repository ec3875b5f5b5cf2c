//! Reading files whole. Nothing but a regular file is read, and nothing is waited for: who puts a pipe or a device in a
//! file's place holds nobody up. What is checked is the open file itself, so that nobody exchanges it in between.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

use super::{folders, says_there_is_none};
#[cfg(unix)]
use crate::model::trust::Distrusted;

/// Far more than anything has that afed reads whole.
const LARGEST: u64 = 256 * 1_024 * 1_024;

/// The bytes of a file, or `None` when there is no such file.
pub fn read_optional(path: &Path) -> io::Result<Option<Vec<u8>>> {
    none_where_absent(open(path).and_then(|(file, metadata)| read(file, &metadata, LARGEST)))
}

/// The bytes of a file of at most this size.
pub fn read_regular(path: &Path, largest: u64) -> io::Result<Vec<u8>> {
    let (file, metadata) = open(path)?;
    read(file, &metadata, largest)
}

/// The same of a file that nobody but this user and root can have written, or put another in its place by a link on the way to
/// it; else the error holds a [`Distrusted`].
///
/// [`Distrusted`]: crate::model::trust::Distrusted
pub fn read_trusted(path: &Path, largest: u64) -> io::Result<Vec<u8>> {
    let (file, metadata) = open(path)?;
    folders::refuse_foreign_links(path)?;
    refuse_distrusted(path, &metadata)?;
    read(file, &metadata, largest)
}

/// The same as [`read_regular`] where no link of another user leads to the file.
pub fn read_unled(path: &Path, largest: u64) -> io::Result<Vec<u8>> {
    folders::refuse_foreign_links(path)?;
    read_regular(path, largest)
}

/// Opens a file for reading piece by piece that is this user's or root's, and that no link of anybody else's leads to.
pub fn open_own(path: &Path) -> io::Result<File> {
    let (file, metadata) = open(path)?;
    folders::refuse_foreign_links(path)?;
    folders::refuse_foreign(path, &metadata)?;
    Ok(file)
}

/// Opens a file for reading piece by piece.
pub fn open_regular(path: &Path) -> io::Result<File> {
    open(path).map(|(file, _)| file)
}

/// Makes nothing of a file that is not there, as opposed to one that can't be got at.
pub fn none_where_absent<T>(found: io::Result<T>) -> io::Result<Option<T>> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(error) if says_there_is_none(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

fn open(path: &Path) -> io::Result<(File, Metadata)> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, nix::fcntl::OFlag::O_NONBLOCK.bits());
    let file = options.open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_file() { Ok((file, metadata)) } else { Err(irregular(&metadata)) }
}

pub(super) fn irregular(metadata: &Metadata) -> io::Error {
    io::Error::other(if metadata.is_dir() { "it is a folder" } else { "it is not a regular file" })
}

/// Room for all is reserved beforehand, so that no copy of a part stays behind.
fn read(file: File, metadata: &Metadata, largest: u64) -> io::Result<Vec<u8>> {
    let size = usize::try_from(metadata.len().min(largest)).unwrap_or_default();
    let mut bytes = Vec::with_capacity(size.saturating_add(1));
    file.take(largest.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > largest {
        return Err(io::Error::other(format!("it has more than {largest} bytes")));
    }
    Ok(bytes)
}

#[cfg(unix)]
fn refuse_distrusted(path: &Path, metadata: &Metadata) -> io::Result<()> {
    let me = crate::sys::user::effective_uid()?;
    match super::access_of(metadata).doubt(me) {
        Some(doubt) => Err(io::Error::other(Distrusted { path: path.to_owned(), doubt })),
        None => Ok(()),
    }
}

/// Here files have no such modes.
#[cfg(not(unix))]
fn refuse_distrusted(_path: &Path, _metadata: &Metadata) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{PermissionsExt, symlink};

    fn cause<T>(result: io::Result<T>) -> String {
        result.err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn nothing_but_a_regular_file_is_read_and_no_writer_is_waited_for() {
        let root = tempfile::tempdir().unwrap();
        let at = |name: &str| root.path().join(name);
        nix::unistd::mkfifo(&at("pipe"), nix::sys::stat::Mode::S_IRWXU).unwrap();
        symlink(at("pipe"), at("link")).unwrap();
        symlink("/dev/zero", at("device")).unwrap();
        for name in ["pipe", "link", "device", "."] {
            let words = if name == "." { "it is a folder" } else { "it is not a regular file" };
            assert_eq!(cause(read_optional(&at(name))), words, "{name}");
            assert_eq!(cause(read_regular(&at(name), 9)), words, "{name}");
            assert_eq!(cause(read_trusted(&at(name), 9)), words, "{name}");
        }
        assert_eq!(read_optional(&at("none")).unwrap(), None);
        assert_eq!(read_optional(&at("pipe").join("below")).unwrap(), None);
    }

    #[test]
    fn a_file_is_read_up_to_its_limit_and_only_while_others_can_not_write_it() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("file");
        super::super::put(&path, b"123456789").unwrap();
        assert_eq!(read_trusted(&path, 9).unwrap(), b"123456789");
        assert_eq!(cause(read_regular(&path, 8)), "it has more than 8 bytes");
        fs::set_permissions(&path, Permissions::from_mode(0o664)).unwrap();
        let words = format!("{} can't be trusted: its mode is 0664, so that others can write it", path.display());
        assert_eq!(cause(read_trusted(&path, 9)), words);
        assert_eq!(read_regular(&path, 9).unwrap(), b"123456789");
        let link = root.path().join("link");
        symlink(&path, &link).unwrap();
        assert!(read_trusted(&link, 9).unwrap_err().get_ref().is_some_and(|error| error.is::<Distrusted>()));
    }
}
