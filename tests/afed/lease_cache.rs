//! Credentials between runs: one call to STS serves all until it is over or the connector changes.

use crate::sandbox::{Run, Sandbox, aws};
use crate::sts_proxy::StsProxy;

fn sandbox() -> (Sandbox, StsProxy) {
    let proxy = StsProxy::start();
    (Sandbox::with_session_of("alice").env("AWS_ENDPOINT_URL_STS", &proxy.url), proxy)
}

fn creds(sandbox: &Sandbox) -> Run<'_> {
    sandbox.run(&["creds", "deploy", "--format", "process"]).vends()
}

#[test]
fn a_changed_connector_takes_effect_at_the_next_call() {
    let (sandbox, proxy) = sandbox();
    let with = |lines: &'static str| {
        move |text: String| text.replace("[connectors.deploy]\n", &format!("[connectors.deploy]\n{lines}\n"))
    };
    let policy = |action: &str| {
        format!(
            "{{\"Version\":\"2012-10-17\",\"Statement\":[{{\"Effect\":\"Allow\",\"Action\":\"{action}\",\"Resource\":\"*\"}}]}}"
        )
    };
    let told = |name: &str| {
        let call = proxy.only_call();
        let value = call.parameter(name).map(str::to_owned);
        proxy.forget_asked();
        value
    };
    let first = creds(&sandbox).succeeds().stdout;
    assert_eq!(told("DurationSeconds").as_deref(), Some("3600"));
    assert_eq!(creds(&sandbox).succeeds().stdout, first);
    assert_eq!(proxy.asked().len(), 0);

    sandbox.edit_config(with("duration = \"2h\""));
    assert_ne!(creds(&sandbox).succeeds().stdout, first);
    assert_eq!(told("DurationSeconds").as_deref(), Some("7200"));

    sandbox.edit_config(with("tags = { team = \"payments\" }"));
    creds(&sandbox).succeeds();
    assert_eq!(told("Tags.member.1.Value").as_deref(), Some("payments"));

    for action in ["s3:ListAllMyBuckets", "s3:GetObject"] {
        sandbox.write_private("home/.config/afed/policy.json", policy(action));
        if !sandbox.config().contains("policy_file") {
            sandbox.edit_config(with("policy_file = \"policy.json\""));
        }
        creds(&sandbox).succeeds();
        assert_eq!(told("Policy"), Some(policy(action)));
    }

    sandbox.edit_config(|text| text.replace("eu-west-1", "eu-central-1"));
    creds(&sandbox).succeeds();
    assert_eq!(proxy.only_call().signed_by(), (aws().key.id.as_str(), "eu-central-1", "sts"));
}

#[test]
fn twenty_callers_at_once_share_one_call() {
    let (sandbox, proxy) = sandbox();
    let run = creds(&sandbox);
    let callers: Vec<_> = (0..20).map(|_| run.command().spawn().unwrap()).collect();
    let answers: Vec<_> = callers.into_iter().map(|caller| caller.wait_with_output().unwrap()).collect();
    for answer in &answers {
        assert_eq!(answer.status.code(), Some(0), "{}", String::from_utf8_lossy(&answer.stderr));
        assert_eq!(answer.stdout, answers[0].stdout);
        assert!(answer.stderr.is_empty());
    }
    assert!(answers[0].stdout.starts_with(b"{\"Version\":1,"));
    assert_eq!(proxy.asked().len(), 1);
}
