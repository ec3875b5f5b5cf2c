//! The process as `main` found it: arguments, environment, streams. Nothing else reads these.

use std::ffi::OsString;
use std::io::{self, IsTerminal, Read, Write};

/// What the operating system gave this process.
pub struct Process {
    pub arguments: Vec<OsString>,
    pub environment: Vec<(OsString, OsString)>,
    pub input: Box<dyn Read>,
    pub input_is_terminal: bool,
    pub output: Box<dyn Write>,
    pub output_is_terminal: bool,
    pub diagnostics: Box<dyn Write>,
    pub diagnostics_are_terminal: bool,
}

impl Process {
    /// The current process.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that collects them")]
    pub fn current() -> Self {
        let (input, output, diagnostics) = (std::io::stdin(), std::io::stdout(), std::io::stderr());
        Self {
            arguments: std::env::args_os().collect(),
            environment: std::env::vars_os().collect(),
            input_is_terminal: input.is_terminal(),
            input: Box::new(Unbuffered),
            output_is_terminal: output.is_terminal(),
            output: Box::new(output),
            diagnostics_are_terminal: diagnostics.is_terminal(),
            diagnostics: Box::new(diagnostics),
        }
    }
}

/// Standard input without a buffer of its own, in which a secret that was piped in would stay.
struct Unbuffered;

#[cfg(unix)]
impl Read for Unbuffered {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match nix::unistd::read(io::stdin(), buffer) {
            // It was closed before this process began.
            Err(nix::errno::Errno::EBADF) => Ok(0),
            read => Ok(read?),
        }
    }
}

#[cfg(not(unix))]
impl Read for Unbuffered {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        io::stdin().read(buffer)
    }
}
