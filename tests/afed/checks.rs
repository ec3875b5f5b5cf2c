//! `afed account check` and `connector check`: what each step proves for real, and that the first failure decides.

use serde_json::json;

use crate::sandbox::{Sandbox, aws};
use crate::sts_proxy::StsProxy;

#[test]
fn an_account_is_proved_step_by_step() {
    let sandbox = Sandbox::configured();
    let id = &aws().key.id;
    sandbox.run(&["account", "check", "ops"]).prints(
        &format!(
            "STEP          RESULT  FOUND\n\
             settings      ok      the access key {id}\n\
             secret store  ok      file\n\
             secret        ok      of the access key {id}\n\
             key           ok      arn:aws:iam::000000000000:user/ops\n\
             AWS account   ok      000000000000\n"
        ),
        "",
    );
    let away = sandbox.run(&["account", "check", "ops", "--json"]).env("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:9");
    let outcome = away.outcome();
    assert_eq!(outcome.code, Some(5), "{outcome:?}");
    let skipped = |step: &str| json!({"step": step, "result": "skipped", "found": "an earlier step failed"});
    assert_eq!(outcome.json()[3]["result"], "failed");
    assert_eq!(outcome.json()[4], skipped("AWS account"));
    sandbox.edit_config(|text| text.replace("\"000000000000\"", "\"123123123123\""));
    let outcome = sandbox.run(&["account", "check", "ops"]).outcome();
    assert_eq!(outcome.code, Some(1), "{outcome:?}");
    assert!(outcome.stderr.contains("afed account edit ops --other-aws-account"), "{outcome:?}");
}

#[test]
fn a_connector_is_proved_by_credentials_that_nobody_keeps() {
    let proxy = StsProxy::start();
    let sandbox = Sandbox::configured().env("AWS_ENDPOINT_URL_STS", &proxy.url);
    sandbox.log_in("alice");
    let id = &aws().key.id;
    for _ in 0..2 {
        proxy.forget_asked();
        let outcome = sandbox.run(&["connector", "check", "deploy"]).succeeds();
        let role = aws().open_role.rsplit('/').next().unwrap();
        let expected = format!(
            "STEP          RESULT  FOUND\n\
             settings      ok      assume-role for 1h\n\
             policy        ok      none\n\
             account       ok      ops\n\
             secret store  ok      file\n\
             secret        ok      of the access key {id}\n\
             person        ok      alice\n\
             entitlement   ok      member of developers\n\
             credentials   ok      arn:aws:sts::000000000000:assumed-role/{role}/alice"
        );
        assert!(outcome.stdout.starts_with(&expected), "{}", outcome.stdout);
        assert_eq!(proxy.only_call().parameter("Action"), Some("AssumeRole"));
    }
    let cache = sandbox.path("home/.cache/afed/sealed");
    assert!(!cache.exists() || std::fs::read_dir(cache).unwrap().count() == 0);
}

#[test]
fn the_first_step_that_fails_gives_the_exit_code() {
    let sandbox = Sandbox::configured();
    let result = |code: i32, step: &str| {
        let outcome = sandbox.run(&["connector", "check", "deploy", "--json"]).outcome();
        assert_eq!(outcome.code, Some(code), "{outcome:?}");
        let steps = outcome.json();
        let failed = steps.as_array().unwrap().iter().find(|found| found["result"] == "failed").unwrap();
        assert_eq!(failed["step"], step, "{outcome:?}");
        assert_eq!(steps[7]["result"], "skipped", "{outcome:?}");
    };
    result(3, "person");
    sandbox.log_in("alice");
    sandbox.run(&["connector", "edit", "deploy", "--administrators-only"]).succeeds();
    result(4, "entitlement");
    sandbox.edit_config(|text| text.replace("region = \"eu-west-1\"", "duration = \"13h\""));
    result(1, "settings");
}
