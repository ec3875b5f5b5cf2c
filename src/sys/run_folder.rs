//! A private folder for the time of a run: for no other user, and gone when the last process of the run is. Each process of
//! the run has inherited a lock on it; a folder that nobody holds any more, because all of them were killed, is swept away
//! when the next one is made.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::files;
use super::locks::{self, LockError};
use crate::ports::Onlooker;

/// How long another run is waited for that makes its folder.
const PATIENCE: Duration = Duration::from_secs(10);
const PREFIX: &str = "run-";
/// The file in each folder that its run holds.
const HELD: &str = "held";

/// A folder of this run. When it is dropped it is removed, unless something that the run has started goes on; then it is
/// swept away later.
pub struct RunFolder {
    path: PathBuf,
    held: Option<File>,
}

impl RunFolder {
    /// Makes one below `base`, and sweeps away what killed runs have left there.
    pub fn create(base: &Path, onlooker: &dyn Onlooker) -> Result<Self, LockError> {
        files::create_private_folder(base)?;
        // Whoever could put another file there would have their own program run as a hook. Through a link it would be a folder
        // of something else, to be swept in.
        if cfg!(unix) && (base.is_symlink() || !is_private(base)) {
            return Err(io::Error::other("it is not open to its owner alone").into());
        }
        let _turn = locks::acquire(&base.join("lock"), PATIENCE, onlooker)?;
        sweep(base)?;
        let mut builder = tempfile::Builder::new();
        builder.prefix(PREFIX).rand_bytes(16);
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
        let folder = builder.tempdir_in(base)?;
        files::unmask_folder(folder.path())?;
        let held = File::create_new(folder.path().join(HELD))?;
        files::make_private(&held)?;
        hold(&held)?;
        hand_down(&held)?;
        Ok(Self { path: folder.keep(), held: Some(held) })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for RunFolder {
    fn drop(&mut self) {
        drop(self.held.take());
        remove_if_over(&self.path);
    }
}

/// Whether a folder is this user's and open to nobody else.
#[cfg(unix)]
pub fn is_private(folder: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let own = |metadata: &fs::Metadata| super::user::effective_uid().is_ok_and(|uid| uid == metadata.uid());
    folder.is_absolute()
        && fs::metadata(folder).is_ok_and(|found| found.is_dir() && own(&found) && found.mode() & 0o077 == 0)
}

#[cfg(not(unix))]
pub fn is_private(_folder: &Path) -> bool {
    false
}

/// Whoever makes a folder holds the lock of the base meanwhile, so none is seen before its run holds it.
fn sweep(base: &Path) -> io::Result<()> {
    for entry in fs::read_dir(base)? {
        let entry = entry?;
        let is_ours = entry.file_name().to_str().is_some_and(|name| name.starts_with(PREFIX));
        if is_ours && entry.file_type()?.is_dir() {
            remove_if_over(&entry.path());
        }
    }
    Ok(())
}

/// The folders below `base` that no run holds any more. Nothing is changed; what can't be looked at is not among them.
pub fn left(base: &Path) -> Vec<PathBuf> {
    let is_left = |path: &PathBuf| {
        let is_ours = path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with(PREFIX));
        is_ours && files::open_regular(&path.join(HELD)).is_ok_and(|held| held.try_lock_shared().is_ok())
    };
    let mut found = files::list(base).unwrap_or_default();
    found.retain(is_left);
    found
}

/// What can't be removed now is left to the next run: it holds no secret, and nobody else can read it. Only what a run has
/// held is taken away with all that is in it; a folder that was never held is nobody's run, or a run that got no further.
fn remove_if_over(folder: &Path) {
    match files::open_regular(&folder.join(HELD)) {
        Ok(held) if held.try_lock().is_ok() => drop(fs::remove_dir_all(folder)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => drop(fs::remove_dir(folder)),
        _ => {}
    }
}

/// Nobody else has the file yet, so this waits for nobody; a signal may come all the same.
fn hold(file: &File) -> io::Result<()> {
    loop {
        match file.lock() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}

/// Lets the programs that are started from now on inherit the file, and its lock with it.
#[cfg(unix)]
fn hand_down(file: &File) -> io::Result<()> {
    use nix::fcntl::{FcntlArg, FdFlag, fcntl};
    fcntl(file, FcntlArg::F_SETFD(FdFlag::empty()))?;
    Ok(())
}

#[cfg(not(unix))]
fn hand_down(_file: &File) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::Nobody;
    use std::os::unix::fs::PermissionsExt;

    fn runs(base: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(base).unwrap().map(|entry| entry.unwrap().path());
        entries.filter(|path| path.is_dir()).collect()
    }

    /// Programs that other tests of this process start meanwhile inherit the locks too, for as long as they live.
    fn wait_until(base: &Path, left: &[&Path]) {
        let start = std::time::Instant::now();
        while runs(base) != left {
            assert!(start.elapsed() < Duration::from_secs(30), "{:?}", runs(base));
            std::thread::sleep(Duration::from_millis(5));
            sweep(base).unwrap();
        }
    }

    #[test]
    fn a_folder_is_private_and_gone_with_its_run() {
        let root = tempfile::tempdir().unwrap();
        let base = root.path().join("runs");
        let folder = RunFolder::create(&base, &Nobody).unwrap();
        for path in [base.as_path(), folder.path()] {
            assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o700);
        }
        files::put(&folder.path().join("config"), b"x").unwrap();
        let other = RunFolder::create(&base, &Nobody).unwrap();
        assert_eq!(runs(&base).len(), 2, "a folder that is held is not swept away");
        drop(folder);
        wait_until(&base, &[other.path()]);
    }

    #[test]
    fn a_folder_outlives_its_maker_while_a_program_of_the_run_lives() {
        let root = tempfile::tempdir().unwrap();
        let base = root.path().join("runs");
        let folder = RunFolder::create(&base, &Nobody).unwrap();
        let path = folder.path().to_owned();
        let mut program = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        drop(folder);
        sweep(&base).unwrap();
        assert_eq!(runs(&base), [path.as_path()]);
        program.kill().unwrap();
        program.wait().unwrap();
        wait_until(&base, &[]);
    }

    #[test]
    fn only_folders_of_runs_are_swept_away() {
        let root = tempfile::tempdir().unwrap();
        let base = root.path().join("runs");
        files::create_private_folder(&base).unwrap();
        for folder in ["run-left", "run-empty", "run-theirs", "other"] {
            fs::create_dir(base.join(folder)).unwrap();
        }
        for file in ["run-left/held", "run-left/config", "run-theirs/notes"] {
            fs::File::create(base.join(file)).unwrap();
        }
        std::os::unix::fs::symlink("other", base.join("run-link")).unwrap();
        fs::File::create(base.join("run-file")).unwrap();
        drop(RunFolder::create(&base, &Nobody).unwrap());
        let names = ["run-left", "run-empty", "run-theirs/notes", "other", "run-link", "run-file"];
        assert_eq!(names.map(|name| base.join(name).exists()), [false, false, true, true, true, true]);
    }

    #[test]
    fn no_folder_is_made_or_swept_through_a_link() {
        let root = tempfile::tempdir().unwrap();
        let (theirs, base) = (root.path().join("theirs"), root.path().join("runs"));
        files::create_private_folder(&theirs.join("run-x")).unwrap();
        std::os::unix::fs::symlink("theirs", &base).unwrap();
        assert!(matches!(RunFolder::create(&base, &Nobody), Err(LockError::File(_))));
        assert_eq!(fs::read_dir(&theirs).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_that_others_could_enter_is_not_private() {
        let root = tempfile::tempdir().unwrap();
        for (mode, private) in [(0o700, true), (0o701, false), (0o750, false), (0o770, false)] {
            fs::set_permissions(root.path(), fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(is_private(root.path()), private, "{mode:o}");
        }
        fs::set_permissions(root.path(), fs::Permissions::from_mode(0o770)).unwrap();
        assert!(matches!(RunFolder::create(root.path(), &Nobody), Err(LockError::File(_))));
        assert!(!is_private(&root.path().join("missing")));
        assert!(!is_private(Path::new("relative")));
    }
}
