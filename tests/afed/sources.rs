//! Who signs, and whom afed talks to: the configured key and nothing else, the directory and STS and nobody else,
//! whatever the environment and AWS's own files say.

use std::collections::BTreeSet;
use std::path::Path;

use crate::sandbox::{Run, Sandbox, aws, aws_url};
use crate::sts_proxy::StsProxy;
use crate::trap::Trap;

/// Everything that leads an SDK's default chain astray.
fn with_lies<'a>(sandbox: &Sandbox, run: Run<'a>, trap: &Trap) -> Run<'a> {
    let lie = format!(
        "aws_access_key_id = AKIAI44QH8DHBEXAMPLE\naws_secret_access_key = je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY\nregion = us-west-2\nendpoint_url = {}\n",
        trap.url
    );
    sandbox.write_private("home/.aws/credentials", format!("[default]\n{lie}\n[liar]\n{lie}"));
    sandbox.write_private("home/.aws/config", format!("[default]\n{lie}\n[profile liar]\n{lie}"));
    sandbox.write_private("token", "not-a-token");
    [
        ("AWS_ACCESS_KEY_ID", "AKIAI44QH8DHBEXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY"),
        ("AWS_SESSION_TOKEN", "AQoDYXdzEJr"),
        ("AWS_SECURITY_TOKEN", "AQoDYXdzEJr"),
        ("AWS_PROFILE", "liar"),
        ("AWS_REGION", "us-west-2"),
        ("AWS_DEFAULT_REGION", "us-west-2"),
        ("AWS_ROLE_ARN", "arn:aws:iam::123123123123:role/liar"),
        ("AWS_ROLE_SESSION_NAME", "liar"),
        ("AWS_WEB_IDENTITY_TOKEN_FILE", sandbox.path("token").to_str().unwrap()),
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", &trap.url),
        ("AWS_EC2_METADATA_SERVICE_ENDPOINT", &trap.url),
        ("AWS_ENDPOINT_URL", &trap.url),
        ("AWS_STS_REGIONAL_ENDPOINTS", "legacy"),
        ("HTTP_PROXY", &trap.url),
        ("http_proxy", &trap.url),
        ("ALL_PROXY", &trap.url),
    ]
    .into_iter()
    .fold(run, |run, (name, value)| run.env(name, value))
}

#[test]
fn only_the_configured_key_signs_whatever_the_environment_says() {
    let (proxy, trap) = (StsProxy::start(), Trap::start());
    let sandbox = Sandbox::with_session_of("alice").env("AWS_ENDPOINT_URL_STS", &proxy.url);
    let run = with_lies(&sandbox, sandbox.run(&["creds", "deploy", "--format", "json"]), &trap);
    let credentials = run.vends().succeeds().json();
    assert_eq!(credentials["PrincipalArn"], "arn:aws:sts::000000000000:assumed-role/open/alice");
    assert_eq!(credentials["Region"], "eu-west-1");
    let call = proxy.only_call();
    assert_eq!(call.signed_by(), (aws().key.id.as_str(), "eu-west-1", "sts"));
    assert!(!call.has_session_token);
    assert_eq!(trap.lines(), Vec::<String>::new());
}

#[test]
fn no_connection_is_made_but_to_the_directory_and_sts() {
    let trap = Trap::start();
    let sandbox = Sandbox::with_session_of("alice");
    let trace = sandbox.path("trace");
    let strace = sandbox.program(Path::new("/usr/bin/strace"));
    // Without a limit of length the trace would hold what was sent.
    let run = strace.args(&["-f", "-qq", "-s", "0", "-e", "trace=network", "-o", trace.to_str().unwrap()]);
    let run = run.args(&[env!("CARGO_BIN_EXE_afed"), "creds", "deploy", "--format", "process"]);
    with_lies(&sandbox, run, &trap).vends().succeeds();
    let reached: BTreeSet<String> = sandbox.read("trace").lines().filter_map(destination).collect();
    let host = |url: &str| url.trim_start_matches("http://").split('/').next().unwrap().to_owned();
    assert_eq!(reached, BTreeSet::from([host(sandbox.crowd.url()), host(aws_url())]));
}

/// Where a line of the trace reaches out to: `address:port`, or the line itself when it is not over IP.
fn destination(line: &str) -> Option<String> {
    let (call, _) = line.split_once('(')?;
    let name = call.split_whitespace().last()?;
    let reaches_out = matches!(name, "connect" | "sendto" | "sendmsg" | "sendmmsg") && line.contains("sa_family=");
    reaches_out.then(|| ip_destination(line).unwrap_or_else(|| line.to_owned()))
}

fn ip_destination(line: &str) -> Option<String> {
    let port = line.split_once("sin_port=htons(")?.1.split_once(')')?.0;
    let address = line.split_once("inet_addr(\"")?.1.split_once('"')?.0;
    Some(format!("{address}:{port}"))
}

#[test]
fn a_trace_shows_whom_was_reached() {
    for (line, expected) in [
        (
            "12 connect(9, {sa_family=AF_INET, sin_port=htons(443), sin_addr=inet_addr(\"127.0.0.1\")}, 16) = 0",
            Some("127.0.0.1:443"),
        ),
        (
            "connect(9, {sa_family=AF_UNIX, sun_path=\"/run/x\"}, 9) = 0",
            Some("connect(9, {sa_family=AF_UNIX, sun_path=\"/run/x\"}, 9) = 0"),
        ),
        (
            "12 sendto(9, \"\"..., 10, 0, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr(\"10.0.0.1\")}, 16) = 10",
            Some("10.0.0.1:53"),
        ),
        ("12 sendto(9, \"\"..., 10, MSG_NOSIGNAL, NULL, 0) = 10", None),
        (
            "12 getpeername(9, {sa_family=AF_INET, sin_port=htons(1), sin_addr=inet_addr(\"127.0.0.1\")}, [16]) = 0",
            None,
        ),
        ("12 +++ exited with 0 +++", None),
    ] {
        assert_eq!(destination(line).as_deref(), expected, "{line}");
    }
}
