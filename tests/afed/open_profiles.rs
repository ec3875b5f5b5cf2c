//! `afed profile add --all` and `--dry-run`, what `profile list` says of each profile, and several writers at once.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use crate::crowd_directory::Scripted;
use crate::sandbox::{Sandbox, aws};

const FOREIGN: &str =
    "[profile build]\nsso_session = corp\naws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n";

/// Next to `deploy`, `build` is open to developers and to the system, and `audit` to nobody who is no administrator.
fn sandbox_of(person: &str) -> Sandbox {
    let sandbox = Sandbox::with_session_of(person);
    for (name, more) in
        [("build", ["--group", "developers", "--system-scope"].as_slice()), ("audit", &["--administrators-only"])]
    {
        sandbox
            .run(&["connector", "create", name, "--account", "ops", "--principal", "assume-role"])
            .args(&["--role-arn", &aws().open_role, "--region", "eu-west-1"])
            .args(more)
            .succeeds();
    }
    sandbox
}

fn hook(connector: &str) -> String {
    let afed = env!("CARGO_BIN_EXE_afed");
    format!(
        "[profile {connector}]\ncredential_process = {afed} creds {connector} --format process\nregion = eu-west-1\n"
    )
}

#[test]
fn every_connector_that_is_open_gets_a_profile_in_one_write_or_none_does() {
    let sandbox = sandbox_of("alice");
    sandbox.write_private("home/.aws/config", FOREIGN);
    let config = || sandbox.read("home/.aws/config");
    let shown = "\
--- $SANDBOX/home/.aws/config
+++ $SANDBOX/home/.aws/config
@@ -1,3 +1,3 @@
 [profile build]
-sso_session = corp
-aws_secret_access_key = ***
+credential_process = $AFED creds build --format process
+region = eu-west-1
error: the profile “build” in $SANDBOX/home/.aws/config is somebody else's: it has sso_session, aws_secret_access_key

hint: take another name for the profile, or add --force to make this one afed's
";
    let add = |more: &[&str]| {
        sandbox.program(env!("CARGO_BIN_EXE_afed").as_ref()).args(&["profile", "add", "--all"]).args(more)
    };
    let outcome = add(&[]).outcome();
    assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(1), shown));
    assert_eq!(config(), FOREIGN);
    let dry = add(&["--force", "--dry-run"]).succeeds();
    assert_eq!(dry.stderr, "Nothing was changed\n");
    assert!(
        dry.stdout.ends_with(
            "+[profile deploy]\n+credential_process = $AFED creds deploy --format process\n+region = eu-west-1\n"
        ),
        "{dry:?}"
    );
    assert_eq!(config(), FOREIGN);
}

#[test]
fn what_is_added_for_all_is_what_is_open_to_whoever_asks() {
    let sandbox = sandbox_of("alice");
    let add = || sandbox.run(&["profile", "add", "--all"]);
    add().prints(
        "",
        "The profile “build” was added in $SANDBOX/home/.aws/config\nThe profile “deploy” was added in $SANDBOX/home/.aws/config\n",
    );
    let both = format!("{}\n{}", hook("build"), hook("deploy"));
    assert_eq!(sandbox.read("home/.aws/config"), both);
    add().args(&["--dry-run"]).prints("", "Nothing would change in $SANDBOX/home/.aws/config\n");
    for profile in ["build", "deploy"] {
        sandbox.run(&["profile", "remove", profile]).succeeds();
    }
    assert_eq!(sandbox.read("home/.aws/config"), "");
    sandbox.run(&["logout"]).succeeds();
    assert_eq!(add().outcome().code, Some(3), "who is nobody has no connectors");
    sandbox.run(&["profile", "add", "--all", "--system"]).succeeds();
    assert_eq!(sandbox.read("home/.aws/config"), hook("build").replace("creds build", "creds build --system"));
    let outcome = sandbox.run(&["profile", "add", "work", "--all"]).outcome();
    assert_eq!(outcome.code, Some(2));
}

