//! `afed connector edit`, `rename` and `delete`: what changes in the file and what does not, and what is refused, exactly.

use crate::conversation::{DOWN, ENTER};
use crate::sandbox::{Sandbox, aws};

const CONFIG: &str = "$SANDBOX/home/.config/afed/config.toml";

/// The sandbox's configuration, with comments that must survive.
fn commented() -> Sandbox {
    let sandbox = Sandbox::configured();
    sandbox.edit_config(|text| {
        let text = text.replace("[connectors.deploy]", "# who deploys\n[connectors.deploy] # since May");
        text.replace("region = \"eu-west-1\"", "# near the users\n  region = 'eu-west-1' # Ireland")
    });
    sandbox
}

#[test]
fn flags_change_what_they_say_and_nothing_else() {
    let sandbox = commented();
    let before = sandbox.config();
    sandbox
        .run(&["connector", "edit", "deploy", "--region", "eu-central-1", "--duration", "45m", "--tag", "team=a"])
        .prints("", &format!("Changed the connector “deploy” in {CONFIG}: duration, region, tags\n"));
    let changed = before.replace("'eu-west-1'", "\"eu-central-1\"");
    assert_eq!(sandbox.config(), format!("{changed}  duration = \"45m\"\n  tags = {{ team = \"a\" }}\n"));
    sandbox.run(&["connector", "edit", "deploy", "--clear", "duration", "--clear", "tags"]).succeeds();
    assert_eq!(sandbox.config(), changed);
    sandbox
        .run(&["connector", "edit", "deploy", "--region", "eu-central-1"])
        .prints("", "The connector “deploy” is so already\n");
}

#[test]
fn a_change_that_breaks_a_rule_is_not_written() {
    let sandbox = commented();
    let before = sandbox.config();
    let rule = |rule: &str| format!("error: the connector “deploy” breaks a rule of AWS\ncaused by: {rule}\n");
    let cases: [(&[&str], i32, &str); 6] = [
        (&["--duration", "13h"], 1, &rule("assume-role leases live 15m to 12h; 13h is outside")),
        (&["--principal", "session-token"], 1, &rule("session-token takes no role_arn")),
        (&["--clear", "role_arn"], 1, &rule("assume-role needs role_arn")),
        (
            &["--role-arn", "x"],
            1,
            "error: the value of --role-arn can't be used\ncaused by: “x” is not an ARN; one looks like arn:aws:iam::123123123123:role/NAME\n",
        ),
        (
            &["--account", "opps"],
            1,
            "error: there is no account “opps”\n\nhint: did you mean “ops”? All of them: afed account list\n",
        ),
        (
            &[],
            2,
            "error: what to change is missing, and there is no terminal to ask at\n\n\
             hint: give it as flags, such as --duration 2h (afed connector edit --help lists them)\n",
        ),
    ];
    for (flags, code, told) in cases {
        sandbox.run(&["connector", "edit", "deploy"]).args(flags).fails(code, told);
        assert_eq!(sandbox.config(), before);
    }
}

#[test]
fn answers_at_a_terminal_start_from_today_s() {
    let sandbox = commented();
    let before = sandbox.config();
    sandbox
        .converse(&["connector", "edit", "deploy"])
        .answer("The account whose key signs:", ENTER)
        .answer("What kind of credentials?", ENTER)
        .line(&format!("ARN of the role [{}]: ", aws().open_role), "")
        .line("External id that the role asks for (- for none) [-]: ", "")
        .line("Source identity that CloudTrail records (- for none) [-]: ", "")
        .line("File with the policy (- for none) [-]: ", "")
        .line("ARNs of managed policies, separated by commas (- for none) [-]: ", "")
        .line("separated by commas (- for none) [-]: ", "")
        .line("How long its credentials live (such as 45m or 12h) [1h]: ", "")
        .line("Region [eu-west-1]: ", "")
        .line("(- for administrators only) [developers]: ", "developers, testers")
        .answer("Whom shall it serve?", ENTER)
        .succeeds();
    assert_eq!(sandbox.config(), before.replace("[\"developers\"]", "[\"developers\", \"testers\"]"));
}

