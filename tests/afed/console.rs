//! `afed console` against an endpoint that holds AWS's rules: links that an independent parser reads, browsers that come
//! and those that do not, and what is refused before anybody is asked.

use std::os::unix::fs::PermissionsExt;

use crate::sandbox::{Run, Sandbox};
use crate::sign_in_endpoint::{SignInEndpoint, TOKEN, TOKEN_CANARY};

const HOME: &str = "https://console.aws.amazon.com/console/home?region=eu-west-1";
const OMIT_POLICY: [&str; 1] = ["--omit-policy"];

/// Alice is logged in, and the configuration names the endpoint and has these lines in its table of the console.
fn sandbox(lines: &str) -> (Sandbox, SignInEndpoint) {
    let endpoint = SignInEndpoint::start();
    let sandbox = Sandbox::with_session_of("alice");
    sandbox.keep_secret(TOKEN_CANARY);
    sandbox.edit_config(|text| format!("{text}\n[console]\nsign_in_url = \"{}\"\n{lines}\n", endpoint.url));
    sandbox.crowd.forget_received();
    (sandbox, endpoint)
}

fn create(sandbox: &Sandbox, principal: &str, region: &str, more: &[&str]) {
    let words = ["connector", "create", "it", "--account", "ops", "--principal", principal, "--group", "developers"];
    sandbox.run(&words).args(&["--region", region]).args(more).succeeds();
}

/// The parameters of the link that this run prints, which must be one of this endpoint.
fn printed(run: Run<'_>, endpoint: &SignInEndpoint) -> Vec<(String, String)> {
    let outcome = run.args(&["--print"]).vends().succeeds();
    assert_eq!(outcome.stderr, "");
    let link = url::Url::parse(outcome.stdout.strip_suffix('\n').unwrap()).unwrap();
    assert_eq!(link.as_str().split_once('?').unwrap().0, format!("{}/federation", endpoint.url));
    link.query_pairs().into_owned().collect()
}

fn link_to(destination: &str) -> Vec<(String, String)> {
    [("Action", "login"), ("Issuer", "afed"), ("Destination", destination), ("SigninToken", TOKEN)]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
}

/// The duration that was sent with the only visit; the credentials of it are secrets from now on.
fn only_visit(sandbox: &Sandbox, endpoint: &SignInEndpoint, arn: &str) -> Option<u32> {
    let visits = endpoint.take_visits();
    assert_eq!(visits.len(), 1, "{visits:?}");
    visits[0].secrets.iter().for_each(|secret| sandbox.keep_secret(secret));
    assert_eq!(visits[0].arn, arn);
    visits[0].duration
}

#[test]
fn a_role_signs_in_with_the_duration_that_was_asked_for() {
    let (sandbox, endpoint) = sandbox("");
    let arn = "arn:aws:sts::000000000000:assumed-role/open/alice";
    let console = || sandbox.run(&["console", "deploy"]);
    assert_eq!(printed(console(), &endpoint), link_to(HOME));
    assert_eq!(only_visit(&sandbox, &endpoint, arn), None, "never derived from the credentials' remaining life");
    printed(console().args(&["--duration", "12h"]), &endpoint);
    assert_eq!(only_visit(&sandbox, &endpoint, arn), Some(43_200));
    let outside = |seconds: u32| format!("error: a console session lives 900 to 43200 seconds; {seconds} is outside\n");
    console().args(&["--duration", "899"]).fails(1, &outside(899));
    console().args(&["--duration", "43201"]).fails(1, &outside(43_201));
    sandbox.edit_config(|text| text.replace("[console]\n", "[console]\nsession_duration = \"15m\"\n"));
    printed(console(), &endpoint);
    assert_eq!(only_visit(&sandbox, &endpoint, arn), Some(900));
    endpoint.take_roles_for_chained();
    console().args(&["--print"]).fails(
        4,
        &format!(
            "error: {}/federation does not take the credentials (status 400)\n\nhint: it was asked for a session of 15m: try without --duration and session_duration in [console]\n",
            endpoint.url
        ),
    );
    sandbox.edit_config(|text| text.replace("session_duration = \"15m\"", "session_duration = 899"));
    console().fails(
        1,
        "error: $SANDBOX/home/.config/afed/config.toml: session_duration in [console] can't be used\ncaused by: a console session lives 900 to 43200 seconds; 899 is outside\n",
    );
}

