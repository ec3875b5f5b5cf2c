//! `afed doctor`: what it says when all is well, what it finds when much is not, and that what it tells to paste mends it.
//! Every far side is real or plays one: Crowd, STS, IAM, a keyring.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use crate::crowd_directory::Scripted;
use crate::iam::Iam;
use crate::keyring_session::KeyringSession;
use crate::moved_clocks::CLOCK;
use crate::rotation::{MOTO, rotate, with_key};
use crate::sandbox::{Run, Sandbox, aws_url};
use crate::sts_proxy::{Reply, StsProxy};

fn program_folder() -> &'static str {
    Path::new(env!("CARGO_BIN_EXE_afed")).parent().unwrap().to_str().unwrap()
}

/// An account of a user of its own, a connector, a profile and a log-in: nothing is wrong.
fn healthy(user: &str) -> (Sandbox, String) {
    let key = Iam::at(aws_url()).user(user);
    let sandbox = with_key(aws_url(), &key).env("PATH", &format!("{}:/usr/bin:/bin", program_folder()));
    sandbox.run(&["profile", "add", "own"]).succeeds();
    sandbox.log_in("alice");
    (sandbox, key.id)
}

fn doctor(sandbox: &Sandbox) -> Run<'_> {
    sandbox.run(&["doctor"])
}

/// What was found under a name, of a run that is not content.
fn found(run: Run<'_>, check: &str) -> Vec<Value> {
    let outcome = run.args(&["--json"]).outcome();
    let findings = outcome.json();
    let is_meant = |finding: &&Value| finding["check"] == check;
    findings.as_array().unwrap().iter().filter(is_meant).cloned().collect()
}

fn finding(check: &str, state: &str, about: &str, finding: &str, mend: &[&str]) -> Value {
    json!({"check": check, "state": state, "about": about, "finding": finding, "mend": mend})
}

#[test]
fn when_all_is_well_it_says_so_and_nothing_is_changed() {
    let (sandbox, key) = healthy("healthy");
    let before = sandbox.files("home");
    doctor(&sandbox).prints(
        &format!(
            "ok           configuration  $SANDBOX/home/.config/afed/config.toml: every key can be used\n\
             ok           program        $AFED: the only afed on PATH\n\
             ok           file modes     nobody else can write what afed rests on, nor read what is this user's\n\
             ok           leftovers      nothing of earlier runs lies about\n\
             ok           audit trail    $SANDBOX/home/.local/state/afed/audit.jsonl: 4 lines of 2 KiB are whole, and records are not required\n\
             ok           profile        own: asks for own\n\
             ok           secret store   file: answers\n\
             ok           directory      $CROWD: accepts the application “afed”\n\
             ok           advisories     $CROWD: Crowd 6.3.0 has none that afed knows\n\
             ok           session        alice: is logged in\n\
             ok           AWS STS        eu-west-1: answers\n\
             ok           clock          STS in eu-west-1: this machine's clock agrees with it\n\
             ok           key            ops: signs for arn:aws:iam::000000000000:user/healthy\n\
             ok           key age        ops: {key} is not older than 90 days\n"
        ),
        "",
    );
    assert_eq!(sandbox.files("home"), before);
    let all = sandbox.run(&["doctor", "--json"]).succeeds().json();
    assert_eq!(all[5], finding("profile", "ok", "own", "asks for own", &[]));
}

/// Everything of this machine that can be wrong at once, with a Crowd that is old and has ended the session.
fn spoil(sandbox: &Sandbox) {
    let config = sandbox.path("home/.config/afed/config.toml");
    fs::set_permissions(&config, fs::Permissions::from_mode(0o644)).unwrap();
    let temporary = sandbox.path("home/.config/afed/.afed-x");
    sandbox.write_private("home/.config/afed/.afed-x", "");
    let long_ago = SystemTime::now() - Duration::from_secs(3_600);
    fs::File::open(&temporary).unwrap().set_modified(long_ago).unwrap();
    let hooks = sandbox.read("home/.aws/config").replace("region = eu-west-1\n", "");
    let gone = "[profile gone]\ncredential_process = /no/such/afed creds own --format process\nregion = eu-west-1\n";
    let stale = "[profile stale]\ncredential_process = /no/such/afed creds renamed --format process\n";
    sandbox.write_private("home/.aws/config", format!("{hooks}{gone}{stale}"));
    sandbox.write_private("home/bin/afed", "#!/bin/sh\necho this is never run >&2\n");
    fs::set_permissions(sandbox.path("home/bin/afed"), fs::Permissions::from_mode(0o755)).unwrap();
    sandbox.write_private("home/.local/share/bash-completion/completions/afed", "# of last year\n");
    sandbox.crowd.change(|population| population.application.version = "Crowd/5.1.5".to_owned());
    sandbox.crowd.expire_sessions();
}

