//! Homes and folders of every odd kind: a HOME that says nothing or leads astray, folders in whose place is a file, and file
//! systems that are read-only, full, or run nothing. What can go on goes on, what can't is told by name, and nothing is half
//! done. The mounts are in namespaces of their own, which not every machine lets its users have; `tests/run` looks.

use std::fs;

use crate::sandbox::{Outcome, Run, Sandbox, aws};

const HOOK: [&str; 4] = ["creds", "deploy", "--format", "process"];

#[test]
fn a_home_that_depends_on_the_current_folder_is_refused() {
    let sandbox = Sandbox::with_session_of("alice");
    for home in ["home", ".", "~", "./home", "../x"] {
        let said = format!("the home folder “{home}” is not an absolute path");
        sandbox.run(&HOOK).env("HOME", home).fails(1, &format!("afed: {said}\n"));
        sandbox.run(&["cache", "list"]).env("HOME", home).fails(1, &format!("error: {said}\n"));
    }
    let made: Vec<_> = std::fs::read_dir(sandbox.path("")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(made.len(), 2, "home and the passphrase: {made:?}");
}

#[test]
fn folders_that_are_named_by_nothing_or_in_part_are_the_usual_ones() {
    let sandbox = Sandbox::with_session_of("alice");
    let first = sandbox.run(&HOOK).vends().succeeds().stdout;
    for folder in ["", "home", ".", "~/.config"] {
        let with = |run: Run<'_>| {
            let names = ["XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"];
            names.into_iter().fold(run, |run, name| run.env(name, folder)).vends().succeeds().stdout
        };
        assert_eq!(with(sandbox.run(&HOOK)), first, "{folder}");
    }
}

#[test]
fn a_file_in_a_folder_s_place_is_told_and_stops_only_what_needs_the_folder() {
    let sandbox = Sandbox::with_session_of("alice");
    sandbox.write_private("file", "");
    let at_file = |name: &str| sandbox.run(&HOOK).env(name, sandbox.path("file").to_str().unwrap());
    let outcome = at_file("XDG_CACHE_HOME").vends().succeeds();
    assert!(outcome.stderr.starts_with("warning: the next call will ask again: "), "{outcome:?}");
    let trail = "the audit trail $SANDBOX/file/afed/audit.jsonl can't be opened: Not a directory (os error 20)";
    let outcome = at_file("XDG_STATE_HOME").vends().succeeds();
    assert_eq!(outcome.stderr, format!("warning: {trail}\n"));
    at_file("XDG_CONFIG_HOME").fails(
        1,
        "afed: there is no configuration: $SANDBOX/file/afed/config.toml does not exist: $SANDBOX/file/afed/config.toml can't be written: Not a directory (os error 20) (hint: see what is there: ls -ld '$SANDBOX/file')\n",
    );
    let without_secrets =
        sandbox.run(&["creds", "deploy"]).env("XDG_DATA_HOME", sandbox.path("file").to_str().unwrap());
    let outcome = without_secrets.outcome();
    assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(3), ""), "{outcome:?}");
    sandbox.edit_config(|config| config + "\n[audit]\nrequired = true\n");
    let outcome = at_file("XDG_STATE_HOME").outcome();
    assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(4), ""), "{outcome:?}");
    assert!(outcome.stderr.contains(trail), "{outcome:?}");
}

#[test]
fn a_configuration_that_was_asked_for_by_a_wrong_name_is_said_to_be_missing() {
    let sandbox = Sandbox::new();
    let said = |by| {
        format!(
            "error: there is no configuration: /proc/nope.toml does not exist\n\n\
             hint: see that {by} names the right file; to make it: afed init --config '/proc/nope.toml'\n"
        )
    };
    sandbox.run(&["creds", "deploy", "--config", "/proc/nope.toml"]).fails(1, &said("--config"));
    sandbox.run(&["creds", "deploy"]).env("AFED_CONFIG", "/proc/nope.toml").fails(1, &said("AFED_CONFIG"));
}

#[test]
fn what_is_in_the_way_of_a_lock_is_said_in_words() {
    let sandbox = Sandbox::configured();
    let locks = sandbox.files("home/.cache/afed/locks");
    let [lock] = &locks[..] else { panic!("{locks:?}") };
    let name = lock.replace(sandbox.path("").to_str().unwrap().trim_end_matches('/'), "$SANDBOX");
    let said = |what| {
        format!(
            "error: {name} can't be locked\ncaused by: {what}\n\n\
             hint: see what it is, and take it away; afed makes its own: ls -ld '{name}'\n"
        )
    };
    let edit = || sandbox.run(&["connector", "edit", "deploy", "--duration", "20m"]);
    fs::remove_file(lock).unwrap();
    std::os::unix::fs::symlink("nowhere", lock).unwrap();
    edit().fails(1, &said("it is a symbolic link"));
    fs::remove_file(lock).unwrap();
    nix::unistd::mkfifo(lock.as_str(), nix::sys::stat::Mode::S_IRWXU).unwrap();
    edit().fails(1, &said("it is not a regular file"));
    fs::remove_file(lock).unwrap();
    edit().succeeds();
}

