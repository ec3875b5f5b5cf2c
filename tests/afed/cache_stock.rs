//! `afed cache list` and `afed cache clear`: what is kept is told without its secrets, and taken away without harm to
//! whoever is at work, whatever else lies in the folder.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};

use crate::cache_faults::{bound, refused};
use crate::sandbox::{Sandbox, aws};

const NOTHING: &str = "There was nothing to take away\n";

/// Credentials of `deploy` for alice and of `nightly` for the system are kept.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::with_session_of("alice");
    sandbox.edit_config(|text| text.replace("version = 1\n", "version = 1\nsystem_name = \"build-1\"\n"));
    sandbox
        .run(&["connector", "create", "nightly", "--account", "ops", "--principal", "assume-role"])
        .args(&["--role-arn", &aws().open_role, "--administrators-only", "--system-scope", "--duration", "15m"])
        .succeeds();
    sandbox.recheck_after("5m");
    vend(&sandbox);
    sandbox
}

fn vend(sandbox: &Sandbox) {
    sandbox.run(&["creds", "deploy", "--format", "json"]).vends().succeeds();
    sandbox.run(&["creds", "nightly", "--system", "--format", "json"]).vends().succeeds();
}

fn folder(sandbox: &Sandbox) -> PathBuf {
    sandbox.path("home/.cache/afed/sealed")
}

fn named(sandbox: &Sandbox, extension: &str) -> Vec<PathBuf> {
    let files = sandbox.files("home/.cache/afed/sealed").into_iter().map(PathBuf::from);
    files.filter(|path| path.extension().is_some_and(|end| end == extension)).collect()
}

/// Connector, scope, name and state of each that is listed.
fn listed(sandbox: &Sandbox) -> Vec<Value> {
    let listed = sandbox.run(&["cache", "list", "--json"]).succeeds().json();
    let told = |kept: &Value| json!([kept["connector"], kept["scope"], kept["name"], kept["state"]]);
    listed.as_array().unwrap().iter().map(told).collect()
}

#[test]
fn what_is_kept_is_listed_and_taken_away() {
    let sandbox = sandbox();
    let (alice, system) =
        (json!(["deploy", "person", "alice", "fresh"]), json!(["nightly", "system", "build-1", "fresh"]));
    assert_eq!(listed(&sandbox), [alice.clone(), system.clone()]);
    let shown = sandbox.run(&["cache", "list", "--json"]).succeeds().json();
    let left: Vec<i64> = [0, 1].iter().map(|place| shown[place]["minutes_left"].as_i64().unwrap()).collect();
    assert!((50..60).contains(&left[0]) && (5..15).contains(&left[1]), "{shown}");
    let table = sandbox.run(&["cache", "list"]).succeeds().stdout;
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines[0], "CONNECTOR  FOR                   STATE  EXPIRES");
    assert!(lines[1].starts_with("deploy     alice                 fresh  20") && lines[1].contains(" UTC, in "));
    assert!(lines[2].starts_with("nightly    the system (build-1)  fresh  20") && lines.len() == 3, "{table}");

    let nothing_of = |name: &str| format!("There was nothing of the connector “{name}” to take away\n");
    sandbox.run(&["cache", "clear", "--expired", "deploy"]).prints("", &nothing_of("deploy"));
    sandbox.run(&["cache", "clear", "other"]).prints("", &nothing_of("other"));
    sandbox.run(&["cache", "clear", "deploy"]).prints("", "Took away 1 lease, 1 pass\n");
    assert_eq!(listed(&sandbox), [system]);
    sandbox.run(&["cache", "clear", "--expired"]).prints("", "Took away 3 locks\n");
    sandbox.run(&["cache", "clear"]).prints("", "Took away 1 lease, 1 pass\n");
    sandbox.run(&["cache", "clear"]).prints("", NOTHING);
    let none = format!("No credentials are kept in {}\n", "$SANDBOX/home/.cache/afed/sealed");
    sandbox.run(&["cache", "list"]).prints("", &none);
    vend(&sandbox);
    assert_eq!(listed(&sandbox)[0], alice);
}

#[test]
fn neither_a_configuration_nor_a_secret_store_is_needed() {
    let sandbox = sandbox();
    fs::remove_dir_all(sandbox.path("home/.config")).unwrap();
    fs::remove_dir_all(sandbox.path("home/.local")).unwrap();
    assert_eq!(listed(&sandbox).len(), 2);
    sandbox.run(&["cache", "clear", "nightly"]).prints("", "Took away 1 lease, 1 pass\n");
    sandbox.run(&["cache", "clear"]).prints("", "Took away 1 lease, 1 pass, 3 locks\n");
    fs::remove_dir_all(sandbox.path("home/.cache")).unwrap();
    sandbox.run(&["cache", "clear"]).prints("", NOTHING);
    assert!(!sandbox.path("home/.cache").exists());
}

