//! Many processes that want the same at once: one fetches, the others get what it fetched, or its failure. Whatever
//! becomes of the one that fetches, the others go on in a bounded time. The servers count; nothing depends on who is
//! first.

use std::process::{Child, Output};
use std::time::Duration;

use nix::sys::inotify::{AddWatchFlags, InitFlags, Inotify};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::crowd_directory::Scripted;
use crate::patience::wait_until;
use crate::sandbox::Sandbox;
use crate::sts_proxy::{Reply, StsProxy};

const MANY: usize = 200;
const SOME: usize = 6;

/// A sandbox whose person may use an answer of the directory again, with a watched STS.
fn world(person: &str) -> (Sandbox, StsProxy) {
    let proxy = StsProxy::start();
    let sandbox = Sandbox::with_session_of(person).env("AWS_ENDPOINT_URL_STS", &proxy.url);
    sandbox.recheck_after("5m");
    sandbox.crowd.forget_received();
    (sandbox, proxy)
}

/// Starts the hook so many times.
fn callers(sandbox: &Sandbox, connector: &str, count: usize) -> Vec<Child> {
    let run = sandbox.run(&["creds", connector, "--format", "process"]);
    (0..count).map(|_| run.command().spawn().unwrap()).collect()
}

fn caller(sandbox: &Sandbox) -> Child {
    callers(sandbox, "deploy", 1).remove(0)
}

fn ends(callers: Vec<Child>) -> Vec<Output> {
    callers.into_iter().map(|caller| caller.wait_with_output().unwrap()).collect()
}

fn end(caller: Child) -> Output {
    caller.wait_with_output().unwrap()
}

/// All got the same credentials and said nothing.
fn assert_same_credentials(outputs: &[Output]) {
    for output in outputs {
        assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(0), ""));
        assert_eq!(output.stdout, outputs[0].stdout);
    }
    assert!(outputs[0].stdout.starts_with(b"{\"Version\":1,") && outputs[0].stdout.ends_with(b"}\n"));
}

/// All failed alike; returns their line.
fn assert_same_failure(outputs: &[Output], code: i32) -> String {
    for output in outputs {
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(code), b"".as_slice()), "{stderr}");
        assert_eq!(output.stderr, outputs[0].stderr, "{stderr}");
    }
    String::from_utf8(outputs[0].stderr.clone()).unwrap()
}

fn signal(caller: &Child, signal: Signal) {
    kill(Pid::from_raw(i32::try_from(caller.id()).unwrap()), signal).unwrap();
}

/// Starts the hook so many times, each when the one before it waits for its turn: it has opened the file of the lock. Which
/// files a process has open would tell it as well, but of an afed the kernel tells that to root alone.
fn waiting_callers(sandbox: &Sandbox, count: usize) -> Vec<Child> {
    let notices = Inotify::init(InitFlags::IN_NONBLOCK).unwrap();
    notices.add_watch(&sandbox.path("home/.cache/afed/sealed"), AddWatchFlags::IN_OPEN).unwrap();
    let has_come = || {
        let names = notices.read_events().unwrap_or_default().into_iter().filter_map(|notice| notice.name);
        names.filter_map(|name| name.into_string().ok()).any(|name| name.ends_with(".lock") && name != "key.lock")
    };
    let next = |_| {
        let caller = caller(sandbox);
        wait_until("a turn", has_come);
        caller
    };
    (0..count).map(next).collect()
}

#[test]
fn two_hundred_cold_callers_make_one_call_and_one_check() {
    let (sandbox, proxy) = world("alice");
    let outputs = ends(callers(&sandbox, "deploy", MANY));
    assert_same_credentials(&outputs);
    assert_eq!((proxy.asked().len(), sandbox.crowd.count("GET", "/user/group/nested")), (1, 1));
    assert_eq!(sandbox.crowd.received().len(), 3, "session with its person, membership and group");
}

#[test]
fn those_who_wait_share_an_answer_even_where_answers_may_not_be_used_again() {
    let (sandbox, proxy) = world("alice");
    sandbox.edit_config(|text| text.replace("recheck_after = \"5m\"", "recheck_after = \"0s\""));
    sandbox.settle();
    proxy.hold();
    let first = caller(&sandbox);
    proxy.wait_for_calls(1);
    let others = waiting_callers(&sandbox, SOME);
    let checked_before = sandbox.crowd.count("GET", "/user/group/nested");
    proxy.release();
    let mut outputs = ends(others);
    outputs.push(end(first));
    assert_same_credentials(&outputs);
    let checks = sandbox.crowd.count("GET", "/user/group/nested") - checked_before;
    assert_eq!(
        (proxy.asked().len(), checks),
        (1, 1),
        "an answer from before they came must not do, one from after must"
    );
}