/// Puts the folder on a file system of its own that is like `$1`, after running `$2` there, and runs the rest of the words.
/// What they have left when they fail must be what was there before, but for locks.
const MOUNTED: &str = r#"
folder=$0 kind=$1 first=$2; shift 2
mkdir -p "$folder" && cp -a "$folder" "$folder.before" && mount -t tmpfs -o size=1m,nr_inodes=200,mode=700 tmpfs "$folder" || exit 99
cp -a "$folder.before/." "$folder/" && sh -c "$first" >/dev/null || exit 98
rm -r "$folder.before" && cp -a "$folder" "$folder.before"
case $kind in
full) cat /dev/zero >"$folder/filler" 2>/dev/null ;;
crowded) number=0; while touch "$folder/filler$number" 2>/dev/null; do number=$((number + 1)); done ;;
*) mount -o "remount,$kind" "$folder" || exit 97 ;;
esac
"$@"
code=$?
rm -f "$folder/filler"*
[ $code = 0 ] || diff -r -x '*.lock' "$folder.before" "$folder" >&2 || exit 96
rm -r "$folder.before"
exit $code
"#;

/// A command where a folder of the home is on such a file system.
struct Trial {
    folder: &'static str,
    kind: &'static str,
    line: &'static str,
    code: i32,
    /// Where it is not empty, this and the system's own words are in what is told.
    told: &'static str,
}

fn on(folder: &'static str, kind: &'static str, line: &'static str, code: i32, told: &'static str) -> Trial {
    Trial { folder, kind, line, code, told }
}

const CREDS: &str = "creds deploy --format process";
const WARM: &str = "warm";
const LOGIN: &str = "login --user alice --password-stdin";
const CREATE: &str = "account create new --secret-access-key-stdin";
const ADD: &str = "profile add deploy";
const AGAIN: &str = "warning: the next call will ask again: $SANDBOX/home/.cache/afed/sealed/";
const LOCKS: &str = "error: $SANDBOX/home/.cache/afed/locks/";
const TRAIL: &str = "the audit trail $SANDBOX/home/.local/state/afed/audit.jsonl can't be ";
const STORE: &str = "error: $SANDBOX/home/.local/share/afed/secrets.afed";

fn attempt(sandbox: &Sandbox, trial: &Trial) -> Outcome {
    let afed = env!("CARGO_BIN_EXE_afed");
    let first =
        if trial.line == WARM { format!("{afed} {CREDS} && sleep 0.06 && {afed} {CREDS}") } else { ":".to_owned() };
    let folder = sandbox.path("home").join(trial.folder);
    let run = sandbox.program("/usr/bin/unshare".as_ref()).args(&["-Urm", "/bin/sh", "-c", MOUNTED]);
    let run = run.args(&[folder.to_str().unwrap(), trial.kind, &first, afed]);
    let words: Vec<&str> = if trial.line == WARM { CREDS } else { trial.line }.split(' ').collect();
    let run = run.args(&words);
    let password = sandbox.crowd.population().person("alice").unwrap().password.clone();
    match trial.line {
        LOGIN => run.input(&password),
        CREATE => run.args(&["--access-key-id", &aws().idle_key.id]).input(&aws().idle_key.secret),
        CREDS | WARM => run.vends(),
        _ => run,
    }
    .outcome()
}

/// Whether the first hint looks at the file system, at a folder of it that is there.
fn shows_the_disk(stderr: &str, folder: &str, kind: &str) -> bool {
    let start = if kind == "full" {
        "make room there: df -h"
    } else {
        "see what lies there, and why it is read-only: findmnt -T"
    };
    stderr.contains(&format!("hint: {start} '$SANDBOX/home/{folder}"))
}

