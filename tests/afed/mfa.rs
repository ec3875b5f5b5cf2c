//! Second factors, through the shipped binary: where the codes come from, that each is used once, and what is said where
//! there is none. The proxy asks for codes as AWS does.

use serde_json::json;

use crate::audit::{records, told};
use crate::conversation::INTERRUPT;
use crate::emulator::parts;
use crate::moved_clocks::CLOCK;
use crate::sandbox::{Sandbox, aws, aws_url};
use crate::sts_mfa::{SERIAL, code_at, code_now, code_process};
use crate::sts_proxy::StsProxy;

/// The connector `deploy`, whose account has the device, and alice's session.
fn world() -> (Sandbox, StsProxy) {
    let proxy = StsProxy::start();
    proxy.require_mfa();
    let sandbox = Sandbox::with_session_of("alice").env("AWS_ENDPOINT_URL_STS", &proxy.url);
    sandbox.run(&["account", "edit", "ops", "--mfa-serial", SERIAL]).prints(
        "",
        &format!(
            "The account “ops” has the MFA device {SERIAL} now\n\
             Changed in $SANDBOX/home/.config/afed/config.toml\n\
             Connectors that change by it: deploy\n"
        ),
    );
    sandbox.recheck_after("5m");
    (sandbox, proxy)
}

/// The same, where a program gives the codes.
fn world_with_program() -> (Sandbox, StsProxy) {
    let (sandbox, proxy) = world();
    sandbox.run(&["account", "edit", "ops", "--mfa-process", &code_process()]).succeeds();
    sandbox.settle();
    (sandbox, proxy)
}

fn create<'a>(sandbox: &'a Sandbox, name: &str, principal: &str) -> crate::sandbox::Run<'a> {
    let run = sandbox.run(&["connector", "create", name, "--account", "ops", "--principal", principal]);
    run.args(&["--group", "developers", "--region", "eu-west-1"])
}

/// The text with its only number of seconds taken out.
fn without_seconds(text: &str) -> String {
    let (before, after) = text.rsplit_once(" s").map_or((text, ""), |(before, after)| (before, after));
    format!("{} N s{after}", before.trim_end_matches(|character: char| character.is_ascii_digit()).trim_end())
}

#[test]
fn a_program_gives_the_code_and_the_credentials_are_used_again() {
    let (sandbox, proxy) = world_with_program();
    let first = sandbox.run(&["creds", "deploy", "--format", "process"]).vends().succeeds();
    let call = proxy.only_call();
    assert_eq!(call.parameter("Action"), Some("AssumeRole"));
    assert_eq!(call.parameter("SerialNumber"), Some(SERIAL));
    assert_eq!(call.parameter("TokenCode").unwrap().len(), 6);
    assert_eq!(sandbox.run(&["creds", "deploy", "--format", "process"]).vends().succeeds().stdout, first.stdout);
    assert_eq!(proxy.asked().len(), 1);
    assert_eq!(first.stderr, "");
}

#[test]
fn one_code_serves_all_connectors_to_a_user_s_session() {
    let (sandbox, proxy) = world_with_program();
    ["one", "two"].iter().for_each(|name| drop(create(&sandbox, name, "session-token").succeeds()));
    let one = sandbox.run(&["creds", "one", "--format", "process"]).vends().succeeds();
    assert_eq!(sandbox.run(&["creds", "two", "--format", "process"]).vends().succeeds().stdout, one.stdout);
    assert_eq!(proxy.only_call().parameter("Action"), Some("GetSessionToken"));
}

#[test]
fn a_federated_user_is_given_without_a_code() {
    let (sandbox, proxy) = world();
    create(&sandbox, "users", "federated-user").args(&["--omit-policy"]).succeeds();
    sandbox.run(&["creds", "users", "--format", "json"]).vends().succeeds();
    assert_eq!(proxy.only_call().parameter("SerialNumber"), None);
}