#[test]
fn many_faults_are_told_at_once_and_what_is_told_to_paste_mends_them() {
    let (sandbox, key) = healthy("unwell");
    spoil(&sandbox);
    let sandbox = sandbox.env("PATH", &format!("{}:$SANDBOX/home/bin:/usr/bin:/bin", program_folder()));
    let outcome = doctor(&sandbox).env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE").outcome();
    let expected = "\
ok           configuration  $SANDBOX/home/.config/afed/config.toml: every key can be used
warning      program        $SANDBOX/home/bin/afed: another afed than this one, $AFED, is on PATH too
                            mend: rm '$SANDBOX/home/bin/afed'
warning      completions    $SANDBOX/home/.local/share/bash-completion/completions/afed: are those of another version of afed
                            mend: afed completions bash >'$SANDBOX/home/.local/share/bash-completion/completions/afed'
fault        file modes     $SANDBOX/home/.config/afed/config.toml: its mode is 0644, so that others can get at it
                            mend: chmod go= '$SANDBOX/home/.config/afed/config.toml'
warning      leftovers      $SANDBOX/home/.config/afed: 1 file that a broken-off run did not put in its place
                            mend: rm '$SANDBOX/home/.config/afed/.afed-x'
ok           audit trail    $SANDBOX/home/.local/state/afed/audit.jsonl: 4 lines of 2 KiB are whole, and records are not required
warning      profile        own: it has no region, and some AWS tools ask for one
                            mend: afed profile add 'own' --connector own
fault        profile        gone: its hook names /no/such/afed, which is not there
                            mend: afed profile add 'gone' --connector own
fault        profile        stale: there is no connector “renamed”
                            mend: afed profile remove 'stale'
warning      environment    AWS_ACCESS_KEY_ID: AWS tools take these before any profile that is not named on their command line
                            mend: unset AWS_ACCESS_KEY_ID
ok           secret store   file: answers
ok           directory      $CROWD: accepts the application “afed”
fault        advisories     $CROWD: Crowd 5.1.5 has CVE-2023-22521: whoever is logged in can run code
                            mend: update Crowd to the newest release: https://www.atlassian.com/software/crowd/download; see https://www.cve.org/CVERecord?id=CVE-2023-22521
fault        session        the session at $CROWD has ended
                            mend: log in: afed login
ok           AWS STS        eu-west-1: answers
ok           clock          STS in eu-west-1: this machine's clock agrees with it
ok           key            ops: signs for arn:aws:iam::000000000000:user/unwell
";
    let age = format!("ok           key age        ops: {key} is not older than 90 days\n");
    assert_eq!(outcome.stdout, format!("{expected}{age}"));
    assert_eq!(
        (outcome.code, outcome.stderr.as_str()),
        (Some(1), "error: not all is well (faults: 5, warnings: 5, not checked: 0)\n")
    );
    mend(&sandbox);
    sandbox.log_in("alice");
    sandbox.crowd.change(|population| population.application.version = "Crowd/5.1.6".to_owned());
    assert_eq!(doctor(&sandbox).succeeds().stderr, "");
    assert!(!sandbox.read("home/.aws/config").contains("stale"));
}

/// The command with this sandbox's folder in place of its name.
fn in_place(sandbox: &Sandbox, command: &str) -> String {
    command.replace("$SANDBOX", sandbox.path("").to_str().unwrap().trim_end_matches('/'))
}

