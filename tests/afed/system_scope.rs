//! Credentials for the system, which is nobody: only where a connector says so, in the system's own name, without a
//! question to the directory and apart from everything that a person has.

use serde_json::{Value, json};

use crate::sandbox::{Outcome, Run, Sandbox, aws};

const NOT_OPEN: &str = "error: the connector “deploy” is not open to the system\n\n\
     hint: ask as a person: afed creds deploy; or let the system in: afed connector edit deploy --system-scope\n";

/// Besides `deploy`, which is for people, the connector `nightly` for developers and the system.
fn sandbox_with_session_of(person: &str) -> Sandbox {
    let sandbox = Sandbox::with_session_of(person);
    named(&sandbox, "build-1");
    create(&sandbox, "nightly", &["--group", "developers", "--system-scope"]).prints(
        "",
        "Added the connector “nightly”, open to: developers; the system\nhint: use it: afed creds nightly\n",
    );
    sandbox.crowd.forget_received();
    sandbox
}

fn named(sandbox: &Sandbox, name: &str) {
    sandbox.edit_config(|text| text.replace("version = 1\n", &format!("version = 1\nsystem_name = \"{name}\"\n")));
}

fn create<'a>(sandbox: &'a Sandbox, name: &str, flags: &[&str]) -> Run<'a> {
    let connector = ["connector", "create", name, "--account", "ops", "--principal", "assume-role"];
    sandbox.run(&connector).args(&["--role-arn", &aws().open_role]).args(flags)
}

fn vended(sandbox: &Sandbox, arguments: &[&str]) -> Value {
    let Outcome { stdout, stderr, .. } =
        sandbox.run(&["creds"]).args(arguments).args(&["--format", "json"]).vends().succeeds();
    assert_eq!(stderr, "");
    serde_json::from_str(&stdout).unwrap()
}

/// The session's name as AWS has it.
fn session_name(credentials: &Value) -> String {
    let arn = credentials["PrincipalArn"].as_str().unwrap_or_else(|| panic!("no ARN"));
    arn.rsplit_once('/').unwrap().1.to_owned()
}

#[test]
fn the_system_gets_credentials_in_its_own_name_and_nobody_is_asked() {
    let sandbox = sandbox_with_session_of("alice");
    let credentials = vended(&sandbox, &["nightly", "--system"]);
    assert_eq!((session_name(&credentials).as_str(), &credentials["Person"]), ("build-1", &Value::Null));
    // Somewhere else there is neither a session nor a password of the application in the store.
    let elsewhere = "http://127.0.0.1:9/crowd";
    sandbox.edit_config(|text| text.replace(sandbox.crowd.url(), elsewhere));
    assert_eq!(sandbox.run(&["creds", "nightly"]).outcome().code, Some(3));
    assert_eq!(session_name(&vended(&sandbox, &["nightly", "--system"])), "build-1");
    assert!(sandbox.crowd.received().is_empty());
}

#[test]
fn without_the_opt_in_the_system_is_denied_whoever_is_logged_in() {
    let sandbox = sandbox_with_session_of("root-admin");
    sandbox.run(&["creds", "deploy", "--system"]).fails(4, NOT_OPEN);
    sandbox.run(&["profile", "add", "deploy", "--system"]).fails(4, NOT_OPEN);
    let one_line = "afed: the connector “deploy” is not open to the system (hint: ask as a person: afed creds deploy; \
         or let the system in: afed connector edit deploy --system-scope)\n";
    sandbox.run(&["creds", "deploy", "--system", "--format", "process"]).fails(4, one_line);
    assert!(sandbox.crowd.received().is_empty());
    // The flag of the connector opens it to no person.
    sandbox.log_in("bob");
    sandbox.run(&["creds", "nightly"]).fails(
        4,
        "error: “bob” may not use the connector “nightly”\n\n\
         hint: it is open to: developers; ask for membership in one of them\n",
    );
}

#[test]
fn what_the_system_got_is_never_a_person_s_and_the_other_way_round() {
    let sandbox = sandbox_with_session_of("alice");
    sandbox.recheck_after("5m");
    // The system may be called as a person is; what each of them got is kept apart all the same.
    sandbox.edit_config(|text| text.replace("build-1", "alice"));
    sandbox.settle();
    let asked = || sandbox.crowd.received().len();
    let system = vended(&sandbox, &["nightly", "--system"]);
    assert_eq!(asked(), 0);
    let person = vended(&sandbox, &["nightly"]);
    let asked_for_person = asked();
    assert!(asked_for_person > 0);
    assert_eq!((session_name(&system), session_name(&person)), ("alice".to_owned(), "alice".to_owned()));
    assert_ne!(system["AccessKeyId"], person["AccessKeyId"]);
    assert_eq!(vended(&sandbox, &["nightly"]), person);
    assert_eq!(vended(&sandbox, &["nightly", "--system"]), system);
    sandbox.run(&["logout"]).succeeds();
    sandbox.crowd.forget_received();
    sandbox.run(&["creds", "nightly"]).fails(3, "error: nobody is logged in to $CROWD\n\nhint: log in: afed login\n");
    assert_eq!(vended(&sandbox, &["nightly", "--system"])["Person"], Value::Null);
    assert_eq!(asked(), 0);
}