/// By a clock that is 3 s before the end of a half minute: the second call has to wait so long, and no longer.
#[test]
fn a_second_code_in_the_same_half_minute_is_waited_for() {
    let (sandbox, proxy) = world_with_program();
    create(&sandbox, "session", "session-token").succeeds();
    let into = jiff::Timestamp::now().as_second().rem_euclid(30);
    let shift = (27 - into).rem_euclid(30).to_string();
    let creds = |connector: &str| {
        let run = sandbox.run(&["creds", connector, "--format", "json"]).vends();
        run.env("LD_PRELOAD", &CLOCK).env("CLOCK_SHIFT", &shift)
    };
    let first = creds("deploy").succeeds();
    let second = creds("session").succeeds();
    assert_eq!(first.stderr, "");
    assert_eq!(
        without_seconds(&second.stderr.replace(&format!(" for the next code of {SERIAL}\n"), "")),
        "waiting N s"
    );
    assert_eq!(proxy.asked().len(), 2);
}

#[test]
fn without_any_way_to_a_code_it_ends_at_once_and_says_which_there_are() {
    let (sandbox, proxy) = world();
    create(&sandbox, "cron", "session-token").args(&["--system-scope"]).succeeds();
    let needed = format!("a code of the MFA device {SERIAL} is needed, and there is no terminal to ask at");
    let ways = "give it as --mfa-code CODE, name a program that prints one: mfa_process in [accounts.ops], or call afed at a terminal";
    sandbox.run(&["creds", "deploy"]).fails(3, &format!("error: {needed}\n\nhint: {ways}\n"));
    let line = format!("afed: {needed} (hint: {ways})\n");
    sandbox.run(&["creds", "deploy", "--format", "process"]).fails(3, &line);
    let ended = sandbox.converse(&["creds", "cron", "--system", "--format", "process"]).with_piped_streams().ended();
    assert_eq!(
        (ended.code, ended.stderr, ended.transcript.as_str()),
        (Some(3), line, ""),
        "nobody is asked for the system"
    );
    assert_eq!(proxy.asked().len(), 0);
}

#[test]
fn a_code_of_the_command_line_is_good_once() {
    let (sandbox, proxy) = world();
    create(&sandbox, "session", "session-token").succeeds();
    let code = code_now();
    let creds = |connector: &str, code: &str| {
        sandbox.run(&["creds", connector, "--format", "json", "--mfa-code", code]).vends().outcome()
    };
    assert_eq!(creds("deploy", &code).code, Some(0));
    assert_eq!(creds("deploy", &code).code, Some(0), "from memory, where no code is needed");
    assert_eq!(proxy.asked().len(), 1);
    let again = creds("session", &code);
    // A new half minute may have begun; then it is AWS that refuses the code.
    if again.code == Some(3) {
        let expected = format!(
            "error: a code of the MFA device {SERIAL} was used in this half minute already, and each is good once\n\n\
             hint: give the next one, in N s\n"
        );
        assert_eq!(without_seconds(&again.stderr), expected);
        assert_eq!(proxy.asked().len(), 1);
    } else {
        assert_eq!((again.code, proxy.asked().len()), (Some(4), 2));
    }
    sandbox.run(&["creds", "deploy", "--mfa-code", "12345"]).fails(
        2,
        "error: invalid value '12345' for '--mfa-code <CODE>': a code has six digits\n\nFor more information, try '--help'.\n",
    );
}

#[test]
fn a_code_that_aws_refuses_is_not_sent_again() {
    let (sandbox, proxy) = world();
    let (id, role) = (&aws().key.id, &aws().open_role);
    let wrong = if code_now() == "000000" { "000001" } else { "000000" };
    sandbox.run(&["creds", "deploy", "--mfa-code", wrong]).fails(
        4,
        &format!(
            "error: AWS denies sts:AssumeRole to the key {id} with this code of the MFA device {SERIAL}\n\
             caused by: AccessDenied: MultiFactorAuthentication failed with invalid MFA one time pass code.\n\n\
             hint: if it is the code: each is good once and for half a minute, of the user's own device {SERIAL}; try again with the next one\n\
             hint: the IAM user of the key needs this policy: {{\"Version\":\"2012-10-17\",\"Statement\":[{{\"Effect\":\"Allow\",\"Action\":[\"sts:AssumeRole\"],\"Resource\":\"{role}\"}}]}}\n\
             hint: the role needs this trust policy: {{\"Version\":\"2012-10-17\",\"Statement\":[{{\"Effect\":\"Allow\",\"Principal\":{{\"AWS\":\"arn:aws:iam::000000000000:root\"}},\"Action\":[\"sts:AssumeRole\"]}}]}}\n"
        ),
    );
    assert_eq!(proxy.asked().len(), 1);
}

