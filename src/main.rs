//! Collects the process, runs it, and ends with its exit code.

use std::alloc::System;
use std::process::ExitCode;

use zeroizing_alloc::ZeroAlloc;

/// Wipes what is given back: also where a library has copied a secret, and where a text has outgrown its place.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> ExitCode {
    ExitCode::from(afed::run(afed::Process::current()))
}
