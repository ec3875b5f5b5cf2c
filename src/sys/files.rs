//! Writing small files so that a crash leaves the old or the new, never half, and looking at them; `reading` reads them.
//! What is written here is private: 0600 in folders of 0700, from the first byte on.

mod folders;
mod reading;
pub mod shared;
mod temporary;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::model::file_mark::{FileMark, Watched};
use crate::model::trust::Access;

pub use folders::{
    create_private_folder, foresee_private_folder, refuse_foreign_folder, refuse_foreign_links, unmask_folder,
};
pub use reading::{none_where_absent, open_own, open_regular, read_optional, read_regular, read_trusted, read_unled};

/// How a file is called while it is being written.
pub const TEMPORARY_PREFIX: &str = ".afed-";

#[cfg(unix)]
const PRIVATE: u32 = 0o600;

/// Whether there is no file, as opposed to one that can't be got at. Below something that is no folder there is none.
fn says_there_is_none(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// How the file looks now; a path without a file looks like nothing.
pub fn look(path: &Path) -> io::Result<Watched> {
    let mark = none_where_absent(fs::metadata(path))?.map(|metadata| mark(&metadata));
    Ok(Watched { path: path.to_owned(), mark })
}

#[cfg(unix)]
fn mark(metadata: &fs::Metadata) -> FileMark {
    use std::os::unix::fs::MetadataExt;
    let nanoseconds = |seconds: i64, rest: i64| i128::from(seconds) * 1_000_000_000 + i128::from(rest);
    FileMark {
        size: metadata.len(),
        modified: nanoseconds(metadata.mtime(), metadata.mtime_nsec()),
        changed: nanoseconds(metadata.ctime(), metadata.ctime_nsec()),
        device: metadata.dev(),
        inode: metadata.ino(),
    }
}

#[cfg(not(unix))]
fn mark(metadata: &fs::Metadata) -> FileMark {
    let since_epoch = metadata.modified().ok().and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
    let modified = since_epoch.and_then(|time| i128::try_from(time.as_nanos()).ok()).unwrap_or(i128::MAX);
    FileMark { size: metadata.len(), modified, changed: modified, device: 0, inode: 0 }
}

/// Who may do what with the file that the path leads to; `None` where there is none, or no such thing on this platform.
#[cfg(unix)]
pub fn access(path: &Path) -> io::Result<Option<Access>> {
    Ok(none_where_absent(fs::metadata(path))?.map(|metadata| access_of(&metadata)))
}

#[cfg(unix)]
fn access_of(metadata: &fs::Metadata) -> Access {
    use std::os::unix::fs::MetadataExt;
    Access { mode: metadata.mode() & 0o7777, owner: metadata.uid() }
}

#[cfg(not(unix))]
pub fn access(_path: &Path) -> io::Result<Option<Access>> {
    Ok(None)
}

/// Whether this user may read what the path leads to, by whatever right.
#[cfg(unix)]
pub fn is_readable(path: &Path) -> bool {
    use nix::fcntl::{AT_FDCWD, AtFlags};
    use nix::unistd::{AccessFlags, faccessat};
    faccessat(AT_FDCWD, path, AccessFlags::R_OK, AtFlags::AT_EACCESS).is_ok()
}

#[cfg(not(unix))]
pub fn is_readable(path: &Path) -> bool {
    fs::File::open(path).is_ok()
}

/// The paths in a folder, sorted; none where there is no folder.
pub fn list(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if says_there_is_none(&error) => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut paths = entries.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

/// Whether the temporary files of [`replace`] and [`put`] are called so.
pub fn is_temporary(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(TEMPORARY_PREFIX.as_bytes()))
}

/// The path of a file that all ways to it have in common, through whatever links they lead; there need not be one yet.
pub fn own_path(path: &Path) -> io::Result<PathBuf> {
    let path = std::path::absolute(path)?;
    let standing =
        path.ancestors().find_map(|part| Some((fs::canonicalize(part).ok()?, path.strip_prefix(part).ok()?)));
    Ok(match standing {
        Some((own, rest)) if rest.as_os_str().is_empty() => own,
        Some((own, rest)) => own.join(rest),
        None => path,
    })
}

/// The same, or the path itself where it can't be led there.
pub fn own_path_or_same(path: &Path) -> PathBuf {
    own_path(path).unwrap_or_else(|_| path.to_owned())
}

/// For whom a new file or folder is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum OpenTo {
    OwnerAlone,
    /// Whomever the user's mask lets in.
    Others,
}