#[test]
fn a_program_that_fails_is_told_in_its_own_words() {
    let (sandbox, proxy) = world();
    let process = "sh -c 'echo 123456; echo no device is plugged in >&2; exit 7'";
    sandbox.run(&["account", "edit", "ops", "--mfa-process", process]).succeeds();
    sandbox.run(&["creds", "deploy"]).fails(
        3,
        &format!(
            "sh: no device is plugged in\n\
             error: sh gave no code of the MFA device {SERIAL}\n\
             caused by: it has ended with a failure: exit status: 7, saying: no device is plugged in\n\n\
             hint: see that it prints six digits, or give a code as --mfa-code CODE\n"
        ),
    );
    assert_eq!(proxy.asked().len(), 0);
}

/// The AWS CLI has taken both output streams of the hook; the question shows on the terminal itself.
#[test]
fn the_aws_cli_s_user_is_asked_at_the_terminal() {
    let (sandbox, proxy) = world();
    let sandbox = sandbox.env("AWS_ENDPOINT_URL", aws_url());
    sandbox.run(&["profile", "add", "--connector", "deploy"]).succeeds();
    let cli = parts().join("emulator/bin/aws");
    let words = ["--profile", "deploy", "--output", "json", "s3api", "list-buckets"];
    let conversation =
        sandbox.converse_with(&cli, &words).line(&format!("MFA code of {SERIAL} for “deploy”: "), &code_now());
    let ended = conversation.succeeds();
    assert!(ended.transcript.contains("\"Buckets\""), "{ended:?}");
    assert_eq!(proxy.only_call().parameter("SerialNumber"), Some(SERIAL));
}

#[test]
fn many_callers_at_once_ask_one_question() {
    const CALLERS: usize = 12;
    let (sandbox, proxy) = world();
    let script = format!(
        "for i in $(seq {CALLERS}); do '{}' creds deploy --format process > $i.out 2> $i.err & done; wait; cat *.err; cat *.out | sort -u | wc -l",
        env!("CARGO_BIN_EXE_afed")
    );
    let shell = sandbox.converse_with(std::path::Path::new("sh"), &["-c", &script]).vends();
    let ended = shell.line(&format!("MFA code of {SERIAL} for “deploy”: "), &code_now()).succeeds();
    // Shown once as a question and once with its answer.
    assert_eq!(ended.transcript.matches("MFA code of").count(), 2, "{ended:?}");
    assert!(ended.screen_ends_with("\n1\n"), "{ended:?}");
    assert_eq!(proxy.asked().len(), 1);
    for caller in 1..=CALLERS {
        std::fs::remove_file(sandbox.path(&format!("{caller}.out"))).unwrap();
    }
}

#[test]
fn a_person_may_type_another_code_after_a_refusal() {
    let (sandbox, proxy) = world();
    let wrong = if code_now() == "000000" { "000001" } else { "000000" };
    sandbox
        .converse(&["creds", "deploy"])
        .line(&format!("MFA code of {SERIAL} for “deploy”: "), "12")
        .line("a code has six digits", wrong)
        .answer(&format!("AWS says no; next MFA code of {SERIAL} for “deploy” (in "), INTERRUPT)
        .fails(1, "error: interrupted\n");
    assert_eq!(proxy.asked().len(), 1);
}

#[test]
fn checks_prove_the_device() {
    let (sandbox, proxy) = world_with_program();
    let checked = sandbox.run(&["account", "check", "ops"]).succeeds();
    assert!(checked.stdout.ends_with(&format!("MFA device    ok      {SERIAL}; code from sh\n")), "{checked:?}");
    assert_eq!(proxy.asked().last().unwrap().parameter("Action"), Some("GetSessionToken"));
    let record = records(&sandbox).pop().unwrap();
    assert_eq!(told(&record, &["event", "decision", "account", "source", "code"]), "check allow ops new -");
    assert!(record["access_key_id"].is_string() && record["expires_at"].is_string(), "{record}");
    let code = code_at(jiff::Timestamp::now().as_second() + 30);
    let into = jiff::Timestamp::now().as_second().rem_euclid(30);
    // The next half minute's code, by a clock that is there already.
    let check = sandbox.run(&["connector", "check", "deploy", "--mfa-code", &code]);
    let check = check.env("LD_PRELOAD", &CLOCK).env("CLOCK_SHIFT", &(30 - into).to_string()).succeeds();
    assert!(check.stdout.contains(&format!("account       ok      ops, with a code of {SERIAL}\n")), "{check:?}");
    assert_eq!(proxy.asked().last().unwrap().parameter("TokenCode"), Some(code.as_str()));
}

