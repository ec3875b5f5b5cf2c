//! `afed connector`: the rules of AWS at creation, and what listings show, exactly.

use serde_json::json;

use crate::sandbox::{Run, Sandbox, aws};

const READ_ONLY: &str = "arn:aws:iam::aws:policy/ReadOnlyAccess";

fn create<'a>(sandbox: &'a Sandbox, name: &str, principal: &str) -> Run<'a> {
    sandbox.run(&["connector", "create", name, "--account", "ops", "--principal", principal])
}

#[test]
fn a_connector_that_breaks_a_rule_is_refused_with_the_rule() {
    let sandbox = Sandbox::configured();
    let before = sandbox.config();
    let role = aws().open_role.as_str();
    let cases: [(&str, &[&str], &str); 3] = [
        (
            "assume-role",
            &["--role-arn", role, "--duration", "13h"],
            "assume-role leases live 15m to 12h; 13h is outside",
        ),
        (
            "assume-role",
            &["--role-arn", role, "--external-id", "é"],
            "external_id holds “é”; letters, digits and _ + = , . @ : / - are allowed",
        ),
        (
            "assume-role",
            &["--role-arn", role, "--tag", "a=b", "--tag", "A=c"],
            "the tag keys “A” and “a” differ only in case; AWS takes them for one",
        ),
    ];
    for (principal, flags, rule) in cases {
        let told = format!("error: the connector “other” breaks a rule of AWS\ncaused by: {rule}\n");
        create(&sandbox, "other", principal).args(&["--group", "developers"]).args(flags).fails(1, &told);
    }
    assert_eq!(sandbox.config(), before);
}

#[test]
fn a_value_that_can_t_be_used_is_refused_with_its_field() {
    let sandbox = Sandbox::configured();
    let before = sandbox.config();
    let role = aws().open_role.as_str();
    sandbox.write_private("long.json", format!("{{\"Version\": \"2012-10-17\", \"Id\": \"{}\"}}", "x".repeat(2_048)));
    sandbox.write_private("broken.json", "{\"Version\": ");
    let cases: [(&[&str], &str, &str); 5] = [
        (&["--role-arn", "arn:aws:iam::1:role/x"], "--role-arn", "an AWS account id has twelve digits; “1” has not"),
        (
            &["--role-arn", role, "--tag", "a={user.shoe_size}"],
            "--tag",
            "“{user.shoe_size}” names nothing; {user.name}, {user.email} and {user.display_name} are known",
        ),
        (
            &["--role-arn", role, "--policy-file", "long.json"],
            "--policy-file",
            "the policy has 2083 characters; at most 2048 are allowed",
        ),
        (
            &["--role-arn", role, "--policy-file", "broken.json"],
            "--policy-file",
            "the policy is not JSON: EOF while parsing a value at line 1, column 12",
        ),
        (
            &["--role-arn", role, "--policy-file", "missing.json"],
            "--policy-file",
            "$SANDBOX/missing.json can't be read: No such file or directory (os error 2)",
        ),
    ];
    for (flags, flag, why) in cases {
        let told = format!("error: the value of {flag} can't be used\ncaused by: {why}\n");
        create(&sandbox, "other", "assume-role").args(&["--group", "developers"]).args(flags).fails(1, &told);
    }
    create(&sandbox, "other", "assume-role")
        .args(&["--group", "developers", "--role-arn", role, "--region", "cn-north-1"])
        .fails(
            1,
            "error: the connector “other” breaks a rule of AWS\n\
             caused by: it acts in cn-north-1, which is in the partition aws-cn, and its role is in aws\n\n\
             hint: use a region of that partition, such as us-east-1\n",
        );
    assert_eq!(sandbox.config(), before);
}

#[test]
fn what_is_missing_or_wrong_is_named() {
    let sandbox = Sandbox::configured();
    create(&sandbox, "other", "assume-role").args(&["--group", "developers"]).fails(
        2,
        "error: the role's ARN is missing, and there is no terminal to ask at\n\nhint: give it as --role-arn ARN\n",
    );
    create(&sandbox, "other", "session-token").fails(
        2,
        "error: who may use it is missing, and there is no terminal to ask at\n\n\
         hint: give it as --group GROUP or --administrators-only\n",
    );
    sandbox.edit_config(|text| text.split("[accounts").next().unwrap_or_default().to_owned());
    sandbox
        .run(&["connector", "create", "more", "--principal", "session-token"])
        .fails(1, "error: there is no account yet whose key could sign\n\nhint: add one: afed account create NAME\n");
}

#[test]
fn a_taken_name_and_an_unknown_account_are_named() {
    let sandbox = Sandbox::configured();
    create(&sandbox, "deploy", "session-token").fails(
        1,
        "error: there is already a connector “deploy”, in $SANDBOX/home/.config/afed/config.toml\n\n\
         hint: choose another name, or change the one that is there: afed connector edit NAME\n",
    );
    sandbox
        .run(&["connector", "create", "more", "--account", "opps", "--principal", "session-token"])
        .args(&["--administrators-only"])
        .fails(1, "error: there is no account “opps”\n\nhint: did you mean “ops”? All of them: afed account list\n");
}