/// Who may read a file that is replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// 0600, whatever it was before.
    Private,
    /// What the replaced file had, with its owner; 0600 where there was none.
    Kept,
}

/// Replaces the file at `path` by one with these bytes: a temporary file beside it, synced, then renamed.
///
/// A symbolic link is followed, so that the link stays and its target is replaced.
pub fn replace(path: &Path, bytes: &[u8], mode: Mode) -> io::Result<()> {
    replace_here(&follow_links(path)?, bytes, mode)
}

/// Fails where [`replace`] could put no file. Nothing is made.
pub fn foresee_replacing(path: &Path) -> io::Result<()> {
    foresee_private_folder(folder_of(&follow_links(path)?))
}

/// The same as [`replace`] at exactly this path, for files of afed's own that nobody keeps elsewhere: a symbolic link is replaced.
pub fn replace_here(path: &Path, bytes: &[u8], mode: Mode) -> io::Result<()> {
    let folder = folder_of(path);
    temporary::sweep(folder);
    let temporary = write_beside(path, bytes, mode)?;
    temporary.as_file().sync_all()?;
    temporary.persist(path).map_err(|error| error.error)?;
    sync_folder(folder)
}

/// Puts a private file with these bytes at exactly this path, whole or not at all: what is there is replaced, also where it
/// is a symbolic link. After a crash of the machine it may be gone, as nothing waits for the disk: it is for what can be
/// made anew, and waiting would take longer than all else that is done to make it.
pub fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let temporary = write_beside(path, bytes, Mode::Private)?;
    temporary.persist(path).map(drop).map_err(|error| error.error)
}

/// Puts a file that is for everybody to read at exactly this path, as [`put`] does, and makes its folder. What the user's
/// mask says goes for both, but for what their owner needs.
pub fn publish(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = folder_of(path);
    folders::create_public_folder(folder)?;
    let temporary = temporary::create(folder, OpenTo::Others)?;
    unmask_file(temporary.as_file(), &temporary.as_file().metadata()?)?;
    temporary.as_file().write_all(bytes)?;
    temporary.persist(path).map(drop).map_err(|error| error.error)
}

/// The user's mask may have taken from a new file what its owner needs, too, to open it again.
#[cfg(unix)]
pub fn unmask_file(file: &fs::File, metadata: &fs::Metadata) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let is_whole = metadata.permissions().mode() & PRIVATE == PRIVATE;
    if is_whole { Ok(()) } else { make_private(file) }
}

#[cfg(not(unix))]
pub fn unmask_file(_file: &fs::File, _metadata: &fs::Metadata) -> io::Result<()> {
    Ok(())
}

/// Gives a file to its owner alone, whatever the user's mask has left of its mode.
#[cfg(unix)]
pub fn make_private(file: &fs::File) -> io::Result<()> {
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(PRIVATE))
}

#[cfg(not(unix))]
pub fn make_private(_file: &fs::File) -> io::Result<()> {
    Ok(())
}

/// The folder that a path is in.
pub fn folder_of(path: &Path) -> &Path {
    folders::above(path).unwrap_or(Path::new("."))
}