/// Pastes into a shell what can be pasted.
fn mend(sandbox: &Sandbox) {
    let findings = sandbox.run(&["doctor", "--json"]).outcome().json();
    let mends = findings.as_array().unwrap().iter().filter_map(|finding| finding["mend"][0].as_str());
    let commands = mends.filter(|mend| ["rm ", "chmod ", "afed "].iter().any(|start| mend.starts_with(start)));
    for command in commands {
        sandbox.program(Path::new("sh")).args(&["-c", &in_place(sandbox, command)]).succeeds();
    }
}

#[test]
fn a_hook_that_a_key_takes_the_place_of_is_free_again_once_the_key_is_taken_over() {
    let (sandbox, _) = healthy("shadowed");
    let key = Iam::at(aws_url()).user("shadowing");
    let lines = format!("[own]\naws_access_key_id = {}\naws_secret_access_key = {}\n", key.id, key.secret);
    sandbox.write_private("home/.aws/credentials", lines);
    let take_over = "afed account import 'own' --remove";
    // The key lies in that file as people have it, so that the search for secrets would find it there.
    let findings = found(doctor(&sandbox), "profile");
    let told =
        "aws_access_key_id, aws_secret_access_key in $SANDBOX/home/.aws/credentials may be taken in place of its hook";
    let edit = "${EDITOR:-vi} +2 '$SANDBOX/home/.aws/credentials'";
    assert_eq!(findings, [finding("profile", "fault", "own", told, &[take_over, edit])]);
    sandbox.program(Path::new("sh")).args(&["-c", take_over]).succeeds();
    doctor(&sandbox).succeeds();
}

#[test]
fn every_fault_of_the_configuration_is_told_with_its_line_and_nothing_else_is_guessed() {
    let sandbox = Sandbox::new();
    let path = "home/.config/afed/config.toml";
    sandbox.write_private(path, "version = 1\ndirectory = \"os\"\nsystem = \"x\"\n[os]\nadmin_groups = 7\n");
    let outcome = doctor(&sandbox).outcome();
    let told = "\
fault        configuration  $SANDBOX/home/.config/afed/config.toml:3: “system” is not a key of the top level
                            mend: did you mean “system_name”?
                            mend: ${EDITOR:-vi} +3 '$SANDBOX/home/.config/afed/config.toml'
fault        configuration  $SANDBOX/home/.config/afed/config.toml:5: invalid type: integer `7`, expected a sequence
                            mend: ${EDITOR:-vi} +5 '$SANDBOX/home/.config/afed/config.toml'
";
    assert!(outcome.stdout.starts_with(told), "{}", outcome.stdout);
    let not_checked = ["secret store", "directory   ", "session     ", "AWS STS     ", "key         "]
        .map(|check| format!("not checked  {check}   the configuration can't be used\n"));
    assert!(outcome.stdout.ends_with(&not_checked.concat()), "{}", outcome.stdout);
    assert_eq!(outcome.stderr, "error: not all is well (faults: 2, warnings: 0, not checked: 6)\n");
    let empty = Sandbox::new();
    let missing = found(doctor(&empty), "configuration").remove(0);
    assert_eq!(missing["mend"], json!(["set it up: afed init"]));
}