#[test]
fn a_connector_that_breaks_a_rule_keeps_nobody_from_the_others() {
    let sandbox = Sandbox::with_session_of("alice");
    create(&sandbox, "own", "session-token").args(&["--administrators-only"]).succeeds();
    sandbox.edit_config(|config| config + "duration = 899\n");
    sandbox.run(&["connector", "list"]).prints(
        "CONNECTOR  ACCOUNT  PRINCIPAL    DURATION  OPEN TO     OPEN TO YOU\n\
         deploy     ops      assume-role  1h        developers  member of developers\n",
        "warning: not listed: the connector “own” breaks a rule of AWS: session-token leases live 15m to 36h; 14m59s is outside\n",
    );
}

#[test]
fn a_pipe_is_no_policy_file_and_nobody_waits_for_it() {
    let sandbox = Sandbox::configured();
    nix::unistd::mkfifo(&sandbox.path("pipe"), nix::sys::stat::Mode::S_IRWXU).unwrap();
    create(&sandbox, "more", "federated-user").args(&["--administrators-only", "--policy-file", "pipe"]).fails(
        1,
        "error: the value of --policy-file can't be used\n\
         caused by: $SANDBOX/pipe can't be read: it is not a regular file\n",
    );
}

/// Besides `deploy`, one connector with everything and one with nothing.
fn sandbox_with_connectors() -> Sandbox {
    let sandbox = Sandbox::configured();
    sandbox.write_private("policy.json", "{\"Version\": \"2012-10-17\", \"Statement\": []}");
    create(&sandbox, "build", "assume-role")
        .args(&["--role-arn", &aws().guarded_role, "--external-id", "example", "--duration", "30m"])
        .args(&["--group", "developers", "--group", "testers", "--region", "eu-west-1"])
        .args(&["--policy-file", "policy.json", "--policy-arn", READ_ONLY, "--tag", "person={user.name}"])
        .args(&["--transitive-tag", "person", "--source-identity", "{user.name}"])
        .succeeds();
    create(&sandbox, "own", "session-token")
        .args(&["--administrators-only"])
        .prints("", "Added the connector “own”, open to: administrators only\nhint: use it: afed creds own\n");
    sandbox
}

#[test]
fn connectors_are_listed_and_shown() {
    let sandbox = sandbox_with_connectors();
    sandbox.run(&["connector", "list"]).prints(
        "CONNECTOR  ACCOUNT  PRINCIPAL      DURATION  OPEN TO              OPEN TO YOU\n\
         build      ops      assume-role    30m       developers, testers  not known\n\
         deploy     ops      assume-role    1h        developers           not known\n\
         own        ops      session-token  12h       administrators only  not known\n",
        "warning: what is open to you is not known: nobody is logged in to $CROWD\nhint: log in: afed login\n",
    );
    let role = &aws().guarded_role;
    sandbox.run(&["connector", "show", "build"]).prints(
        &format!(
            "connector        build\n\
             account          ops\n\
             principal        assume-role\n\
             role             {role}\n\
             external id      example\n\
             duration         30m\n\
             region           eu-west-1\n\
             open to          developers, testers\n\
             policy           {{\"Version\": \"2012-10-17\", \"Statement\": []}}\n\
             policy ARNs      {READ_ONLY}\n\
             tags             person={{user.name}}\n\
             transitive tags  person\n\
             source identity  {{user.name}}\n\
             configured in    $SANDBOX/home/.config/afed/config.toml\n"
        ),
        "",
    );
    sandbox.run(&["connector", "show", "own"]).prints(
        "connector      own\n\
         account        ops\n\
         principal      session-token\n\
         duration       12h\n\
         region         us-east-1\n\
         open to        administrators only\n\
         configured in  $SANDBOX/home/.config/afed/config.toml\n",
        "",
    );
    sandbox.run(&["connector", "show", "biuld"]).fails(
        1,
        "error: there is no connector “biuld”\n\nhint: did you mean “build”? All of them: afed connector list\n",
    );
}

#[test]
fn programs_get_the_same_as_json() {
    let sandbox = sandbox_with_connectors();
    let mut build = json!({
        "name": "build", "account": "ops", "principal": "assume-role", "duration_seconds": 1800, "region": "eu-west-1",
        "groups": ["developers", "testers"], "system_scope": false, "role_arn": aws().guarded_role, "external_id": "example",
        "policy": "{\"Version\": \"2012-10-17\", \"Statement\": []}", "policy_arns": [READ_ONLY],
        "tags": {"person": "{user.name}"}, "transitive_tags": ["person"], "source_identity": "{user.name}",
        "open_to_you": null,
    });
    let own = json!({
        "name": "own", "account": "ops", "principal": "session-token", "duration_seconds": 43200,
        "region": "us-east-1", "groups": [], "system_scope": false, "open_to_you": null,
    });
    let listed = sandbox.run(&["connector", "list", "--json"]).succeeds().json();
    assert_eq!((listed.as_array().unwrap().len(), &listed[0], &listed[2]), (3, &build, &own));
    build.as_object_mut().unwrap().remove("open_to_you");
    let mut shown = build;
    shown["configured_in"] = json!("$SANDBOX/home/.config/afed/config.toml");
    assert_eq!(sandbox.run(&["connector", "show", "build", "--json"]).succeeds().json(), shown);
}
