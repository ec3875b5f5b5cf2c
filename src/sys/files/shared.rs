//! Changing a file that other programs write as well and know nothing of afed's locks: what they wrote since it was read
//! is read again and never taken back. Nothing but a regular file is opened, replaced or waited for.

use std::fs;
use std::io;
use std::path::Path;

use super::reading::irregular;
use super::{
    Mode, folder_of, follow_links, own_path, refuse_foreign_links, says_there_is_none, sync_folder, temporary,
    write_beside,
};

/// How often a file is read again because somebody else has written it meanwhile.
const ATTEMPTS: usize = 10;

/// Why a file could not be changed.
#[derive(Debug, thiserror::Error)]
pub enum SharedFileError {
    #[error("it can't be read")]
    Read(#[source] io::Error),
    #[error("it can't be written")]
    Write(#[source] io::Error),
    /// Nobody may write it, its owner included, and that is how somebody wanted it.
    #[error("it is read-only")]
    ReadOnly,
}

/// What ended a change: the file, or what was to be made of it.
#[derive(Debug)]
pub enum ChangeError<E> {
    File(SharedFileError),
    Edit(E),
}

impl<E> From<SharedFileError> for ChangeError<E> {
    fn from(error: SharedFileError) -> Self {
        Self::File(error)
    }
}

/// A file that was changed, or left as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Changed {
    /// Further hard links that the file had: they lead to the old content, as the new one is another file.
    pub names_left_behind: u64,
}

/// The bytes of the file; `None` where there is none, and for `/dev/null`, by which people say that there is none. No other
/// user's link leads to any: whoever has made it would choose what is read, such as keys that are theirs.
pub fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    refuse_foreign_links(path)?;
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if says_there_is_none(&error) => return Ok(None),
        Err(error) => return Err(error),
    };
    if metadata.is_file() {
        return super::read_optional(path);
    }
    if own_path(path)? == Path::new("/dev/null") { Ok(None) } else { Err(irregular(&metadata)) }
}

/// Replaces the file by what `edit` makes of its bytes; on `None` it stays. Mode and owner are kept, links are followed.
///
/// Just before the file is replaced it is read once more. If it is no longer what `edit` was given, all begins anew.
pub fn change<E>(
    path: &Path,
    mut edit: impl FnMut(&[u8]) -> Result<Option<Vec<u8>>, E>,
) -> Result<Changed, ChangeError<E>> {
    for _ in 0..ATTEMPTS {
        let before = read(path).map_err(SharedFileError::Read)?;
        let after = edit(before.as_deref().unwrap_or_default()).map_err(ChangeError::Edit)?;
        let Some(after) = after else { return Ok(Changed { names_left_behind: 0 }) };
        let names = check_replaceable(path)?;
        if replace_if(path, before.as_deref(), &after).map_err(SharedFileError::Write)? {
            return Ok(Changed { names_left_behind: names.saturating_sub(1) });
        }
    }
    let error = io::Error::other("another program writes it again and again");
    Err(SharedFileError::Write(error).into())
}

fn replace_if(path: &Path, before: Option<&[u8]>, after: &[u8]) -> io::Result<bool> {
    let target = follow_links(path)?;
    temporary::sweep(folder_of(&target));
    let temporary = write_beside(&target, after, Mode::Kept)?;
    temporary.as_file().sync_all()?;
    if read(path)?.as_deref() != before {
        return Ok(false);
    }
    temporary.persist(&target).map_err(|error| error.error)?;
    sync_folder(folder_of(&target))?;
    Ok(true)
}

/// How many names the file has.
fn check_replaceable(path: &Path) -> Result<u64, SharedFileError> {
    match fs::metadata(path) {
        Ok(metadata) if !metadata.is_file() => Err(SharedFileError::Write(irregular(&metadata))),
        Ok(metadata) if metadata.permissions().readonly() => Err(SharedFileError::ReadOnly),
        Ok(metadata) => Ok(count_of_names(&metadata)),
        Err(error) if says_there_is_none(&error) => Ok(1),
        Err(error) => Err(SharedFileError::Write(error)),
    }
}

#[cfg(unix)]
fn count_of_names(metadata: &fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::nlink(metadata)
}

#[cfg(not(unix))]
fn count_of_names(_metadata: &fs::Metadata) -> u64 {
    1
}

/// Whether others than the owner may read the file.
#[cfg(unix)]
pub fn is_open_to_others(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0)
}

