//! What is shown while something takes long: at a terminal only, gone before anything else is written, and in nobody's way.

use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::time::Duration;

use serde_json::json;

use crate::crowd_directory::Scripted;
use crate::patience::wait_until;
use crate::sandbox::Sandbox;

const WIPED: &str = "\r\u{1b}[2K";
const SESSION: &str = "/session/";

/// Alice's session at a Crowd that says nothing for as long as a test runs, and is waited for no longer than this.
fn silent_crowd(patience: &str) -> Sandbox {
    let sandbox = Sandbox::with_session_of("alice");
    sandbox.edit_config(|config| config.replace("[crowd]\n", &format!("[crowd]\ntimeout = \"{patience}\"\n")));
    let silent = Scripted::json(200, &json!({})).after(Duration::from_secs(3600)).always();
    sandbox.crowd.script("POST", SESSION, silent);
    sandbox
}

fn host(sandbox: &Sandbox) -> &str {
    sandbox.crowd.url().trim_start_matches("http://").split('/').next().unwrap()
}

/// What is on the screen in the end, where every wiped line leaves nothing.
fn left_on_screen(transcript: &str) -> String {
    let lines = transcript.split("\r\n").map(|line| line.rsplit(WIPED).next().unwrap());
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_slow_directory_is_shown_and_the_line_is_wiped_before_the_error() {
    let sandbox = silent_crowd("2s");
    let ended = sandbox
        .converse(&["whoami"])
        .sees(&format!("| waiting for Crowd at {}…", host(&sandbox)))
        .sees(&format!("{WIPED}/ waiting for Crowd"))
        .sees(&format!("{WIPED}error: "))
        .ended();
    assert_eq!(
        (ended.code, left_on_screen(&ended.transcript).as_str()),
        (Some(5), "error: $CROWD did not answer within 2 s\n\nhint: see whether it answers: curl -I $CROWD\n")
    );
}

#[test]
fn ctrl_c_leaves_a_clean_line_and_ends_the_process_as_it_always_does() {
    let sandbox = silent_crowd("60s");
    let ended = sandbox.converse(&["whoami"]).interrupt_at("waiting for Crowd").ended();
    assert_eq!(ended.code, Some(-2), "{ended:?}");
    assert_eq!(left_on_screen(&ended.transcript), "", "{ended:?}");
}

#[test]
fn nothing_is_shown_to_who_wants_quiet_has_no_terminal_or_a_dumb_one() {
    let sandbox = silent_crowd("1s");
    let said = "error: $CROWD did not answer within 1 s\n\nhint: see whether it answers: curl -I $CROWD\n";
    let quiet = sandbox.converse(&["whoami", "--quiet"]).ended();
    assert_eq!(quiet.transcript.replace("\r\n", "\n"), said);
    let dumb = sandbox.converse(&["whoami"]).env("TERM", "dumb").ended();
    assert_eq!(dumb.transcript.replace("\r\n", "\n"), said);
    let piped = sandbox.converse(&["whoami"]).with_piped_streams().ended();
    assert_eq!((piped.transcript.as_str(), piped.stderr.as_str()), ("", said));
}

#[test]
fn nothing_is_drawn_while_somebody_types_what_is_not_to_be_seen() {
    let sandbox = silent_crowd("1s");
    let typing = format!("stty -echo; {} whoami; stty echo", env!("CARGO_BIN_EXE_afed"));
    let ended = sandbox.converse_with(Path::new("/bin/sh"), &["-c", &typing]).succeeds();
    assert!(!ended.transcript.contains("waiting"), "{ended:?}");
    assert!(ended.transcript.contains("did not answer"), "{ended:?}");
}

#[test]
fn a_narrow_terminal_gets_as_much_as_fits_on_one_line() {
    let sandbox = silent_crowd("60s");
    let ended = sandbox.converse(&["whoami"]).columns(20).interrupt_at("| waiting for Crow…").ended();
    assert_eq!(left_on_screen(&ended.transcript), "", "{ended:?}");
}

#[test]
fn sts_and_another_afed_are_named() {
    let deaf = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let url = format!("http://{}", deaf.local_addr().unwrap());
    let sandbox = Sandbox::with_session_of("alice").env("AWS_ENDPOINT_URL_STS", &url);
    let mut holder = sandbox.run(&["creds", "deploy", "--format", "process"]).command().spawn().unwrap();
    wait_until("the question to Crowd", || sandbox.crowd.count("GET", "/user/group/nested") == 1);
    let other = format!("waiting for another afed (process {})…", holder.id());
    let creds = ["creds", "deploy", "--format", "process"];
    sandbox.converse(&creds).interrupt_at(&other).ended();
    holder.kill().unwrap();
    holder.wait().unwrap();
    sandbox.converse(&creds).interrupt_at("waiting for AWS STS in eu-west-1…").ended();
}
