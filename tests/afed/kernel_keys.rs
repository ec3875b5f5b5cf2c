//! The kernel's keyring as it is when keys end, when it is full, or when it is not for this process. Secrets that are gone are
//! told as gone, a keyring that can't be used is told apart from an empty one, and what was cached is merely asked for anew.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::Path;

use linux_keyutils::{Key, KeyError, KeyRing, KeyRingIdentifier};

use crate::cache_faults::refused;
use crate::sandbox::{Run, Sandbox, aws};
use crate::sts_proxy::StsProxy;

const USER_KEYRING: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/surroundings/user_keyring.py");
const CREATE: [&str; 5] = ["account", "create", "--access-key-id", "AKIAIOSFODNN7EXAMPLE", "--secret-access-key-stdin"];
const INSTEAD: &str = "hint: keep secrets in an encrypted file instead: store = \"file\" in [secrets], --secret-store file with afed init\n";

/// The two ways in which a key ends.
const ENDS: [fn(Key); 2] = [expire, |key| key.revoke().unwrap()];

fn expire(key: Key) {
    key.set_timeout(1).unwrap();
    let mut byte = [0; 1];
    while key.read(&mut byte) != Err(KeyError::KeyExpired) {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
}

/// A sandbox whose secrets are in the kernel's keyring.
fn over_keyutils() -> Sandbox {
    let sandbox = Sandbox::new();
    configure(&sandbox, "home");
    sandbox
}

fn configure(sandbox: &Sandbox, home: &str) {
    let text = "version = 1\ndirectory = \"os\"\n[secrets]\nstore = \"keyutils\"\n";
    sandbox.write_private(&format!("{home}/.config/afed/config.toml"), text);
}

fn user_keyring() -> KeyRing {
    let ring = KeyRing::from_special_id(KeyRingIdentifier::User, false).unwrap();
    KeyRing::from_special_id(KeyRingIdentifier::Thread, true).unwrap().link_keyring(ring).unwrap();
    ring
}

#[test]
fn a_secret_that_expired_or_was_revoked_is_told_as_gone_and_can_be_stored_again() {
    let (sandbox, key) = (over_keyutils(), &aws().key);
    let account = format!("ending-{}", std::process::id());
    let description = format!("afed:access-key {account} {}", key.id);
    sandbox.keep_secret(&key.secret);
    let create = ["account", "create", &account, "--access-key-id", &key.id, "--secret-access-key-stdin"];
    sandbox.run(&create).input(&key.secret).succeeds();
    for end in ENDS {
        sandbox.run(&["account", "check", &account]).succeeds();
        end(user_keyring().search(&description).unwrap());
        let outcome = sandbox.run(&["account", "check", &account]).outcome();
        let id = &key.id;
        let said = format!(
            "error: the secret of the access key {id} (account “{account}”) is not in the secret store\n\n\
             hint: store it: afed account create {account} --access-key-id {id} --secret-only\n"
        );
        assert_eq!((outcome.code, outcome.stderr), (Some(1), said));
        sandbox.run(&create).args(&["--secret-only"]).input(&key.secret).succeeds();
    }
    sandbox.run(&["account", "check", &account]).succeeds();
    sandbox.run(&["account", "delete", &account, "--yes"]).succeeds();
    assert!(user_keyring().search(&description).is_err());
}

/// A sandbox in which somebody may vend, and who counts what AWS is asked.
fn vending() -> (Sandbox, StsProxy) {
    let proxy = StsProxy::start();
    let sandbox = Sandbox::with_session_of("alice").env("AWS_ENDPOINT_URL_STS", &proxy.url);
    sandbox.recheck_after("5m");
    (sandbox, proxy)
}

fn vends(run: Run<'_>) -> String {
    let outcome = run.vends().succeeds();
    assert!(outcome.json()["Version"] == 1 && outcome.stderr.is_empty(), "{outcome:?}");
    outcome.stdout
}

fn hook(sandbox: &Sandbox) -> Run<'_> {
    sandbox.run(&["creds", "deploy", "--format", "process"])
}

#[test]
fn when_the_key_of_the_cache_ends_credentials_are_asked_for_anew_and_kept_again() {
    let (sandbox, proxy) = vending();
    let mut earlier = vends(hook(&sandbox));
    for (number, end) in ENDS.into_iter().enumerate() {
        end(sandbox.cache_key().unwrap().1);
        let anew = vends(hook(&sandbox));
        assert_ne!(anew, earlier);
        assert_eq!((vends(hook(&sandbox)), proxy.asked().len()), (anew.clone(), number + 2));
        earlier = anew;
    }
}