#[test]
fn a_federated_user_signs_in_without_a_duration() {
    let (sandbox, endpoint) = sandbox("session_duration = \"8h\"");
    create(&sandbox, "federated-user", "eu-west-1", &OMIT_POLICY);
    assert_eq!(printed(sandbox.run(&["console", "it"]), &endpoint), link_to(HOME));
    let arn = "arn:aws:sts::000000000000:federated-user/alice";
    assert_eq!(only_visit(&sandbox, &endpoint, arn), None);
    sandbox.run(&["console", "it", "--duration", "8h"]).fails(
        1,
        "error: a console session has a duration of its own only where a long-term key assumes a role\n\nhint: leave --duration out: the console session lives as long as the credentials\n",
    );
}

#[test]
fn what_aws_would_not_let_in_is_refused_before_anybody_is_asked() {
    let (sandbox, endpoint) = sandbox("");
    create(&sandbox, "session-token", "eu-west-1", &[]);
    sandbox.crowd.forget_received();
    sandbox.run(&["console", "it", "--print"]).fails(
        1,
        "error: AWS lets no session-token credentials into the console\n\nhint: use a connector of the principal type assume-role or federated-user; see: afed connector list\n",
    );
    sandbox.edit_config(|text| {
        text.replace("[connectors.it]", "[connectors.was]")
            .replace(&format!("sign_in_url = \"{}\"\n", endpoint.url), "")
    });
    create(&sandbox, "federated-user", "us-iso-east-1", &OMIT_POLICY);
    sandbox.run(&["console", "it", "--print"]).fails(
        1,
        "error: the console of the partition aws-iso is not known to afed\n\nhint: where it has a console, name its hosts: sign_in_url and console_url in [console]\n",
    );
    sandbox
        .run(&["console", "deploy", "--region", "cn-north-1", "--print"])
        .fails(1, "error: cn-north-1 is in the partition aws-cn, and the connector is in aws\n");
    sandbox.run(&["console", "deploy"]).fails(
        1,
        "error: there is no display here to open a browser on\n\nhint: print the link and open it yourself: the same command with --print\n",
    );
    assert!(sandbox.crowd.received().is_empty() && endpoint.take_visits().is_empty());
}

#[test]
fn nobody_but_the_entitled_signs_in() {
    let (sandbox, endpoint) = sandbox("");
    sandbox.edit_config(|text| text.replace("groups = [\"developers\"]", "groups = [\"nobody\"]"));
    sandbox.run(&["console", "deploy", "--print"]).fails(
        4,
        "error: “alice” may not use the connector “deploy”\n\nhint: it is open to: nobody; ask for membership in one of them\n",
    );
    assert!(endpoint.take_visits().is_empty());
}

#[test]
fn a_sign_in_ends_on_a_page_of_the_console() {
    let (sandbox, endpoint) = sandbox("issuer = \"https://example.com/sign in?a=b&c\"");
    let console = |more: &[&str]| sandbox.run(&["console", "deploy"]).args(more);
    let page = "https://s3.console.aws.amazon.com/s3/buckets/b?region=eu-west-1&tab=objects#a";
    for (more, destination) in [
        (&["--service", "s3"][..], "https://console.aws.amazon.com/s3/home?region=eu-west-1"),
        (
            &["--service", "dynamodb", "--region", "us-east-1"],
            "https://console.aws.amazon.com/dynamodbv2/home?region=us-east-1",
        ),
        (&["--destination", page], page),
    ] {
        let link = printed(console(more), &endpoint);
        assert_eq!(link[2], ("Destination".to_owned(), destination.to_owned()));
        assert_eq!(link[1].1, "https://example.com/sign in?a=b&c");
    }
    endpoint.take_visits();
    for (page, reason) in [
        (
            "https://console.aws.amazon.com@evil.example/",
            "the destination is not a page of the console: it must begin with https://, and its host must be console.aws.amazon.com or end in .console.aws.amazon.com",
        ),
        (
            "https://evil.example\\.console.aws.amazon.com/",
            "the destination holds “\\\\”, which must be percent-encoded in a URL",
        ),
    ] {
        console(&["--destination", page, "--print"]).fails(1, &format!("error: {reason}\n"));
    }
    console(&["--service", "s3/../ec2", "--print"])
        .fails(1, "error: the service “s3/../ec2” is not a name such as s3: lower-case letters, digits and -\n");
    assert!(endpoint.take_visits().is_empty());
}