#[test]
fn what_keeps_crowd_from_answering_is_told_apart() {
    let (sandbox, _) = healthy("crowded");
    let tell = |check: &str| found(doctor(&sandbox), check).remove(0);
    sandbox.crowd.change(|population| population.application.password = "another-one-canary".to_owned());
    let rejected = tell("directory");
    assert_eq!((&rejected["state"], &rejected["about"]), (&json!("fault"), &json!("$CROWD")));
    assert!(rejected["mend"][0].as_str().unwrap().ends_with("afed init --password-only"), "{rejected}");
    assert_eq!(
        tell("session"),
        finding("session", "not-checked", "", "the directory does not serve this program", &[])
    );
    let told = sandbox.run(&["init", "--password-only", "--application-password-stdin"]);
    told.input("another-one-canary").succeeds();
    assert_eq!(tell("directory")["state"], "ok");
    sandbox.crowd.change(|population| population.application.addresses.clear());
    assert_eq!(tell("directory")["finding"], "$CROWD refuses the application “afed” from this machine's address");
    sandbox.crowd.change(|population| population.application.addresses = vec!["127.0.0.1".parse().unwrap()]);
    let cookie = Scripted::json(200, &json!({"domain": "", "secure": false, "name": "crowd.token_key"}));
    let dated = cookie.header("Date", "Sun, 22 Nov 2020 10:00:00 GMT").without_header("X-Embedded-Crowd-Version");
    sandbox.crowd.script("GET", "/config/cookie", dated.header("X-Embedded-Crowd-Version", "JIRA/9.12.1").always());
    let findings = doctor(&sandbox).args(&["--json"]).outcome().json();
    let of = |check: &str| findings.as_array().unwrap().iter().find(|found| found["check"] == check).unwrap().clone();
    assert_eq!(of("advisories")["state"], "note");
    assert_eq!((&of("clock")["state"], &of("clock")["about"]), (&json!("fault"), &json!("$CROWD")));
    assert!(of("clock")["finding"].as_str().unwrap().ends_with(" s ahead of it"), "{findings}");
    sandbox.crowd.forget_scripts();
    sandbox.crowd.script("GET", "", Scripted::hang_up().always());
    assert!(tell("directory")["finding"].as_str().unwrap().starts_with("$CROWD can't be reached: "));
    sandbox.crowd.forget_scripts();
    sandbox.run(&["logout"]).succeeds();
    let session = tell("session");
    assert_eq!(
        (&session["finding"], &session["mend"]),
        (&json!("nobody is logged in to $CROWD"), &json!(["log in: afed login"]))
    );
}

#[test]
fn a_key_grows_old_and_a_clock_can_be_wrong() {
    let key = Iam::at(&MOTO.url).user("old");
    let sandbox = with_key(&MOTO.url, &key);
    let hundred_days = (100 * 24 * 3_600).to_string();
    let later = || doctor(&sandbox).env("LD_PRELOAD", &CLOCK).env("CLOCK_SHIFT", &hundred_days);
    let told = format!("{} is 100 days old", key.id);
    let mend = "afed account rotate ops";
    assert_eq!(found(later(), "key age"), [finding("key age", "warning", "ops", &told, &[mend])]);
    let clock = found(later(), "clock").remove(0);
    assert_eq!((&clock["state"], &clock["about"]), (&json!("fault"), &json!("STS in eu-west-1")));
    assert_eq!(clock["mend"], json!(["timedatectl set-ntp true"]));
    assert_eq!(found(doctor(&sandbox), "key age")[0]["state"], "ok");
}

#[test]
fn keys_that_are_inactive_or_root_s_and_an_sts_that_is_away() {
    let (sandbox, key) = healthy("refused");
    let (iam, sts) = (StsProxy::start(), StsProxy::start());
    let sandbox = sandbox.env("AWS_ENDPOINT_URL_IAM", &iam.url);
    iam.reply(Reply::refusal(403, "AccessDenied", "no"));
    let unlisted = found(doctor(&sandbox), "key age").remove(0);
    assert_eq!(unlisted["state"], "not-checked");
    assert_eq!(unlisted["finding"], format!("the key {key} may not see how old it is"));
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:ListAccessKeys"],"Resource":"arn:aws:iam::000000000000:user/${aws:username}"}]}"#;
    assert_eq!(unlisted["mend"], json!([format!("the IAM user of the key needs this policy: {policy}")]));

    let sandbox = sandbox.env("AWS_ENDPOINT_URL_STS", &sts.url);
    let tell = |check: &str| found(doctor(&sandbox), check).remove(0);
    sts.reply(Reply::refusal(403, "InvalidClientTokenId", "no").at("Sun, 22 Nov 2020 10:00:00 GMT".to_owned()));
    let unknown = tell("key");
    assert_eq!(unknown["finding"], format!("AWS does not know the access key {key}, or it is inactive"));
    let mend = format!("aws iam update-access-key --access-key-id {key} --status Active");
    assert_eq!(unknown["mend"][0], mend);
    assert_eq!(tell("clock")["state"], "fault");
    let root = "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>\
        <Arn>arn:aws:iam::000000000000:root</Arn><UserId>000000000000</UserId><Account>000000000000</Account>\
        </GetCallerIdentityResult></GetCallerIdentityResponse>";
    sts.reply(Reply::Whole(200, Vec::new(), root.to_owned()));
    assert_eq!(tell("key")["finding"], "arn:aws:iam::000000000000:root is the root user, who may do everything");

    let sandbox = sandbox.env("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:9");
    let away = found(doctor(&sandbox), "AWS STS").remove(0);
    assert_eq!((&away["state"], &away["about"]), (&json!("fault"), &json!("eu-west-1")));
    assert_eq!(away["mend"], json!(["see whether it answers: curl -sSI http://127.0.0.1:9"]));
    let key = found(doctor(&sandbox), "key").remove(0);
    assert_eq!(key, finding("key", "not-checked", "ops", "STS in eu-west-1 does not answer", &[]));
}