#[test]
fn an_account_shows_its_device_and_may_be_without() {
    let (sandbox, _proxy) = world_with_program();
    let shown = sandbox.run(&["account", "show", "ops", "--json"]).succeeds().json();
    assert_eq!((&shown["mfa_serial"], &shown["mfa_process"]), (&json!(SERIAL), &json!("sh")));
    let needed = sandbox.run(&["policy", "needed", "deploy", "--trust"]).succeeds().json();
    assert_eq!(needed["Statement"][0]["Condition"]["Bool"], json!({"aws:MultiFactorAuthPresent": "true"}));
    let listed = sandbox.run(&["account", "list"]).succeeds().stdout;
    assert!(listed.ends_with(&format!("  000000000000  {SERIAL}\n")), "{listed}");
    sandbox.run(&["account", "edit", "ops", "--clear", "mfa_serial"]).succeeds();
    let shown = sandbox.run(&["account", "show", "ops", "--json"]).succeeds().json();
    assert_eq!((&shown["mfa_serial"], &shown["mfa_process"]), (&json!(null), &json!(null)));
    assert!(!sandbox.config().contains("mfa_"), "{}", sandbox.config());
}

#[test]
fn a_device_that_can_t_be_the_account_s_is_refused() {
    let (sandbox, _proxy) = world();
    let edit = |serial: &str| sandbox.run(&["account", "edit", "ops", "--mfa-serial", serial]);
    let refused = |reason: &str| format!("error: the value of --mfa-serial can't be used\ncaused by: {reason}\n");
    edit("GAHT1234").fails(1, &refused("a serial number has 9 to 256 characters; this one has 8"));
    let other = "arn:aws:iam::123123123123:mfa/ops";
    edit(other).fails(
        1,
        &refused(&format!("{other} is in the AWS account 123123123123, and the account's key is in 000000000000")),
    );
    let elsewhere = "arn:aws-cn:iam::000000000000:mfa/ops";
    let rule = "the connector “deploy” breaks a rule of AWS\n\
         caused by: it acts in eu-west-1, which is in the partition aws, and the MFA device of its account is in aws-cn\n";
    edit(elsewhere).fails(
        1,
        &format!("error: the account “ops” can't be changed like that: a connector uses it\ncaused by: {rule}"),
    );
    sandbox.edit_config(|config| config.replace(SERIAL, elsewhere));
    let hint = "hint: use a region of that partition, such as cn-north-1\n";
    sandbox.run(&["creds", "deploy"]).fails(1, &format!("error: {rule}\n{hint}"));
    // What is broken today does not stand in the way of mending it.
    edit(SERIAL).succeeds();
    sandbox
        .run(&["account", "create", "host", "--type", "instance-role", "--mfa-serial", SERIAL])
        .fails(1, "error: --mfa-serial goes with the accounts of keys (access-key); the role of a host has none\n");
}

#[test]
fn a_new_account_may_have_a_device_from_the_start() {
    let (sandbox, _proxy) = world();
    let key = &aws().key;
    let create = |serial: &str| {
        let run =
            sandbox.run(&["account", "create", "second", "--access-key-id", &key.id, "--secret-access-key-stdin"]);
        run.args(&["--mfa-serial", serial, "--mfa-process", "otp 'the ops key'"]).input(&key.secret)
    };
    let (before, other) = (sandbox.config(), "arn:aws:iam::123123123123:mfa/ops");
    create(other).fails(
        1,
        &format!(
            "error: the value of --mfa-serial can't be used\n\
             caused by: {other} is in the AWS account 123123123123, and the account's key is in 000000000000\n"
        ),
    );
    let elsewhere = "arn:aws-cn:iam::000000000000:mfa/ops";
    let owner = &aws().user_arn;
    create(elsewhere).fails(
        1,
        &format!("error: the MFA device {elsewhere} is not in the partition of the key, which is of {owner}\n"),
    );
    assert_eq!(sandbox.config(), before);
    create("GAHT12345678").succeeds();
    let written =
        "aws_account_id = \"000000000000\"\nmfa_serial = \"GAHT12345678\"\nmfa_process = \"otp 'the ops key'\"\n";
    assert!(sandbox.config().contains(written), "{}", sandbox.config());
}
