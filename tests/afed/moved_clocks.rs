//! Leases and answers that grow old, through the shipped binary with its clock set forward or back: what is renewed, what
//! stands in when nobody can be asked, and that nothing is served past its end. The far sides keep the right time.

use std::process::{Command, Output};
use std::sync::LazyLock;

use jiff::{SignedDuration, Timestamp};

use crate::crowd_directory::Scripted;
use crate::sandbox::{Run, Sandbox};
use crate::sts_proxy::{Reply, StsProxy};

const HOUR: i64 = 3_600;
/// After so many seconds an hour's credentials are due for renewal.
const AGEING: i64 = HOUR - 15 * 60;

/// The preloaded library that moves the clock.
pub static CLOCK: LazyLock<String> = LazyLock::new(|| {
    let library = concat!(env!("CARGO_TARGET_TMPDIR"), "/clock.so");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/surroundings/clock.c");
    let made = Command::new("cc").args(["-shared", "-fPIC", "-Wall", "-Werror", "-o", library, source]).output();
    let made = made.expect("the linker of every Rust program on Linux, cc, is there");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    library.to_owned()
});

fn world() -> (Sandbox, StsProxy) {
    let proxy = StsProxy::start();
    let sandbox = Sandbox::with_session_of("alice").env("AWS_ENDPOINT_URL_STS", &proxy.url);
    sandbox.recheck_after("5m");
    (sandbox, proxy)
}

/// The hook, by a clock that is so many seconds ahead.
fn hook_at(sandbox: &Sandbox, seconds: i64) -> Run<'_> {
    let run = sandbox.run(&["creds", "deploy", "--format", "process"]).vends();
    run.env("LD_PRELOAD", &CLOCK).env("CLOCK_SHIFT", &seconds.to_string())
}

fn at_once(sandbox: &Sandbox, seconds: i64) -> Vec<Output> {
    let run = hook_at(sandbox, seconds);
    let callers: Vec<_> = (0..6).map(|_| run.command().spawn().unwrap()).collect();
    callers.into_iter().map(|caller| caller.wait_with_output().unwrap()).collect()
}

fn from_now(seconds: i64) -> String {
    (Timestamp::now() + SignedDuration::from_secs(seconds)).to_string()
}

fn directory_is_away(sandbox: &Sandbox) {
    ["GET", "POST"].iter().for_each(|method| sandbox.crowd.script(method, "", Scripted::hang_up().always()));
}

#[test]
fn ageing_credentials_are_renewed_once_for_all() {
    let (sandbox, proxy) = world();
    let first = hook_at(&sandbox, 0).succeeds().stdout;
    assert_eq!(hook_at(&sandbox, AGEING - 120).succeeds().stdout, first);
    assert_eq!(proxy.asked().len(), 1);
    proxy.reply(Reply::assumed_role(&from_now(2 * HOUR)));
    let renewed = at_once(&sandbox, AGEING);
    for output in &renewed {
        assert_eq!((output.status.code(), &output.stdout), (Some(0), &renewed[0].stdout));
    }
    assert_ne!(renewed[0].stdout, first.as_bytes());
    assert_eq!(proxy.asked().len(), 2);
}

#[test]
fn ageing_credentials_stand_in_while_sts_is_away_and_never_past_their_end() {
    let (sandbox, proxy) = world();
    let first = hook_at(&sandbox, 0).succeeds().stdout;
    proxy.reply(Reply::refusal(503, "ServiceUnavailable", "Service is unable to handle request."));
    let outcome = hook_at(&sandbox, AGEING).succeeds();
    assert_eq!(
        (outcome.stdout, outcome.stderr.replace(&proxy.url, "$STS")),
        (
            first.clone(),
            "warning: these are the earlier credentials, still valid: AWS is busy or in trouble\n".to_owned()
        )
    );
    let attempts = proxy.asked().len() - 1;
    proxy.forget_asked();
    for output in at_once(&sandbox, AGEING + 10) {
        let warning = "warning: these are the earlier credentials, still valid: AWS is busy or in trouble\n";
        assert_eq!(output.stdout, first.as_bytes());
        assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(0), warning));
    }
    assert_eq!(proxy.asked().len(), attempts, "one tries to renew them, for all");
    let over = hook_at(&sandbox, HOUR - 59).outcome();
    assert_eq!((over.code, over.stdout.as_str()), (Some(5), ""), "{over:?}");
    proxy.reply(Reply::refusal(403, "AccessDenied", "no"));
    let denied = hook_at(&sandbox, AGEING).outcome();
    assert_eq!((denied.code, denied.stdout.as_str()), (Some(4), ""), "{denied:?}");
}

