//! What a configuration may not say: each fault is named with its place, and a rule of AWS is refused with the rule, when
//! a connector is made and again when it is used.

use crate::sandbox::{Run, Sandbox};

const ROLE: &str = "arn:aws:iam::123123123123:role/UpdateAPP";

#[test]
fn a_fault_is_named_with_its_place() {
    let sandbox = Sandbox::configured();
    let original = sandbox.config();
    let path = "$SANDBOX/home/.config/afed/config.toml";
    let line_of = |text: &str, needle: &str| text.lines().position(|line| line == needle).unwrap() + 1;
    let fails_with = |text: &str, words: &str| {
        sandbox.edit_config(|_| text.to_owned());
        sandbox.run(&["creds", "deploy"]).fails(1, words);
    };

    let misspelt = original.replace("groups = [\"developers\"]", "gruops = [\"developers\"]");
    let line = line_of(&misspelt, "gruops = [\"developers\"]");
    fails_with(
        &misspelt,
        &format!(
            "error: {path}, line {line}: “gruops” is not a key of [connectors.deploy]\n\nhint: did you mean “groups”?\n"
        ),
    );
    let unlike = original.replace("[crowd]\n", "[crowd]\n\"\\u001b[31mx\" = 1\n");
    let line = line_of(&unlike, "\"\\u001b[31mx\" = 1");
    fails_with(&unlike, &format!("error: {path}, line {line}: “\\u{{1b}}[31mx” is not a key of [crowd]\n"));
    fails_with(
        &original.replace("version = 1", "version = 2"),
        &format!("error: {path}: version 2 is not known to this afed; it reads version 1\n"),
    );
    fails_with(
        &original.replace("directory = \"crowd\"\n", ""),
        &format!("error: no directory is configured: {path} lacks directory = \"crowd\" or \"os\"\n"),
    );
    fails_with(
        &original.replace("[crowd]", "[os]").replace("url =", "#").replace("application =", "#"),
        &format!("error: no directory is configured: {path} lacks the table [crowd]\n"),
    );
    let open = original.replace("http://127.0.0.1", "http://crowd.example.com");
    fails_with(
        &open,
        &format!(
            "error: {path}: url in [crowd] can't be used\ncaused by: the Crowd address uses http without TLS to another machine\n\nhint: use https, or let passwords cross the network readable: allow_http = true in [crowd], --allow-http with afed init\n"
        ),
    );
    fails_with(
        &original.replace("account = \"ops\"", "account = \"opps\""),
        "error: the connector “deploy” uses the account “opps”, which is not configured\n\nhint: did you mean “ops”? All of them: afed account list\n",
    );
    sandbox.edit_config(|_| original);
    sandbox.run(&["creds", "deplyo"]).fails(
        1,
        "error: there is no connector “deplyo”\n\nhint: did you mean “deploy”? All of them: afed connector list\n",
    );
    assert_eq!(sandbox.crowd.count("POST", "/"), 0);
}

#[test]
fn a_name_that_is_there_twice_is_refused() {
    let sandbox = Sandbox::configured();
    let before = sandbox.config();
    assume_role(&sandbox, "deploy", &[]).fails(
        1,
        "error: there is already a connector “deploy”, in $SANDBOX/home/.config/afed/config.toml\n\nhint: choose another name, or change the one that is there: afed connector edit NAME\n",
    );
    sandbox.run(&["account", "create", "ops", "--access-key-id", "AKIAIOSFODNN7EXAMPLE"]).fails(
        1,
        "error: there is already an account “ops”, in $SANDBOX/home/.config/afed/config.toml\n\nhint: choose another name, or store a new secret for the same key with --secret-only\n",
    );
    assert_eq!(sandbox.config(), before);
    sandbox.edit_config(|text| format!("{text}\n[connectors.deploy]\naccount = \"ops\"\n"));
    let line = before.lines().count() + 2;
    let words = format!("error: $SANDBOX/home/.config/afed/config.toml, line {line}: duplicate key\n");
    sandbox.run(&["creds", "deploy"]).fails(1, &words);
}

