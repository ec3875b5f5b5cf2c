//! `afed creds --write-profile`: temporary keys in AWS's credentials file, as AWS's own tools take them from there, and
//! what is not replaced by them.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::json;

use crate::sandbox::{Sandbox, aws_url};
use crate::sdks::{ALICE, aws_cli, boto3, javascript, last_json_line, rust};

const KEY: &str = "[work]\n# of the build\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = example\n";

fn sandbox() -> Sandbox {
    Sandbox::with_session_of("alice").env("AWS_ENDPOINT_URL", aws_url())
}

/// The text up to when the keys end, which no test can know.
fn without_time(stderr: &str) -> String {
    let is_of_time = |line: &&str| line.starts_with("The keys are in the profile");
    let told = stderr.lines().map(|line| if is_of_time(&line) { line.split(", until").next().unwrap() } else { line });
    told.collect::<Vec<_>>().join("\n")
}

#[test]
fn every_tool_takes_the_keys_that_were_written() {
    let sandbox = sandbox();
    sandbox.run(&["profile", "add", "work", "--connector", "deploy"]).succeeds();
    let written = sandbox.run(&["creds", "deploy", "--write-profile", "work"]).succeeds();
    assert_eq!(written.stdout, "");
    assert_eq!(
        without_time(&written.stderr),
        "Removed credential_process from the profile “work” in $SANDBOX/home/.aws/config: some AWS tools would take it and \
         not the keys\n\
         The keys are in the profile “work” in $SANDBOX/home/.aws/credentials\n\
         hint: use them: aws --profile work sts get-caller-identity"
    );
    assert_eq!(sandbox.read("home/.aws/config"), "[profile work]\nregion = eu-west-1\n");
    let mode = fs::metadata(sandbox.path("home/.aws/credentials")).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o600);
    // None of them may ask afed: its session is gone.
    sandbox.run(&["logout"]).succeeds();
    let identity = aws_cli(&sandbox, "work", &["sts", "get-caller-identity"]).succeeds().json();
    assert_eq!(identity["Arn"], ALICE);
    let expected = json!({"arn": ALICE, "further": "allowed"});
    assert_eq!(boto3(&sandbox, "work").succeeds().json(), expected);
    assert_eq!(javascript(&sandbox, "work").succeeds().json(), expected);
    assert_eq!(last_json_line(&rust(&sandbox, "work").succeeds().stdout), expected);
}

#[test]
fn writing_again_changes_those_lines_only_and_removing_gives_the_old_file_back() {
    let sandbox = sandbox();
    let before = "# mine\r\n[other]\r\naws_access_key_id = AKIAI44QH8DHBEXAMPLE\r\n  ; indented\r\n[last]\r\nregion=r";
    sandbox.write_private("home/.aws/credentials", before);
    fs::set_permissions(sandbox.path("home/.aws/credentials"), fs::Permissions::from_mode(0o640)).unwrap();
    sandbox.write_private("home/.aws/config", "[profile work]\nregion = us-east-2\noutput = json\n");
    let write = |more: &[&str]| sandbox.run(&["creds", "deploy", "--write-profile", "work"]).args(more).succeeds();
    let outcome = write(&[]);
    assert!(
        outcome.stderr.contains(
            "\nwarning: others may read $SANDBOX/home/.aws/credentials, with all keys in it\n\
             hint: keep it to yourself: chmod 600 '$SANDBOX/home/.aws/credentials'\n"
        ),
        "{outcome:?}"
    );
    let first = sandbox.read("home/.aws/credentials");
    assert!(first.starts_with(&format!("{before}\r\n\r\n[work]\r\naws_access_key_id = ")), "{first}");
    write(&[]);
    assert_eq!(sandbox.read("home/.aws/credentials"), first, "the same lease is the same text");
    write(&["--duration", "15m"]);
    let second = sandbox.read("home/.aws/credentials");
    let changed = first.lines().zip(second.lines()).filter(|(one, other)| one != other).count();
    assert_eq!((first.lines().count(), changed), (second.lines().count(), 4));
    assert_eq!(sandbox.read("home/.aws/config"), "[profile work]\nregion = us-east-2\noutput = json\n");
    sandbox.run(&["profile", "remove", "work"]).prints(
        "",
        "The keys of the profile “work” were removed from $SANDBOX/home/.aws/credentials\n\
         It is still in $SANDBOX/home/.aws/config, with region, output\n\
         hint: to remove all of it: afed profile remove work --force\n",
    );
    assert_eq!(sandbox.read("home/.aws/credentials"), before);
}

/// Nobody is logged in, so whoever asked the directory first would end with another error.
#[test]
fn what_may_have_no_copy_is_not_replaced_and_nobody_is_asked_first() {
    let sandbox = Sandbox::configured();
    sandbox.write_private("home/.aws/credentials", KEY);
    sandbox.write_private("home/.aws/config", "[profile roles]\nrole_arn = r\nsource_profile = work\n");
    let write = |profile: &str| sandbox.run(&["creds", "deploy", "--write-profile", profile]);
    write("work").fails(
        1,
        "error: the profile “work” in $SANDBOX/home/.aws/credentials holds a long-term key: it has aws_access_key_id, \
         aws_secret_access_key\n\n\
         hint: keep the key: afed account import work; or take another name for the profile, or add --force to replace the key\n",
    );
    write("roles").fails(
        1,
        "error: the profile “roles” in $SANDBOX/home/.aws/config is somebody else's: it has role_arn, source_profile\n\n\
         hint: take another name for the profile, or add --force to make this one afed's\n",
    );
    assert_eq!(write("free").outcome().code, Some(3));
    assert_eq!(write("work").args(&["--format", "json"]).outcome().code, Some(2));
    assert_eq!(sandbox.run(&["creds", "deploy", "--force"]).outcome().code, Some(2));
    assert_eq!(sandbox.read("home/.aws/credentials"), KEY);
    sandbox.log_in("alice");
    write("work").args(&["--force"]).succeeds();
    let written = sandbox.read("home/.aws/credentials");
    assert!(
        written.starts_with("[work]\n# of the build\naws_access_key_id = ") && !written.contains("example"),
        "{written}"
    );
}

#[test]
fn the_system_writes_profiles_too() {
    let sandbox = Sandbox::configured();
    sandbox.edit_config(|text| text.replace("groups = [\"developers\"]", "system_scope = true"));
    sandbox.run(&["creds", "deploy", "--system", "--write-profile", "ci"]).succeeds();
    assert!(sandbox.read("home/.aws/credentials").starts_with("[ci]\naws_access_key_id = "));
    assert_eq!(sandbox.read("home/.aws/config"), "[profile ci]\nregion = eu-west-1\n");
}