#[test]
fn a_rotation_that_waits_for_its_end_is_told_and_ended() {
    let (sandbox, _) = healthy("halfway");
    rotate(&sandbox).args(&["--keep-old"]).succeeds();
    let told = finding(
        "rotation",
        "warning",
        "ops",
        "the rotation of its key is not finished",
        &["afed account rotate 'ops'"],
    );
    assert_eq!(found(doctor(&sandbox), "rotation"), [told]);
    sandbox.program(Path::new("sh")).args(&["-c", "afed account rotate 'ops' --yes"]).succeeds();
    doctor(&sandbox).succeeds();
}

#[test]
fn a_store_that_is_locked_away_silent_or_slow_is_told_and_nobody_is_asked() {
    let (sandbox, _) = healthy("stored");
    let locked = KeyringSession::locked();
    let without = KeyringSession::without_service();
    let tell = |address: &str| {
        let outcome = doctor(&sandbox).env("DBUS_SESSION_BUS_ADDRESS", address).args(&["--json"]).outcome();
        let findings = outcome.json();
        let of =
            |check: &str| findings.as_array().unwrap().iter().find(|found| found["check"] == check).unwrap().clone();
        assert_eq!(of("session")["finding"], "the secret store gives no secrets");
        assert_eq!(of("key")["finding"], "the secret store gives no secrets");
        assert_eq!(of("AWS STS")["state"], "ok");
        of("secret store")["finding"].as_str().unwrap().to_owned()
    };
    let config = sandbox.config();
    sandbox.edit_config(|text| {
        text.replace("store = \"file\"", "store = \"secret-service\"\ntimeout = \"1s\"")
            .replace("passphrase_file", "file")
    });
    assert_eq!(tell(&locked.address), "the Secret Service is locked");
    assert!(tell("unix:path=/nonexistent/bus").starts_with("the Secret Service can't be reached"));
    assert!(tell(&without.address).starts_with("the Secret Service can't be reached"));
    let _silent = without.silent_service();
    assert_eq!(tell(&without.address), "the Secret Service did not answer within 1 s");

    sandbox.write_private(
        "home/.config/afed/config.toml",
        config.lines().filter(|line| !line.starts_with("passphrase_file")).collect::<Vec<_>>().join("\n"),
    );
    let typed = found(doctor(&sandbox), "secret store").remove(0);
    assert_eq!(typed["state"], "not-checked");
    sandbox.edit_config(|text| text.replace("store = \"file\"", "store = \"file\"\npassphrase_fd = 3"));
    let script = "exec \"$0\" doctor 3< <(sleep 3; cat passphrase)";
    let slow = sandbox.program(Path::new("bash")).args(&["-c", script, env!("CARGO_BIN_EXE_afed")]).outcome();
    assert!(slow.stdout.contains("\nwarning      secret store   file: it took "), "{slow:?}");
}

#[test]
fn the_users_of_this_machine_have_checks_of_their_own() {
    let sandbox = Sandbox::new().env("AWS_ENDPOINT_URL", aws_url());
    let init = ["init", "--directory", "os", "--secret-store", "file", "--passphrase-file", "passphrase"];
    sandbox.run(&init).args(&["--admin-group", "no-such-group"]).succeeds();
    assert_eq!(found(doctor(&sandbox), "directory")[0]["state"], "ok");
    let group = found(doctor(&sandbox), "group").remove(0);
    let told = "the configuration names this group, and the machine does not know it";
    assert_eq!(group, finding("group", "warning", "no-such-group", told, &["getent group 'no-such-group'"]));
}