#[test]
fn a_rule_of_aws_is_refused_when_a_connector_is_made() {
    let sandbox = Sandbox::configured();
    let before = sandbox.config();
    let refused = |run: Run<'_>, rule: &str| {
        run.fails(1, &format!("error: the connector “x” breaks a rule of AWS\ncaused by: {rule}\n"));
        assert_eq!(sandbox.config(), before);
    };
    let of = |principal: &str, more: &[&str]| {
        let create =
            ["connector", "create", "x", "--account", "ops", "--principal", principal, "--group", "developers"];
        sandbox.run(&create).args(more)
    };
    refused(
        of("federated-user", &[]),
        "federated-user without a policy gets no rights but those of resource policies; give policy, policy_file or policy_arns, or set omit_policy = true",
    );
    refused(
        of("federated-user", &["--omit-policy", "--external-id", "example"]),
        "federated-user takes no external_id",
    );
    refused(of("federated-user", &["--omit-policy", "--role-arn", ROLE]), "federated-user takes no role_arn");
    refused(
        of("session-token", &["--policy-arn", "arn:aws:iam::aws:policy/ReadOnlyAccess"]),
        "session-token takes no policy_arns",
    );
    refused(of("session-token", &["--tag", "team=payments"]), "session-token takes no tags");
    refused(of("session-token", &["--source-identity", "{user.name}"]), "session-token takes no source_identity");
    refused(of("session-token", &["--duration", "37h"]), "session-token leases live 15m to 36h; 37h is outside");
    refused(assume_role(&sandbox, "x", &["--duration", "14m"]), "assume-role leases live 15m to 12h; 14m is outside");
    refused(assume_role(&sandbox, "x", &["--omit-policy"]), "assume-role takes no omit_policy");
    refused(assume_role(&sandbox, "x", &["--external-id", "x"]), "external_id has 1 characters; 2 to 1224 are allowed");
    refused(
        assume_role(&sandbox, "x", &["--transitive-tag", "team"]),
        "transitive_tags names “team”, which is not among the tags",
    );
    refused(
        assume_role(&sandbox, "x", &["--policy-arn", "arn:aws:iam::321321321321:policy/Theirs"]),
        "arn:aws:iam::321321321321:policy/Theirs is not in the session's AWS account 123123123123; a session policy must be AWS's own or of that account",
    );
}

#[test]
fn a_rule_of_aws_is_refused_when_a_connector_is_used() {
    let sandbox = Sandbox::with_session_of("alice");
    let original = sandbox.config();
    sandbox.crowd.forget_received();
    for (line, rule) in [
        ("duration = \"13h\"", "assume-role leases live 15m to 12h; 13h is outside"),
        ("external_id = \"a b\"", "external_id holds “ ”; letters, digits and _ + = , . @ : / - are allowed"),
        ("omit_policy = true", "assume-role takes no omit_policy"),
        (
            "tags = { Team = \"a\", team = \"b\" }",
            "the tag keys “Team” and “team” differ only in case; AWS takes them for one",
        ),
    ] {
        sandbox.edit_config(|_| {
            original.replace("groups = [\"developers\"]", &format!("groups = [\"developers\"]\n{line}"))
        });
        let words = format!("error: the connector “deploy” breaks a rule of AWS\ncaused by: {rule}\n");
        sandbox.run(&["creds", "deploy"]).fails(1, &words);
    }
    let no_groups = original.replace("groups = [\"developers\"]\n", "");
    sandbox.edit_config(|_| no_groups);
    sandbox.run(&["creds", "deploy"]).fails(
        4,
        "error: “alice” may not use the connector “deploy”\n\nhint: it is open to no group; ask an administrator to add one to it\n",
    );
}

fn assume_role<'a>(sandbox: &'a Sandbox, name: &str, more: &[&str]) -> Run<'a> {
    let create = ["connector", "create", name, "--account", "ops", "--principal", "assume-role", "--role-arn", ROLE];
    sandbox.run(&create).args(&["--group", "developers"]).args(more)
}