fn write_beside(path: &Path, bytes: &[u8], mode: Mode) -> io::Result<tempfile::NamedTempFile> {
    let folder = folder_of(path);
    create_private_folder(folder)?;
    let temporary = temporary::create(folder, OpenTo::OwnerAlone)?;
    make_private(temporary.as_file())?;
    if mode == Mode::Kept {
        keep_mode_and_owner(path, temporary.as_file())?;
    }
    // Through the file itself: its errors do not name the temporary file, which nobody knows.
    temporary.as_file().write_all(bytes)?;
    Ok(temporary)
}

/// Takes the file away; where `path` is a symbolic link, the link stays and its target goes.
pub fn remove(path: &Path) -> io::Result<()> {
    fs::remove_file(follow_links(path)?)
}

/// Where a chain of symbolic links ends, whether or not there is a file yet. No other user's link leads anywhere.
fn follow_links(path: &Path) -> io::Result<PathBuf> {
    folders::refuse_foreign_links(path)?;
    let mut current = path.to_owned();
    for _ in 0..folders::LONGEST_CHAIN {
        match fs::read_link(&current) {
            Ok(target) => current = current.parent().unwrap_or(Path::new(".")).join(target),
            Err(_not_a_link) => return Ok(current),
        }
    }
    Err(io::Error::other("too many symbolic links"))
}

#[cfg(unix)]
fn keep_mode_and_owner(path: &Path, file: &fs::File) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};
    let Ok(old) = fs::metadata(path) else { return Ok(()) };
    let new = file.metadata()?;
    if (old.uid(), old.gid()) != (new.uid(), new.gid()) {
        fchown(file, Some(old.uid()), Some(old.gid())).or_else(|error| without_owner(error, &old, &new))?;
    }
    file.set_permissions(old.permissions())
}

/// A group that may do nothing with the file is no loss.
#[cfg(unix)]
fn without_owner(error: io::Error, old: &fs::Metadata, new: &fs::Metadata) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt;
    const GROUP: u32 = 0o070;
    let (owner, group) = (old.uid(), old.gid());
    if error.kind() != io::ErrorKind::PermissionDenied {
        return Err(error);
    }
    let why = if owner != new.uid() {
        format!("it belongs to the user with the id {owner}, and what replaces it would not")
    } else if old.mode() & GROUP != 0 {
        format!("the group with the id {group} may use it, and could not use what replaces it, as you are not in it")
    } else {
        return Ok(());
    };
    Err(io::Error::new(io::ErrorKind::PermissionDenied, why))
}

