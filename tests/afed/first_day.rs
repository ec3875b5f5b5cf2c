//! The main job, end to end: from nothing to credentials that AWS accepts.

use crate::sandbox::{Sandbox, aws};

#[test]
fn from_nothing_to_credentials() {
    let sandbox = Sandbox::new();
    sandbox.run(&["creds", "deploy"]).fails(
        1,
        "error: there is no configuration: $SANDBOX/home/.config/afed/config.toml does not exist\n\nhint: set it up: afed init\n",
    );
    let outcome = sandbox.init();
    assert_eq!(
        outcome.stderr,
        "The secret store works: file\n\
         Crowd accepts the application “afed”: $CROWD\n\
         Wrote $SANDBOX/home/.config/afed/config.toml\n\
         hint: add the key of an IAM user: afed account create NAME --access-key-id AKIA…\n"
    );
    sandbox.create_account();
    let role = &aws().open_role;
    sandbox
        .run(&["connector", "create", "deploy", "--account", "ops", "--principal", "assume-role"])
        .args(&["--role-arn", role, "--group", "developers"])
        .prints("", "Added the connector “deploy”, open to: developers\nhint: use it: afed creds deploy\n");
    sandbox.run(&["creds", "deploy"]).fails(3, "error: nobody is logged in to $CROWD\n\nhint: log in: afed login\n");
    let outcome = sandbox.log_in("alice");
    assert!(outcome.stderr.starts_with("Logged in as alice, until "), "{outcome:?}");
    let credentials = sandbox.run(&["creds", "deploy", "--format", "process"]).vends().succeeds().json();
    assert_eq!(credentials["Version"], 1);
    assert_eq!(credentials["AccountId"], "000000000000");
}

#[test]
fn a_person_outside_the_group_is_denied() {
    let sandbox = Sandbox::with_session_of("bob");
    sandbox.run(&["creds", "deploy"]).fails(
        4,
        "error: “bob” may not use the connector “deploy”\n\nhint: it is open to: developers; ask for membership in one of them\n",
    );
    sandbox.run(&["creds", "deploy", "--format", "process"]).fails(
        4,
        "afed: “bob” may not use the connector “deploy” (hint: it is open to: developers; ask for membership in one of them)\n",
    );
}
