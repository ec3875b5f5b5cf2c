//! The process as `main` found it: arguments, environment, streams. Nothing else reads these.

use std::ffi::OsString;
use std::io::{IsTerminal, Read, Write};

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
            input: Box::new(input),
            output_is_terminal: output.is_terminal(),
            output: Box::new(output),
            diagnostics_are_terminal: diagnostics.is_terminal(),
            diagnostics: Box::new(diagnostics),
        }
    }
}