#[test]
fn a_connector_that_is_closed_to_the_system_is_closed_at_once() {
    let sandbox = sandbox_with_session_of("alice");
    sandbox.settle();
    let hook = ["creds", "nightly", "--system", "--format", "process"];
    let first = sandbox.run(&hook).vends().succeeds().json();
    assert_eq!(sandbox.run(&hook).vends().succeeds().json(), first);
    sandbox.edit_config(|text| text.replace("system_scope = true\n", ""));
    let outcome = sandbox.run(&hook).outcome();
    assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(4), ""), "{outcome:?}");
    named_anew(&sandbox);
}

/// Another name counts from the next call on.
fn named_anew(sandbox: &Sandbox) {
    sandbox.edit_config(|text| {
        text.replace("build-1", "build-2")
            .replace("[connectors.nightly]\n", "[connectors.nightly]\nsystem_scope = true\n")
    });
    assert_eq!(session_name(&vended(sandbox, &["nightly", "--system"])), "build-2");
}

#[test]
fn a_system_without_a_name_is_called_after_its_host_whatever_that_is_called() {
    let sandbox = sandbox_with_session_of("alice");
    sandbox.edit_config(|text| text.replace("system_name = \"build-1\"\n", ""));
    for (host, expected) in [
        ("build-7.example.com", "build-7.example.com"),
        ("x&RoleArn=arn y", "x-RoleArn=arn-y-28999aed"),
        ("$(touch evil)", "--touch-evil--e04ed246"),
    ] {
        // A host name of its own, for this process only.
        let script = "printf %s \"$1\" >/proc/sys/kernel/hostname && shift && exec \"$@\"";
        let outcome = sandbox
            .program("/usr/bin/unshare".as_ref())
            .args(&["--user", "--map-root-user", "--uts", "sh", "-c", script, "sh", host])
            .args(&[env!("CARGO_BIN_EXE_afed"), "creds", "nightly", "--system", "--format", "json"])
            .env("HOSTNAME", "liar")
            .vends()
            .succeeds();
        assert_eq!(session_name(&outcome.json()), expected, "{host}");
    }
}

#[test]
fn the_hook_for_the_system_is_written_and_known_again() {
    let sandbox = sandbox_with_session_of("alice");
    sandbox.run(&["profile", "add", "nightly", "--system"]).succeeds();
    let line = format!("credential_process = {} creds nightly --system --format process\n", env!("CARGO_BIN_EXE_afed"));
    let written = sandbox.read("home/.aws/config");
    assert!(written.contains(&line), "{written}");
    sandbox
        .run(&["profile", "list"])
        .prints("PROFILE  CONNECTOR         REGION     STATE\nnightly  nightly --system  us-east-1  works\n", "");
    let listed = sandbox.run(&["profile", "list", "--json"]).succeeds().json();
    assert_eq!((&listed[0]["connector"], &listed[0]["scope"]), (&json!("nightly"), &json!("system")));
    sandbox.run(&["profile", "add", "nightly"]).succeeds();
    let written = sandbox.read("home/.aws/config");
    assert!(written.contains("afed creds nightly --format process\n") && !written.contains("--system"), "{written}");
    sandbox.run(&["profile", "remove", "nightly"]).succeeds();
}

#[test]
fn what_names_a_person_does_not_go_with_the_system() {
    let sandbox = sandbox_with_session_of("alice");
    let before = sandbox.config();
    for (flags, value) in [
        (&["--tag", "team=payments", "--tag", "who={user.name}"][..], "its tag “who”"),
        (&["--source-identity", "x-{user.email}"], "its source_identity"),
    ] {
        let said = format!(
            "error: the connector “other” is open to the system, and {value} names a person\n\n\
             hint: give the value without {{user.…}}, or make the system a connector of its own\n"
        );
        create(&sandbox, "other", &["--administrators-only", "--system-scope"]).args(flags).fails(1, &said);
    }
    assert_eq!(sandbox.config(), before);
    let with_tag = "[connectors.nightly]\ntags = { who = \"{user.name}\" }\n";
    sandbox.edit_config(|text| text.replace("[connectors.nightly]\n", with_tag));
    let said = "error: the connector “nightly” is open to the system, and its tag “who” names a person\n\n\
         hint: give the value without {user.…}, or make the system a connector of its own\n";
    sandbox.run(&["creds", "nightly", "--system"]).fails(1, said);
    sandbox.run(&["creds", "nightly"]).fails(1, said);
}

#[test]
fn a_name_that_aws_would_not_take_is_refused() {
    let sandbox = Sandbox::configured();
    named(&sandbox, "a+b");
    sandbox.run(&["connector", "list"]).fails(
        1,
        "error: $SANDBOX/home/.config/afed/config.toml: system_name can't be used\n\
         caused by: the system's name holds “+”; letters, digits and _ = , . @ - are allowed\n\n\
         hint: give another, such as: system_name = \"build-1\"\n",
    );
}
