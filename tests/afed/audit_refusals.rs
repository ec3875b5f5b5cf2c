//! What comes to nothing, and what the audit trail has of it: refusals of every command that changes something or hands
//! something out, and that nothing is asked for where it could not be recorded.

use std::fs;
use std::path::Path;

use crate::audit::{last_of, records, require, told};
use crate::crowd_directory::Scripted;
use crate::rotation::JOURNAL;
use crate::sandbox::{Sandbox, aws};
use crate::sts_proxy::{Reply, StsProxy};

const TRAIL: &str = "home/.local/state/afed/audit.jsonl";
const FIELDS: [&str; 6] = ["event", "decision", "person", "connector", "account", "code"];

/// Runs it to a failure, and says what was recorded meanwhile: a line for each record.
fn recorded(sandbox: &Sandbox, words: &[&str], input: &str) -> Vec<String> {
    let before = records(sandbox).len();
    let outcome = sandbox.run(words).input(input).outcome();
    assert!(outcome.code != Some(0) && outcome.stdout.is_empty(), "{words:?}: {outcome:?}");
    records(sandbox)[before..].iter().map(|record| told(record, &FIELDS)).collect()
}

#[test]
fn every_refused_change_is_recorded_with_its_code() {
    let proxy = StsProxy::start();
    let sandbox = Sandbox::with_session_of("alice").env("AWS_ENDPOINT_URL_STS", &proxy.url);
    let key = &aws().key;
    sandbox.write_private("connectors.json", "[{\"name\": \"deploy\", \"type\": \"none\"}]");
    let new = ["account", "create", "new", "--access-key-id", &key.id, "--secret-access-key-stdin"];
    let account = |code: &str| format!("configuration {code}");
    let check = |words: &[&str], input: &str, expected: &str| {
        let expected = if expected.is_empty() { Vec::new() } else { vec![expected.to_owned()] };
        assert_eq!(recorded(&sandbox, words, input), expected, "{words:?}");
    };
    for (words, expected) in [
        (&["account", "create", "ops", "--access-key-id", &key.id][..], account("fail - - ops configuration")),
        (&["account", "import", "none", "--as", "two"], account("fail - - two configuration")),
        (&["account", "edit", "none"], account("fail - - none configuration")),
        (&["account", "delete", "ops", "--yes"], account("fail - - ops configuration")),
        (&["account", "rotate", "none", "--yes"], "rotate fail - - none configuration".to_owned()),
        (
            &["connector", "create", "c", "--account", "none", "--principal", "session-token", "--group", "g"],
            account("fail - c - configuration"),
        ),
        (&["connector", "edit", "deploy", "--duration", "99h"], account("fail - deploy - configuration")),
        (&["connector", "rename", "none", "other"], account("fail - none - unknown-connector")),
        (&["connector", "delete", "none", "--yes"], account("fail - none - unknown-connector")),
        (&["connector", "import", "connectors.json"], account("fail - - - configuration")),
        (&["init", "--directory", "os"], account("fail - - - configuration")),
        (&["init", "--password-only", "--application-password-stdin"], account("fail - - - application-refused")),
        (&["exec", "a b", "--", "true"], "exec fail - a b - configuration".to_owned()),
        (&["exec", "--refresh", "none", "--", "true"], "exec fail - none - unknown-connector".to_owned()),
        (
            &["exec", "--profile", "a=none", "--profile", "b=none", "true"],
            "exec fail - - - unknown-connector".to_owned(),
        ),
        (&["console", "deploy", "--print", "--service", "../s3"], "console fail - deploy - configuration".to_owned()),
        // Nobody was refused: an answer is missing, nothing is to be changed, or it is AWS's file that others change too.
        (&["account", "create", "new"], String::new()),
        (&["connector", "delete", "deploy"], String::new()),
        (&["connector", "create", "c"], String::new()),
        (&["connector", "import", "connectors.json", "--dry-run"], String::new()),
        (&["login"], String::new()),
        (&["exec", "deploy"], String::new()),
        (&["profile", "add", "none"], String::new()),
        (&["profile", "remove", "none"], String::new()),
    ] {
        check(words, "not-the-password", &expected);
    }
    proxy.reply(Reply::refusal(403, "InvalidClientTokenId", "no"));
    check(&new, &key.secret, "configuration deny - - new aws-refused");
    proxy.reply(Reply::refusal(503, "Throttling", "later"));
    check(&new, &key.secret, "configuration fail - - new aws-unreachable");
    proxy.reply(Reply::Forward);
    fs::write(sandbox.path("passphrase"), "another one").unwrap();
    for (words, input, expected) in [
        (&new[..], key.secret.as_str(), "configuration fail - - new no-secret"),
        (&["account", "rotate", "ops", "--yes"], "", "rotate fail - - ops no-secret"),
        (&["login", "--user", "bob", "--password-stdin"], "p", "log-in fail bob - - no-secret"),
        (&["logout"], "", "log-out fail - - - no-secret"),
    ] {
        check(words, input, expected);
    }
    sandbox.write_private("passphrase", crate::sandbox::PASSPHRASE);
    fs::remove_dir_all(sandbox.path("home/.cache/afed/locks")).unwrap();
    sandbox.write_private("home/.cache/afed/locks", "");
    check(&["connector", "edit", "deploy", "--duration", "20m"], "", "configuration fail - deploy - configuration");
    sandbox.run(&["audit", "verify"]).succeeds();
}

