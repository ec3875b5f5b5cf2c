//! Commands that take afed's place: what they get in their environment and what not, how they end, and how afed says that
//! it could not run them. Runs inside runs, and runs that would start themselves without end.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;

use crate::emulator::parts;
use crate::sandbox::{Run, Sandbox, aws_url};
use crate::sts_mfa::SERIAL;
use crate::sts_proxy::{Reply, StsProxy};

const AFED: &str = env!("CARGO_BIN_EXE_afed");
const REPEATED: &str =
    "the command of this afed exec runs the same afed exec again, with “deploy”; that would have no end";
const ALICE: &str = "arn:aws:sts::000000000000:assumed-role/open/alice";

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::with_session_of("alice");
    sandbox.recheck_after("5m");
    sandbox
}

fn exec<'a>(sandbox: &'a Sandbox, command: &[&str]) -> Run<'a> {
    sandbox.run(&["exec", "deploy", "--"]).args(command)
}

fn variables(stdout: &str) -> BTreeMap<&str, &str> {
    stdout.lines().filter_map(|line| line.split_once('=')).collect()
}

#[test]
fn a_command_gets_these_variables_and_no_others_of_its_caller_s_credentials() {
    let sandbox = sandbox();
    let foreign = [
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_SECURITY_TOKEN",
        "AWS_ACCESS_KEY",
        "AWS_SECRET_KEY",
        "SECRET_ACCESS_KEY",
        "AMAZON_ACCESS_KEY_ID",
        "AMAZON_SECRET_ACCESS_KEY",
        "AMAZON_SESSION_TOKEN",
        "AWS_BEARER_TOKEN_BEDROCK",
        "AWS_CREDENTIAL_EXPIRATION",
        "AWS_SESSION_EXPIRATION",
        "AWS_CREDENTIAL_SCOPE",
        "AWS_ACCOUNT_ID",
        "AWS_PROFILE",
        "AWS_DEFAULT_PROFILE",
        "AWS_EB_PROFILE",
        "AWS_CREDENTIAL_FILE",
        "AWS_CREDENTIAL_PROFILES_FILE",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AWS_ROLE_ARN",
        "AWS_ROLE_SESSION_NAME",
        "AWS_IAM_ROLE_ARN",
        "AWS_IAM_ROLE_SESSION_NAME",
        "AFED_CONNECTOR",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
        "AWS_EC2_METADATA_SERVICE_ENDPOINT",
        "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
        "AWS_REGION",
        "AWS_DEFAULT_REGION",
    ];
    let harmless =
        ["AWS_RETRY_MODE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_EC2_METADATA_DISABLED", "TERM"];
    let run = foreign.iter().chain(&harmless).fold(exec(&sandbox, &["env"]), |run, name| run.env(name, "inherited"));
    let outcome = run.vends().succeeds();
    let got = variables(&outcome.stdout);
    let mut kept: Vec<&str> = got.iter().filter(|(_, value)| **value == "inherited").map(|(name, _)| *name).collect();
    kept.sort_unstable();
    let mut expected = harmless;
    expected.sort_unstable();
    assert_eq!(kept, expected);
    let own: Vec<(&str, &str)> = got
        .into_iter()
        .filter(|(name, value)| *value != "inherited" && !["HOME", "PATH", "SHELL"].contains(name))
        .collect();
    let names: Vec<&str> = own.iter().map(|(name, _)| *name).collect();
    assert_eq!(
        names,
        [
            "AFED_CHAIN",
            "AFED_CONNECTOR",
            "AWS_ACCESS_KEY_ID",
            "AWS_ACCOUNT_ID",
            "AWS_CREDENTIAL_EXPIRATION",
            "AWS_DEFAULT_REGION",
            "AWS_ENDPOINT_URL_STS",
            "AWS_REGION",
            "AWS_SECRET_ACCESS_KEY",
            "AWS_SESSION_TOKEN",
        ]
    );
    let values: BTreeMap<_, _> = own.into_iter().collect();
    assert_eq!(
        (values["AFED_CONNECTOR"], values["AWS_REGION"], values["AWS_DEFAULT_REGION"]),
        ("deploy", "eu-west-1", "eu-west-1")
    );
    assert_eq!(outcome.stderr, "");
}

