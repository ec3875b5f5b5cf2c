//! Files on their way to their places. Each is locked while it is written; one that nobody holds was left by a run that was
//! killed, may hold a secret, and is swept away by the next run that writes in its folder.
//! Whoever has locked a file that was swept away in that moment begins again, as with the files of locks.

use std::fs;
use std::io;
use std::path::Path;

use tempfile::NamedTempFile;

use super::{OpenTo, TEMPORARY_PREFIX, list, refuse_foreign_folder};

/// How many random letters follow the prefix: more than a word of somebody else's has.
const RANDOM_LETTERS: usize = 12;

/// An empty file in this folder, held by this process.
pub fn create(folder: &Path, open_to: OpenTo) -> io::Result<NamedTempFile> {
    loop {
        let mut builder = tempfile::Builder::new();
        builder.prefix(TEMPORARY_PREFIX).rand_bytes(RANDOM_LETTERS);
        let file = builder.make_in(folder, |path| open_new(path, open_to))?;
        if is_ours(&file) {
            return Ok(file);
        }
    }
}

/// Opened here and not by the builder, whose errors would name the temporary file, which nobody knows.
#[cfg_attr(not(unix), expect(unused_variables, reason = "there are no modes to set"))]
fn open_new(path: &Path, open_to: OpenTo) -> io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    {
        let mode = if open_to == OpenTo::OwnerAlone { 0o600 } else { 0o666 };
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    }
    options.open(path)
}

/// Where there are no locks, nobody sweeps either.
#[cfg(unix)]
fn is_ours(file: &NamedTempFile) -> bool {
    use std::fs::TryLockError;
    !matches!(file.as_file().try_lock(), Err(TryLockError::WouldBlock)) && file.path().exists()
}

#[cfg(not(unix))]
fn is_ours(_file: &NamedTempFile) -> bool {
    true
}

/// Removes what killed runs have left in the folder. What can't be removed stays: it keeps nobody from writing. A folder of
/// somebody else's is left alone, as nothing is written there either.
pub fn sweep(folder: &Path) {
    if refuse_foreign_folder(folder).is_err() {
        return;
    }
    for path in list(folder).unwrap_or_default().iter().filter(|path| is_named_here(path)) {
        drop(remove_if_left(path));
    }
}

fn is_named_here(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_prefix(TEMPORARY_PREFIX));
    name.is_some_and(|rest| rest.len() == RANDOM_LETTERS && rest.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// A link or a pipe of that name is nothing that a run has left.
#[cfg(unix)]
fn remove_if_left(path: &Path) -> io::Result<()> {
    use nix::fcntl::OFlag;
    use std::os::unix::fs::OpenOptionsExt;
    let flags = (OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK).bits();
    let file = fs::OpenOptions::new().read(true).custom_flags(flags).open(path)?;
    if file.metadata()?.is_file() && file.try_lock().is_ok() { fs::remove_file(path) } else { Ok(()) }
}

#[cfg(not(unix))]
fn remove_if_left(_path: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

    #[test]
    fn only_what_nobody_holds_is_swept_away() {
        let root = tempfile::tempdir().unwrap();
        let at = |name: &str| root.path().join(name);
        let held = create(root.path(), OpenTo::OwnerAlone).unwrap();
        let left = create(root.path(), OpenTo::Others).unwrap().keep().unwrap().1;
        let others = [at(".afed-backup"), at("afed-abcdefabcdef"), at(".afed-ab_defabcdef")];
        others.iter().for_each(|path| drop(fs::File::create(path).unwrap()));
        nix::unistd::mkfifo(&at(".afed-fifofifo1234"), nix::sys::stat::Mode::S_IRWXU).unwrap();
        std::os::unix::fs::symlink("afed-abcdefabcdef", at(".afed-linklink1234")).unwrap();
        fs::create_dir(at(".afed-folderfolder")).unwrap();
        sweep(root.path());
        assert!(held.path().exists() && !left.exists());
        assert!(others.iter().all(|path| path.exists()));
        assert!(
            fs::symlink_metadata(at(".afed-fifofifo1234")).is_ok()
                && fs::symlink_metadata(at(".afed-linklink1234")).is_ok()
        );
        sweep(&at("missing"));
    }

    #[test]
    fn no_sweep_takes_a_file_from_its_writer() {
        const ROUNDS: usize = 500;
        let root = tempfile::tempdir().unwrap();
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !done.load(SeqCst) {
                    sweep(root.path());
                }
            });
            for _ in 0..ROUNDS {
                super::super::put(&root.path().join("file"), b"x").unwrap();
            }
            done.store(true, SeqCst);
        });
    }
}