#[test]
fn two_hundred_denied_callers_make_one_check() {
    let (sandbox, proxy) = world("bob");
    let outputs = ends(callers(&sandbox, "deploy", MANY));
    let line = assert_same_failure(&outputs, 4);
    assert_eq!(
        line,
        "afed: “bob” may not use the connector “deploy” (hint: it is open to: developers; ask for membership in one of them)\n"
    );
    let (sessions, groups) =
        (sandbox.crowd.count("POST", "/session/"), sandbox.crowd.count("GET", "/user/group/nested"));
    assert_eq!(
        (proxy.asked().len(), sessions, groups),
        (0, 1, 2),
        "one check asks for the group and for administrators"
    );
}

#[test]
fn another_connector_does_not_wait() {
    let (sandbox, _proxy) = world("alice");
    sandbox.edit_config(|text| {
        let (before, deploy) = text.split_once("[connectors.deploy]").unwrap();
        format!("{before}[connectors.other]{deploy}\n[connectors.deploy]{deploy}")
    });
    sandbox.settle();
    let late = Scripted::json(200, &serde_json::json!({ "name": "developers" })).after(Duration::from_secs(60));
    sandbox.crowd.script("GET", "/user/group/nested", late);
    let mut held = caller(&sandbox);
    wait_until("the question", || sandbox.crowd.count("GET", "/user/group/nested") == 1);
    assert_same_credentials(&ends(callers(&sandbox, "other", 2)));
    assert!(held.try_wait().unwrap().is_none());
    held.kill().unwrap();
    held.wait().unwrap();
}

#[test]
fn a_killed_holder_hands_over() {
    let (sandbox, proxy) = world("alice");
    proxy.hold();
    let holder = caller(&sandbox);
    proxy.wait_for_calls(1);
    let others = waiting_callers(&sandbox, SOME);
    signal(&holder, Signal::SIGKILL);
    proxy.release();
    assert_same_credentials(&ends(others));
    assert_eq!((end(holder).status.code(), proxy.asked().len()), (None, 2));
}

#[test]
fn a_stopped_holder_is_passed_by_and_does_no_harm_when_it_goes_on() {
    let (sandbox, proxy) = world("alice");
    proxy.hold();
    let holder = caller(&sandbox);
    proxy.wait_for_calls(1);
    signal(&holder, Signal::SIGSTOP);
    let others = callers(&sandbox, "deploy", SOME);
    proxy.wait_for_calls(2);
    proxy.release();
    let outputs = ends(others);
    assert_same_credentials(&outputs);
    signal(&holder, Signal::SIGCONT);
    let late = end(holder);
    assert_same_credentials(std::slice::from_ref(&late));
    let after = ends(callers(&sandbox, "deploy", SOME));
    assert_same_credentials(&after);
    assert!([&late.stdout, &outputs[0].stdout].contains(&&after[0].stdout));
    assert_eq!(proxy.asked().len(), 2);
}

#[test]
fn three_stopped_holders_are_named() {
    let (sandbox, proxy) = world("alice");
    proxy.hold();
    let stopped: Vec<Child> = (1..=3)
        .map(|count| {
            let holder = caller(&sandbox);
            proxy.wait_for_calls(count);
            signal(&holder, Signal::SIGSTOP);
            holder
        })
        .collect();
    let line = assert_same_failure(&[end(caller(&sandbox))], 5);
    let pid = stopped[2].id();
    assert_eq!(
        line,
        format!(
            "afed: another afed (process {pid}) was stopped while it fetched the same credentials (hint: let it go on, or end it: kill -CONT {pid}; kill {pid})\n"
        )
    );
    proxy.release();
    stopped.iter().for_each(|holder| signal(holder, Signal::SIGCONT));
    assert!(ends(stopped).iter().all(|output| output.status.success()));
}

#[test]
fn a_failing_holder_s_failure_answers_those_who_wait() {
    let (sandbox, proxy) = world("alice");
    proxy.reply(Reply::refusal(403, "AccessDenied", "no"));
    proxy.hold();
    let holder = caller(&sandbox);
    proxy.wait_for_calls(1);
    let others = waiting_callers(&sandbox, SOME);
    proxy.release();
    let mut outputs = ends(others);
    outputs.push(end(holder));
    assert!(assert_same_failure(&outputs, 4).starts_with("afed: "));
    assert_eq!(proxy.asked().len(), 1);
}

#[test]
fn waiting_is_bounded_and_names_the_holder() {
    let (sandbox, proxy) = world("alice");
    sandbox.edit_config(|text| format!("{text}\n[cache]\nwait = \"1s\"\n"));
    sandbox.settle();
    proxy.hold();
    let holder = caller(&sandbox);
    proxy.wait_for_calls(1);
    let pid = holder.id();
    let line = assert_same_failure(&ends(callers(&sandbox, "deploy", SOME)), 5);
    assert_eq!(
        line,
        format!(
            "afed: another afed (process {pid}) has been fetching the same credentials for 1 s (hint: look what it waits for: ps -fp {pid})\n"
        )
    );
    proxy.release();
    assert_same_credentials(&[end(holder)]);
    assert_eq!(proxy.asked().len(), 1);
}
