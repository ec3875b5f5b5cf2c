//! From the command line to the exit code: parse, dispatch, report.

use std::io::Write;

use crate::app::{App, Start};
use crate::command::{self, Cli, CommandError};
use crate::failure;
use crate::model::failure::{Failure, FailureKind};
use crate::process::Process;
use crate::ui::{Input, Streams};

/// Runs one command to its end and returns its exit code.
pub fn run(process: Process) -> u8 {
    report_panics_in_one_line();
    let mut streams = Streams {
        input: Input { reader: process.input, is_terminal: process.input_is_terminal },
        output: process.output,
        output_is_terminal: process.output_is_terminal,
        diagnostics: process.diagnostics,
    };
    let called_as = process.arguments.first().cloned();
    let cli = match Cli::read(process.arguments) {
        Ok(cli) => cli,
        Err(answer) => return tell_usage(&mut streams, &answer),
    };
    let is_hook = cli.verb.is_hook();
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let app = App::new(Start {
            environment: process.environment,
            called_as,
            config: cli.config,
            input_is_terminal: streams.input.is_terminal,
            explain: failure::explain,
        })?;
        command::dispatch(cli.verb, &app, &mut streams)
    }));
    match outcome {
        Ok(Ok(code)) => code,
        Ok(Err(error)) => {
            let failure = failure::explain(error.as_ref());
            tell(&mut streams.diagnostics, &failure, if is_hook { failure::in_one_line } else { failure::in_full })
        }
        Err(_panic) => FailureKind::Fault.exit_code(),
    }
}

/// Help and version go to stdout with 0; a wrong command line goes to stderr with 2.
fn tell_usage(streams: &mut Streams, answer: &clap::Error) -> u8 {
    let text = answer.render();
    if answer.use_stderr() {
        drop(write!(streams.diagnostics, "{text}"));
        return FailureKind::Usage.exit_code();
    }
    match streams.payload(text.to_string().as_bytes()) {
        Ok(()) => 0,
        Err(error) => {
            tell(&mut streams.diagnostics, &failure::explain(&CommandError::OutputLost(error)), failure::in_full)
        }
    }
}

/// Where not even the diagnostics can be written, the exit code has to say it all.
fn tell(diagnostics: &mut dyn Write, failure: &Failure, words: fn(&Failure) -> String) -> u8 {
    drop(diagnostics.write_all(words(failure).as_bytes()));
    failure.kind.exit_code()
}

/// A panic's message may quote what it choked on, so only its place is told.
fn report_panics_in_one_line() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(|at| format!(" at {}:{}", at.file(), at.line())).unwrap_or_default();
        drop(writeln!(std::io::stderr(), "error: afed met a fault of its own{place}"));
    }));
}