/// Elsewhere the folder's rights decide.
#[cfg(not(unix))]
pub fn is_open_to_others(_path: &Path) -> bool {
    false
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::super::put;
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};

    type Never = std::convert::Infallible;

    fn append(path: &Path) -> Result<Changed, ChangeError<Never>> {
        change(path, |bytes| Ok(Some([bytes, b"new\n"].concat())))
    }

    #[test]
    fn what_another_program_writes_meanwhile_is_kept() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("config");
        put(&path, b"old\n").unwrap();
        let mut readings = 0_usize;
        let changed = change::<Never>(&path, |bytes| {
            readings += 1;
            if readings == 1 {
                put(&path, b"old\ntheirs\n").unwrap();
            }
            Ok(Some([bytes, b"ours\n"].concat()))
        });
        assert!(changed.is_ok());
        assert_eq!((fs::read_to_string(&path).unwrap().as_str(), readings), ("old\ntheirs\nours\n", 2));
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1);
    }

    #[test]
    fn who_never_stops_writing_wins() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("config");
        let mut readings = 0_usize;
        let outcome = change::<Never>(&path, |_| {
            readings += 1;
            put(&path, readings.to_string().as_bytes()).unwrap();
            Ok(Some(b"ours".to_vec()))
        });
        assert!(matches!(outcome, Err(ChangeError::File(SharedFileError::Write(_)))));
        assert_eq!(fs::read_to_string(&path).unwrap(), ATTEMPTS.to_string());
    }

    #[test]
    fn links_of_every_kind_lead_to_the_file_that_is_changed() {
        let root = tempfile::tempdir().unwrap();
        let at = |name: &str| root.path().join(name);
        fs::create_dir(at("dotfiles")).unwrap();
        fs::create_dir(at("aws")).unwrap();
        symlink("../second", at("aws/relative")).unwrap();
        symlink(at("dotfiles/config"), at("second")).unwrap();
        append(&at("aws/relative")).unwrap();
        assert_eq!(fs::read_to_string(at("dotfiles/config")).unwrap(), "new\n", "the file was not there before");
        fs::set_permissions(at("dotfiles/config"), fs::Permissions::from_mode(0o644)).unwrap();
        append(&at("aws/relative")).unwrap();
        assert_eq!(fs::read_to_string(at("dotfiles/config")).unwrap(), "new\nnew\n");
        assert_eq!(fs::metadata(at("dotfiles/config")).unwrap().permissions().mode() & 0o777, 0o644);
        assert!(fs::symlink_metadata(at("aws/relative")).unwrap().is_symlink());
        symlink("loop", at("loop")).unwrap();
        assert!(matches!(append(&at("loop")), Err(ChangeError::File(_))));
        symlink("/proc/afed/config", at("closed")).unwrap();
        assert!(matches!(append(&at("closed")), Err(ChangeError::File(SharedFileError::Write(_)))));
    }

    #[test]
    fn the_other_names_of_a_file_keep_the_old_content() {
        let root = tempfile::tempdir().unwrap();
        let (path, backup) = (root.path().join("config"), root.path().join("backup"));
        put(&path, b"old\n").unwrap();
        fs::hard_link(&path, &backup).unwrap();
        assert_eq!(append(&path).ok(), Some(Changed { names_left_behind: 1 }));
        assert_eq!(fs::read_to_string(&backup).unwrap(), "old\n");
        assert_eq!(append(&path).ok(), Some(Changed { names_left_behind: 0 }));
    }

    #[test]
    fn only_regular_files_that_may_be_written_are_replaced() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("config");
        nix::unistd::mkfifo(&path, nix::sys::stat::Mode::S_IRWXU).unwrap();
        assert!(matches!(append(&path), Err(ChangeError::File(SharedFileError::Read(_)))), "a pipe is not waited for");
        assert!(matches!(append(root.path()), Err(ChangeError::File(SharedFileError::Read(_)))));
        fs::remove_file(&path).unwrap();
        put(&path, b"").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
        assert!(matches!(append(&path), Err(ChangeError::File(SharedFileError::ReadOnly))));
        assert!(!is_open_to_others(&path));
        let null = root.path().join("null");
        symlink("/dev/null", &null).unwrap();
        assert_eq!(read(&null).unwrap(), None);
        assert!(matches!(append(&null), Err(ChangeError::File(SharedFileError::Write(_)))));
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
    }
}
