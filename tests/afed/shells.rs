//! afed in the shells themselves: the README's very lines, the functions of `shell-init`, and who is taken for the caller.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::emulator;
use crate::sandbox::{Run, Sandbox};
use crate::sts_proxy::{DOCUMENTATION_KEY, Reply, StsProxy};

const EXPIRY: &str = "2286-11-20T17:46:39Z";
const AFED: &str = env!("CARGO_BIN_EXE_afed");

/// The shells that are here, by their names in the README, and how they show what a child of theirs sees.
const SHELLS: [(&str, &str, &str); 5] = [
    ("bash", "bash", "env"),
    ("zsh", "zsh", "env"),
    ("fish", "fish", "env"),
    ("Nushell", "nu", "^env"),
    ("Elvish", "elvish", "e:env"),
];

/// A sandbox in which STS always gives the same lease, far from over, unless the test says otherwise.
fn sandbox() -> (Sandbox, StsProxy) {
    let proxy = StsProxy::start();
    proxy.reply(Reply::assumed_role(EXPIRY));
    let sandbox = Sandbox::with_session_of("alice").env("AWS_ENDPOINT_URL_STS", &proxy.url);
    sandbox.recheck_after("5m");
    let folders = [Path::new(AFED).parent().unwrap(), &emulator::parts().join("bin")];
    let path = format!("{}:{}:/usr/bin:/bin", folders[0].display(), folders[1].display());
    (sandbox.env("PATH", &path), proxy)
}

fn program(name: &str) -> PathBuf {
    let places = [emulator::parts().join("bin").join(name), Path::new("/usr/bin").join(name)];
    places.into_iter().find(|path| path.exists()).unwrap_or_else(|| panic!("{name} is missing; run tests/setup first"))
}

fn shell<'a>(sandbox: &'a Sandbox, name: &str, script: &str) -> Run<'a> {
    let run = sandbox.program(&program(name)).args(&["-c", script]).env("SHELL", "/bin/csh");
    run.env("AWS_PROFILE", "stale").env("AWS_SECURITY_TOKEN", "stale").vends()
}

/// What a shell showed of its variables, afed's and AWS's.
fn variables(stdout: &str) -> Vec<&str> {
    let is_ours = |line: &&str| line.starts_with("AFED_CON") || line.starts_with("AWS_") && !line.contains("ENDPOINT");
    let mut lines: Vec<&str> = stdout.lines().filter(is_ours).collect();
    lines.sort_unstable();
    lines
}

fn expected_variables() -> Vec<String> {
    let [id, secret, token] = DOCUMENTATION_KEY;
    let text = format!(
        "AFED_CONNECTOR=deploy\nAWS_ACCESS_KEY_ID={id}\nAWS_ACCOUNT_ID=123123123123\nAWS_CREDENTIAL_EXPIRATION={EXPIRY}\n\
         AWS_DEFAULT_REGION=eu-west-1\nAWS_REGION=eu-west-1\nAWS_SECRET_ACCESS_KEY={secret}\nAWS_SESSION_TOKEN={token}"
    );
    text.lines().map(str::to_owned).collect()
}

/// The lines of the README's table for a shell: to set, to clear, and at its start.
fn lines_of(shell: &str) -> [String; 3] {
    let readme = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let start = format!("| {shell} | ");
    let row = readme.lines().find_map(|line| line.strip_prefix(&start)).unwrap_or_else(|| panic!("no {shell} there"));
    let cells = row.split(" | ").map(|cell| cell.split('`').nth(1).unwrap().replace("\\|", "|"));
    cells.collect::<Vec<_>>().try_into().unwrap()
}

#[test]
fn the_readme_s_lines_set_and_clear_whatever_shell_is_named_by_the_environment() {
    let (sandbox, _proxy) = sandbox();
    for (name, command, show) in SHELLS {
        let [set, clear, _] = lines_of(name);
        let outcome = shell(&sandbox, command, &format!("{set}\n{show}")).succeeds();
        assert_eq!(variables(&outcome.stdout), expected_variables(), "{name}");
        assert_eq!(outcome.stderr, "", "{name}");
        let outcome = shell(&sandbox, command, &format!("{set}\n{clear}\n{show}")).succeeds();
        assert_eq!(variables(&outcome.stdout), [""; 0], "{name}");
    }
}

