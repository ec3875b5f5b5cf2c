//! Which host is asked for credentials: the region's own STS, or the one that the environment names.

use crate::crowd_directory::CrowdServer;
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

#[test]
fn the_certificate_of_sts_is_told_from_the_file_that_it_is_checked_by() {
    let sandbox = Sandbox::with_session_of("alice");
    let elsewhere = CrowdServer::start_tls(Sandbox::population()).unwrap();
    let host = elsewhere.url().strip_prefix("https://").unwrap().split('/').next().unwrap();
    let run = || sandbox.run(&["creds", "deploy"]).env("AWS_ENDPOINT_URL_STS", &format!("https://{host}"));
    run().fails(
        5,
        &format!(
            "error: the certificate of {host} is not trusted\ncaused by: invalid peer certificate: UnknownIssuer\n\n\
             hint: where an authority of your own signs, name its PEM file in AWS_CA_BUNDLE\n"
        ),
    );
    run().env("AWS_CA_BUNDLE", "/nowhere/ca.pem").fails(
        1,
        "error: the certificates in /nowhere/ca.pem can't be used\ncaused by: No such file or directory (os error 2)\n\n\
         hint: name a file of PEM certificates in AWS_CA_BUNDLE; see what this one holds: openssl storeutl -noout -certs '/nowhere/ca.pem'\n",
    );
}

#[test]
fn the_switches_choose_among_a_region_s_endpoints_and_are_never_passed_over() {
    let sandbox = Sandbox::with_session_of("alice");
    let fips = ("AWS_USE_FIPS_ENDPOINT", "true");
    creds(&sandbox).env(fips.0, fips.1).fails(
        1,
        "afed: AWS has no FIPS endpoint of STS in eu-west-1 (hint: FIPS endpoints of STS are in the United States only; give \
         the connector such a region, or: unset AWS_USE_FIPS_ENDPOINT)\n",
    );
    creds(&sandbox).env(fips.0, fips.1).env("AWS_ENDPOINT_URL", "http://127.0.0.1:9").fails(
        1,
        "afed: AWS_ENDPOINT_URL names an endpoint, and AWS_USE_FIPS_ENDPOINT asks for another kind of it (hint: unset \
         AWS_ENDPOINT_URL, or: unset AWS_USE_FIPS_ENDPOINT)\n",
    );
    creds(&sandbox).env(fips.0, "yes").fails(
        1,
        "afed: AWS_USE_FIPS_ENDPOINT is “yes”, which is neither true nor false (hint: say true or false, or: unset \
         AWS_USE_FIPS_ENDPOINT)\n",
    );
    sandbox.edit_config(|text| text.replace("eu-west-1", "us-east-2"));
    for (dual_stack, host) in [("false", "sts-fips.us-east-2.amazonaws.com"), ("true", "sts-fips.us-east-2.api.aws")] {
        let trap = Trap::start();
        let run = creds(&sandbox).env(fips.0, fips.1).env("AWS_USE_DUALSTACK_ENDPOINT", dual_stack);
        let outcome = run.env("HTTPS_PROXY", &trap.url).outcome();
        assert!(outcome.stderr.starts_with(&format!("afed: {host} can't be reached: ")), "{outcome:?}");
        assert!(trap.lines().iter().all(|line| *line == format!("CONNECT {host}:443 HTTP/1.1")), "{:?}", trap.lines());
        assert!(!trap.lines().is_empty());
    }
}
