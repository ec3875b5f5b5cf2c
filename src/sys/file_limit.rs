//! The limit on the size of files (`ulimit -f`), which whoever starts this process may set. To reach it is a failure like a
//! full disk, which is told and mended as one, and not the signal that ends a process in the middle of a line.

use std::io;

/// From now on the signal ends nothing. A program that is started from here gets it as it would without afed: a handler does
/// not outlive `execve`, and where the signal was ignored there is none. It costs one call where there is no limit.
#[cfg(unix)]
pub fn outlive() {
    use nix::sys::signal::Signal::SIGXFSZ;
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;
    if largest().is_some() && !super::signals::is_ignored(SIGXFSZ) {
        // Whether it came is of no interest: the write says so.
        drop(signal_hook::flag::register(SIGXFSZ as i32, Arc::new(AtomicBool::new(false))));
    }
}

/// Fails where no file may become so large.
#[cfg(unix)]
pub fn allow(size: u64) -> io::Result<()> {
    match largest() {
        Some(largest) if size > largest => Err(io::Error::from(nix::errno::Errno::EFBIG)),
        _ => Ok(()),
    }
}

#[cfg(unix)]
fn largest() -> Option<u64> {
    use nix::sys::resource::{RLIM_INFINITY, Resource, getrlimit};
    getrlimit(Resource::RLIMIT_FSIZE).ok().map(|(largest, _)| largest).filter(|largest| *largest != RLIM_INFINITY)
}

#[cfg(not(unix))]
pub const fn outlive() {}

#[cfg(not(unix))]
pub const fn allow(_size: u64) -> io::Result<()> {
    Ok(())
}
