//! The connections of a cold call: the one to STS comes about while Crowd is asked, carries nothing before Crowd has let
//! the person in, and there is one to each.

use std::net::{Ipv4Addr, TcpListener};
use std::time::Duration;

use serde_json::json;

use crate::crowd_directory::Scripted;
use crate::gate::{Gate, Passed};
use crate::patience::wait_until;
use crate::sandbox::{Run, Sandbox, aws_url};

const QUIET: Passed = Passed { sent: 0, over: false };
const LEFT_UNUSED: Passed = Passed { sent: 0, over: true };

/// A sandbox whose STS is behind a gate.
fn world(person: &str) -> (Sandbox, Gate) {
    let gate = Gate::to(aws_url());
    let sandbox = Sandbox::with_session_of(person).env("AWS_ENDPOINT_URL_STS", &gate.url);
    sandbox.crowd.forget_received();
    (sandbox, gate)
}

fn creds(sandbox: &Sandbox) -> Run<'_> {
    sandbox.run(&["creds", "deploy", "--format", "process"]).vends()
}

#[test]
fn sts_has_a_connection_and_hears_nothing_while_crowd_has_an_answer_to_give() {
    let (sandbox, gate) = world("alice");
    for (number, (method, resource)) in
        [("POST", "/session/"), ("GET", "/user/group/nested"), ("GET", "/group")].into_iter().enumerate()
    {
        sandbox.crowd.forget_received();
        let late = Scripted::json(200, &json!({})).after(Duration::from_secs(3600));
        sandbox.crowd.script(method, resource, late);
        let mut held = creds(&sandbox).command().spawn().unwrap();
        wait_until(resource, || sandbox.crowd.count(method, resource) == 1);
        wait_until("a connection to STS", || gate.passed().len() == number + 1);
        assert_eq!(gate.passed()[number], QUIET, "{resource}");
        assert!(held.try_wait().unwrap().is_none());
        held.kill().unwrap();
        held.wait().unwrap();
        wait_until("the end of the connection", || gate.passed()[number].over);
        assert_eq!(gate.passed()[number], LEFT_UNUSED, "{resource}");
    }
}

#[test]
fn a_cold_call_makes_one_connection_to_sts_and_a_later_check_none() {
    let (sandbox, gate) = world("alice");
    sandbox.settle();
    let first = creds(&sandbox).succeeds().stdout;
    assert!(matches!(gate.passed()[..], [Passed { sent: 1.., .. }]), "{:?}", gate.passed());
    let asked = sandbox.crowd.received().len();
    assert_eq!(creds(&sandbox).succeeds().stdout, first);
    assert_eq!((sandbox.crowd.received().len(), gate.passed().len()), (2 * asked, 1));
}

#[test]
fn whoever_is_denied_leaves_a_connection_on_which_nothing_was_sent() {
    let (sandbox, gate) = world("bob");
    let denial = creds(&sandbox).outcome();
    assert_eq!((denial.code, denial.stdout.as_str()), (Some(4), ""), "{denial:?}");
    wait_until("the end of the connection", || gate.passed().first().is_some_and(|passed| passed.over));
    assert_eq!(gate.passed(), [LEFT_UNUSED]);

    // The denial is the same where nobody takes connections, and where whoever takes them never speaks TLS.
    let gone = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
    let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    for url in [format!("http://{gone}"), format!("https://{}", silent.local_addr().unwrap())] {
        creds(&sandbox).env("AWS_ENDPOINT_URL_STS", &url).fails(4, &denial.stderr);
    }
    silent.set_nonblocking(true).unwrap();
    assert!(silent.accept().is_ok(), "it was tried beside");
}

#[test]
fn sts_that_takes_no_connection_is_told_as_ever_to_whoever_is_let_in() {
    let (sandbox, _gate) = world("alice");
    let gone = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
    let words =
        "can't be reached: io error: client error (Connect): tcp connect error: Connection refused (os error 111)";
    for scheme in ["http", "https"] {
        let hint = format!("(hint: see whether it answers: curl -sSI {scheme}://{gone})");
        creds(&sandbox)
            .env("AWS_ENDPOINT_URL_STS", &format!("{scheme}://{gone}"))
            .fails(5, &format!("afed: {gone} {words} {hint}\n"));
    }
}
