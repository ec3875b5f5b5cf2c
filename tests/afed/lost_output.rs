//! An answer that nobody can take: the reader of the pipe is gone, the disk is full, the terminal was killed. afed says so by
//! its exit code, keeps what it has fetched, and has written nothing by halves.

use std::fs::File;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::{Output, Stdio};

use crate::sandbox::{Run, Sandbox};
use crate::sts_proxy::StsProxy;

/// Ways to lose what is written, with what the system says of each.
fn lost() -> [(&'static str, OwnedFd); 3] {
    let (_reader, pipe) = std::io::pipe().unwrap();
    let full = File::options().write(true).open("/dev/full").unwrap();
    let terminal = nix::pty::openpty(None, None).unwrap();
    drop(terminal.master);
    [
        ("Broken pipe (os error 32)", pipe.into()),
        ("No space left on device (os error 28)", full.into()),
        ("Input/output error (os error 5)", terminal.slave),
    ]
}

fn with_stdout(run: &Run<'_>, stdout: &OwnedFd) -> Output {
    run.command().stdout(Stdio::from(stdout.try_clone().unwrap())).output().unwrap()
}

#[test]
fn credentials_that_nobody_could_take_are_kept_for_the_next_call() {
    let proxy = StsProxy::start();
    let sandbox = Sandbox::with_session_of("alice").env("AWS_ENDPOINT_URL_STS", &proxy.url);
    let creds = ["creds", "deploy", "--format", "bash"];
    for (error, stdout) in lost() {
        let output = with_stdout(&sandbox.run(&creds), &stdout);
        let said = format!("error: the answer could not be written to standard output\ncaused by: {error}\n");
        assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap()), (Some(5), said));
        sandbox.run(&creds).vends().succeeds();
        assert_eq!(proxy.asked().len(), 1, "what was fetched is lost");
        sandbox.run(&["cache", "clear"]).succeeds();
        proxy.forget_asked();
    }
}

#[test]
fn a_change_does_not_depend_on_whether_it_can_be_told() {
    let sandbox = Sandbox::configured();
    let before = sandbox.config();
    for ((_, lost), region) in lost().into_iter().zip(["eu-central-1", "eu-west-2", "eu-west-3"]) {
        let run = sandbox.run(&["connector", "edit", "deploy", "--region", region]);
        let mut command = run.command();
        command.stdout(Stdio::from(lost.try_clone().unwrap())).stderr(Stdio::from(lost));
        assert_eq!(command.status().unwrap().code(), Some(0));
        assert_eq!(sandbox.config(), before.replace("eu-west-1", region));
    }
}

/// What is written to a pipe in one piece of at most this size arrives whole or not at all, as pipe(7) has it.
const LARGEST_PIECE: usize = 4_096;

#[test]
fn an_answer_for_a_shell_is_written_in_one_piece() {
    let sandbox = Sandbox::with_session_of("alice");
    for format in ["bash", "fish", "powershell", "dotenv", "process", "json"] {
        let record = tempfile::NamedTempFile::new().unwrap();
        let strace = ["-f", "-qq", "-s", "0", "-o", record.path().to_str().unwrap(), "-e", "trace=write,writev"];
        let run = sandbox.program(Path::new("/usr/bin/strace")).args(&strace).args(&[env!("CARGO_BIN_EXE_afed")]);
        let answer = run.args(&["creds", "deploy", "--format", format]).vends().succeeds().stdout;
        let record = std::fs::read_to_string(record.path()).unwrap();
        let pieces = record.lines().filter(|line| line.contains(" write(1, ") || line.contains(" writev(1, "));
        assert_eq!(pieces.count(), 1, "{format}: {record}");
        assert!(answer.len() <= LARGEST_PIECE, "{format}: {} bytes", answer.len());
    }
}