#[test]
fn a_pipe_in_the_place_of_a_file_is_told_and_not_waited_for() {
    let sandbox = Sandbox::new();
    sandbox
        .run(&["init", "--directory", "os", "--secret-store", "file", "--passphrase-file", "passphrase"])
        .args(&["--no-admin-groups"])
        .succeeds();
    let completions = "home/.local/share/bash-completion/completions/afed";
    let config = "home/.config/afed/config.toml";
    for (path, check) in [(completions, "completions"), (config, "configuration")] {
        let path = sandbox.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        drop(fs::remove_file(&path));
        nix::unistd::mkfifo(&path, nix::sys::stat::Mode::S_IRUSR).unwrap();
        let told = found(doctor(&sandbox), check).remove(0);
        assert!(told["finding"].as_str().unwrap().ends_with("it is not a regular file"), "{told}");
    }
    let busy = "error: $SANDBOX/home/.config/afed/config.toml can't be read\ncaused by: it is not a regular file\n";
    sandbox.run(&["creds", "deploy"]).fails(1, busy);
}

#[test]
fn what_is_wrong_with_the_audit_trail_is_told() {
    let sandbox = Sandbox::configured();
    let trail = "home/.local/state/afed/audit.jsonl";
    let place = format!("$SANDBOX/{trail}");
    let only = |state: &str, told: &str, mend: &[&str]| {
        assert_eq!(found(doctor(&sandbox), "audit trail"), [finding("audit trail", state, &place, told, mend)]);
    };
    let whole = sandbox.read(trail);
    let lines: Vec<&str> = whole.split_inclusive('\n').collect();
    sandbox.write_private(trail, lines[1..].concat());
    only("warning", "it is not whole in 1 place", &["see where: afed audit verify"]);
    fs::remove_file(sandbox.path(trail)).unwrap();
    only("ok", "nothing is recorded yet, and records are not required", &[]);
    assert!(!sandbox.path(trail).exists());
    sandbox.write_private(trail, &whole);
    fs::set_permissions(sandbox.path(trail), fs::Permissions::from_mode(0o620)).unwrap();
    let unfit = format!("the audit trail {place} is open to be written by others");
    let mend = format!("see what is wrong with it: ls -ld '{place}'");
    only("fault", &unfit, &[&mend]);
    fs::set_permissions(sandbox.path(trail), fs::Permissions::from_mode(0o600)).unwrap();
    sandbox.edit_config(|text| format!("{text}\n[audit]\nrequired = true\nalso = \"journald\"\n"));
    let told = found(doctor(&sandbox), "audit trail");
    assert_eq!(told[0]["finding"], "3 lines of 2 KiB are whole, and records are required");
    if !Path::new("/run/systemd/journal/socket").exists() {
        assert_eq!((&told[1]["state"], &told[1]["about"]), (&json!("fault"), &json!("journald")));
        assert_eq!(told[1]["mend"], json!(["see whether it runs: systemctl status systemd-journald"]));
    }
    sandbox.edit_config(|text| text.replace("required = true", "enabled = false"));
    let told = found(doctor(&sandbox), "audit trail");
    assert_eq!(
        told,
        [finding("audit trail", "note", "", "the configuration wants none", &["in [audit]: enabled = true"])]
    );
}

/// The doctor without the right of root to pass over modes.
fn bound_by_modes(sandbox: &Sandbox) -> Run<'_> {
    if !nix::unistd::geteuid().is_root() {
        return doctor(sandbox);
    }
    let run = sandbox.program(Path::new("/usr/bin/setpriv"));
    let without = "-dac_override,-dac_read_search";
    run.args(&["--bounding-set", without, "--inh-caps", without, "--", env!("CARGO_BIN_EXE_afed"), "doctor"])
}

