//! `afed account edit` and `delete`: what is proved, what is replaced and in which order, and what is refused, exactly.

use std::path::Path;

use crate::emulator::Key;
use crate::sandbox::{Run, Sandbox, aws};

const STORE: &str = "home/.local/share/afed/secrets.afed";

fn edit<'a>(sandbox: &'a Sandbox, id: &str, secret: &str) -> Run<'a> {
    sandbox.keep_secret(secret);
    sandbox.run(&["account", "edit", "ops", "--access-key-id", id, "--secret-access-key-stdin"]).input(secret)
}

fn leaves_all(sandbox: &Sandbox, run: Run<'_>, code: i32, stderr: &str) {
    let state = || (sandbox.config(), std::fs::read(sandbox.path(STORE)).unwrap());
    let before = state();
    run.fails(code, stderr);
    assert_eq!(state(), before);
}

#[test]
fn a_person_is_asked_for_the_key_and_the_device_with_today_s_as_defaults() {
    let sandbox = Sandbox::configured();
    let (before, key) = (sandbox.config(), &aws().key);
    let edit = || {
        let conversation = sandbox.converse(&["account", "edit", "ops"]);
        conversation.line(&format!("Access key id [{}]: ", key.id), "")
    };
    edit()
        .line("MFA device of the key's user (- for none) [-]: ", "ops")
        .line("error: a serial number has 9 to 256 characters; this one has 3", "GAHT12345678")
        .line("Program that prints its codes (- to be asked) [-]: ", "otp ops")
        .hidden_line("Secret access key: ", &key.secret)
        .succeeds();
    let device = "mfa_serial = \"GAHT12345678\"\nmfa_process = \"otp ops\"\n";
    assert!(sandbox.config().contains(device), "{}", sandbox.config());
    edit()
        .line("MFA device of the key's user (- for none) [GAHT12345678]: ", "-")
        .hidden_line("Secret access key: ", &key.secret)
        .succeeds();
    assert_eq!(sandbox.config(), before);
}

#[test]
fn another_key_takes_over_everywhere() {
    let sandbox = Sandbox::with_session_of("alice");
    sandbox.edit_config(|text| text.replace("[accounts.ops]", "# ours\n[accounts.ops] # the ops key"));
    sandbox.run(&["creds", "deploy", "--format", "json"]).vends().succeeds();
    let (old, new, before) = (&aws().key, &aws().idle_key, sandbox.config());
    edit(&sandbox, &new.id, &new.secret).prints(
        "",
        &format!(
            "The account “ops” has the access key {} now: arn:aws:iam::000000000000:user/idle in AWS account 000000000000\n\
             Changed in $SANDBOX/home/.config/afed/config.toml\n\
             Connectors that change by it: deploy\n\
             hint: the old key still works in AWS; end it: aws iam update-access-key --access-key-id {} --status Inactive\n",
            new.id, old.id
        ),
    );
    assert_eq!(sandbox.config(), before.replace(&old.id, &new.id));
    let kept = sandbox.files("home/.cache/afed/sealed");
    assert!(!kept.iter().any(|file| file.ends_with(".lease")), "{kept:?}");
    // The old secret is gone: the old id alone is no account any more.
    sandbox.edit_config(|_| before);
    sandbox.run(&["creds", "deploy"]).fails(
        1,
        &format!(
            "error: the secret of the access key {id} (account “ops”) is not in the secret store\n\n\
             hint: store it: afed account create ops --access-key-id {id} --secret-only\n",
            id = old.id
        ),
    );
}