#[test]
fn every_refused_rotation_is_recorded_with_its_code() {
    let proxy = StsProxy::start();
    let sandbox = Sandbox::with_session_of("alice").env("AWS_ENDPOINT_URL_STS", &proxy.url);
    let sandbox = sandbox.env("AWS_ENDPOINT_URL_IAM", "http://127.0.0.1:9");
    let check = |expected: &str| {
        let found = recorded(&sandbox, &["account", "rotate", "ops", "--yes"], "");
        assert_eq!(found, [format!("rotate {expected}")]);
    };
    proxy.reply(Reply::refusal(403, "AccessDenied", "no"));
    check("deny - - ops aws-refused");
    proxy.reply(Reply::Forward);
    check("fail - - ops aws-unreachable");
    sandbox.write_private(JOURNAL, "{}");
    check("fail - - ops configuration");
    let reason = &records(&sandbox).pop().unwrap()["reason"];
    let journal = sandbox.path(JOURNAL).display().to_string();
    assert_eq!(*reason, format!("{journal} is no journal of a rotation"));
}

#[test]
fn a_log_out_names_the_person_and_without_a_session_there_is_none() {
    let sandbox = Sandbox::with_session_of("CAROL");
    let end = |expected: &str| {
        sandbox.run(&["logout"]).prints("", "Logged out\n");
        assert_eq!(last_of(&sandbox, 1), [format!("log-out allow {expected}")]);
    };
    // By the name that the directory has, however it was typed.
    assert_eq!(last_of(&sandbox, 1), ["log-in allow Carol - -"]);
    end("Carol - -");
    let before = sandbox.read(TRAIL);
    sandbox.run(&["logout"]).prints("", "Nobody was logged in\n");
    assert_eq!(sandbox.read(TRAIL), before);
    // Who it was is not to be had any more, and the session ends all the same.
    sandbox.log_in("alice");
    sandbox.crowd.expire_sessions();
    end("- - -");
    sandbox.log_in("alice");
    sandbox.crowd.script("POST", "/session/", Scripted::answer(500, "text/html", "no").always());
    end("- - -");
    assert!(sandbox.crowd.session_tokens().is_empty());
    // A session that may live on at Crowd is not told to be over.
    sandbox.crowd.forget_scripts();
    sandbox.log_in("alice");
    sandbox.crowd.script("DELETE", "/session/", Scripted::answer(500, "text/html", "no").always());
    let outcome = sandbox.run(&["logout"]).outcome();
    assert!(outcome.code == Some(5) && outcome.stderr.starts_with("Logged out here\n"), "{outcome:?}");
    assert_eq!(last_of(&sandbox, 1), ["log-out fail alice - directory-unreachable"]);
    let reason = &records(&sandbox).pop().unwrap()["reason"];
    assert_eq!(reason, "Crowd could not be told; the session ends there by itself");
    // Where nothing happens, nothing has to be recorded either.
    require(&sandbox);
    fs::remove_file(sandbox.path(TRAIL)).unwrap();
    fs::create_dir(sandbox.path(TRAIL)).unwrap();
    sandbox.run(&["logout"]).prints("", "Nobody was logged in\n");
}

