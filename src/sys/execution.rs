//! A command of the caller's: run in the place of this process where the system can do that, or beside it until it ends.
//! How it ends is how this process ends, exit code and signal alike.

#[cfg(unix)]
mod supervision;

use std::ffi::{OsStr, OsString};
use std::io;
use std::process::Command;

use super::core_images::CoreImages;
use crate::model::secret::Secret;

/// A command that has not started. It inherits this process's environment but for what is said here.
pub struct Execution {
    program: OsString,
    command: Command,
    withheld: Option<i32>,
    #[cfg_attr(not(unix), expect(dead_code, reason = "there are none"))]
    core_images: CoreImages,
}

/// How a command has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    Exited(u8),
    /// By a signal of this number.
    #[cfg(unix)]
    Killed(i32),
}

/// Why a command does not run.
#[derive(Debug, thiserror::Error)]
pub enum ExecutionError {
    #[error("there is no command “{}”", .program.escape_debug())]
    NoCommand { program: String },
    #[error("the command “{}” can't be run", .program.escape_debug())]
    NotRunnable {
        program: String,
        #[source]
        source: io::Error,
    },
    #[cfg(unix)]
    #[error("signals can't be passed on to the command “{}”", .program.escape_debug())]
    Signals {
        program: String,
        #[source]
        source: io::Error,
    },
}

impl ExecutionError {
    /// Whether nothing of that name is there, as opposed to something that can't be run.
    pub const fn is_absence(&self) -> bool {
        matches!(self, Self::NoCommand { .. })
    }
}

impl Execution {
    pub fn new(program: &OsStr, arguments: &[&OsStr], core_images: CoreImages) -> Self {
        let mut command = Command::new(program);
        command.args(arguments);
        Self { program: program.to_owned(), command, withheld: None, core_images }
    }

    pub fn set(&mut self, name: &str, value: impl AsRef<OsStr>) {
        self.command.env(name, value);
    }

    /// The command and all that it starts see it; it leaves this process in no other way.
    pub fn set_secret(&mut self, name: &str, value: &Secret) {
        self.command.env(name, value.expose());
    }

    pub fn clear(&mut self, name: &str) {
        self.command.env_remove(name);
    }

    /// Keeps an inherited file descriptor from a command that takes the place of this process.
    pub const fn withhold(&mut self, descriptor: Option<i32>) {
        self.withheld = descriptor;
    }

    /// Puts the command in the place of this process; comes back only with a failure.
    #[cfg(unix)]
    pub fn replace(mut self) -> Result<Ending, ExecutionError> {
        // One that is not open is kept from everybody.
        let _ = self.withheld.map(nix::unistd::close);
        self.core_images.allow();
        let error = std::os::unix::process::CommandExt::exec(&mut self.command);
        self.core_images.withhold_again();
        Err(not_run(&self.program, error))
    }

    /// Here no process can take another's place.
    #[cfg(not(unix))]
    pub fn replace(self) -> Result<Ending, ExecutionError> {
        self.supervise()
    }

    /// Runs it beside this process, to its end. Signals that are sent to this process reach it too.
    #[cfg(unix)]
    pub fn supervise(mut self) -> Result<Ending, ExecutionError> {
        supervision::run(&mut self.command, &self.program, self.core_images)
    }

    #[cfg(not(unix))]
    pub fn supervise(mut self) -> Result<Ending, ExecutionError> {
        let status = self.command.status().map_err(|error| not_run(&self.program, error))?;
        Ok(Ending::Exited(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(u8::MAX)))
    }
}

impl Ending {
    /// The exit code that says it. A command that a signal has ended is followed by this process, so that whoever started
    /// both sees what has happened; should that not come about, the code is what shells make of it.
    pub fn into_exit_code(self) -> u8 {
        match self {
            Self::Exited(code) => code,
            #[cfg(unix)]
            Self::Killed(signal) => {
                const KILLED: u8 = 128;
                supervision::die_of(signal);
                u8::try_from(signal).map_or(u8::MAX, |signal| KILLED.saturating_add(signal))
            }
        }
    }
}

fn not_run(program: &OsStr, error: io::Error) -> ExecutionError {
    let program = program.to_string_lossy().into_owned();
    match error.kind() {
        io::ErrorKind::NotFound => ExecutionError::NoCommand { program },
        _ => ExecutionError::NotRunnable { program, source: error },
    }
}
