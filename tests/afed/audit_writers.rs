//! The audit trail under real processes: many that write at once, and some that end in the middle of a line.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Stdio;

use serde_json::Value;

use crate::sandbox::{Outcome, Run, Sandbox};

const TRAIL: &str = "home/.local/state/afed/audit.jsonl";
const AFED: &str = env!("CARGO_BIN_EXE_afed");
const HOOK: [&str; 4] = ["creds", "deploy", "--format", "process"];
const WRITERS: usize = 200;

/// Alice has credentials already, so that each further call is answered from memory.
fn warm() -> Sandbox {
    let sandbox = Sandbox::with_session_of("alice");
    sandbox.edit_config(|text| format!("{text}\n[audit]\nmax_size = \"64K\"\n"));
    sandbox.recheck_after("5m");
    sandbox.run(&HOOK).vends().succeeds();
    sandbox
}

/// The lines of all files, the oldest first.
fn lines(sandbox: &Sandbox) -> Vec<Value> {
    let numbers = (1..=8).rev().map(|number| format!("{TRAIL}.{number}"));
    let files = numbers.chain([TRAIL.to_owned()]).filter(|file| sandbox.path(file).exists());
    files
        .flat_map(|file| {
            sandbox.read(&file).lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn two_hundred_processes_at_once_lose_and_tear_no_line_while_files_are_put_aside() {
    let sandbox = warm();
    let before = lines(&sandbox).len();
    // All of them wait for the end of one pipe.
    let (gate, opener) = std::io::pipe().unwrap();
    let run = sandbox.program(Path::new("/bin/sh")).args(&["-c", "read go; exec \"$0\" \"$@\"", AFED]).args(&HOOK);
    let start = |_| run.command().stdin(Stdio::from(gate.try_clone().unwrap())).spawn().unwrap();
    let writers: Vec<_> = (0..WRITERS).map(start).collect();
    let pids: BTreeSet<u64> = writers.iter().map(|writer| u64::from(writer.id())).collect();
    drop(opener);
    for writer in writers {
        let output = writer.wait_with_output().unwrap();
        assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(0), ""));
    }
    let found = lines(&sandbox);
    assert_eq!(found.len(), before + WRITERS);
    let written: BTreeSet<u64> = found[before..].iter().map(|line| line["pid"].as_u64().unwrap()).collect();
    assert_eq!((written.len(), &written), (WRITERS, &pids));
    assert!(sandbox.path(&format!("{TRAIL}.1")).exists());
    let proof = sandbox.run(&["audit", "verify", "--json"]).succeeds().json();
    assert_eq!((proof["lines"].as_u64(), proof["first"].as_u64()), (Some(found.len() as u64), Some(1)));
    assert_eq!(proof["head"], found.last().unwrap()["hash"]);
}

fn verified(sandbox: &Sandbox) -> String {
    let outcome = sandbox.run(&["audit", "verify"]).outcome();
    outcome.stdout.replace(&format!("$SANDBOX/{TRAIL}:"), "")
}

/// Lets the next writer write its line.
fn go_on(sandbox: &Sandbox) {
    assert_eq!(sandbox.run(&HOOK).vends().succeeds().stderr, "");
}

#[test]
fn who_is_killed_amid_a_line_leaves_it_torn_and_the_next_one_goes_on_whole() {
    let sandbox = warm();
    let limited = |limit: &str| {
        let limit = format!("--fsize={limit}");
        injected_into(&["/usr/bin/prlimit", &limit, AFED], &sandbox, ("write", 2), "signal=KILL")
    };
    // A line names the program that called, so that the next one is as long as this.
    assert_eq!(limited("unlimited").code, Some(0));
    let before = sandbox.read(TRAIL);
    let next = before.lines().count() + 1;
    let line = before.lines().last().unwrap().len();
    for length in [1, line / 2, line - 1] {
        sandbox.write_private(TRAIL, &before);
        // The kernel takes a part of the line, and there is a second call for the rest.
        let killed = limited(&(before.len() + length).to_string());
        assert_eq!((killed.code, killed.stdout.as_str()), (None, ""), "{length}");
        assert_eq!(sandbox.read(TRAIL).len(), before.len() + length);
        assert_eq!(verified(&sandbox), format!("{next}: the file ends in the middle of this line\n"));
        go_on(&sandbox);
        assert_eq!(verified(&sandbox), format!("{next}: this line was cut off while it was written\n"));
    }
}

/// The hook, with this done to a call that is about the trail.
fn injected(sandbox: &Sandbox, call: &str, what: &str) -> Outcome {
    injected_into(&[AFED], sandbox, (call, 1), what)
}

fn injected_into(program: &[&str], sandbox: &Sandbox, (call, nth): (&str, usize), what: &str) -> Outcome {
    let (trail, inject) = (sandbox.path(TRAIL), format!("inject={call}:{what}:when={nth}"));
    let trace = format!("trace={call}");
    let strace: Run<'_> = sandbox.program(Path::new("/usr/bin/strace"));
    let strace = strace.args(&["-qq", "-o", "/dev/null", "-P", trail.to_str().unwrap(), "-e", &trace, "-e", &inject]);
    strace.args(program).args(&HOOK).vends().outcome()
}

#[test]
fn who_is_killed_before_or_after_a_line_vends_nothing_and_tears_nothing() {
    let sandbox = warm();
    for (call, lines) in [("flock", 0), ("pread64", 0), ("write", 0), ("close", 1)] {
        let before = sandbox.read(TRAIL).lines().count();
        let killed = injected(&sandbox, call, "signal=KILL");
        assert_eq!((killed.code, killed.stdout.as_str()), (None, ""), "{call}");
        assert_eq!(sandbox.read(TRAIL).lines().count(), before + lines, "{call}");
        assert!(verified(&sandbox).contains(" are whole, "), "{call}");
        go_on(&sandbox);
        assert!(verified(&sandbox).contains(" are whole, "), "{call}");
    }
}

#[test]
fn a_write_that_is_short_is_gone_on_with_and_one_that_lies_is_found() {
    let sandbox = warm();
    let next = sandbox.read(TRAIL).lines().count() + 1;
    // What the kernel says it has written, and has not, is not there.
    assert_eq!(injected(&sandbox, "write", "retval=100").code, Some(0));
    assert_eq!(verified(&sandbox), format!("{next}: this is no line that afed wrote\n"));
    go_on(&sandbox);
    assert_eq!(verified(&sandbox), format!("{next}: this line was cut off while it was written\n"));
    for errno in ["ENOSPC", "EIO"] {
        let before = fs::read(sandbox.path(TRAIL)).unwrap();
        let outcome = injected(&sandbox, "write", &format!("error={errno}"));
        assert!(outcome.code == Some(0) && outcome.stderr.starts_with("warning: the audit trail "), "{outcome:?}");
        assert_eq!(outcome.stderr.lines().count(), 1, "{outcome:?}");
        assert_eq!(fs::read(sandbox.path(TRAIL)).unwrap(), before);
    }
}
