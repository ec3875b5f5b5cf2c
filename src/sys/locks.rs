//! Locks between processes: an operating-system lock on a file, which ends with its holder however that ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use super::files;

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
pub fn acquire(path: &Path, patience: Duration) -> Result<FileLock, LockError> {
    if let Some(folder) = path.parent() {
        files::create_private_folder(folder)?;
    }
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    wait_for(&mut file, patience)?;
    leave_pid(&mut file)?;
    Ok(FileLock { _file: file })
}

/// The process that holds the lock and was stopped by a signal, if there is one. The file is only looked at.
pub fn stopped_holder(path: &Path) -> io::Result<Option<u32>> {
    let mut file = File::open(path)?;
    match file.try_lock_shared() {
        Err(TryLockError::WouldBlock) => Ok(read_pid(&mut file).filter(|pid| is_stopped(*pid))),
        Err(TryLockError::Error(error)) => Err(error),
        Ok(()) => Ok(None),
    }
}

fn wait_for(file: &mut File, patience: Duration) -> Result<(), LockError> {
    const LONGEST_NAP: Duration = Duration::from_millis(50);
    let start = Instant::now();
    let mut nap = Duration::from_millis(1);
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(()),
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

    #[test]
    fn a_held_lock_names_its_holder_and_a_dropped_one_is_free() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("locks/one");
        let held = acquire(&path, Duration::ZERO).unwrap();
        match acquire(&path, Duration::from_millis(5)) {
            Err(LockError::Held { pid, .. }) => assert_eq!(pid, Some(std::process::id())),
            other => panic!("{other:?}"),
        }
        drop(held);
        acquire(&path, Duration::ZERO).unwrap();
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