#[test]
#[ignore = "mounts file systems, which takes a user namespace"]
fn file_systems_that_take_nothing_stop_only_what_has_to_be_kept() {
    let sandbox = Sandbox::with_session_of("alice");
    sandbox.recheck_after("5m");
    let config = sandbox.config();
    for trial in [
        on(".cache", "ro", WARM, 0, ""),
        on(".cache", "ro", CREDS, 0, AGAIN),
        on(".cache", "ro", LOGIN, 0, ""),
        on(".cache", "ro", CREATE, 1, LOCKS),
        on(".cache", "ro", ADD, 1, LOCKS),
        on(".cache", "full", CREDS, 0, AGAIN),
        on(".cache", "full", LOGIN, 0, ""),
        on(".cache", "full", ADD, 1, LOCKS),
        on(".cache", "noexec", WARM, 0, ""),
        on(".cache", "noexec", CREDS, 0, ""),
        on(".local/state", "ro", WARM, 0, TRAIL),
        on(".local/state", "ro", CREDS, 0, TRAIL),
        on(".local/state", "ro", LOGIN, 0, TRAIL),
        on(".local/share", "ro", CREDS, 0, ""),
        on(".local/share", "ro", LOGIN, 1, STORE),
        on(".local/share", "ro", CREATE, 1, STORE),
        on(".local/share", "full", LOGIN, 1, STORE),
        on(".local/share", "full", CREATE, 1, STORE),
        on(".local/share", "noexec", LOGIN, 0, ""),
        on(".config", "ro", CREDS, 0, ""),
        on(".config", "ro", CREATE, 1, "error: $SANDBOX/home/.config/afed/config.toml.unowned can't be written\n"),
        on(".config", "full", CREATE, 1, "error: $SANDBOX/home/.config/afed/config.toml.unowned can't be written\n"),
        on(".aws", "ro", ADD, 1, "error: $SANDBOX/home/.aws/config can't be written\n"),
        on(".aws", "full", ADD, 1, "error: $SANDBOX/home/.aws/config can't be written\n"),
    ] {
        let Trial { folder, kind, line, code, told } = trial;
        let outcome = attempt(&sandbox, &trial);
        assert_eq!(outcome.code, Some(code), "{folder} {kind} {line}: {outcome:?}");
        let words = if kind == "full" {
            "No space left on device (os error 28)\n"
        } else {
            "Read-only file system (os error 30)\n"
        };
        let is_told = outcome.stderr.contains(told) && (code == 0 || outcome.stderr.contains(words));
        assert!(code == 0 || shows_the_disk(&outcome.stderr, folder, kind), "{folder} {kind} {line}: {outcome:?}");
        let is_silent = !told.is_empty() || !outcome.stderr.contains("warning");
        assert!(is_told && is_silent, "{folder} {kind} {line}: {outcome:?}");
        assert!(!outcome.stderr.contains("/.afed-"), "nobody knows that file: {outcome:?}");
        sandbox.edit_config(|_| config.clone());
        std::fs::remove_dir_all(sandbox.path("home/.cache/afed/sealed")).unwrap_or_default();
    }
}

#[test]
#[ignore = "mounts file systems, which takes a user namespace"]
fn what_has_to_be_recorded_is_not_done_where_no_record_can_be_made() {
    let sandbox = Sandbox::with_session_of("alice");
    sandbox.edit_config(|config| config + "\n[audit]\nrequired = true\n");
    let secrets = || std::fs::read(sandbox.path("home/.local/share/afed/secrets.afed")).unwrap();
    let (config, before) = (sandbox.config(), secrets());
    std::fs::remove_dir_all(sandbox.path("home/.local/state")).unwrap();
    for (kind, line) in
        [("ro", CREDS), ("ro", LOGIN), ("ro", CREATE), ("full", CREDS), ("full", LOGIN), ("full", CREATE)]
    {
        let outcome = attempt(&sandbox, &on(".local/state", kind, line, 4, ""));
        // On a full one the file itself is made, and has nothing in it.
        assert!(matches!(outcome.code, Some(4 | 96)) && outcome.stdout.is_empty(), "{kind} {line}: {outcome:?}");
        assert!(outcome.stderr.contains(TRAIL), "{kind} {line}: {outcome:?}");
        assert!(shows_the_disk(&outcome.stderr, ".local/state", kind), "{kind} {line}: {outcome:?}");
        assert_eq!(sandbox.config(), config);
        std::fs::remove_dir_all(sandbox.path("home/.local/state.before")).unwrap_or_default();
    }
    assert!(secrets() == before || !sandbox.run(&["account", "list"]).succeeds().stdout.contains("new"));
}

#[test]
#[ignore = "mounts file systems, which takes a user namespace"]
fn a_trail_that_could_not_be_begun_is_told_before() {
    let sandbox = Sandbox::with_session_of("alice");
    std::fs::remove_dir_all(sandbox.path("home/.local/state")).unwrap();
    let place = "$SANDBOX/home/.local/state/afed/audit.jsonl";
    for (kind, words, mend) in [
        (
            "ro",
            "Read-only file system (os error 30)",
            "see what lies there, and why it is read-only: findmnt -T '$SANDBOX/home/.local/state'",
        ),
        (
            "full",
            "No space left on device (os error 28)",
            "make room there: df -h '$SANDBOX/home/.local/state'; df -i '$SANDBOX/home/.local/state'",
        ),
        (
            "crowded",
            "No space left on device (os error 28)",
            "make room there: df -h '$SANDBOX/home/.local/state'; df -i '$SANDBOX/home/.local/state'",
        ),
    ] {
        let outcome = attempt(&sandbox, &on(".local/state", kind, "doctor", 1, ""));
        let expected = format!(
            "fault        audit trail    {place}: {TRAIL}made: {words}\n                            mend: {mend}\n"
        );
        assert!(outcome.code == Some(1) && outcome.stdout.contains(&expected), "{kind}: {outcome:?}");
    }
}
