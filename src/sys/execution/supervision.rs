//! The life of a command beside this process, in the same process group, so that the shell's job control sees one job.
//! What the terminal sends goes to the whole group by itself and is not passed on; what somebody sends to this process is.
//! This process stops when the command stops and ends as it ends.

use std::ffi::OsStr;
use std::io;
use std::process::Command;

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill, raise};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;
use signal_hook::iterator::SignalsInfo;
use signal_hook::iterator::exfiltrator::WithOrigin;
use signal_hook::low_level::siginfo::Origin;

use super::{Ending, ExecutionError, not_run};
use crate::sys::core_images::CoreImages;

/// What is passed on. Of these, the terminal sends the first eight.
const PASSED_ON: [Signal; 11] = [
    Signal::SIGHUP,
    Signal::SIGINT,
    Signal::SIGQUIT,
    Signal::SIGTSTP,
    Signal::SIGTTIN,
    Signal::SIGTTOU,
    Signal::SIGCONT,
    Signal::SIGWINCH,
    Signal::SIGTERM,
    Signal::SIGUSR1,
    Signal::SIGUSR2,
];

/// Signals are taken before the command starts, so none that comes meanwhile is lost or leaves the command alone.
pub fn run(command: &mut Command, program: &OsStr, core_images: CoreImages) -> Result<Ending, ExecutionError> {
    let failed = |source| ExecutionError::Signals { program: program.to_string_lossy().into_owned(), source };
    let taken = PASSED_ON.into_iter().filter(is_heeded).chain([Signal::SIGCHLD]).map(|signal| signal as i32);
    let mut signals = SignalsInfo::<WithOrigin>::new(taken).map_err(failed)?;
    core_images.allow();
    let child = command.spawn();
    core_images.withhold_again();
    let child = child.map_err(|error| not_run(program, error))?;
    let command = i32::try_from(child.id()).map(Pid::from_raw).map_err(|error| failed(io::Error::other(error)))?;
    loop {
        signals.wait().for_each(|origin| pass_on(&origin, command));
        if let Some(ending) = follow(command).map_err(|error| failed(error.into()))? {
            return Ok(ending);
        }
    }
}

/// A signal that this process ignores from its start on, as after `nohup`, must stay ignored in the command: one that is
/// taken here would not be. Only Linux tells which these are.
fn is_heeded(signal: &Signal) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default();
    ignored >> (*signal as i32 - 1) & 1 == 0
}

/// What the command itself sends to its group it has got already; so it has what comes from the terminal.
fn pass_on(origin: &Origin, command: Pid) {
    let sender = origin.process.map(|process| process.pid);
    let signal = Signal::try_from(origin.signal).ok().filter(|signal| *signal != Signal::SIGCHLD);
    if let (Some(sender), Some(signal)) = (sender, signal)
        && sender != command.as_raw()
    {
        // A command that has just ended takes no more signals, and is waited for all the same.
        let _ = kill(command, signal);
    }
}

/// Whether it has ended by now, and how. While it is stopped, so is this process.
fn follow(command: Pid) -> nix::Result<Option<Ending>> {
    match waitpid(command, Some(WaitPidFlag::WNOHANG | WaitPidFlag::WUNTRACED)) {
        Ok(WaitStatus::Exited(_, code)) => Ok(Some(Ending::Exited(u8::try_from(code & 0xff).unwrap_or(u8::MAX)))),
        Ok(WaitStatus::Signaled(_, signal, _)) => Ok(Some(Ending::Killed(signal as i32))),
        Ok(WaitStatus::Stopped(..)) => raise(Signal::SIGSTOP).map(|()| None),
        Ok(_) => Ok(None),
        // It was ended by a signal that has no name.
        Err(Errno::EINVAL) => Ok(Some(Ending::Exited(u8::MAX))),
        Err(error) => Err(error),
    }
}

/// Ends this process by the signal. Comes back where the signal ends nobody.
pub fn die_of(signal: i32) {
    drop(signal_hook::low_level::emulate_default_handler(signal));
}
