//! `afed creds` in every format, from one fixed lease, to the byte.

use std::os::fd::AsRawFd;
use std::path::Path;

use nix::sys::socket::{AddressFamily, MsgFlags, SockFlag, SockType, recv, socketpair};

use crate::sandbox::{Run, Sandbox};
use crate::sts_proxy::{DOCUMENTATION_KEY, Reply, StsProxy};

const EXPIRY: &str = "2286-11-20T17:46:39Z";

/// A sandbox in which STS always gives the same lease, far from over.
fn sandbox() -> Sandbox {
    let proxy = StsProxy::start();
    proxy.reply(Reply::assumed_role(EXPIRY));
    Sandbox::with_session_of("alice").env("AWS_ENDPOINT_URL_STS", &proxy.url)
}

#[test]
fn every_format_is_as_promised_to_the_byte() {
    let sandbox = sandbox();
    let [id, secret, token] = DOCUMENTATION_KEY;
    let expected = include_str!("data/formats.txt").replace("$ID", id).replace("$SECRET", secret);
    let expected = expected.replace("$TOKEN", token).replace("$EXPIRY", EXPIRY);
    let sections: Vec<(&str, &str)> =
        expected.split("=== ").skip(1).map(|section| section.split_once('\n').unwrap()).collect();
    assert_eq!(sections.len(), 10);
    for (format, text) in sections {
        // Windows' own command prompt reads Windows' own line ends.
        let text = if format == "cmd" { &text.replace('\n', "\r\n") } else { text };
        sandbox.run(&["creds", "deploy", "--format", format]).vends().prints(text, "");
    }
}

fn shell<'a>(sandbox: &'a Sandbox, program: &str, script: &str) -> Run<'a> {
    let run = sandbox.program(&Path::new("/usr/bin").join(program)).args(&["-c", script]);
    let afed_s_folder = Path::new(env!("CARGO_BIN_EXE_afed")).parent().unwrap();
    run.env("PATH", &format!("{}:/usr/bin:/bin", afed_s_folder.display())).vends()
}

/// An SDK that asks gets the object or nothing.
#[test]
fn a_failing_hook_prints_nothing_but_one_short_line() {
    let proxy = StsProxy::start();
    proxy.reply(Reply::refusal(403, "AccessDenied", "no\nreally\nno"));
    let sandbox = Sandbox::with_session_of("alice").env("AWS_ENDPOINT_URL_STS", &proxy.url);
    let outcome = sandbox.run(&["creds", "deploy", "--format", "process"]).outcome();
    assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(4), ""));
    assert_eq!(outcome.stderr.matches('\n').count(), 1, "{outcome:?}");
    assert!(outcome.stderr.starts_with("afed: AWS denies sts:AssumeRole to the key ") && outcome.stderr.len() < 600);
}

/// A reader who gets a part of an answer, such as a shell that evaluates it, would do a part of it. A pipe takes one write of
/// up to 4096 bytes whole or not at all; a socket of records shows how many there were.
#[test]
fn an_answer_is_written_at_once() {
    let sandbox = Sandbox::with_session_of("alice");
    for format in ["bash", "fish", "powershell", "cmd", "elvish", "nushell", "json", "process", "ini", "dotenv"] {
        let (ours, theirs) =
            socketpair(AddressFamily::Unix, SockType::SeqPacket, None, SockFlag::SOCK_CLOEXEC).unwrap();
        let status = sandbox.run(&["creds", "deploy", "--format", format]).command().stdout(theirs).status().unwrap();
        let lengths: Vec<usize> =
            std::iter::repeat_with(|| recv(ours.as_raw_fd(), &mut [0; 65_536], MsgFlags::empty()))
                .map(Result::unwrap)
                .take_while(|length| *length > 0)
                .collect();
        assert!(status.success() && matches!(lengths[..], [1..4_096]), "{format}: {status}, {lengths:?}");
    }
}

#[test]
fn what_can_t_be_written_to_standard_output_is_told() {
    let sandbox = Sandbox::with_session_of("alice");
    for command in ["afed --help", "afed completions bash", "afed creds deploy --format json"] {
        shell(&sandbox, "bash", &format!("{command} >/dev/full")).fails(
            5,
            "error: the answer could not be written to standard output\ncaused by: No space left on device (os error 28)\n",
        );
    }
}
