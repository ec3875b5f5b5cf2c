//! Folders that afed writes in. Each is this user's or root's: in anybody else's, as where `sudo -E` has kept somebody's
//! HOME, that one could exchange what is written, and would find files there that they can't use. What would keep a file from
//! being made can be had beforehand, and nothing is made for that.

use std::fs::{self, Metadata};
use std::io;
use std::path::Path;

use super::OpenTo;

#[cfg(unix)]
use crate::model::trust::{Distrusted, Doubt};

/// As many links as the kernel follows for one path.
pub const LONGEST_CHAIN: u32 = 40;

#[cfg(unix)]
const OWNERS: u32 = 0o700;

/// Makes the folder and its missing parents, for nobody but this user, and for this user whatever the user's mask takes.
pub fn create_private_folder(path: &Path) -> io::Result<()> {
    refuse_foreign_links(path)?;
    create_with_parents(path, OpenTo::OwnerAlone)
}

/// The same for everybody whom the user's mask lets in.
pub fn create_public_folder(path: &Path) -> io::Result<()> {
    refuse_foreign_links(path)?;
    create_with_parents(path, OpenTo::Others)
}

fn create_with_parents(path: &Path, open_to: OpenTo) -> io::Result<()> {
    match check(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            if let Some(above) = above(path) {
                create_with_parents(above, open_to)?;
            }
            create_one_folder(path, open_to)
        }
        checked => checked,
    }
}

/// Fails where [`create_private_folder`] would, or where no file can be made in what it makes. Nothing is made.
pub fn foresee_private_folder(path: &Path) -> io::Result<()> {
    refuse_foreign_links(path)?;
    foresee_with_parents(&std::path::absolute(path)?)
}

fn foresee_with_parents(path: &Path) -> io::Result<()> {
    match (check(path), above(path)) {
        (Err(error), Some(above)) if error.kind() == io::ErrorKind::NotFound => foresee_with_parents(above),
        (checked, _) => checked.and_then(|()| refuse_unwritable(path)),
    }
}

/// Fails where this user can make nothing in the folder: by its mode, or because its file system is read-only or full.
#[cfg(unix)]
fn refuse_unwritable(folder: &Path) -> io::Result<()> {
    use nix::errno::Errno;
    use nix::fcntl::{AT_FDCWD, AtFlags};
    use nix::unistd::{AccessFlags, faccessat, geteuid};
    faccessat(AT_FDCWD, folder, AccessFlags::W_OK | AccessFlags::X_OK, AtFlags::AT_EACCESS)?;
    let system = nix::sys::statvfs::statvfs(folder)?;
    // What is set aside for root is of use to root alone.
    let left = if geteuid().is_root() { system.blocks_free() } else { system.blocks_available() };
    // Where nothing is counted, nothing is known. A new file takes a place of its own besides its room.
    let is_full = (system.blocks() > 0 && left == 0) || (system.files() > 0 && system.files_free() == 0);
    if is_full { Err(Errno::ENOSPC.into()) } else { Ok(()) }
}

/// Here the attempt itself will tell.
#[cfg(not(unix))]
fn refuse_unwritable(_folder: &Path) -> io::Result<()> {
    Ok(())
}

/// Fails where the folder, or a link on the way to it, is somebody else's.
pub fn refuse_foreign_folder(folder: &Path) -> io::Result<()> {
    refuse_foreign_links(folder)?;
    match fs::metadata(folder) {
        Ok(found) => refuse_foreign(folder, &found),
        Err(_) => Ok(()),
    }
}

/// The folder that a path is in, where it is not the current one.
pub fn above(path: &Path) -> Option<&Path> {
    path.parent().filter(|folder| !folder.as_os_str().is_empty())
}

/// The folder itself, and the link that it may be.
fn check(folder: &Path) -> io::Result<()> {
    refuse_foreign(folder, &fs::symlink_metadata(folder)?)?;
    // Where a link leads nowhere, there is no folder to be made either.
    let metadata = fs::metadata(folder).map_err(|_| io::Error::from(io::ErrorKind::NotADirectory))?;
    refuse_foreign(folder, &metadata)?;
    if metadata.is_dir() { Ok(()) } else { Err(io::ErrorKind::NotADirectory.into()) }
}