#[test]
fn a_person_may_change_everything_that_flags_can() {
    let sandbox = commented();
    let before = sandbox.config();
    let read_only = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    let edit = || {
        let conversation = sandbox.converse(&["connector", "edit", "deploy"]);
        conversation.answer("The account whose key signs:", ENTER)
    };
    edit()
        .answer("What kind of credentials?", ENTER)
        .line("ARN of the role", "")
        .line("External id", "")
        .line("Source identity that CloudTrail records (- for none) [-]: ", "{user.nam}")
        .line("error: “{user.nam}” names nothing", "{user.name}")
        .line("File with the policy", "")
        .line("ARNs of managed policies", read_only)
        .line("Session tags, such as team=payments, separated by commas (- for none) [-]: ", "team")
        .line("error: “team” is not KEY=VALUE", "team=a b, mail={user.email}")
        .line("Tags that further roles keep, separated by commas (- for none) [-]: ", "team")
        .line("How long", "")
        .line("Region", "")
        .line("(- for administrators only)", "")
        .answer("Whom shall it serve?", ENTER)
        .succeeds();
    let shown = sandbox.run(&["connector", "show", "deploy", "--json"]).succeeds().json();
    assert_eq!(shown["tags"], serde_json::json!({ "mail": "{user.email}", "team": "a b" }));
    assert_eq!(shown["policy_arns"], serde_json::json!([read_only]));
    assert_eq!((&shown["source_identity"], &shown["transitive_tags"][0]), (&"{user.name}".into(), &"team".into()));
    // A type that takes none of these is asked for none, and keeps none.
    edit()
        .answer("What kind of credentials?", &format!("{DOWN}{DOWN}{ENTER}"))
        .line("How long its credentials live (such as 45m or 12h) [12h]: ", "")
        .line("Region [eu-west-1]: ", "")
        .line("(- for administrators only)", "")
        .answer("Whom shall it serve?", ENTER)
        .succeeds();
    let role = format!("role_arn = \"{}\"\n", aws().open_role);
    assert_eq!(sandbox.config(), before.replace("assume-role", "session-token").replace(&role, ""));
}

#[test]
fn another_name_leaves_all_else_and_tells_of_the_profiles() {
    let sandbox = commented();
    sandbox.run(&["profile", "add", "work", "--connector", "deploy"]).succeeds();
    let before = sandbox.config();
    sandbox.run(&["connector", "rename", "deploy", "ship.it"]).prints(
        "",
        &format!(
            "The connector “deploy” is called “ship.it” now, in {CONFIG}\n\
             warning: the profile “work” in $SANDBOX/home/.aws/config asks for “deploy”, which is gone\n\
             hint: let it ask for the new name: afed profile add work --connector ship.it\n"
        ),
    );
    assert_eq!(sandbox.config(), before.replace("[connectors.deploy]", "[connectors.\"ship.it\"]"));
    sandbox.run(&["profile", "add", "work", "--connector", "ship.it"]).succeeds();
    sandbox.run(&["connector", "rename", "ship.it", "ship.it"]).fails(
        1,
        &format!("error: there is already a connector “ship.it”, in {CONFIG}\n\nhint: choose another name\n"),
    );
    sandbox.run(&["connector", "delete", "ship.it", "--yes"]).prints(
        "",
        &format!(
            "Deleted the connector “ship.it” from {CONFIG}\n\
             warning: the profile “work” in $SANDBOX/home/.aws/config asks for “ship.it”, which is gone\n\
             hint: afed profile remove work\n"
        ),
    );
    assert!(sandbox.config().ends_with("\n# who deploys\n"), "{}", sandbox.config());
}