#[test]
fn a_trail_that_could_not_be_begun_is_told_and_nothing_is_made() {
    let sandbox = Sandbox::configured();
    sandbox.write_private("file", "");
    fs::create_dir(sandbox.path("closed")).unwrap();
    fs::set_permissions(sandbox.path("closed"), fs::Permissions::from_mode(0o500)).unwrap();
    let config = sandbox.config();
    let told = |path: &str| {
        let path = sandbox.path(path).display().to_string();
        sandbox.edit_config(|_| format!("{config}\n[audit]\nfile = \"{path}\"\n"));
        found(bound_by_modes(&sandbox), "audit trail")
    };
    let fault = |path: &str, told: &str, mends: &[&str]| {
        let place = format!("$SANDBOX/{path}");
        [finding("audit trail", "fault", &place, &format!("the audit trail {place} can't be {told}"), mends)]
    };
    let closed = "see what is wrong with it: ls -ld '$SANDBOX/closed'";
    for path in ["closed/audit.jsonl", "closed/new/folder/audit.jsonl"] {
        assert_eq!(told(path), fault(path, "made: Permission denied (os error 13)", &[closed]));
    }
    let in_the_way = "see what is wrong with it: ls -ld '$SANDBOX/file'";
    for path in ["file/audit.jsonl", "file/new/audit.jsonl"] {
        assert_eq!(told(path), fault(path, "opened: Not a directory (os error 20)", &[in_the_way]));
    }
    let (place, words) = ("$SANDBOX/new/folder/audit.jsonl", "nothing is recorded yet, and records are not required");
    assert_eq!(told("new/folder/audit.jsonl"), [finding("audit trail", "ok", place, words, &[])]);
    // Only root can give a folder away.
    if nix::unistd::geteuid().is_root() {
        fs::set_permissions(sandbox.path("closed"), fs::Permissions::from_mode(0o711)).unwrap();
        std::os::unix::fs::chown(sandbox.path("closed"), Some(12_345), None).unwrap();
        let path = "closed/new/audit.jsonl";
        let words = "made: $SANDBOX/closed can't be trusted: it belongs to the user with the id 12345";
        let mends = [
            "run it as that user: sudo -H -u '#12345' afed doctor",
            "or as root with nothing of theirs: env -i PATH=\"$PATH\" HOME=/root afed doctor",
        ];
        assert_eq!(told(path), fault(path, words, &mends));
    }
    assert!(!sandbox.path("new").exists() && fs::read_dir(sandbox.path("closed")).unwrap().next().is_none());
}

#[test]
fn whatever_others_could_read_or_exchange_is_told_once() {
    let sandbox = Sandbox::configured();
    let trail = "home/.local/state/afed/audit.jsonl";
    sandbox.write_private(&format!("{trail}.1"), "");
    let own = [
        ("home/.config", 0o777, "chmod go-w", "that others can write it"),
        ("home/.local", 0o775, "chmod go-w", "that others can write it"),
        ("home/.local/state/afed", 0o733, "chmod go-w", "that others can write it"),
        (trail, 0o644, "chmod go=", "that others can get at it"),
        ("home/.local/state/afed/audit.jsonl.1", 0o604, "chmod go=", "that others can get at it"),
    ];
    let permit = |path: &str, mode| fs::set_permissions(sandbox.path(path), fs::Permissions::from_mode(mode)).unwrap();
    own.iter().for_each(|(path, mode, ..)| permit(path, *mode));
    let expected: Vec<Value> = own
        .iter()
        .map(|(path, mode, mend, so)| {
            let told = format!("its mode is {mode:04o}, so {so}");
            finding("file modes", "fault", &format!("$SANDBOX/{path}"), &told, &[&format!("{mend} '$SANDBOX/{path}'")])
        })
        .collect();
    assert_eq!(found(doctor(&sandbox), "file modes"), expected);
    // Where everybody may write, but not take away what is another's.
    permit("home/.config", 0o1777);
    mend(&sandbox);
    let all_well = "nobody else can write what afed rests on, nor read what is this user's";
    assert_eq!(found(doctor(&sandbox), "file modes"), [finding("file modes", "ok", "", all_well, &[])]);
}

