//! A run of afed, held by strace at its very last system call: where it ends, or where a command is about to take its place.
//! There its memory is looked into, and then it is killed.

use std::io::{Read, Write};
use std::path::Path;
use std::process::Stdio;

use nix::libc;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::conversation::Conversation;
use crate::leaks::memory_of;
use crate::patience::wait_until;
use crate::sandbox::Sandbox;

const AFED: &str = env!("CARGO_BIN_EXE_afed");
const STRACE: &str = "/usr/bin/strace";
/// For longer than any test. The call by which strace becomes afed does not count, and what afed starts is not held.
const HOLD: [&str; 10] = [
    "-qq",
    "-o",
    "/dev/null",
    "-e",
    "trace=exit_group,execve",
    "-e",
    "inject=exit_group:delay_enter=600s",
    "-e",
    "inject=execve:delay_enter=600s:when=1",
    AFED,
];

/// What a run has left.
pub struct Left {
    pub line: String,
    /// What is no text is a point in it. Nothing where nobody may look.
    pub memory: Option<String>,
    /// On its standard output, or what the conversation tells of its screen.
    pub printed: String,
}

/// What a run leaves that reads this.
pub fn piped(sandbox: &Sandbox, line: &str, input: &str) -> Left {
    let words: Vec<&str> = HOLD.into_iter().chain(line.split(' ')).collect();
    let printed = tempfile::NamedTempFile::new().unwrap();
    let mut command = sandbox.program(STRACE.as_ref()).args(&words).command();
    let mut strace = command.stdin(Stdio::piped()).stdout(printed.reopen().unwrap()).spawn().unwrap();
    strace.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let memory = at_the_end(strace.id());
    strace.wait().unwrap();
    Left { line: line.to_owned(), memory, printed: std::fs::read_to_string(printed.path()).unwrap() }
}

/// What a run leaves that is told this at a terminal.
pub fn typed<'a>(sandbox: &'a Sandbox, line: &str, told: impl FnOnce(Conversation<'a>) -> Conversation<'a>) -> Left {
    let words: Vec<&str> = HOLD.into_iter().chain(line.split(' ')).collect();
    let mut conversation = told(sandbox.converse_with(STRACE.as_ref(), &words)).begin();
    wait_until("strace", || child_of(conversation.id()).is_some());
    let memory = at_the_end(child_of(conversation.id()).unwrap());
    let mut printed = String::new();
    conversation.stdout.take().unwrap().read_to_string(&mut printed).unwrap();
    conversation.wait().unwrap();
    Left { line: line.to_owned(), memory, printed }
}

/// The memory of the afed that this strace holds; both are over then.
fn at_the_end(strace: u32) -> Option<String> {
    wait_until("the end of afed", || child_of(strace).is_some_and(is_at_the_end));
    let afed = child_of(strace).unwrap();
    let memory = memory_of(afed);
    for id in [afed, strace] {
        kill(Pid::from_raw(i32::try_from(id).unwrap()), Signal::SIGKILL).unwrap();
    }
    let shown = |byte: u8| if byte.is_ascii() { char::from(byte) } else { '.' };
    memory.map(|memory| memory.into_iter().map(shown).collect())
}

/// The only one.
fn child_of(process: u32) -> Option<u32> {
    let children = std::fs::read_to_string(format!("/proc/{process}/task/{process}/children")).ok()?;
    children.split(' ').next()?.parse().ok()
}

/// A process that has just become afed is still in the call that made it so, whose arguments are none any more.
fn is_at_the_end(process: u32) -> bool {
    let is_afed = std::fs::read_link(format!("/proc/{process}/exe")).is_ok_and(|program| program == Path::new(AFED));
    let call = std::fs::read_to_string(format!("/proc/{process}/syscall")).unwrap_or_default();
    let words: Vec<&str> = call.split(' ').collect();
    let is = |number: libc::c_long| words[0] == number.to_string();
    is_afed && (is(libc::SYS_exit_group) || is(libc::SYS_execve) && words[1] != "0x0")
}