#[cfg(not(unix))]
fn keep_mode_and_owner(_path: &Path, _file: &fs::File) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    fs::File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn mode_of(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn new_files_and_folders_are_private() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("a/b/file");
        replace(&file, b"x", Mode::Kept).unwrap();
        assert_eq!((mode_of(&file), mode_of(file.parent().unwrap())), (0o600, 0o700));
    }

    #[test]
    fn a_link_stays_and_its_target_is_replaced_with_its_mode() {
        let root = tempfile::tempdir().unwrap();
        let (target, link) = (root.path().join("dotfiles-config"), root.path().join("config"));
        replace(&target, b"old", Mode::Private).unwrap();
        fs::set_permissions(&target, fs::Permissions::from_mode(0o644)).unwrap();
        std::os::unix::fs::symlink("dotfiles-config", &link).unwrap();
        replace(&link, b"new", Mode::Kept).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!((fs::read(&target).unwrap(), mode_of(&target)), (b"new".to_vec(), 0o644));
        replace(&link, b"newer", Mode::Private).unwrap();
        assert_eq!(mode_of(&target), 0o600);
    }

    #[test]
    fn where_no_file_can_be_put_is_known_before_and_where_a_link_leads_decides() {
        let root = tempfile::tempdir().unwrap();
        let at = |name: &str| root.path().join(name);
        put(&at("file"), b"").unwrap();
        for (link, target) in [("new", "folder/new"), ("beside", "none"), ("blocked", "file/below"), ("loop", "loop")] {
            std::os::unix::fs::symlink(target, at(link)).unwrap();
        }
        for name in ["file", "other", "other/folder/file", "new", "beside"] {
            foresee_replacing(&at(name)).unwrap();
        }
        for name in ["file/below", "blocked", "loop"] {
            assert!(foresee_replacing(&at(name)).is_err() && replace(&at(name), b"", Mode::Kept).is_err(), "{name}");
        }
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 5);
    }

    #[test]
    fn all_ways_to_a_file_are_one_path_before_it_is_there_and_after() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path().canonicalize().unwrap();
        fs::create_dir(root.join("dotfiles")).unwrap();
        std::os::unix::fs::symlink("dotfiles", root.join("config")).unwrap();
        let ways = ["dotfiles/file", "config/file", "config/../dotfiles/./file"].map(|way| root.join(way));
        for _ in 0..2 {
            for way in &ways {
                assert_eq!(own_path(way).unwrap(), root.join("dotfiles/file"), "{}", way.display());
            }
            put(&ways[0], b"").unwrap();
        }
        std::os::unix::fs::symlink("dotfiles/file", root.join("link")).unwrap();
        assert_eq!(own_path(&root.join("link")).unwrap(), root.join("dotfiles/file"));
        assert_eq!(own_path(&root.join("no/folder/file")).unwrap(), root.join("no/folder/file"));
        assert_eq!(own_path(&root.join("config/no/file")).unwrap(), root.join("dotfiles/no/file"));
    }

    #[test]
    fn below_a_file_there_is_no_file() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("file");
        replace(&file, b"", Mode::Private).unwrap();
        assert!(read_optional(&file.join("below")).unwrap().is_none());
        assert_eq!(look(&file.join("below")).unwrap().mark, None);
        assert!(read_optional(root.path()).is_err(), "a folder is no missing file");
    }

    #[test]
    fn nothing_but_a_regular_file_is_opened() {
        let root = tempfile::tempdir().unwrap();
        let pipe = root.path().join("pipe");
        nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::S_IRWXU).unwrap();
        for (path, expected) in [(pipe.as_path(), "it is not a regular file"), (root.path(), "it is a folder")] {
            assert_eq!(read_optional(path).unwrap_err().to_string(), expected);
            assert_eq!(read_regular(path, 1).unwrap_err().to_string(), expected);
        }
    }

    #[test]
    fn a_link_where_a_file_is_put_goes_and_its_target_stays() {
        let root = tempfile::tempdir().unwrap();
        let (target, link) = (root.path().join("target"), root.path().join("link"));
        put(&target, b"old").unwrap();
        std::os::unix::fs::symlink("target", &link).unwrap();
        put(&link, b"new").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_file());
        assert_eq!((fs::read(&target).unwrap(), fs::read(&link).unwrap()), (b"old".to_vec(), b"new".to_vec()));
        assert_eq!(mode_of(&link), 0o600);
    }

    #[test]
    fn what_is_published_takes_the_place_of_a_link_or_a_pipe() {
        let root = tempfile::tempdir().unwrap();
        let (target, link, pipe) = (root.path().join("target"), root.path().join("link"), root.path().join("pipe"));
        put(&target, b"old").unwrap();
        std::os::unix::fs::symlink("target", &link).unwrap();
        nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::S_IRWXU).unwrap();
        for path in [&link, &pipe] {
            publish(path, b"new").unwrap();
            assert!(fs::symlink_metadata(path).unwrap().is_file() && mode_of(path) & 0o444 != 0);
        }
        assert_eq!(fs::read(&target).unwrap(), b"old");
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 3);
    }

    #[test]
    fn nothing_temporary_is_left() {
        let root = tempfile::tempdir().unwrap();
        replace(&root.path().join("file"), b"x", Mode::Private).unwrap();
        put(&root.path().join("file"), b"y").unwrap();
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1);
        assert_eq!(
            (fs::read(root.path().join("file")).unwrap(), mode_of(&root.path().join("file"))),
            (b"y".to_vec(), 0o600)
        );
    }
}
