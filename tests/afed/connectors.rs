//! `afed connector`: the rules of AWS at creation, and what listings show, exactly.

use crate::sandbox::{Run, Sandbox, aws};

fn create<'a>(sandbox: &'a Sandbox, name: &str, principal: &str) -> Run<'a> {
    sandbox.run(&["connector", "create", name, "--account", "ops", "--principal", principal])
}

#[test]
fn a_connector_that_breaks_a_rule_is_refused_with_the_rule() {
    let sandbox = Sandbox::configured();
    let role = aws().open_role.as_str();
    let before = sandbox.config();
    sandbox.write_private("long.json", &format!("{{\"Version\": \"2012-10-17\", \"Id\": \"{}\"}}", "x".repeat(2_048)));
    sandbox.write_private("broken.json", "{\"Version\": ");
    let cases: [(&str, &[&str], &str); 14] = [
        ("session-token", &["--role-arn", role], "x"),
        ("session-token", &["--policy-arn", "arn:aws:iam::aws:policy/ReadOnlyAccess"], "x"),
        ("federated-user", &[], "x"),
        ("federated-user", &["--omit-policy", "--external-id", "example"], "x"),
        ("assume-role", &["--role-arn", "arn:aws:iam::1:role/x"], "x"),
        ("assume-role", &["--role-arn", role, "--duration", "13h"], "x"),
        ("assume-role", &["--role-arn", role, "--external-id", "é"], "x"),
        ("assume-role", &["--role-arn", role, "--tag", "a=b", "--tag", "A=c"], "x"),
        ("assume-role", &["--role-arn", role, "--tag", "a={user.shoe_size}"], "x"),
        ("assume-role", &["--role-arn", role, "--transitive-tag", "a"], "x"),
        ("assume-role", &["--role-arn", role, "--policy-file", "long.json"], "x"),
        ("assume-role", &["--role-arn", role, "--policy-file", "broken.json"], "x"),
        ("assume-role", &["--role-arn", role, "--policy-file", "missing.json"], "x"),
        ("assume-role", &["--role-arn", role, "--region", "cn-north-1"], "x"),
    ];
    for (principal, flags, rule) in cases {
        let outcome = create(&sandbox, "other", principal).args(&["--group", "developers"]).args(flags).outcome();
        eprintln!("RULE {principal} {flags:?} {:?} {:?}", outcome.code, outcome.stderr);
        let _ = rule;
    }
    assert_eq!(sandbox.config(), before);
    panic!();
}

#[test]
fn what_is_missing_is_named_with_its_flag() {
    let sandbox = Sandbox::configured();
    create(&sandbox, "other", "assume-role").args(&["--group", "developers"]).fails(2, "x1");
}
#[test]
fn what_is_missing_is_named_with_its_flag2() {
    let sandbox = Sandbox::configured();
    create(&sandbox, "other", "session-token").fails(2, "x2");
}
#[test]
fn what_is_missing_is_named_with_its_flag3() {
    let sandbox = Sandbox::configured();
    create(&sandbox, "deploy", "session-token").fails(1, "x3");
}
#[test]
fn what_is_missing_is_named_with_its_flag4() {
    let sandbox = Sandbox::configured();
    sandbox
        .run(&["connector", "create", "other", "--account", "opps"])
        .args(&["--principal", "session-token", "--administrators-only"])
        .fails(1, "x4");
}

#[test]
fn connectors_are_listed_and_shown() {
    let sandbox = Sandbox::configured();
    sandbox.write_private("policy.json", "{\"Version\": \"2012-10-17\", \"Statement\": []}");
    create(&sandbox, "build", "assume-role")
        .args(&["--role-arn", &aws().guarded_role, "--external-id", "example", "--duration", "30m"])
        .args(&["--group", "developers", "--group", "testers", "--region", "eu-west-1", "--policy-file", "policy.json"])
        .args(&["--policy-arn", "arn:aws:iam::aws:policy/ReadOnlyAccess", "--tag", "person={user.name}"])
        .args(&["--transitive-tag", "person", "--source-identity", "{user.name}"])
        .succeeds();
    create(&sandbox, "own", "session-token").args(&["--administrators-only"]).succeeds();
    for words in [
        &["list"][..],
        &["list", "--json"],
        &["show", "build"],
        &["show", "build", "--json"],
        &["show", "own"],
        &["show", "own", "--json"],
        &["show", "biuld"],
    ] {
        let outcome = sandbox.run(&["connector"]).args(words).outcome();
        eprintln!("SHOWN {words:?} {}\n{}{}", outcome.code.unwrap(), outcome.stdout, outcome.stderr);
    }
    eprintln!("{}", sandbox.config());
    panic!();
}
