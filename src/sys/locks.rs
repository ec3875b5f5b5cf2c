//! Locks between processes: an operating-system lock on a file, which ends with its holder however that ends.
//! A lock's file may be taken away while nobody holds it: whoever has locked a file that is not in its place any more
//! begins again, so there are never two holders.

use std::fmt;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use super::files;
use crate::ports::{Onlooker, Wait};

/// Held while it lives.
#[derive(Debug)]
pub struct FileLock {
    _file: File,
}

/// Why a lock was not had.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Somebody else held it all the time.
    #[error("held by another process for {} s", .after.as_secs_f32())]
    Held { pid: Option<u32>, after: Duration },
    /// Its holder was stopped by a signal and will not let go before it is continued.
    #[error("held by the stopped process {pid}")]
    Stopped { pid: u32 },
    #[error(transparent)]
    File(#[from] io::Error),
}

/// Takes the lock on the file, which is made when missing; waits at most this long for another holder.
pub fn acquire(path: &Path, patience: Duration, onlooker: &dyn Onlooker) -> Result<FileLock, LockError> {
    if let Some(folder) = path.parent() {
        files::create_private_folder(folder)?;
    }
    loop {
        let mut file = open(path, Missing::IsMade)?;
        files::unmask_file(&file, &file.metadata()?)?;
        wait_for(&mut file, patience, onlooker)?;
        if is_at(&file, path) {
            leave_pid(&mut file)?;
            return Ok(FileLock { _file: file });
        }
    }
}

/// The process that holds the lock and was stopped by a signal, if there is one. The file is only looked at.
pub fn stopped_holder(path: &Path) -> io::Result<Option<u32>> {
    let mut file = open(path, Missing::Fails)?;
    match file.try_lock_shared() {
        Err(TryLockError::WouldBlock) => Ok(read_pid(&mut file).filter(|pid| is_stopped(*pid))),
        Err(TryLockError::Error(error)) => Err(error),
        Ok(()) => Ok(None),
    }
}

/// Takes the file of a lock away unless somebody holds it, without waiting; says whether it did. One that is gone already
/// was taken by somebody else.
pub fn remove_free(path: &Path) -> io::Result<bool> {
    let file = match open(path, Missing::Fails) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        opened => opened?,
    };
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Interrupted => remove_free(path),
        Err(TryLockError::Error(error)) => Err(error),
        Ok(()) if CAN_BE_TOLD_APART && is_at(&file, path) => std::fs::remove_file(path).map(|()| true),
        Ok(()) => Ok(false),
    }
}

/// What becomes of a lock's file that is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Missing {
    IsMade,
    Fails,
}

/// Opens the file of a lock, and nothing else in its place: through a link, the pid would be written over a file of
/// somebody's, which for root may be anybody's.
fn open(path: &Path, missing: Missing) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(missing == Missing::IsMade).truncate(false);
    #[cfg(unix)]
    {
        use nix::fcntl::OFlag;
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600).custom_flags((OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK).bits());
    }
    let in_words = |error| if path.is_symlink() { io::Error::other("it is a symbolic link") } else { error };
    let file = options.open(path).map_err(in_words)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(io::Error::other("it is not a regular file")) }
}

/// Whether an open file can be told from another that has taken its place; where not, no lock's file is taken away.
const CAN_BE_TOLD_APART: bool = cfg!(unix);

/// Whether the path still leads to this open file.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let identity = |metadata: std::fs::Metadata| (metadata.dev(), metadata.ino());
    match (file.metadata(), std::fs::metadata(path)) {
        (Ok(held), Ok(found)) => identity(held) == identity(found),
        _ => false,
    }
}

#[cfg(not(unix))]
fn is_at(_file: &File, _path: &Path) -> bool {
    true
}

fn wait_for(file: &mut File, patience: Duration, onlooker: &dyn Onlooker) -> Result<(), LockError> {
    const LONGEST_NAP: Duration = Duration::from_millis(50);
    let start = Instant::now();
    let mut nap = Duration::from_millis(1);
    let mut wait: Option<Wait> = None;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(TryLockError::Error(error)) => return Err(error.into()),
            Err(TryLockError::WouldBlock) => {}
        }
        let holder = read_pid(file);
        if start.elapsed() >= patience {
            return Err(LockError::Held { pid: holder, after: patience });
        }
        if let Some(pid) = holder.filter(|pid| is_stopped(*pid)) {
            return Err(LockError::Stopped { pid });
        }
        wait.get_or_insert_with(|| onlooker.waiting_for(&AnotherAfed(holder)));
        std::thread::sleep(nap.min(patience.saturating_sub(start.elapsed())));
        nap = (nap * 2).min(LONGEST_NAP);
    }
}

/// Whether the process was stopped by a signal (`T`) or a debugger (`t`), as proc(5) has it.
#[cfg(target_os = "linux")]
fn is_stopped(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The name before the state is in parentheses and may hold some itself.
    stat.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with(['T', 't']))
}

