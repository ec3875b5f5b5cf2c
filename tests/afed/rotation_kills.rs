//! A rotation that is killed: at every change of a file and at every call to AWS. Whatever it left, the account can be used
//! at once, and the next run leaves one key at AWS, in the configuration and in the store.

use std::path::Path;

use crate::iam::Iam;
use crate::rotation::{JOURNAL, configured_key, rotate, with_key};
use crate::sandbox::{Sandbox, aws_url};

/// Runs a rotation that is killed when it is about to make the system call for the nth time. Whether it came so far.
fn killed_at(sandbox: &Sandbox, call: &str, nth: usize) -> bool {
    let inject = format!("inject={call}:signal=KILL:when={nth}");
    let run = sandbox.program(Path::new("/usr/bin/strace"));
    let run = run.args(&["-f", "-qq", "-o", "/dev/null", "-e", &format!("trace={call}"), "-e", &inject]);
    let outcome = run.args(&[env!("CARGO_BIN_EXE_afed"), "account", "rotate", "ops", "--yes"]).outcome();
    assert!(outcome.code.is_none_or(|code| code == 0 || code == 137), "{outcome:?}");
    outcome.code != Some(0)
}

fn assert_settled(sandbox: &Sandbox, iam: &Iam, user: &str) {
    let current = configured_key(sandbox);
    assert_eq!(iam.keys(user), [(current, true)]);
    assert!(!sandbox.path(JOURNAL).exists());
}

/// Whether AWS accepts the account's key with the secret that is kept; what was issued before does not count.
fn vend(sandbox: &Sandbox) {
    std::fs::remove_dir_all(sandbox.path("home/.cache/afed/sealed")).unwrap_or_default();
    sandbox.run(&["creds", "own", "--format", "process"]).vends().succeeds();
}

/// Kills one rotation after the other at the given system call, a step later each time, until one gets through; so many at
/// least must have been killed. All that the runs after them said.
fn kill_at_every(call: &str, at_least: usize) -> String {
    let (iam, user) = (Iam::at(aws_url()), format!("killed-at-{call}"));
    let sandbox = with_key(aws_url(), &iam.user(&user));
    sandbox.log_in("alice");
    vend(&sandbox);
    let store = sandbox.path("home/.local/share/afed/secrets.afed");
    let size_of_store = || std::fs::metadata(&store).unwrap().len();
    let (size, mut said) = (size_of_store(), String::new());
    for nth in 1.. {
        if !killed_at(&sandbox, call, nth) {
            assert!(nth > at_least, "only {} kills at {call}", nth - 1);
            break;
        }
        vend(&sandbox);
        said += &rotate(&sandbox).succeeds().stderr;
        assert_settled(&sandbox, &iam, &user);
        assert_eq!(size_of_store(), size, "one secret came and one went");
    }
    vend(&sandbox);
    assert_settled(&sandbox, &iam, &user);
    said
}

#[test]
fn killed_at_a_change_of_a_file_the_next_run_settles_it() {
    let said = kill_at_every("renameat", 5);
    for found in ["; undoing that\n", "; going on with it\n", "has its new key already; the old one is left to end\n"] {
        assert!(said.contains(found), "no run came upon “{found}”: {said}");
    }
}

#[test]
fn killed_when_the_journal_goes_the_next_run_settles_it() {
    kill_at_every("unlink", 1);
}

#[test]
fn killed_at_a_call_to_aws_the_next_run_settles_it() {
    kill_at_every("writev", 9);
}