#[test]
fn a_command_takes_afed_s_place_and_inherits_nothing_that_afed_has_opened() {
    let sandbox = sandbox();
    // Whoever runs the tests may have left something open.
    let open = sandbox.program("sh".as_ref()).args(&["-c", "exec ls /proc/self/fd"]).succeeds().stdout;
    let child = exec(&sandbox, &["sh", "-c", "echo $$; exec ls /proc/self/fd"]).command().spawn().unwrap();
    let pid = child.id();
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), format!("{pid}\n{open}"));
    sandbox.edit_config(|config| {
        let line = config.lines().find(|line| line.starts_with("passphrase_file")).unwrap().to_owned();
        config.replace(&line, "passphrase_fd = 7")
    });
    let script = format!(
        "{AFED} exec deploy -- ls /proc/self/fd 7<passphrase; {AFED} exec --refresh deploy -- true 7<passphrase"
    );
    let outcome = sandbox.program("sh".as_ref()).args(&["-c", &script]).outcome();
    assert_eq!(
        (outcome.code, outcome.stdout.as_str(), outcome.stderr.as_str()),
        (
            Some(1),
            open.as_str(),
            "error: the credentials can't be renewed while the command runs: the passphrase comes by file descriptor 7 \
             (passphrase_fd), which a hook does not get\n\n\
             hint: take passphrase_file or passphrase_credential in [secrets], or run the command without --refresh and --profile\n"
        )
    );
}

#[test]
fn a_command_s_end_is_afed_s_and_one_that_does_not_run_ends_as_in_a_shell() {
    let sandbox = sandbox();
    for code in [0, 1, 3, 70, 127, 128, 255] {
        let outcome = exec(&sandbox, &["sh", "-c", &format!("echo out; echo err >&2; exit {code}")]).outcome();
        assert_eq!((outcome.code, outcome.stdout.as_str(), outcome.stderr.as_str()), (Some(code), "out\n", "err\n"));
    }
    sandbox.write_private("no-program", "");
    for refresh in [&[][..], &["--refresh"]] {
        let run = |command: &str| sandbox.run(&["exec", "deploy"]).args(refresh).args(&["--", command, "x"]);
        run("no-such-command").fails(127, "error: there is no command “no-such-command”\n");
        let refused =
            |name| format!("error: the command “{name}” can't be run\ncaused by: Permission denied (os error 13)\n");
        run("./no-program").fails(126, &refused("./no-program"));
        run("/usr").fails(126, &refused("/usr"));
    }
    sandbox.run(&["exec", "deploi", "true"]).fails(
        1,
        "error: there is no connector “deploi”\n\nhint: did you mean “deploy”? All of them: afed connector list\n",
    );
    sandbox
        .run(&["exec", "deploy"])
        .fails(2, "error: there is no command to run\n\nhint: name it last: afed exec CONNECTOR -- COMMAND\n");
}

#[test]
fn what_lives_too_short_for_the_command_is_renewed_or_refused() {
    let proxy = StsProxy::start();
    let sandbox = Sandbox::with_session_of("alice").env("AWS_ENDPOINT_URL_STS", &proxy.url);
    sandbox.recheck_after("5m");
    let with = |min_life: &str| {
        sandbox.run(&["exec", "deploy", "--min-life", min_life, "printenv", "AWS_CREDENTIAL_EXPIRATION"])
    };
    let in_minutes = |minutes| jiff::Timestamp::now() + jiff::SignedDuration::from_mins(minutes);
    proxy.reply(Reply::assumed_role(&in_minutes(20).to_string()));
    let first = with("10m").succeeds().stdout;
    assert_eq!((with("10m").succeeds().stdout, proxy.asked().len()), (first.clone(), 1));
    proxy.reply(Reply::assumed_role(&in_minutes(50).to_string()));
    let second = with("30m").succeeds().stdout;
    assert_ne!(second, first);
    assert_eq!((with("10m").succeeds().stdout, proxy.asked().len()), (second, 2));
    proxy.reply(Reply::assumed_role(&in_minutes(40).to_string()));
    let refused = with("55m").outcome();
    let (before, after) = refused.stderr.split_once("“deploy” have 39m").unwrap_or_else(|| panic!("{refused:?}"));
    assert_eq!(before, "error: the credentials of ");
    assert!(after.ends_with("s left of 1h, and --min-life asks for 55m\n"), "{refused:?}");
    assert_eq!(refused.code, Some(1));
    let asked = proxy.asked().len();
    with("1h").fails(
        1,
        "error: credentials of “deploy” live 1h, which is its duration; --min-life 1h is more than they can have left\n\n\
         hint: ask for less than 1h: --min-life DURATION\n\
         hint: let them live longer: afed connector edit deploy --duration DURATION\n",
    );
    assert_eq!(proxy.asked().len(), asked, "what is never given is not asked for");
}

#[test]
fn aws_tools_have_the_connector_s_credentials() {
    let sandbox = sandbox().env("AWS_ENDPOINT_URL", aws_url());
    let cli = parts().join("emulator/bin/aws");
    let identity =
        exec(&sandbox, &[cli.to_str().unwrap(), "--output", "json", "sts", "get-caller-identity"]).succeeds();
    assert_eq!(identity.json()["Arn"], ALICE);
    let python = parts().join("clients/bin/python");
    let script = "import boto3; print(boto3.client('sts').get_caller_identity()['Arn'])";
    exec(&sandbox, &[python.to_str().unwrap(), "-c", script]).prints(&format!("{ALICE}\n"), "");
}