fn create_one_folder(path: &Path, open_to: OpenTo) -> io::Result<()> {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "there are no modes to set"))]
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    if open_to == OpenTo::OwnerAlone {
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, OWNERS);
    }
    match builder.create(path) {
        Ok(()) if open_to == OpenTo::OwnerAlone => unmask_folder(path),
        Ok(()) => let_owner_in(path),
        // Another process has just made it.
        Err(_) if path.is_dir() => check(path),
        Err(error) => Err(error),
    }
}

/// Fails where a link of somebody else's leads on, anywhere on the way to the path.
pub fn refuse_foreign_links(path: &Path) -> io::Result<()> {
    let mut links_left = LONGEST_CHAIN;
    walk(path, &mut links_left)
}

fn walk(path: &Path, links_left: &mut u32) -> io::Result<()> {
    let mut parts: Vec<&Path> = path.ancestors().filter(|part| !part.as_os_str().is_empty()).collect();
    parts.reverse();
    for part in parts {
        // What is not there leads nowhere, and what can't be looked at is not used either.
        let Ok(found) = fs::symlink_metadata(part) else { return Ok(()) };
        if found.is_symlink() {
            refuse_foreign(part, &found)?;
            *links_left = links_left.checked_sub(1).ok_or_else(|| io::Error::other("too many symbolic links"))?;
            walk(&part.parent().unwrap_or(Path::new(".")).join(fs::read_link(part)?), links_left)?;
        }
    }
    Ok(())
}

/// Fails where what is there belongs to somebody else.
#[cfg(unix)]
pub fn refuse_foreign(path: &Path, found: &Metadata) -> io::Result<()> {
    match super::access_of(found).doubt(crate::sys::user::effective_uid()?) {
        Some(doubt @ Doubt::OfSomebodyElse { .. }) => {
            Err(io::Error::other(Distrusted { path: path.to_owned(), doubt }))
        }
        // Others may write in some, such as /tmp.
        Some(Doubt::WritableByOthers { .. }) | None => Ok(()),
    }
}

/// Here files have no owner that could be asked for.
#[cfg(not(unix))]
pub fn refuse_foreign(_path: &Path, _found: &Metadata) -> io::Result<()> {
    Ok(())
}

/// The user's mask may have taken from a new folder what its owner needs, too, to put something there.
#[cfg(unix)]
fn let_owner_in(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let is_whole = fs::symlink_metadata(folder)?.permissions().mode() & OWNERS == OWNERS;
    if is_whole { Ok(()) } else { unmask_folder(folder) }
}

#[cfg(not(unix))]
fn let_owner_in(_folder: &Path) -> io::Result<()> {
    Ok(())
}

/// Gives a new folder the mode that it was to have, of which the user's mask has taken some.
#[cfg(unix)]
pub fn unmask_folder(folder: &Path) -> io::Result<()> {
    fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(OWNERS))
}

#[cfg(not(unix))]
pub fn unmask_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn a_folder_is_made_where_there_is_none_and_nowhere_else() {
        let root = tempfile::tempdir().unwrap();
        let at = |name: &str| root.path().join(name);
        create_private_folder(&at("a/b/c")).unwrap();
        create_private_folder(&at("a/b/c")).unwrap();
        create_private_folder(Path::new(".")).unwrap();
        fs::File::create_new(at("file")).unwrap();
        symlink("a", at("link")).unwrap();
        symlink("nowhere", at("dangling")).unwrap();
        create_private_folder(&at("link/d")).unwrap();
        for name in ["file", "file/below", "dangling", "dangling/below"] {
            assert!(create_private_folder(&at(name)).is_err(), "{name}");
        }
        assert!(at("a/d").is_dir() && !at("nowhere").exists());
    }

    #[test]
    fn what_keeps_a_folder_from_being_made_is_known_before_and_nothing_is_made() {
        let root = tempfile::tempdir().unwrap();
        let at = |name: &str| root.path().join(name);
        fs::create_dir(at("a")).unwrap();
        fs::File::create_new(at("file")).unwrap();
        symlink("a", at("link")).unwrap();
        symlink("nowhere", at("dangling")).unwrap();
        for name in ["a", "a/b/c", "link/d", "new"] {
            foresee_private_folder(&at(name)).unwrap();
        }
        foresee_private_folder(Path::new(".")).unwrap();
        for name in ["file", "file/below", "dangling", "dangling/below"] {
            assert!(foresee_private_folder(&at(name)).is_err(), "{name}");
        }
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 4);
        assert_eq!(fs::read_dir(at("a")).unwrap().count(), 0);
    }
}