#[test]
fn functions_set_refresh_and_clear() {
    let (sandbox, proxy) = sandbox();
    let said = format!("afed: deploy until {EXPIRY}\n");
    for (name, command, show) in SHELLS.into_iter().filter(|(name, ..)| *name != "Elvish") {
        let load = load(&sandbox, name, command);
        let narrowed = "afed-use deploy --duration 15m\nafed-refresh";
        let outcome = shell(&sandbox, command, &format!("{load}\n{narrowed}\n{show}")).succeeds();
        assert_eq!(variables(&outcome.stdout), expected_variables(), "{name}");
        assert_eq!(outcome.stderr, said.repeat(2), "{name}");
        let cleared = shell(&sandbox, command, &format!("{load}\nafed-use deploy\nafed-clear\n{show}")).succeeds();
        assert_eq!((variables(&cleared.stdout), cleared.stderr), (vec![], said.clone()), "{name}");
        let help = shell(&sandbox, command, &format!("{load}\nafed-use --help\n{show}")).succeeds();
        assert!(help.stdout.contains("Print temporary credentials"), "{help:?}");
        assert_eq!(variables(&help.stdout), ["AWS_PROFILE=stale", "AWS_SECURITY_TOKEN=stale"], "{name}");
    }
    let durations: Vec<_> =
        proxy.asked().iter().map(|call| call.parameter("DurationSeconds").map(str::to_owned)).collect();
    assert_eq!(durations, [Some("900".to_owned()), Some("3600".to_owned())]);
}

/// What makes the functions known in a new shell.
fn load(sandbox: &Sandbox, name: &str, command: &str) -> String {
    let [.., start] = lines_of(name);
    if name != "Nushell" {
        return start;
    }
    shell(sandbox, command, &start).succeeds();
    format!("source {}", sandbox.path("home/.local/share/nushell/vendor/autoload/afed.nu").display())
}

#[test]
fn a_failure_leaves_the_shell_as_it_was_and_gives_back_afed_s_exit_code() {
    let (sandbox, _proxy) = sandbox();
    for (name, command, show) in SHELLS.into_iter().filter(|(name, ..)| *name != "Elvish") {
        let load = load(&sandbox, name, command);
        let attempt = if command == "nu" { "try { afed-use missing }" } else { "afed-use missing; echo $status $?" };
        let attempt = if command == "fish" { "afed-use missing; echo $status" } else { attempt };
        let outcome = shell(&sandbox, command, &format!("{load}\nafed-use deploy\n{attempt}\n{show}")).succeeds();
        assert_eq!(variables(&outcome.stdout), expected_variables(), "{name}");
        assert!(outcome.stderr.contains("error: there is no connector “missing”\n"), "{outcome:?}");
        let refreshed = shell(&sandbox, command, &format!("{load}\nafed-refresh")).outcome();
        assert_eq!(refreshed.code, Some(1), "{refreshed:?}");
        assert!(refreshed.stderr.contains("afed-use has set nothing in this shell"), "{refreshed:?}");
        let code = shell(&sandbox, command, &format!("{load}\nafed-use")).outcome().code;
        assert_eq!(code, Some(2), "{name}");
    }
}

/// What people have in their start-up files, and what scripts set.
#[test]
fn functions_mind_neither_options_nor_aliases_nor_separators() {
    let (sandbox, _proxy) = sandbox();
    let hostile = "alias eval=false local=false printf=false set=false builtin=false unset=false return=false";
    for (command, before, after) in [
        ("bash", "shopt -s expand_aliases nocasematch failglob; set -euo pipefail -o noclobber -f", "IFS=ade"),
        ("bash", "set -euxv -o posix; set +o posix", "IFS="),
        ("bash", "set -T; trap 'builtin echo \"$BASH_COMMAND\" >&2' DEBUG", ""),
        ("zsh", "setopt aliases err_exit no_unset sh_word_split ksh_arrays glob_subst", "IFS=ade"),
        ("zsh", "setopt rc_quotes no_clobber warn_create_global xtrace verbose", "IFS="),
    ] {
        let [.., load] = lines_of(command);
        let script = format!(
            "{before}\n{hostile}\n{}\n{after}\nafed-use deploy; afed-refresh; env; afed-clear",
            load.replace("eval", "\\eval")
        );
        let outcome = shell(&sandbox, command, &script).succeeds();
        assert_eq!(variables(&outcome.stdout), expected_variables(), "{command} {before}");
        assert_eq!(outcome.stderr.matches(&format!("afed: deploy until {EXPIRY}\n")).count(), 2, "{outcome:?}");
    }
}

