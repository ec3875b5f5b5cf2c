//! What is left in afed's memory when a command has done all it does: the process is held at its very last system call, by
//! strace, and looked into, as root alone may. Secrets that were typed, piped in, opened or issued are gone by then.
//!
//! Copies that libraries make are not looked for: hyper's buffers keep the header with the application's password, and the
//! buffers of the AWS SDK an answer's XML, until something else is put there. The process ends then, without an image.

use std::io::Write;
use std::process::Stdio;

use nix::libc;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::leaks::{may_trace_all, memory_of};
use crate::patience::wait_until;
use crate::sandbox::{Sandbox, aws};

/// Longer than any test.
const HELD: &str = "inject=exit_group:delay_enter=600s";

/// A command's memory at its end, and what it printed; nothing where nobody may look.
fn at_the_end(sandbox: &Sandbox, line: &str, input: &str) -> Option<(Vec<u8>, String)> {
    let words: Vec<&str> = line.split(' ').collect();
    let run = sandbox.program("/usr/bin/strace".as_ref());
    let run =
        run.args(&["-f", "-qq", "-o", "/dev/null", "-e", "trace=exit_group", "-e", HELD, env!("CARGO_BIN_EXE_afed")]);
    let printed = tempfile::NamedTempFile::new().unwrap();
    let mut command = run.args(&words).command();
    command.stdin(Stdio::piped()).stdout(printed.reopen().unwrap());
    let mut strace = command.spawn().unwrap();
    strace.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let children = format!("/proc/{0}/task/{0}/children", strace.id());
    let child = || std::fs::read_to_string(&children).ok()?.split(' ').next()?.parse::<u32>().ok();
    let ends = |id: u32| std::fs::read_to_string(format!("/proc/{id}/syscall")).is_ok_and(|call| is_exit(&call));
    wait_until("the end of afed", || child().is_some_and(ends));
    let afed = child().unwrap();
    let memory = memory_of(afed);
    for id in [afed, strace.id()] {
        kill(Pid::from_raw(i32::try_from(id).unwrap()), Signal::SIGKILL).unwrap();
    }
    strace.wait().unwrap();
    memory.map(|memory| (memory, std::fs::read_to_string(printed.path()).unwrap()))
}

fn is_exit(call: &str) -> bool {
    call.split(' ').next() == Some(&libc::SYS_exit_group.to_string())
}

fn assert_gone(line: &str, memory: &[u8], secrets: &[&str]) {
    for secret in secrets {
        let left = memory.windows(secret.len()).filter(|window| *window == secret.as_bytes()).count();
        assert_eq!(left, 0, "{line} leaves “{secret}”");
    }
}

#[test]
fn nothing_that_afed_was_told_or_has_opened_is_left_at_the_end() {
    let sandbox = Sandbox::configured();
    let (key, idle) = (&aws().key.secret, &aws().idle_key);
    let password = sandbox.crowd.population().person("alice").unwrap().password.clone();
    let application = sandbox.crowd.population().application.password;
    let passphrase = sandbox.read("passphrase");
    let signing = format!("AWS4{key}");
    let create = format!("account create new --access-key-id {} --secret-access-key-stdin", idle.id);
    let mut looked = 0;
    for (line, input) in [
        ("login --user alice --password-stdin", password.as_str()),
        ("creds deploy --format process", ""),
        ("creds deploy --format process", ""),
        ("connector check deploy", ""),
        (&create, &idle.secret),
        ("init --password-only --application-password-stdin", &application),
        ("logout", ""),
    ] {
        let Some((memory, printed)) = at_the_end(&sandbox, line, input) else { continue };
        looked += 1;
        assert_gone(line, &memory, &[&password, &application, &passphrase, key, &signing, &idle.secret]);
        if let Ok(lease) = serde_json::from_str::<serde_json::Value>(&printed) {
            let secret = lease["SecretAccessKey"].as_str().unwrap();
            assert_gone(
                line,
                &memory,
                &[&format!("secret_access_key\":\"{secret}"), &format!("SecretAccessKey\":\"{secret}")],
            );
        }
    }
    assert_eq!(looked, if may_trace_all() { 7 } else { 0 });
}