#[cfg(not(target_os = "linux"))]
fn is_stopped(_pid: u32) -> bool {
    false
}

/// Who holds the lock, where that is known.
struct AnotherAfed(Option<u32>);

impl fmt::Display for AnotherAfed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(pid) => write!(formatter, "another afed (process {pid})"),
            None => formatter.write_str("another afed"),
        }
    }
}

/// The holder's pid, for people to read and to see whether it was stopped.
fn leave_pid(file: &mut File) -> io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    write!(file, "{}", std::process::id())
}

fn read_pid(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.rewind().ok()?;
    file.take(16).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::Nobody;

    #[test]
    fn a_held_lock_names_its_holder_and_a_dropped_one_is_free() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("locks/one");
        let held = acquire(&path, Duration::ZERO, &Nobody).unwrap();
        match acquire(&path, Duration::from_millis(5), &Nobody) {
            Err(LockError::Held { pid, .. }) => assert_eq!(pid, Some(std::process::id())),
            other => panic!("{other:?}"),
        }
        drop(held);
        acquire(&path, Duration::ZERO, &Nobody).unwrap();
    }

    #[test]
    #[cfg(unix)]
    fn a_file_is_taken_away_only_while_nobody_holds_it() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("one");
        assert!(!remove_free(&path).unwrap());
        let held = acquire(&path, Duration::ZERO, &Nobody).unwrap();
        assert!(!remove_free(&path).unwrap() && path.exists());
        drop(held);
        assert!(remove_free(&path).unwrap() && !path.exists());
    }

    #[test]
    #[cfg(unix)]
    fn nothing_is_written_through_a_link_and_no_pipe_is_waited_for() {
        let root = tempfile::tempdir().unwrap();
        let at = |name: &str| root.path().join(name);
        files::put(&at("theirs"), b"precious").unwrap();
        std::os::unix::fs::symlink("theirs", at("link")).unwrap();
        std::os::unix::fs::symlink("nowhere", at("dangling")).unwrap();
        nix::unistd::mkfifo(&at("pipe"), nix::sys::stat::Mode::S_IRWXU).unwrap();
        for name in ["link", "dangling", "pipe"] {
            assert!(matches!(acquire(&at(name), Duration::ZERO, &Nobody), Err(LockError::File(_))), "{name}");
            assert!(stopped_holder(&at(name)).is_err() && remove_free(&at(name)).is_err(), "{name}");
        }
        assert_eq!(std::fs::read_to_string(at("theirs")).unwrap(), "precious");
        assert!(!at("nowhere").exists());
    }

    #[test]
    #[cfg(unix)]
    fn taking_files_away_never_makes_two_holders() {
        use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
        const ROUNDS: u32 = 200;
        let root = tempfile::tempdir().unwrap();
        let (path, holders, done) = (root.path().join("one"), AtomicU32::new(0), AtomicU32::new(0));
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..ROUNDS {
                        let held = acquire(&path, Duration::from_secs(60), &Nobody).unwrap();
                        assert_eq!(holders.fetch_add(1, SeqCst), 0);
                        std::thread::yield_now();
                        holders.fetch_sub(1, SeqCst);
                        drop(held);
                    }
                    done.fetch_add(1, SeqCst);
                });
            }
            while done.load(SeqCst) < 4 {
                remove_free(&path).unwrap();
            }
        });
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_stopped_process_is_known_by_its_state() {
        use nix::sys::signal::{Signal, kill};
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let pid = nix::unistd::Pid::from_raw(i32::try_from(child.id()).unwrap());
        assert!(!is_stopped(child.id()));
        kill(pid, Signal::SIGSTOP).unwrap();
        nix::sys::wait::waitpid(pid, Some(nix::sys::wait::WaitPidFlag::WUNTRACED)).unwrap();
        assert!(is_stopped(child.id()));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(!is_stopped(child.id()));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn only_a_stopped_holder_is_told_and_the_file_stays_as_it_is() {
        use nix::sys::signal::{Signal, kill};
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("lock");
        let script = "exec 9>\"$0\"; flock 9; echo $$ >&9; echo held; exec sleep 60";
        let mut child = std::process::Command::new("sh")
            .args(["-c", script])
            .arg(&path)
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let mut held = [0; 5];
        child.stdout.take().unwrap().read_exact(&mut held).unwrap();
        assert_eq!(stopped_holder(&path).unwrap(), None);
        let pid = nix::unistd::Pid::from_raw(i32::try_from(child.id()).unwrap());
        kill(pid, Signal::SIGSTOP).unwrap();
        nix::sys::wait::waitpid(pid, Some(nix::sys::wait::WaitPidFlag::WUNTRACED)).unwrap();
        assert_eq!(stopped_holder(&path).unwrap(), Some(child.id()));
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(stopped_holder(&path).unwrap(), None);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), format!("{pid}\n"));
    }
}