#[test]
fn the_list_says_what_keeps_a_profile_from_working() {
    let sandbox = Sandbox::configured();
    let afed = env!("CARGO_BIN_EXE_afed");
    sandbox.write_private("other/afed", "");
    sandbox.write_private("copy/afed", "#!/bin/sh\n");
    fs::set_permissions(sandbox.path("copy/afed"), fs::Permissions::from_mode(0o700)).unwrap();
    let profile = |name: &str, program: &str, more: &str| {
        format!("[profile {name}]\ncredential_process = {program} creds deploy --format process\n{more}")
    };
    let at = |relative: &str| sandbox.path(relative).display().to_string();
    let broken = "[connectors.broken]\naccount = \"nobody\"\nprincipal = \"session-token\"\n";
    sandbox.edit_config(|config| format!("{config}\n{broken}"));
    let config = [
        profile("fine", afed, "region = r\n"),
        profile("keyed", afed, "region = r\n"),
        profile("own-keys", afed, "region = r\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n"),
        profile("sso", afed, "region = r\nsso_session = s\n"),
        profile("stale", &at("other/afed"), "region = r\n"),
        profile("copied", &at("copy/afed"), ""),
        profile("elsewhere", &format!("{afed} --config {}", at("other.toml")), "region = r\n"),
        profile("nowhere", &format!("{afed} --config {}", at("gone.toml")), "region = r\n"),
        profile("broken", afed, "region = r\n").replace("creds deploy", "creds broken"),
        "[profile theirs]\ncredential_process = other\n[default]\noutput = json\n".to_owned(),
    ];
    sandbox.write_private("home/.aws/config", config.concat());
    sandbox.write_private("other.toml", "");
    let key = "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = example\n";
    let ended = "aws_session_token = t\nx_security_token_expires = 2020-01-01T00:00:00Z\n";
    let credentials = format!("[keyed]\n{key}[static]\n{key}[ended]\n{key}{ended}region = r\n");
    sandbox.write_private("home/.aws/credentials", credentials);
    let ours = "\
PROFILE    CONNECTOR  REGION  STATE
fine       deploy     r       works
keyed      deploy     r       shadowed by keys in $SANDBOX/home/.aws/credentials
own-keys   deploy     r       shadowed by its own keys
sso        deploy     r       shadowed by sso_session
stale      deploy     r       the program can't be run
copied     deploy     none    asks another afed: $SANDBOX/copy/afed; no region
elsewhere  deploy     r       asks another configuration: $SANDBOX/other.toml
nowhere    deploy     r       the configuration is gone
broken     broken     r       the connector can't be used
ended                 r       keys ended at 2020-01-01T00:00:00Z
";
    sandbox.run(&["profile", "list"]).prints(ours, "");
    let all = sandbox.run(&["profile", "list", "--all"]).env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE").succeeds();
    assert_eq!(
        all.stderr,
        "warning: AWS_ACCESS_KEY_ID is set: most AWS tools sign with it where only AWS_PROFILE names a profile\n"
    );
    for line in [
        "theirs                none    credential_process of another program\n",
        "default               none    no credentials\n",
        "static                none    static keys in the credentials file\n",
    ] {
        assert!(all.stdout.contains(line), "{}", all.stdout);
    }
    let listed = sandbox.run(&["profile", "list", "--json"]).succeeds().json();
    assert_eq!(listed[5]["problems"][1], "no region");
    assert_eq!((&listed[9]["source"], &listed[9]["connector"]), (&"temporary-keys".into(), &serde_json::Value::Null));
}

#[test]
fn where_the_directory_tells_nothing_no_profile_is_added_and_its_exit_code_stays() {
    let sandbox = sandbox_of("alice");
    for (scripted, code) in [(Scripted::hang_up(), 5), (Scripted::answer(500, "text/plain", ""), 5)] {
        sandbox.crowd.script("GET", "/user/group/nested", scripted.always());
        let outcome = sandbox.run(&["profile", "add", "--all"]).outcome();
        assert_eq!(outcome.code, Some(code), "{outcome:?}");
        assert!(outcome.stderr.contains("error: no profile was added\ncaused by: $CROWD "), "{outcome:?}");
        assert!(!sandbox.path("home/.aws/config").exists());
        sandbox.crowd.forget_scripts();
    }
    sandbox.run(&["profile", "add", "--all"]).succeeds();
}

#[test]
fn several_at_once_lose_no_profile() {
    let sandbox = Sandbox::configured();
    let names: Vec<String> = (0..6).map(|number| format!("p{number}")).collect();
    let start =
        |name: &String| sandbox.run(&["profile", "add", name, "--connector", "deploy"]).command().spawn().unwrap();
    let mut children: Vec<_> = names.iter().map(start).collect();
    assert!(children.iter_mut().all(|child| child.wait().unwrap().success()));
    let config = sandbox.read("home/.aws/config");
    assert!(names.iter().all(|name| config.contains(&format!("[profile {name}]\n"))), "{config}");
}

#[test]
fn what_can_t_be_changed_stays_and_is_told() {
    let sandbox = Sandbox::configured();
    let add = || sandbox.run(&["profile", "add", "deploy"]);
    sandbox.write_private("home/.aws/config", "");
    let path = sandbox.path("home/.aws/config");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
    add().fails(
        1,
        "error: $SANDBOX/home/.aws/config is read-only\n\nhint: let yourself write it: chmod u+w '$SANDBOX/home/.aws/config'\n",
    );
    fs::remove_file(&path).unwrap();
    nix::unistd::mkfifo(&path, nix::sys::stat::Mode::S_IRWXU).unwrap();
    add().fails(1, "error: $SANDBOX/home/.aws/config can't be read\ncaused by: it is not a regular file\n");
    fs::remove_file(&path).unwrap();
    symlink("/dev/null", &path).unwrap();
    add().fails(1, "error: $SANDBOX/home/.aws/config can't be written\ncaused by: it is not a regular file\n");
    sandbox.run(&["profile", "list"]).succeeds();
    fs::remove_file(&path).unwrap();
    fs::write(&path, "").unwrap();
    fs::hard_link(&path, sandbox.path("backup")).unwrap();
    let outcome = add().succeeds();
    assert!(
        outcome
            .stderr
            .starts_with("warning: $SANDBOX/home/.aws/config had other hard links; they lead to what it was before\n")
    );
    assert_eq!(sandbox.read("backup"), "");
}
