//! Which host is asked for credentials: the region's own STS, or the one that the environment names.

use crate::sandbox::{Run, Sandbox, aws};
use crate::sts_proxy::StsProxy;
use crate::trap::Trap;

fn creds(sandbox: &Sandbox) -> Run<'_> {
    sandbox.run(&["creds", "deploy", "--format", "process"]).env("AWS_ENDPOINT_URL_STS", "")
}

#[test]
fn the_variable_of_the_service_wins_over_the_one_for_all() {
    let sandbox = Sandbox::with_session_of("alice");
    let (one, other) = (StsProxy::start(), StsProxy::start());
    let run = creds(&sandbox).env("AWS_ENDPOINT_URL_STS", &one.url).env("AWS_ENDPOINT_URL", &other.url);
    run.vends().succeeds();
    assert_eq!((one.asked().len(), other.asked().len()), (1, 0));
    creds(&sandbox).env("AWS_ENDPOINT_URL", &other.url).vends().succeeds();
    assert_eq!((one.asked().len(), other.asked().len()), (1, 1));
}

#[test]
fn plain_http_leaves_this_machine_for_nobody() {
    let sandbox = Sandbox::with_session_of("alice");
    sandbox.run(&["creds", "deploy"]).env("AWS_ENDPOINT_URL_STS", "http://sts.example.com").fails(
        1,
        "error: AWS_ENDPOINT_URL_STS names “http://sts.example.com”, which is not an https URL or a loopback http URL\n\n\
         hint: use an https URL, or: unset AWS_ENDPOINT_URL_STS\n",
    );
}

#[test]
fn each_region_is_asked_at_its_own_host() {
    let sandbox = Sandbox::with_session_of("alice");
    let partitioned = |role: &str, partition: &str| role.replace("arn:aws:", &format!("arn:{partition}:"));
    let role = &aws().open_role;
    for (region, partition, host) in [
        ("eu-west-1", "aws", "sts.eu-west-1.amazonaws.com"),
        ("cn-north-1", "aws-cn", "sts.cn-north-1.amazonaws.com.cn"),
        ("us-gov-west-1", "aws-us-gov", "sts.us-gov-west-1.amazonaws.com"),
    ] {
        let trap = Trap::start();
        let before = sandbox.config();
        sandbox.edit_config(|text| text.replace("eu-west-1", region).replace(role, &partitioned(role, partition)));
        let run = creds(&sandbox).env("HTTPS_PROXY", &trap.url);
        // Configured endpoints are to be ignored, and then the region's own is asked.
        let run = run.env("AWS_ENDPOINT_URL", "http://127.0.0.1:9").env("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true");
        let outcome = run.outcome();
        assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(5), ""));
        assert!(outcome.stderr.starts_with(&format!("afed: {host} can't be reached: ")), "{outcome:?}");
        let hint = format!("(hint: see whether it answers: curl -sSI https://{host})\n");
        assert!(outcome.stderr.ends_with(&hint), "{outcome:?}");
        let asked = trap.lines();
        assert!(!asked.is_empty());
        assert!(asked.iter().all(|line| *line == format!("CONNECT {host}:443 HTTP/1.1")), "{asked:?}");
        sandbox.edit_config(|_| before);
    }
}
