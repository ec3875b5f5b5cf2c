//! From the command line to the exit code: parse, dispatch, report.

use std::ffi::OsString;
use std::io::Write;

use clap::error::ErrorKind;

use crate::app::{App, Start};
use crate::command::{self, Cli, CommandError, SurfaceArgs};
use crate::failure;
use crate::model::failure::{Failure, FailureKind};
use crate::process::Process;
use crate::render::paint::Palette;
use crate::sys::{file_limit, memory_image};
use crate::ui::{Input, Look, Streams, Terminals, Wish};

/// Runs one command to its end and returns its exit code.
pub fn run(process: Process) -> u8 {
    memory_image::keep_private();
    file_limit::outlive();
    report_panics_in_one_line();
    let terminals = Terminals { output: process.output_is_terminal, diagnostics: process.diagnostics_are_terminal };
    let look = |wish: Wish| Look::resolve(wish, terminals, &process.environment);
    let cli = Cli::read(&process.arguments);
    let mut streams = Streams {
        input: Input { reader: process.input, is_terminal: process.input_is_terminal },
        output: process.output,
        output_is_terminal: process.output_is_terminal,
        diagnostics: process.diagnostics,
        look: look(match &cli {
            Ok(cli) => cli.surface.wish(),
            Err(_) => SurfaceArgs::wish_of_unread(&process.arguments),
        }),
    };
    let cli = match cli {
        Ok(cli) => cli,
        Err(answer) => return tell_usage(&mut streams, &answer, &process.arguments),
    };
    let is_hook = cli.verb.is_hook();
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let app = App::new(Start {
            environment: process.environment,
            called_as: process.arguments.into_iter().next(),
            config: cli.config,
            input_is_terminal: streams.input.is_terminal,
            shows_waiting: streams.look.shows_waiting,
            explain: failure::explain,
        })?;
        command::dispatch(cli.verb, &app, &mut streams)
    }));
    match outcome {
        Ok(Ok(code)) => code,
        Ok(Err(error)) if is_hook => tell(&mut streams, &failure::explain(error.as_ref()), failure::in_one_line),
        Ok(Err(error)) => tell_in_full(&mut streams, &failure::explain(error.as_ref())),
        Err(_panic) => FailureKind::Fault.exit_code(),
    }
}

/// Help and version go to stdout with 0; a wrong command line goes to stderr with 2.
fn tell_usage(streams: &mut Streams, answer: &clap::Error, arguments: &[OsString]) -> u8 {
    if answer.use_stderr() {
        let text = in_colour(answer, streams.look.diagnostics);
        drop(write!(streams.diagnostics, "{text}"));
        return FailureKind::Usage.exit_code();
    }
    let text = match answer.kind() {
        ErrorKind::DisplayVersion if command::version::is_wanted_in_json(arguments) => {
            format!("{:#}\n", command::version::as_json())
        }
        _ => in_colour(answer, streams.look.output.palette),
    };
    match streams.payload(text.as_bytes()) {
        Ok(()) => 0,
        Err(error) => tell_in_full(streams, &failure::explain(&CommandError::OutputLost(error))),
    }
}

fn in_colour(answer: &clap::Error, palette: Palette) -> String {
    match palette {
        Palette::Plain => answer.render().to_string(),
        Palette::Coloured => answer.render().ansi().to_string(),
    }
}

fn tell_in_full(streams: &mut Streams, failure: &Failure) -> u8 {
    let palette = streams.look.diagnostics;
    tell(streams, failure, |failure| failure::in_full(failure, palette))
}

/// Where not even the diagnostics can be written, the exit code has to say it all.
fn tell(streams: &mut Streams, failure: &Failure, words: impl FnOnce(&Failure) -> String) -> u8 {
    drop(streams.diagnostics.write_all(words(failure).as_bytes()));
    failure.kind.exit_code()
}

/// A panic's message may quote what it choked on, so only its place is told.
fn report_panics_in_one_line() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(|at| format!(" at {}:{}", at.file(), at.line())).unwrap_or_default();
        drop(writeln!(std::io::stderr(), "error: afed met a fault of its own{place}"));
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

    #[test]
    #[ignore = "is what the test below starts"]
    fn a_program_that_panics_over_a_secret() {
        report_panics_in_one_line();
        let text = format!("no digit in {SECRET}");
        std::thread::spawn(move || text.parse::<u8>().expect(&text)).join().unwrap_err();
    }

    #[test]
    fn a_panic_tells_its_place_and_nothing_of_what_it_choked_on() {
        let itself = std::env::current_exe().unwrap();
        let output = std::process::Command::new(itself)
            .args(["--ignored", "--exact", "run::tests::a_program_that_panics_over_a_secret", "--nocapture"])
            .envs([("RUST_BACKTRACE", "full"), ("RUST_LOG", "trace")])
            .output()
            .unwrap();
        let told = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(output.status.success() && !told.contains(SECRET), "{told}");
        let (start, end) = ("error: afed met a fault of its own at src/run.rs:", "\n");
        let place = told.split_once(start).and_then(|(_, rest)| rest.split_once(end)).map(|(place, _)| place);
        assert!(place.is_some_and(|place| place.parse::<u32>().is_ok()) && !told.contains("backtrace"), "{told}");
    }
}