/// A call is held at STS by a caller whose question the directory has answered; returns what others get at `seconds`.
fn beside_a_held_renewal(recheck_after: &str, seconds: i64) -> (Vec<Output>, String, String) {
    let (sandbox, proxy) = world();
    sandbox.edit_config(|text| {
        let text = text.replace("recheck_after = \"5m\"", &format!("recheck_after = \"{recheck_after}\""));
        format!("{text}\n[cache]\nwait = \"1s\"\n")
    });
    sandbox.settle();
    let first = hook_at(&sandbox, 0).succeeds().stdout;
    proxy.reply(Reply::assumed_role(&from_now(2 * HOUR)));
    proxy.hold();
    let holder = hook_at(&sandbox, AGEING).command().spawn().unwrap();
    proxy.wait_for_calls(2);
    sandbox.crowd.forget_received();
    let outputs = at_once(&sandbox, seconds);
    assert_eq!((proxy.asked().len(), sandbox.crowd.received().len()), (2, 0), "those who wait ask nobody");
    let busy = format!("another afed (process {}) has been fetching the same credentials for 1 s", holder.id());
    proxy.release();
    assert!(holder.wait_with_output().unwrap().status.success());
    (outputs, first, busy)
}

#[test]
fn whoever_waits_in_vain_is_served_what_is_due_for_renewal() {
    let (outputs, first, busy) = beside_a_held_renewal("5m", AGEING + 10);
    let warning = format!("warning: these are the earlier credentials, still valid: {busy}\n");
    for output in outputs {
        assert_eq!(output.stdout, first.as_bytes());
        assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap()), (Some(0), warning.clone()));
    }
}

#[test]
fn whoever_waits_in_vain_is_served_nothing_that_is_over_and_nothing_without_a_recent_answer() {
    for (recheck_after, seconds) in [("15m", HOUR - 60), ("5m", AGEING + 301), ("0s", AGEING + 10)] {
        let (outputs, _, busy) = beside_a_held_renewal(recheck_after, seconds);
        for output in outputs {
            let stderr = String::from_utf8(output.stderr).unwrap();
            assert_eq!((output.status.code(), output.stdout), (Some(5), Vec::new()), "{recheck_after} {seconds}");
            assert!(stderr.starts_with(&format!("afed: {busy} (hint: ")), "{stderr}");
        }
    }
}

#[test]
fn what_is_over_on_arrival_is_handed_to_nobody() {
    let (sandbox, proxy) = world();
    proxy.reply(Reply::assumed_role(&from_now(30)));
    for output in at_once(&sandbox, 0) {
        assert_eq!((output.status.code(), output.stdout), (Some(5), Vec::new()));
        assert_eq!(
            String::from_utf8_lossy(&output.stderr),
            "afed: AWS issued credentials for “deploy” that are already over by this machine's clock (hint: set this machine's clock: timedatectl status)\n"
        );
    }
    assert_eq!(proxy.asked().len(), 1);
}

#[test]
fn what_ends_while_callers_wait_is_not_handed_to_them() {
    let (sandbox, proxy) = world();
    proxy.reply(Reply::assumed_role(&from_now(HOUR)));
    proxy.hold();
    let in_time = hook_at(&sandbox, 0).command().spawn().unwrap();
    proxy.wait_for_calls(1);
    let late = hook_at(&sandbox, HOUR - 60);
    let late: Vec<_> = (0..3).map(|_| late.command().spawn().unwrap()).collect();
    proxy.release();
    assert!(in_time.wait_with_output().unwrap().status.success());
    for caller in late {
        let output = caller.wait_with_output().unwrap();
        assert_eq!((output.status.code(), output.stdout), (Some(5), Vec::new()));
    }
    assert_eq!(proxy.asked().len(), 2);
}

#[test]
fn a_clock_that_is_set_back_trusts_nothing_from_its_future() {
    let (sandbox, proxy) = world();
    let first = hook_at(&sandbox, 0).succeeds().stdout;
    sandbox.crowd.forget_received();
    assert_eq!(hook_at(&sandbox, -200).succeeds().stdout, first);
    assert_eq!((proxy.asked().len(), sandbox.crowd.count("GET", "/user/group/nested")), (1, 1));
    assert_ne!(hook_at(&sandbox, -400).succeeds().stdout, first);
    assert_eq!(proxy.asked().len(), 2);
}

#[test]
fn a_clock_that_was_ahead_and_is_put_right_trusts_nothing_either() {
    let (sandbox, proxy) = world();
    proxy.reply(Reply::assumed_role(&from_now(2 * HOUR)));
    let ahead = hook_at(&sandbox, 3_000).succeeds().stdout;
    proxy.reply(Reply::Forward);
    assert_ne!(hook_at(&sandbox, 0).succeeds().stdout, ahead);
    assert_eq!(proxy.asked().len(), 2);
}

#[test]
fn while_the_directory_is_away_its_answer_serves_as_long_as_it_is_good() {
    let (sandbox, proxy) = world();
    let first = hook_at(&sandbox, 0).succeeds().stdout;
    directory_is_away(&sandbox);
    sandbox.crowd.forget_received();
    assert_eq!(hook_at(&sandbox, 290).succeeds().stdout, first);
    assert_eq!(sandbox.crowd.received().len(), 0);
    let denied = hook_at(&sandbox, 310).outcome();
    assert_eq!((denied.code, denied.stdout.as_str()), (Some(5), ""), "{denied:?}");
    assert!(denied.stderr.starts_with("afed: $CROWD can't be reached: "), "{denied:?}");
    assert_eq!(proxy.asked().len(), 1);
}