#[test]
fn whatever_decides_whom_secrets_are_handed_to_or_what_is_run_is_looked_at_too() {
    let sandbox = Sandbox::configured();
    let own = [
        ("authorities/of-aws.pem", 0o664),
        ("authorities/of-crowd.pem", 0o646),
        ("authorities/of-system.pem", 0o666),
        ("bin/browser", 0o775),
        ("bin/otp", 0o757),
        ("policies", 0o777),
        ("system-authorities", 0o777),
    ];
    for (path, _) in own {
        sandbox.write_private(
            &match path.contains('/') {
                true => path.to_owned(),
                false => format!("{path}/file.json"),
            },
            r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}]}"#,
        );
    }
    let at = |path: &str| sandbox.path(path).display().to_string();
    let (bundle, otp, browser, policy) =
        (at("authorities/of-crowd.pem"), at("bin/otp"), at("bin/browser"), at("policies/file.json"));
    sandbox.edit_config(|text| {
        let text = text
            .replace("\napplication =", &format!("\nca_bundle = \"{bundle}\"\napplication ="))
            .replace("\ngroups =", &format!("\npolicy_file = \"{policy}\"\ngroups ="));
        let device = "mfa_serial = \"arn:aws:iam::000000000000:mfa/dev\"";
        let key = "type = \"access-key\"\naccess_key_id = \"AKIAIOSFODNN7EXAMPLE\"";
        format!(
            "{text}\n[accounts.guarded]\n{key}\n{device}\nmfa_process = \"{otp} code\"\n\
             [console]\nbrowser = \"{browser} {{url}}\"\n"
        )
    });
    let permit = |path: &str, mode| fs::set_permissions(sandbox.path(path), fs::Permissions::from_mode(mode)).unwrap();
    own.iter().for_each(|(path, mode)| permit(path, *mode));
    let expected: Vec<Value> = own
        .iter()
        .map(|(path, mode)| {
            let told = format!("its mode is {mode:04o}, so that others can write it");
            let path = format!("$SANDBOX/{path}");
            finding("file modes", "fault", &path, &told, &[&format!("chmod go-w '{path}'")])
        })
        .collect();
    let run = doctor(&sandbox)
        .env("AWS_CA_BUNDLE", &at("authorities/of-aws.pem"))
        .env("SSL_CERT_FILE", &at("authorities/of-system.pem"))
        .env("SSL_CERT_DIR", &at("system-authorities"));
    assert_eq!(found(run, "file modes"), expected);
}

#[test]
fn nobody_is_told_to_close_a_device() {
    let sandbox = Sandbox::configured().env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null");
    let sandbox = sandbox.env("AWS_CONFIG_FILE", "/dev/zero");
    let all_well = "nobody else can write what afed rests on, nor read what is this user's";
    assert_eq!(found(doctor(&sandbox), "file modes"), [finding("file modes", "ok", "", all_well, &[])]);
}

#[test]
fn what_killed_runs_have_left_is_told() {
    let sandbox = Sandbox::configured();
    let notes = ["unowned", "unfinished"].map(|end| format!("home/.config/afed/config.toml.{end}"));
    notes.iter().for_each(|note| sandbox.write_private(note, "ops AKIAIOSFODNN7EXAMPLE\n"));
    for file in ["run-left/held", "run-left/config"] {
        sandbox.write_private(&format!("home/.cache/afed/runs/{file}"), "");
    }
    let base = sandbox.path("home/.cache/afed/runs");
    sandbox.write_private("home/.cache/afed/runs/run-held/held", "");
    let held = fs::File::open(base.join("run-held/held")).unwrap();
    held.lock().unwrap();
    let left = found(doctor(&sandbox), "leftovers");
    let folder = "$SANDBOX/home/.cache/afed/runs/run-left";
    let noted = |note: &str, next: &str| {
        let told = "a broken-off run may have left secrets in the store that belong to nothing any more";
        let mend = format!("they are forgotten by the next: {next}");
        finding("leftovers", "warning", &format!("$SANDBOX/{note}"), told, &[&mend])
    };
    assert_eq!(
        left,
        [
            noted(&notes[0], "afed account create, edit, import, rotate or delete"),
            noted(&notes[1], "afed init, or account create, edit, import, rotate or delete"),
            finding(
                "leftovers",
                "note",
                folder,
                "a run that was killed has left its folder",
                &[&format!("rm -r '{folder}'")],
            ),
        ]
    );
}