#[test]
fn a_key_that_is_not_proved_or_of_another_account_replaces_nothing() {
    let sandbox = Sandbox::configured();
    let (key, idle) = (&aws().key, &aws().idle_key);
    let run = edit(&sandbox, "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
    let unknown = "error: AWS does not know the access key AKIAIOSFODNN7EXAMPLE, or it is inactive\n\
         caused by: InvalidClientTokenId: The security token included in the request is invalid.\n\n\
         hint: in the IAM console, see that the key AKIAIOSFODNN7EXAMPLE is there and active, in the partition of the region\n";
    leaves_all(&sandbox, run, 4, unknown);
    sandbox.edit_config(|text| text.replace("\"000000000000\"", "\"123123123123\""));
    let other = format!(
        "error: the key {} belongs to the AWS account 000000000000, and the configuration says 123123123123\n\n\
         hint: to move the account there: afed account edit ops --other-aws-account\n",
        idle.id
    );
    leaves_all(&sandbox, edit(&sandbox, &idle.id, &idle.secret), 1, &other);
    edit(&sandbox, &idle.id, &idle.secret).args(&["--other-aws-account"]).succeeds();
    assert!(sandbox.config().contains("aws_account_id = \"000000000000\""), "{}", sandbox.config());
    let run = sandbox.run(&["account", "edit", "ops"]);
    let missing = "error: the access key id is missing, and there is no terminal to ask at\n\n\
        hint: give it as --access-key-id ID\n";
    leaves_all(&sandbox, run, 2, missing);
    edit(&sandbox, &key.id, &key.secret).succeeds();
}

#[test]
fn an_account_that_is_written_inline_stays_inline() {
    let sandbox = Sandbox::configured();
    let (key, idle) = (&aws().key, &aws().idle_key);
    let inline = |id: &str| format!("accounts = {{ ops = {{ type = \"access-key\", access_key_id = \"{id}\"");
    sandbox.edit_config(|text| {
        let table = text.find("\n[accounts.ops]").unwrap()..text.find("\n[connectors.deploy]").unwrap();
        format!("{} }} }} # one\n{}", inline(&key.id), text.replace(&text[table], ""))
    });
    edit(&sandbox, &idle.id, &idle.secret).succeeds();
    let changed = format!("{}, aws_account_id = \"000000000000\" }} }} # one\n", inline(&idle.id));
    assert!(sandbox.config().starts_with(&changed), "{}", sandbox.config());
}

const NO_ROOM: &str = "error: $SANDBOX/home/.config/afed/config.toml can't be written\ncaused by: File too large (os error 27)\n\n\
     hint: see how large a file may be there: ulimit -f\n";

/// The shell keeps files from growing past 4,096 bytes, as a full disk does.
fn without_room<'a>(sandbox: &'a Sandbox, arguments: &[&str], key: &Key) -> Run<'a> {
    sandbox.keep_secret(&key.secret);
    let script = "trap '' XFSZ; ulimit -f 4; exec \"$@\"";
    let run = sandbox.program(Path::new("bash")).args(&["-c", script, "bash", env!("CARGO_BIN_EXE_afed")]);
    run.args(arguments).args(&["--access-key-id", &key.id, "--secret-access-key-stdin"]).input(&key.secret)
}

#[test]
fn a_configuration_that_can_t_be_written_leaves_the_secrets_as_they_were() {
    let sandbox = Sandbox::configured();
    let (key, idle) = (&aws().key, &aws().idle_key);
    let before = sandbox.config();
    sandbox.edit_config(|text| text + &"# a long comment\n".repeat(300));
    without_room(&sandbox, &["account", "edit", "ops"], idle).fails(1, NO_ROOM);
    sandbox.run(&["account", "check", "ops"]).succeeds();
    sandbox.edit_config(|_| before.replace(&key.id, &idle.id));
    let outcome = sandbox.run(&["account", "check", "ops"]).outcome();
    assert!(outcome.stdout.contains("\nsecret        failed"), "{outcome:?}");

    // The same key under the same name may serve a configuration elsewhere: what it keeps is not taken away.
    sandbox.write_private("elsewhere.toml", &before);
    let nothing_yet = before.split("\n[accounts.ops]").next().unwrap();
    sandbox.edit_config(|_| nothing_yet.to_owned() + &"# a long comment\n".repeat(300));
    without_room(&sandbox, &["account", "create", "ops"], key).fails(1, NO_ROOM);
    let elsewhere = sandbox.path("elsewhere.toml").display().to_string();
    sandbox.edit_config(|_| nothing_yet.to_owned());
    sandbox.run(&["--config", &elsewhere, "account", "check", "ops"]).succeeds();
}

#[test]
fn an_account_in_use_stays_and_one_that_is_not_goes_with_its_secret() {
    let sandbox = Sandbox::configured();
    let in_use = "error: the account “ops” is in use by: deploy\n\n\
        hint: afed connector edit deploy --account ACCOUNT, or: afed connector delete deploy\n";
    leaves_all(&sandbox, sandbox.run(&["account", "delete", "ops", "--yes"]), 1, in_use);
    sandbox.run(&["connector", "delete", "deploy", "--yes"]).succeeds();
    let ask = "error: the confirmation is missing, and there is no terminal to ask at\n\nhint: give it as --yes\n";
    leaves_all(&sandbox, sandbox.run(&["account", "delete", "ops"]), 2, ask);
    let ended = sandbox.converse(&["account", "delete", "ops"]);
    ended.line("Delete the account and its secret? (yes or no) [no]: ", "").fails(1, "error: nothing was changed\n");
    let before = sandbox.config();
    sandbox
        .run(&["account", "delete", "ops", "--yes"])
        .prints("", "Deleted the account “ops” from $SANDBOX/home/.config/afed/config.toml, and its secret\n");
    assert!(!sandbox.config().contains("accounts"), "{}", sandbox.config());
    sandbox.edit_config(|_| before);
    let outcome = sandbox.run(&["account", "check", "ops"]).outcome();
    assert_eq!(outcome.code, Some(1), "{outcome:?}");
    assert!(outcome.stdout.contains("\nsecret        failed   the secret of the access key"), "{outcome:?}");
}