#[test]
fn where_it_can_t_be_recorded_neither_the_directory_nor_aws_is_asked_for_anything() {
    let proxy = StsProxy::start();
    let sandbox = Sandbox::with_session_of("alice").env("AWS_ENDPOINT_URL_STS", &proxy.url);
    require(&sandbox);
    fs::remove_file(sandbox.path(TRAIL)).unwrap();
    fs::create_dir(sandbox.path(TRAIL)).unwrap();
    proxy.forget_asked();
    sandbox.crowd.forget_received();
    for words in [
        &["creds", "deploy", "--format", "process"][..],
        &["creds", "deploy", "--format", "bash"],
        &["exec", "deploy", "--", "touch", "ran"],
        &["exec", "--refresh", "deploy", "--", "touch", "ran"],
        &["console", "deploy", "--print"],
        &["login", "--user", "bob", "--password-stdin"],
        &["logout"],
        &["account", "rotate", "ops", "--yes"],
        &["init", "--password-only", "--application-password-stdin"],
    ] {
        let outcome = sandbox.run(words).input("password").outcome();
        let told = outcome.stderr.contains("it can't be recorded, and the configuration denies what is not");
        assert!(outcome.code == Some(4) && told && outcome.stdout.is_empty(), "{words:?}: {outcome:?}");
        assert!(!outcome.stderr.contains("warning"), "it is told once: {outcome:?}");
        assert!(proxy.asked().is_empty() && sandbox.crowd.received().is_empty(), "{words:?}");
    }
    // A check proves all that makes no credentials.
    let outcome = sandbox.run(&["connector", "check", "deploy"]).outcome();
    assert!(
        outcome.code == Some(4) && outcome.stdout.contains("credentials   failed  it can't be recorded"),
        "{outcome:?}"
    );
    assert!(proxy.asked().is_empty() && !sandbox.crowd.received().is_empty());
    // What is never recorded needs no trail.
    sandbox.run(&["profile", "add", "deploy"]).succeeds();
    sandbox.run(&["profile", "remove", "deploy"]).succeeds();
}

/// The trail breaks down while the password is awaited.
#[test]
fn nobody_is_logged_in_whose_log_in_can_t_be_recorded_any_more() {
    let sandbox = Sandbox::configured();
    require(&sandbox);
    let break_it = "until [ -e $0 ]; do sleep 0.01; done; until rm -f $0 && mkdir $0; do :; done 2>/dev/null";
    let login = format!(
        "({break_it}; printf alice-password) | {} login --user alice --password-stdin",
        env!("CARGO_BIN_EXE_afed")
    );
    let trail = sandbox.path(TRAIL).display().to_string();
    let outcome = sandbox.program(Path::new("/bin/sh")).args(&["-c", &login, &trail]).outcome();
    assert!(outcome.code == Some(4) && outcome.stderr.contains("it can't be recorded"), "{outcome:?}");
    assert!(sandbox.path(TRAIL).is_dir() && sandbox.crowd.session_tokens().is_empty());
}

#[test]
fn a_line_that_was_changed_is_told_where_it_is_listed() {
    let sandbox = Sandbox::with_session_of("alice");
    sandbox.write_private(TRAIL, sandbox.read(TRAIL).replace("\"person\":\"alice\"", "\"person\":\"bob\""));
    let outcome = sandbox.run(&["audit", "--person", "bob", "--json"]).succeeds();
    assert_eq!(outcome.json()[0]["event"], "log-in");
    assert_eq!(
        outcome.stderr,
        "warning: lines of the audit trail that are not as afed wrote them: 1\nhint: see which: afed audit verify\n"
    );
}