#[test]
fn somebody_who_is_denied_runs_nothing() {
    let sandbox = Sandbox::with_session_of("bob");
    let denial = "“bob” may not use the connector “deploy”";
    let hint = "\n\nhint: it is open to: developers; ask for membership in one of them\n";
    exec(&sandbox, &["touch", "ran"]).fails(4, &format!("error: {denial}{hint}"));
    let unstarted =
        format!("error: the command was not started: no credentials of “deploy”\ncaused by: {denial}{hint}");
    sandbox.run(&["exec", "--refresh", "deploy", "touch", "ran"]).fails(4, &unstarted);
    assert!(!sandbox.path("ran").exists());
}

#[test]
fn a_run_inside_a_run_is_allowed_and_says_at_a_terminal_where_it_is() {
    let sandbox = sandbox();
    let inner = [AFED, "exec", "deploy", "--", "printenv", "AFED_CONNECTOR"];
    exec(&sandbox, &inner).prints("deploy\n", "");
    let outer = ["exec", "--profile", "x=deploy", "--", AFED, "exec", "deploy", "--", "true"];
    let ended = sandbox.converse(&outer).succeeds();
    assert_eq!(ended.transcript, "Running with “deploy”, inside a run with “deploy”\r\n");
}

/// As people do with a shell when the credentials of the one around it are over.
#[test]
fn at_a_terminal_the_same_may_run_inside_itself() {
    let sandbox = sandbox();
    let again = format!("#!/bin/sh\n[ -z \"$INSIDE\" ] || exit 6\nINSIDE=1 exec {AFED} exec deploy ./again\n");
    sandbox.write_private("again", again);
    std::fs::set_permissions(sandbox.path("again"), std::fs::Permissions::from_mode(0o700)).unwrap();
    let ended = sandbox.converse(&["exec", "deploy", "./again"]).ended();
    assert_eq!(
        (ended.code, ended.transcript.as_str()),
        (Some(6), "Running with “deploy”, inside a run with “deploy”\r\n")
    );
    sandbox.run(&["exec", "deploy", "./again"]).fails(1, &format!("error: {REPEATED}\n"));
}

/// The AWS CLI asks afed, which starts the AWS CLI, which asks afed …
#[test]
fn a_hook_that_leads_back_to_itself_is_found() {
    let sandbox = sandbox().env("AWS_ENDPOINT_URL", aws_url());
    let cli = parts().join("emulator/bin/aws");
    let again = format!("{} --profile loop sts get-caller-identity", cli.display());
    sandbox.write_private(
        "home/.aws/config",
        format!("[profile loop]\nregion = eu-west-1\ncredential_process = {AFED} exec deploy -- {again}\n"),
    );
    let outcome = sandbox.program(&cli).args(&["--profile", "loop", "sts", "get-caller-identity"]).outcome();
    assert_eq!(outcome.stderr.matches(REPEATED).count(), 1, "{outcome:?}");
    assert_ne!(outcome.code, Some(0));
}

#[test]
fn a_program_that_asks_for_what_waits_for_it_is_found() {
    let proxy = StsProxy::start();
    proxy.require_mfa();
    let sandbox = Sandbox::with_session_of("alice").env("AWS_ENDPOINT_URL_STS", &proxy.url);
    let process = format!("{AFED} creds deploy --format process");
    sandbox.run(&["account", "edit", "ops", "--mfa-serial", SERIAL, "--mfa-process", &process]).succeeds();
    let sentence = "afed: credentials of “deploy” are asked for by a program that was started to get them; nobody would ever have them";
    sandbox.run(&["creds", "deploy"]).fails(
        3,
        &format!(
            "$AFED: {sentence}\n\
             error: $AFED gave no code of the MFA device {SERIAL}\n\
             caused by: it has ended with a failure: exit status: 1, saying: {sentence}\n\n\
             hint: see that it prints six digits, or give a code as --mfa-code CODE\n"
        ),
    );
}

#[test]
fn a_stranger_s_chain_can_only_refuse() {
    let sandbox = sandbox();
    sandbox.run(&["creds", "deploy", "--format", "process"]).env("AFED_CHAIN", "vend:deploy").fails(
        1,
        "afed: credentials of “deploy” are asked for by a program that was started to get them; nobody would ever have them\n",
    );
    let run =
        exec(&sandbox, &["printenv", "AFED_CONNECTOR"]).env("AFED_CHAIN", "\u{1b}[31m run:x vend:/etc/passwd $(id)");
    run.prints("deploy\n", "");
    let deep = (0..32).map(|depth| format!("run:deploy:{depth:016x}")).collect::<Vec<_>>().join(" ");
    exec(&sandbox, &["true"]).env("AFED_CHAIN", &deep).fails(
        1,
        "error: 32 runs of afed exec are inside each other, the last of them with “deploy”; they seem to start each other\n",
    );
}
