//! Collects the process, runs it, and ends with its exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(afed::run(afed::Process::current()))
}