#[test]
fn a_session_keyring_that_has_ended_is_no_hindrance() {
    let (sandbox, proxy) = vending();
    let kept = vends(hook(&sandbox));
    for how in ["revoke-session", "invalidate-session"] {
        let run = sandbox.program(Path::new("/usr/bin/python3"));
        let run = run.args(&[USER_KEYRING, how, env!("CARGO_BIN_EXE_afed"), "creds", "deploy", "--format", "process"]);
        assert_eq!((vends(run), proxy.asked().len()), (kept.clone(), 1), "{how}");
    }
}

#[test]
fn a_keyring_that_is_not_there_or_not_for_this_process_is_told_apart() {
    let sandbox = over_keyutils();
    let all = &["keyctl", "add_key", "request_key"][..];
    for (errno, calls, said, cause) in [
        ("ENOSYS", all, "this system has no kernel keyring", "Function not implemented (os error 38)"),
        ("EPERM", all, "the kernel keyring is closed to this process", "Operation not permitted (os error 1)"),
        ("EACCES", &["keyctl"], "the kernel keyring is closed to this process", "Permission denied (os error 13)"),
    ] {
        let create = [&CREATE[..], &["ops", "--skip-verify"]].concat();
        let said = format!("error: {said}\ncaused by: {cause}\n\n{INSTEAD}");
        refused(&sandbox, errno, calls, &create).input("a-secret-canary").fails(1, &said);
        assert!(!sandbox.config().contains("ops"));
    }
}

/// A user whom no other program is. A user namespace gives it keyrings of its own, which go with it; what it may have in
/// them is counted for the user all the same.
#[test]
#[ignore = "becomes another user in a namespace of its own, which takes root"]
fn a_full_keyring_and_one_that_has_ended_are_told_and_nothing_is_half() {
    const ID: u32 = 59_998;
    let sandbox = Sandbox::new();
    configure(&sandbox, "other");
    let beside = tempfile::tempdir().unwrap();
    fs::copy(env!("CARGO_BIN_EXE_afed"), beside.path().join("afed")).unwrap();
    fs::copy(USER_KEYRING, beside.path().join("user_keyring.py")).unwrap();
    for path in [sandbox.path(""), beside.path().into()] {
        fs::set_permissions(path, fs::Permissions::from_mode(0o711)).unwrap();
    }
    for path in ["other", "other/.config", "other/.config/afed", "other/.config/afed/config.toml"] {
        chown(sandbox.path(path), Some(ID), Some(ID)).unwrap();
    }
    let script = "
        create=\"./afed account create --access-key-id AKIAIOSFODNN7EXAMPLE --secret-access-key-stdin --skip-verify\"
        told() { printf a-secret-canary | $create $1; echo \"$?\" >&2; cat ~/.config/afed/config.toml; ls -A ~/.config/afed; }
        python3 user_keyring.py fill
        told full
        python3 user_keyring.py clear
        until printf a-secret-canary | $create kept 2>/dev/null; do sleep 0.1; done
        python3 user_keyring.py fill
        ./afed account check kept 2>/dev/null
        python3 user_keyring.py expire
        told ended";
    let id = ID.to_string();
    let outcome = sandbox
        .program(Path::new("/usr/bin/setpriv"))
        .args(&["--reuid", &id, "--regid", &id, "--clear-groups", "--"])
        .args(&[
            "unshare",
            "--user",
            "--map-root-user",
            "bash",
            "-c",
            &format!("cd '{}'; {script}", beside.path().display()),
        ])
        .env("HOME", sandbox.path("other").to_str().unwrap())
        .outcome();
    assert_eq!(
        outcome.stderr,
        format!(
            "error: the kernel keyring has no room for another key of this user\n\
             caused by: Disk quota exceeded (os error 122)\n\n\
             hint: see how much it takes, and let root raise it: cat /proc/key-users; sysctl kernel.keys.maxkeys kernel.keys.maxbytes\n\
             {INSTEAD}1\n\
             error: the kernel keyring of this user has expired or was revoked\n\
             caused by: Required key not available (os error 126)\n\n\
             hint: start the machine again, for another one; or keep secrets in an encrypted file: store = \"file\" in [secrets], --secret-store file with afed init\n\
             1\n"
        )
    );
    assert!(!outcome.stdout.contains("[accounts.full]") && !outcome.stdout.contains("[accounts.ended]"), "{outcome:?}");
    assert!(
        outcome.stdout.contains("secret        ok "),
        "what was there before is read from a full keyring: {outcome:?}"
    );
    assert!(!outcome.stdout.contains("unowned"), "{outcome:?}");
}