#[test]
fn a_browser_gets_the_link_by_a_way_that_no_process_list_shows() {
    let (sandbox, endpoint) = sandbox("browser = \"'./my browser' --new-tab 'to {url}'\"");
    let script = "#!/bin/sh\nprintf '%s\\n' \"$@\" > arguments\necho noise\necho noise >&2\nexec curl -sL -o page \"${2#to }\"\n";
    sandbox.write_private("my browser", script);
    std::fs::set_permissions(sandbox.path("my browser"), std::fs::Permissions::from_mode(0o700)).unwrap();
    sandbox
        .run(&["console", "deploy", "--service", "iam"])
        .prints("", "The browser signs in with “deploy”: https://console.aws.amazon.com/iam/home?region=eu-west-1\n");
    let login = endpoint.wait_for_login();
    assert_eq!(login["Destination"], "https://console.aws.amazon.com/iam/home?region=eu-west-1");
    let arguments = sandbox.read("arguments");
    assert!(
        arguments.starts_with("--new-tab\nto http://127.0.0.1:") && !arguments.contains("federation"),
        "{arguments}"
    );
}

#[test]
fn a_browser_that_does_not_come_is_told() {
    let (sandbox, _endpoint) = sandbox("browser = \"BROWSER\"\nbrowser_wait = \"1s\"");
    let original = sandbox.config();
    let hint = "\nhint: print the link and open it yourself: the same command with --print\n";
    for (browser, cause) in [
        (
            "no-such-browser {url}",
            "no-such-browser can't be started\ncaused by: No such file or directory (os error 2)\n",
        ),
        ("false {url}", "false has ended with a failure: exit status: 1\n"),
        ("true {url}", "no browser has come for it within 1 s\n"),
    ] {
        sandbox.edit_config(|_| original.replace("BROWSER", browser));
        let words = format!("error: the browser did not get the sign-in\ncaused by: {cause}{hint}");
        sandbox.run(&["console", "deploy"]).fails(1, &words);
    }
    for (browser, cause) in [
        ("firefox", "it has {url} 0 times in its arguments; it must be there once"),
        ("firefox '{url}", "a quotation mark in it is never closed"),
    ] {
        sandbox.edit_config(|_| original.replace("BROWSER", browser));
        let words = format!(
            "error: $SANDBOX/home/.config/afed/config.toml: browser in [console] can't be used\ncaused by: {cause}\n"
        );
        sandbox.run(&["console", "deploy"]).fails(1, &words);
    }
}

#[test]
fn credentials_go_to_no_address_that_could_be_overheard() {
    let (sandbox, endpoint) = sandbox("");
    let original = sandbox.config();
    for address in ["http://signin.example.com", "https://bob@signin.example.com", "https://signin.example.com/x"] {
        sandbox.edit_config(|_| original.replace(&endpoint.url, address));
        sandbox.run(&["console", "deploy", "--print"]).fails(
            1,
            "error: $SANDBOX/home/.config/afed/config.toml: sign_in_url in [console] can't be used\ncaused by: it is not an address such as https://signin.aws.amazon.com: https, or http on this machine, and no path\n",
        );
    }
}
