//! The audit trail of the shipped binary: what is recorded, before what, what a trail that can't be written does, and how
//! it is read and verified.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::Value;

use crate::crowd_directory::Scripted;
use crate::generated::help_tree;
use crate::iam::Iam;
use crate::rotation::{rotate, with_key};
use crate::sandbox::{Sandbox, aws, aws_url};
use crate::sts_proxy::{Reply, StsProxy};

const TRAIL: &str = "home/.local/state/afed/audit.jsonl";
const HOOK: [&str; 4] = ["creds", "deploy", "--format", "process"];

pub fn records(sandbox: &Sandbox) -> Vec<Value> {
    sandbox.read(TRAIL).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

pub fn told(record: &Value, names: &[&str]) -> String {
    names.iter().map(|name| record[*name].as_str().unwrap_or("-")).collect::<Vec<_>>().join(" ")
}

pub fn require(sandbox: &Sandbox) {
    sandbox.edit_config(|text| format!("{text}\n[audit]\nrequired = true\n"));
    sandbox.settle();
}

#[test]
fn a_day_is_recorded_line_by_line_and_verified() {
    let sandbox = Sandbox::with_session_of("alice");
    sandbox.recheck_after("5m");
    sandbox.run(&HOOK).vends().succeeds();
    sandbox.run(&HOOK).vends().succeeds();
    sandbox.run(&["exec", "deploy", "--", "true"]).succeeds();
    sandbox.run(&["connector", "check", "deploy"]).succeeds();
    sandbox.run(&["creds", "none"]).outcome();
    sandbox.run(&["logout"]).succeeds();
    assert_eq!(sandbox.run(&HOOK).outcome().code, Some(3));
    assert_eq!(sandbox.run(&HOOK).outcome().code, Some(3));
    let found = records(&sandbox);
    let lines: Vec<String> = found
        .iter()
        .map(|found| told(found, &["event", "decision", "person", "connector", "account", "source", "code"]))
        .collect();
    assert_eq!(
        lines,
        [
            "configuration allow - - - - changed",
            "configuration allow - - ops - changed",
            "configuration allow - deploy - - changed",
            "log-in allow alice - - - -",
            "vend allow alice deploy ops new -",
            "vend allow alice deploy ops cached -",
            "exec allow alice deploy ops cached -",
            "check allow alice deploy ops new -",
            "vend fail - none - - unknown-connector",
            "log-out allow alice - - - -",
            "vend fail - deploy - - no-session",
            "vend fail - deploy - cached no-session",
        ]
    );
    assert_eq!(found[0]["reason"], "changes directory, crowd, secrets");
    let (new, cached) = (&found[4], &found[5]);
    for name in ["aws_account_id", "principal_arn", "access_key_id", "expires_at"] {
        assert!(new[name].is_string() && new[name] == cached[name], "{name}: {new}");
    }
    assert_eq!(new["session_name"], "alice");
    assert_eq!(new["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(new["program_pid"], std::process::id());
    assert_eq!(new["program"], fs::read_link("/proc/self/exe").unwrap().to_str().unwrap());
    let head = found[11]["hash"].as_str().unwrap().to_owned();
    sandbox.run(&["audit", "verify"]).prints(&format!("12 lines in 1 files are whole, the last is {head}\n"), "");
    assert_eq!(fs::metadata(sandbox.path(TRAIL)).unwrap().permissions().mode() & 0o777, 0o600);

    let filtered = |arguments: &[&str]| {
        let shown = sandbox.run(&["audit", "--json"]).args(arguments).succeeds().json();
        shown.as_array().unwrap().iter().map(|record| record["number"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(filtered(&["--person", "alice"]), [4, 5, 6, 7, 8, 10]);
    assert_eq!(filtered(&["--connector", "deploy", "--decision", "fail"]), [11, 12]);
    assert_eq!(filtered(&["--since", "1h", "--last", "2"]), [11, 12]);
    assert_eq!(filtered(&["--until", "2026-01-01"]), [0; 0]);
    assert_eq!(filtered(&["--until", new["time"].as_str().unwrap()]), [1, 2, 3, 4]);
    let time = found[8]["time"].as_str().unwrap();
    sandbox.run(&["audit", "--connector", "none"]).prints(
        &format!(
            "TIME                      DECISION  EVENT  FOR  CONNECTOR  KEY  WHY\n\
             {time}  fail      vend   -    none       -    there is no connector “none”\n"
        ),
        "",
    );
    sandbox.run(&["audit", "--person", "bob"]).prints("", "Nothing of that kind is recorded\n");
    assert_eq!(sandbox.run(&["audit", "--since", "soon"]).outcome().code, Some(2));
}

#[test]
fn who_is_denied_is_named_also_from_memory() {
    let sandbox = Sandbox::with_session_of("bob");
    assert_eq!(sandbox.run(&HOOK).outcome().code, Some(4));
    assert_eq!(sandbox.run(&HOOK).outcome().code, Some(4));
    let found = records(&sandbox);
    let last: Vec<String> = found[found.len() - 2..]
        .iter()
        .map(|found| told(found, &["event", "decision", "person", "connector", "source", "code", "reason"]))
        .collect();
    assert_eq!(
        last,
        [
            "vend deny bob deploy - not-entitled “bob” may not use the connector “deploy”",
            "vend deny bob deploy cached not-entitled “bob” may not use the connector “deploy”",
        ]
    );
}

#[test]
fn what_can_t_be_recorded_is_told_or_denied() {
    let sandbox = Sandbox::with_session_of("alice");
    sandbox.recheck_after("5m");
    sandbox.run(&HOOK).vends().succeeds();
    fs::remove_file(sandbox.path(TRAIL)).unwrap();
    std::os::unix::fs::symlink(sandbox.path("elsewhere"), sandbox.path(TRAIL)).unwrap();
    let warning = format!("warning: the audit trail $SANDBOX/{TRAIL} is a symbolic link\n");
    for _ in 0..2 {
        assert_eq!(sandbox.run(&HOOK).vends().succeeds().stderr, warning);
    }
    require(&sandbox);
    let hint = format!("ls -ld '$SANDBOX/{TRAIL}'");
    let sentence = "it can't be recorded, and the configuration denies what is not (required = true in [audit])";
    let denied = |verb: &[&str]| {
        sandbox.run(verb).fails(
            4,
            &format!(
                "error: {sentence}\ncaused by: the audit trail $SANDBOX/{TRAIL} is a symbolic link\n\n\
                 hint: see what is wrong with it: {hint}\n"
            ),
        );
    };
    // Also when it comes from memory.
    for _ in 0..2 {
        sandbox.run(&HOOK).fails(
            4,
            &format!(
                "afed: {sentence}: the audit trail $SANDBOX/{TRAIL} is a symbolic link \
                 (hint: see what is wrong with it: {hint})\n"
            ),
        );
    }
    denied(&["creds", "deploy", "--format", "bash"]);
    denied(&["exec", "deploy", "--", "touch", "ran"]);
    denied(&["logout"]);
    let config = sandbox.config();
    denied(&["connector", "rename", "deploy", "other"]);
    assert_eq!(sandbox.config(), config);
    assert!(!sandbox.path("ran").exists() && !sandbox.path("elsewhere").exists());
}

#[test]
fn a_trail_is_no_file_of_something_else_not_even_an_empty_one_or_one_that_is_not_there_yet() {
    let sandbox = Sandbox::with_session_of("alice");
    let (config, place) = (sandbox.config(), "$SANDBOX/home/.config/afed/config.toml");
    let name = |path: &str| sandbox.edit_config(|_| format!("{config}\n[audit]\nrequired = true\nfile = \"{path}\"\n"));
    for (file, told) in [
        ("config.toml", format!("{place} is the configuration")),
        (
            "../../.local/share/afed/secrets.afed.lock",
            "$SANDBOX/home/.local/share/afed/secrets.afed.lock is the lock of the encrypted file of secrets".to_owned(),
        ),
        ("../../.aws/credentials", "$SANDBOX/home/.aws/credentials is AWS's credentials file".to_owned()),
    ] {
        name(file);
        let hint = "hint: name a file of its own in [audit], such as: file = \"audit.jsonl\"\n";
        let sentence = format!("error: {place}: file in [audit] can't be used\ncaused by: {told}\n\n{hint}");
        sandbox.run(&["account", "list"]).fails(1, &sentence);
    }
    let findings = sandbox.run(&["doctor", "--json"]).outcome().json();
    let line = sandbox.config().lines().count();
    assert_eq!(findings[0]["about"], format!("{place}:{line}"), "{findings}");
    sandbox.write_private("home/notes", "");
    fs::set_permissions(sandbox.path("home/notes"), fs::Permissions::from_mode(0o644)).unwrap();
    name("../../notes");
    let notes = "$SANDBOX/home/.config/afed/../../notes";
    sandbox.run(&["logout"]).fails(
        4,
        &format!(
            "error: it can't be recorded, and the configuration denies what is not (required = true in [audit])\n\
             caused by: the audit trail {notes} is empty, and its mode is 0644 and not 0600, so that it may be a file of something else\n\n\
             hint: if it was made for the trail: chmod 600 '{notes}'\nhint: else name another one: file in [audit]\n"
        ),
    );
    assert_eq!(sandbox.read("home/notes"), "");
    fs::set_permissions(sandbox.path("home/notes"), fs::Permissions::from_mode(0o600)).unwrap();
    sandbox.run(&["logout"]).succeeds();
    assert!(sandbox.read("home/notes").starts_with("{\"number\":1,"));
}

/// Every command that decides or changes something, against a trail that can't be written.
#[test]
fn what_must_be_recorded_and_can_t_be_is_denied_before_anything_is_changed() {
    let sandbox = Sandbox::with_session_of("alice");
    let exported = sandbox.run(&["connector", "export", "--all"]).succeeds().stdout;
    sandbox.write_private("connectors.json", exported.replace("\"deploy\"", "\"imported\""));
    let (password, key) = (sandbox.crowd.population().application.password, &aws().key);
    let bobs = sandbox.crowd.population().person("bob").unwrap().password.clone();
    let role = &aws().open_role;
    let commands: [(&[&str], &str); 15] = [
        (&["creds", "deploy", "--format", "json"], ""),
        (&["creds", "deploy", "--write-profile", "p"], ""),
        (&["exec", "deploy", "--", "touch", "ran"], ""),
        (&["exec", "--refresh", "deploy", "--", "touch", "ran"], ""),
        (&["login", "--user", "bob", "--password-stdin"], &bobs),
        (&["logout"], ""),
        (&["init", "--password-only", "--application-password-stdin"], &password),
        (&["account", "create", "two", "--access-key-id", &key.id, "--secret-access-key-stdin"], &key.secret),
        (&["account", "create", "ops", "--secret-only", "--secret-access-key-stdin"], &key.secret),
        (&["account", "edit", "ops", "--mfa-serial", "arn:aws:iam::000000000000:mfa/ops"], ""),
        (&["account", "rotate", "ops", "--yes"], ""),
        (
            &[
                "connector",
                "create",
                "c",
                "--account",
                "ops",
                "--principal",
                "assume-role",
                "--role-arn",
                role,
                "--group",
                "g",
            ],
            "",
        ),
        (&["connector", "edit", "deploy", "--duration", "30m"], ""),
        (&["connector", "delete", "deploy", "--yes"], ""),
        (&["connector", "import", "connectors.json"], ""),
    ];
    fs::remove_file(sandbox.path(TRAIL)).unwrap();
    fs::create_dir(sandbox.path(TRAIL)).unwrap();
    sandbox.edit_config(|text| {
        format!("{text}\n[audit]\nrequired = true\n[console]\nsign_in_url = \"http://127.0.0.1:9\"\n")
    });
    let of_home = || {
        let kept = |path: &String| !path.contains("/.cache/") && !path.contains("/locks/");
        let files = sandbox.files("home").into_iter().filter(kept);
        files.map(|path| (fs::read(&path).unwrap(), path)).collect::<Vec<_>>()
    };
    let (before, sessions) = (of_home(), sandbox.crowd.session_tokens());
    let console: (&[&str], &str) = (&["console", "deploy", "--print"], "");
    for (words, input) in commands.into_iter().chain([console]) {
        let run = sandbox.run(words);
        let outcome = if input.is_empty() { run.outcome() } else { run.input(input).outcome() };
        assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(4), ""), "{words:?}: {outcome:?}");
        assert!(outcome.stderr.contains("it can't be recorded"), "{words:?}: {outcome:?}");
        assert!(of_home() == before, "{words:?} has changed a file");
    }
    assert_eq!(sandbox.crowd.session_tokens(), sessions);
    assert!(!sandbox.path("ran").exists());
    // Where it is not required it is told, once.
    sandbox.edit_config(|text| text.replace("required = true", "required = false"));
    for words in [
        ["exec", "deploy", "--", "true"].as_slice(),
        &["connector", "edit", "deploy", "--duration", "30m"],
        &["logout"],
    ] {
        let outcome = sandbox.run(words).succeeds();
        assert_eq!(outcome.stderr.matches("warning: the audit trail ").count(), 1, "{words:?}: {outcome:?}");
    }
}

#[test]
fn a_disk_without_room_denies_a_log_in_before_it_is_made() {
    let sandbox = Sandbox::configured();
    require(&sandbox);
    let password = sandbox.crowd.population().person("alice").unwrap().password.clone();
    let strace = sandbox.program(Path::new("/usr/bin/strace"));
    let strace =
        strace.args(&["-qq", "-o", "/dev/null", "-e", "trace=fallocate", "-e", "inject=fallocate:error=ENOSPC"]);
    let outcome = strace
        .args(&[env!("CARGO_BIN_EXE_afed"), "login", "--user", "alice", "--password-stdin"])
        .input(&password)
        .outcome();
    assert!(outcome.code == Some(4) && outcome.stderr.contains("No space left on device"), "{outcome:?}");
    assert!(sandbox.crowd.session_tokens().is_empty());
}

/// What the last lines say of who, what and why.
pub fn last_of(sandbox: &Sandbox, count: usize) -> Vec<String> {
    let found = records(sandbox);
    let fields = ["event", "decision", "person", "connector", "code"];
    found[found.len() - count..].iter().map(|record| told(record, &fields)).collect()
}

fn last(sandbox: &Sandbox) -> String {
    last_of(sandbox, 1).remove(0)
}

#[test]
fn every_way_of_getting_nothing_is_recorded_with_its_code() {
    let proxy = StsProxy::start();
    let sandbox = Sandbox::with_session_of("alice").env("AWS_ENDPOINT_URL_STS", &proxy.url);
    let expect = |words: &[&str], expected: &str| {
        let outcome = sandbox.run(words).outcome();
        assert!(outcome.code != Some(0) && last(&sandbox) == expected, "{words:?}: {} {outcome:?}", last(&sandbox));
    };
    let creds = ["creds", "deploy", "--format", "bash"];
    expect(&["creds", "none"], "vend fail - none unknown-connector");
    expect(&["exec", "none", "--", "true"], "exec fail - none unknown-connector");
    expect(&["console", "none", "--print"], "console fail - none unknown-connector");
    expect(&["connector", "check", "none"], "check fail - none unknown-connector");
    expect(&["account", "check", "none"], "check fail - - configuration");
    expect(&["creds", "deploy", "--system"], "vend deny - deploy not-for-the-system");
    expect(&["creds", "deploy", "--duration", "12h", "--format", "bash"], "vend fail - deploy narrowing-refused");
    expect(&["exec", "deploy", "--", "/no/such/command"], "exec fail alice deploy no-command");
    sandbox.run(&["cache", "clear"]).succeeds();
    proxy.reply(Reply::refusal(403, "AccessDenied", "no"));
    expect(&creds, "vend deny alice deploy aws-refused");
    proxy.reply(Reply::refusal(503, "Throttling", "later"));
    expect(&["exec", "deploy", "--", "true"], "exec fail alice deploy aws-unreachable");
    sandbox.run(&["account", "edit", "ops", "--mfa-serial", crate::sts_mfa::SERIAL]).succeeds();
    expect(&creds, "vend fail alice deploy no-mfa-code");
    proxy.reply(Reply::refusal(403, "AccessDenied", "no"));
    expect(&[creds.as_slice(), &["--mfa-code", "123456"]].concat(), "vend deny alice deploy mfa-refused");
    let without_device =
        |text: String| text.lines().filter(|line| !line.starts_with("mfa_serial")).collect::<Vec<_>>().join("\n");
    sandbox.edit_config(|text| format!("{}\n[console]\nsign_in_url = \"http://127.0.0.1:9\"\n", without_device(text)));
    proxy.reply(Reply::Forward);
    expect(&["console", "deploy", "--print"], "console fail alice deploy sign-in-failed");
    let before = records(&sandbox);
    assert_eq!(told(&before[before.len() - 2], &["event", "decision", "person"]), "console allow alice");
    sandbox.crowd.script("POST", "/session/", Scripted::hang_up().always());
    sandbox.run(&["cache", "clear"]).succeeds();
    expect(&creds, "vend fail - deploy directory-unreachable");
    sandbox.crowd.forget_scripts();
    sandbox.crowd.expire_sessions();
    expect(&["exec", "deploy", "--", "true"], "exec fail - deploy no-session");
    sandbox.run(&["login", "--user", "alice", "--password-stdin"]).input("wrong-password").outcome();
    assert_eq!(last(&sandbox), "log-in deny alice - wrong-password");
    sandbox.run(&["audit", "verify"]).succeeds();
}

#[test]
fn nothing_is_recorded_where_nothing_is_wanted() {
    let sandbox = Sandbox::configured();
    let before = sandbox.read(TRAIL);
    sandbox.edit_config(|text| format!("{text}\n[audit]\nenabled = false\n"));
    sandbox.run(&HOOK).outcome();
    assert_eq!(sandbox.read(TRAIL), before);
    sandbox.edit_config(|text| format!("{text}required = true\n"));
    let refused = sandbox.run(&["audit"]).outcome();
    assert!(refused.code == Some(1) && refused.stderr.contains("required = true"), "{refused:?}");
}

#[test]
fn verify_says_file_and_line_and_what_is_gone() {
    let sandbox = Sandbox::configured();
    let whole = sandbox.read(TRAIL);
    let lines: Vec<&str> = whole.split_inclusive('\n').collect();
    let changed = lines[1].replace("\"ops\"", "\"opa\"");
    let place = format!("$SANDBOX/{TRAIL}");
    let broken = |text: &str, findings: &[&str]| {
        sandbox.write_private(TRAIL, text);
        let outcome = sandbox.run(&["audit", "verify"]).outcome();
        let told: String = findings.iter().map(|finding| format!("{place}:{finding}\n")).collect();
        assert_eq!(outcome.code, Some(1));
        assert_eq!((outcome.stdout, outcome.stderr.as_str()), (told, "error: the audit trail is not whole\n"));
    };
    broken(&[lines[0], lines[2]].concat(), &["2: a line is missing before this one"]);
    broken(&[lines[0], &changed, lines[2]].concat(), &["2: this line was changed"]);
    broken(&[lines[1], lines[2]].concat(), &["1: a line is missing before this one"]);
    broken(&format!("{}{{\"number\":", lines[0]), &["2: the file ends in the middle of this line"]);
    broken(&format!("{}\u{1b}[31m\n", lines[0]), &["2: this is no line that afed wrote"]);
    let cut_off = [lines[0], lines[1]].concat();
    sandbox.write_private(TRAIL, &cut_off);
    let head: Value = serde_json::from_str(lines[2]).unwrap();
    let head = head["hash"].as_str().unwrap();
    let outcome = sandbox.run(&["audit", "verify", "--expect", head]).outcome();
    let sentence = format!("error: the hash {head} is of no line of the audit trail: lines are missing at its end\n");
    assert_eq!((outcome.code, outcome.stderr), (Some(1), sentence));
    sandbox.write_private("copied", &whole);
    sandbox.run(&["audit", "verify", "copied", "--expect", head]).succeeds();
}

#[test]
fn no_name_tears_a_line_or_moves_a_terminal() {
    let sandbox = Sandbox::with_session_of("alice");
    let name = "a\n{\"event\":\"vend\"}\u{1b}[2J\u{202e}é";
    sandbox.run(&["creds", name]).outcome();
    let text = sandbox.read(TRAIL);
    assert!(text.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\n')), "{text}");
    let found = records(&sandbox);
    assert_eq!(found.last().unwrap()["connector"], name);
    sandbox.run(&["audit", "verify"]).succeeds();
    let shown = sandbox.run(&["audit", "--last", "1"]).succeeds().stdout;
    assert!(!shown.contains('\u{1b}') && shown.lines().count() == 2, "{shown}");
}

#[test]
fn a_rotation_is_recorded() {
    let old = Iam::at(aws_url()).user("audited");
    let sandbox = with_key(aws_url(), &old);
    rotate(&sandbox).succeeds();
    let found = records(&sandbox);
    let last: Vec<String> =
        found[3..].iter().map(|found| told(found, &["event", "decision", "account", "reason"])).collect();
    assert_eq!(last, ["configuration allow ops changes accounts.ops", "rotate allow ops -"]);
}

#[test]
fn a_disk_that_is_full_in_the_middle_of_a_line_tears_none() {
    let sandbox = Sandbox::with_session_of("alice");
    sandbox.recheck_after("5m");
    require(&sandbox);
    sandbox.run(&HOOK).vends().succeeds();
    let before = sandbox.read(TRAIL);
    // The shell counts blocks of 512 bytes; so there is room for a part of the next line.
    let limit = format!("ulimit -f {}; exec \"$0\" \"$@\"", before.len() / 512 + 1);
    let with_limit = |line: &str, words: &[&str]| {
        let shell = sandbox.program(Path::new("/bin/sh")).args(&["-c", line, env!("CARGO_BIN_EXE_afed")]);
        shell.args(words).outcome()
    };
    for line in [limit.clone(), format!("trap '' XFSZ; {limit}")] {
        let outcome = with_limit(&line, &HOOK);
        assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(4), ""), "{outcome:?}");
        assert!(outcome.stderr.contains("File too large (os error 27) (hint: see how large a file"), "{outcome:?}");
        assert_eq!(sandbox.read(TRAIL), before);
    }
    // What a command meets is what it would have met without afed.
    let exec = ["exec", "deploy", "--", "dd", "if=/dev/zero", "of=large", "bs=1k", "count=200"];
    let ended = with_limit("ulimit -f 200; exec \"$0\" \"$@\"", &exec);
    assert_eq!(ended.code, None, "{ended:?}");
}

#[test]
fn nothing_is_begun_whose_record_no_file_may_hold() {
    let proxy = StsProxy::start();
    let sandbox = Sandbox::with_session_of("alice").env("AWS_ENDPOINT_URL_STS", &proxy.url);
    require(&sandbox);
    let line = "ulimit -f 20; exec \"$0\" \"$@\"";
    let shell = sandbox.program(Path::new("/bin/sh")).args(&["-c", line, env!("CARGO_BIN_EXE_afed")]);
    proxy.forget_asked();
    let outcome = shell.args(&HOOK).outcome();
    assert_eq!((outcome.code, proxy.asked().len()), (Some(4), 0), "{outcome:?}");
    assert!(outcome.stderr.starts_with("afed: it can't be recorded, "), "{outcome:?}");
    sandbox.run(&HOOK).vends().succeeds();
}

/// What each command records. A new one has to be put somewhere: beside those that decide, or those that only tell.
#[test]
fn every_command_is_known_to_record_or_to_have_nothing_to_record() {
    let recording = [
        "account check",
        "account create",
        "account delete",
        "account edit",
        "account import",
        "account rotate",
        "connector check",
        "connector create",
        "connector delete",
        "connector edit",
        "connector import",
        "connector rename",
        "console",
        "creds",
        "exec",
        "init",
        "login",
        "logout",
    ];
    let telling = [
        "",
        "account",
        "account list",
        "account show",
        "audit",
        "audit verify",
        "cache",
        "cache clear",
        "cache list",
        "completions",
        "connector",
        "connector export",
        "connector list",
        "connector show",
        "doctor",
        "man",
        "policy",
        "policy check",
        "policy examples",
        "policy needed",
        "profile",
        "profile add",
        "profile list",
        "profile remove",
        "prompt",
        "shell-init",
        "whoami",
    ];
    let known: std::collections::BTreeSet<&str> = recording.into_iter().chain(telling).collect();
    let tree: Vec<String> = help_tree().into_iter().map(|(command, _)| command.join(" ")).collect();
    assert_eq!(tree.iter().map(String::as_str).collect::<std::collections::BTreeSet<_>>(), known);
}