#[test]
fn where_the_kernel_keeps_no_keys_the_secret_store_opens_what_is_kept() {
    let sandbox = Sandbox::with_session_of("alice");
    sandbox.recheck_after("5m");
    let afed = |arguments: &[&str]| refused(&sandbox, "EPERM", &["keyctl", "add_key", "request_key"], arguments);
    afed(&["creds", "deploy", "--format", "json"]).vends().succeeds();
    assert_eq!(afed(&["cache", "list", "--json"]).succeeds().json()[0]["connector"], "deploy");
    // The kernel's own key is another one, and that is the end of it: no passphrase is asked for.
    assert_eq!(listed(&sandbox), [json!([null, null, null, "unreadable"])]);
    afed(&["cache", "clear", "deploy"]).prints("", "Took away 1 lease, 1 pass\n");
}

#[test]
fn whatever_lies_in_the_folder_is_not_opened_and_only_entries_are_taken_away() {
    let sandbox = sandbox();
    let (leases, name) = (named(&sandbox, "lease"), |digit: &str| folder(&sandbox).join(digit.repeat(64)));
    fs::write(&leases[0], "damaged").unwrap();
    sandbox.write_private("bystander", "of somebody else");
    symlink(sandbox.path("bystander"), name("a").with_extension("lease")).unwrap();
    symlink(sandbox.path("nowhere"), name("b").with_extension("pass")).unwrap();
    let pipe = name("c").with_extension("lease");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    fs::File::create(name("d").with_extension("lease")).unwrap().set_len(2 << 20).unwrap();
    let strangers = ["notes.txt", "x.lease", "lease", "x.lock", ".afed-young", "mfa-0.step"]
        .map(|name| folder(&sandbox).join(name));
    strangers.iter().for_each(|path| fs::write(path, "").unwrap());
    let old = fs::File::create(folder(&sandbox).join(".afed-old")).unwrap();
    old.set_modified(std::time::SystemTime::UNIX_EPOCH).unwrap();

    let states: Vec<Value> = listed(&sandbox).into_iter().map(|kept| kept[3].clone()).collect();
    assert_eq!(states.iter().filter(|state| *state == "unreadable").count(), 4, "{states:?}");
    sandbox
        .run(&["cache", "clear", "--expired"])
        .prints("", "Took away 4 leases, 2 passes, 3 locks, 1 unfinished file\n");
    assert_eq!(listed(&sandbox).len(), 1);
    assert_eq!(sandbox.read("bystander"), "of somebody else");
    assert!(strangers.iter().all(|path| path.exists()));
    sandbox.run(&["cache", "clear"]).prints("", "Took away 1 lease, 1 pass\n");
}

#[test]
fn a_lock_that_somebody_holds_stays() {
    let sandbox = sandbox();
    let locks = named(&sandbox, "lock");
    let held = fs::File::open(&locks[0]).unwrap();
    held.lock().unwrap();
    sandbox.run(&["cache", "clear"]).prints("", "Took away 2 leases, 2 passes, 2 locks\n");
    assert_eq!(named(&sandbox, "lock"), [locks[0].clone()]);
    held.unlock().unwrap();
    sandbox.run(&["cache", "clear"]).prints("", "Took away 1 lock\n");
}

#[test]
fn what_can_not_be_taken_away_is_told_and_the_rest_goes() {
    let sandbox = sandbox();
    let lease = named(&sandbox, "lease").remove(0);
    fs::remove_file(&lease).unwrap();
    fs::create_dir(&lease).unwrap();
    let name = lease.file_name().unwrap().to_str().unwrap();
    sandbox.run(&["cache", "clear"]).fails(
        1,
        &format!(
            "Took away 1 lease, 2 passes, 3 locks\n\
             error: $SANDBOX/home/.cache/afed/sealed/{name} can't be removed\n\
             caused by: Is a directory (os error 21)\n\n\
             hint: make the folder yours: ls -ld '$SANDBOX/home/.cache/afed/sealed'\n"
        ),
    );
    fs::remove_dir(&lease).unwrap();
    vend(&sandbox);
    let permit = |mode| fs::set_permissions(folder(&sandbox), fs::Permissions::from_mode(mode)).unwrap();
    permit(0o500);
    let outcome = bound(&sandbox, &["cache", "clear"]).outcome();
    let start = "warning: 5 more could not be taken away\nerror: ";
    assert!(outcome.code == Some(1) && outcome.stderr.starts_with(start), "{outcome:?}");
    assert_eq!(bound(&sandbox, &["cache", "list", "--json"]).succeeds().json().as_array().unwrap().len(), 2);
    permit(0o000);
    for verb in ["list", "clear"] {
        let outcome = bound(&sandbox, &["cache", verb]).command().output().unwrap();
        let said = String::from_utf8(outcome.stderr).unwrap();
        assert!(outcome.status.code() == Some(1) && said.contains("/sealed can't be read\n"), "{said}");
    }
    permit(0o700);
}