#[test]
fn the_caller_is_the_nearest_shell_through_whatever_stands_between() {
    let (sandbox, _proxy) = sandbox();
    std::os::unix::fs::symlink(program("busybox"), sandbox.path("ash")).unwrap();
    sandbox.write_private("nu", "#!/bin/sh\nafed creds --unset\n:\n");
    std::fs::set_permissions(sandbox.path("nu"), std::fs::Permissions::from_mode(0o700)).unwrap();
    std::fs::copy(program("fish"), sandbox.path("copy-of-fish")).unwrap();
    std::fs::rename(sandbox.path("copy-of-fish"), sandbox.path("fish")).unwrap();
    let python = "import subprocess; subprocess.run(['nice', 'afed', 'creds', '--unset'])";
    for (command, script, start) in [
        ("bash", "afed creds --unset; :", "unset AWS_ACCESS_KEY_ID "),
        ("zsh", "env afed creds --unset; :", "unset AWS_ACCESS_KEY_ID "),
        ("fish", "afed creds --unset; true", "for afed_name in "),
        ("fish", "timeout 60 nice env afed creds --unset; true", "for afed_name in "),
        ("fish", "echo --unset | xargs afed creds; true", "for afed_name in "),
        ("fish", &format!("python3 -c \"{python}\"; true"), "for afed_name in "),
        ("fish", "echo --unset | busybox env busybox xargs afed creds; true", "for afed_name in "),
        ("fish", "busybox sh -c 'afed creds --unset; :'; true", "unset AWS_ACCESS_KEY_ID "),
        ("fish", "./ash -c 'afed creds --unset; :'; true", "unset AWS_ACCESS_KEY_ID "),
        ("fish", "./nu; true", "unset AWS_ACCESS_KEY_ID "),
        ("bash", "exec -a -fish fish -c 'afed creds --unset; true'", "for afed_name in "),
        ("bash", "./fish -c 'rm fish; afed creds --unset; true'; :", "for afed_name in "),
        ("mksh", "afed creds --unset; :", "unset AWS_ACCESS_KEY_ID "),
        ("elvish", "e:env afed creds --unset; put x", "unset-env AWS_ACCESS_KEY_ID\n"),
        ("nu", "^env afed creds --unset; print x", "{\"AWS_ACCESS_KEY_ID\":null,"),
    ] {
        let outcome = shell(&sandbox, command, script).succeeds();
        assert!(outcome.stdout.starts_with(start), "{command} -c {script}: {outcome:?}");
    }
}

#[test]
fn clearing_needs_no_configuration_and_takes_nothing_else() {
    let sandbox = Sandbox::new();
    for format in ["bash", "zsh", "fish", "powershell", "cmd", "nushell", "elvish"] {
        let outcome = sandbox.run(&["creds", "--unset", "--format", format]).succeeds();
        assert!(outcome.stdout.contains("AFED_CONNECTOR") && outcome.stdout.contains("AWS_PROFILE"), "{outcome:?}");
    }
    sandbox
        .run(&["creds", "--unset", "--format", "json"])
        .fails(1, "error: the format json clears no variables; the shells' do\n");
    for with in [&["deploy"][..], &["--system"], &["--duration", "15m"], &["--read-only"], &["--mfa-code", "123456"]] {
        assert_eq!(sandbox.run(&["creds", "--unset"]).args(with).outcome().code, Some(2), "{with:?}");
    }
    assert_eq!(sandbox.run(&["creds"]).outcome().code, Some(2));
}

/// A secret on a screen helps nobody: who wants to see it asks for a format.
#[test]
fn at_a_terminal_credentials_are_made_ready_and_explained() {
    let (sandbox, proxy) = sandbox();
    let at_a_terminal = |command: &str, script: &str| {
        let path = program(command);
        let ended = sandbox.converse_with(&path, &["-c", script]).vends().succeeds();
        ended.transcript.replace("\r\n", "\n")
    };
    for (command, to_set, format) in [
        ("bash", "eval \"$(afed creds deploy)\"", "bash"),
        ("fish", "afed creds deploy | source", "fish"),
        ("elvish", "eval (afed creds deploy | slurp)", "elvish"),
        ("nu", "afed creds deploy | from json | load-env", "nushell"),
    ] {
        let shown = at_a_terminal(command, "afed creds deploy; echo");
        let (ready, hints) = shown.split_once("hint: ").unwrap();
        assert!(ready.starts_with("Credentials of “deploy” are ready, until 2286-11-20 17:46 UTC, in "), "{shown}");
        assert!(ready.ends_with("; they are not shown on a screen unless --format is given\n"), "{shown}");
        let expected =
            format!("to set them in this shell: {to_set}\nhint: to see them: afed creds deploy --format {format}\n");
        assert_eq!(hints.trim_end_matches('\n'), expected.trim_end(), "{command}");
    }
    assert_eq!(proxy.asked().len(), 1);
    let shown = at_a_terminal("bash", "afed creds deploy --format bash; :");
    assert!(shown.starts_with("export AWS_ACCESS_KEY_ID='") && !shown.contains("hint: "), "{shown}");
    let shown = at_a_terminal("bash", "afed creds --unset; :");
    assert!(shown.ends_with("hint: to clear them in this shell: eval \"$(afed creds --unset)\"\n"), "{shown}");
}
