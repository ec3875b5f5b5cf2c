//! Property tests that ask the real shells: what they were given must come back byte for byte.
//! Many values go through one run of a shell, so that the whole takes seconds. A shell that is missing fails its test.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestCaseError, TestRunner};

use super::example::{SECRET, lease, render};
use super::{Format, FunctionShell, clearing, functions};
use crate::sys::files::{self, Mode};

const BATCH: usize = 96;
const ROUNDS: u32 = 6;
const PATHS: u32 = 20;

/// A shell, and how it takes in what afed prints and prints a variable.
struct Shell {
    program: &'static str,
    arguments: &'static [&'static str],
    format: Format,
    /// Reads the file named in AFED_TEST_LINES as people would feed `afed creds` to the shell.
    take_in: &'static str,
    /// Prints the secret and a NUL; for Nushell, which evaluates no text, it goes where PRINT stands.
    print: &'static str,
    environment: &'static str,
    functions: Option<FunctionShell>,
}

const EVAL: &str = "eval \"$(cat \"$AFED_TEST_LINES\")\"";
const POSIX: Shell = Shell {
    program: "sh",
    arguments: &["-c"],
    format: Format::Bash,
    take_in: EVAL,
    print: "printf '%s\\0' \"$AWS_SECRET_ACCESS_KEY\"\n",
    environment: "env",
    functions: None,
};
const SHELLS: [Shell; 8] = [
    POSIX,
    Shell { program: "busybox", arguments: &["ash", "-c"], ..POSIX },
    Shell { program: "mksh", ..POSIX },
    Shell {
        program: "bash",
        arguments: &["--norc", "--noprofile", "-c"],
        functions: Some(FunctionShell::Bash),
        ..POSIX
    },
    Shell {
        program: "zsh",
        arguments: &["-f", "-c"],
        format: Format::Zsh,
        functions: Some(FunctionShell::Zsh),
        ..POSIX
    },
    Shell {
        program: "fish",
        arguments: &["--no-config", "-c"],
        format: Format::Fish,
        take_in: "cat $AFED_TEST_LINES | source",
        functions: Some(FunctionShell::Fish),
        ..POSIX
    },
    Shell {
        program: "elvish",
        format: Format::Elvish,
        take_in: "eval (e:cat $E:AFED_TEST_LINES | slurp)",
        print: "print $E:AWS_SECRET_ACCESS_KEY\"\\x00\"\n",
        environment: "e:env",
        functions: Some(FunctionShell::Elvish),
        ..POSIX
    },
    Shell {
        program: "nu",
        arguments: &["--no-config-file", "-c"],
        format: Format::Nushell,
        take_in: "for answer in (open --raw $env.AFED_TEST_LINES | lines) { $answer | from json | load-env; PRINT }",
        print: "print --no-newline $\"($env.AWS_SECRET_ACCESS_KEY)(char nul)\"",
        environment: "^env",
        functions: Some(FunctionShell::Nushell),
    },
];

impl Shell {
    fn named(program: &str) -> &'static Self {
        SHELLS.iter().find(|shell| shell.program == program).unwrap()
    }

    /// Takes the lines in, then does this.
    fn run(&self, lines: &str, print: &str, then: &str, locale: &str) -> Vec<u8> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lines");
        files::replace(&path, lines.as_bytes(), Mode::Private).unwrap();
        let script = format!("{}\n{then}", self.take_in.replace("PRINT", print));
        let stale = [("AWS_PROFILE", "stale"), ("AWS_SECURITY_TOKEN", "stale"), ("AWS_ROLE_ARN", "stale")];
        let run = self
            .command(&script, folder.path())
            .env("LC_ALL", locale)
            .envs(stale)
            .env("AFED_TEST_LINES", &path)
            .output();
        self.printed(run)
    }

    fn command(&self, script: &str, home: &Path) -> Command {
        let found_in = format!("{}:/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin", parts().join("bin").display());
        let program = found_in.split(':').map(|folder| Path::new(folder).join(self.program)).find(|path| path.exists());
        let program =
            program.unwrap_or_else(|| panic!("this test needs the shell {}; run tests/setup first", self.program));
        let mut command = Command::new(program);
        command.args(self.arguments).arg(script).env_clear().stdin(Stdio::null());
        command.env("PATH", found_in).env("HOME", home);
        command
    }

    fn printed(&self, run: std::io::Result<Output>) -> Vec<u8> {
        let output = run.unwrap();
        assert!(output.stderr.is_empty(), "{}: {}", self.program, String::from_utf8_lossy(&output.stderr));
        output.stdout
    }

    /// Renders a lease for each value and has the shell print each secret behind its lines.
    fn round_trip(&self, values: &[String], locale: &str) -> Vec<Vec<u8>> {
        let print = if self.format == Format::Nushell { "" } else { self.print };
        let lines = values.iter().map(|value| render(&lease(value), self.format, None).unwrap() + print);
        let output = self.run(&lines.collect::<String>(), self.print, "", locale);
        let output = output.strip_suffix(b"\0").expect("the shell printed nothing");
        output.split(|byte| *byte == 0).map(<[u8]>::to_vec).collect()
    }
}

/// Where tests/setup put the shells that no package brings.
#[allow(clippy::disallowed_methods, reason = "only tests are told by the environment where their parts are")]
fn parts() -> PathBuf {
    let default = || Path::new(env!("CARGO_MANIFEST_DIR")).join("target/parts");
    std::env::var_os("AFED_TEST_PARTS").map_or_else(default, PathBuf::from)
}

fn value() -> impl Strategy<Value = String> {
    let nasty = vec![
        "'",
        "\"",
        "$",
        "`",
        "\\",
        "\n",
        "\r",
        "\t",
        "%",
        "!",
        " ",
        "#",
        ";",
        "&",
        "|",
        "*",
        "~",
        "{a,b}",
        "(id)",
        "$(id)",
        "${x}",
        "\\n",
        "\\'",
        "'\\''",
        "''",
        "é",
        "\u{1f600}",
        "\u{2019}",
        "\u{1b}[31m",
        "\u{7f}",
        "^",
        "<",
        "=",
        "!!",
        "a",
    ];
    let piece = prop_oneof![8 => select(nasty).prop_map(str::to_owned), 1 => "[a-zA-Z0-9/+=]{1,8}", 1 => "[^\u{0}]"];
    vec(piece, 0..10).prop_map(|pieces| pieces.concat())
}

fn check(program: &str) {
    let shell = Shell::named(program);
    for locale in ["C", "C.UTF-8"] {
        let mut runner = TestRunner::new(Config { cases: ROUNDS, failure_persistence: None, ..Config::default() });
        let outcome = runner.run(&vec(value(), BATCH), |values| {
            let printed = shell.round_trip(&values, locale);
            let expected: Vec<_> = values.iter().map(|value| value.as_bytes().to_vec()).collect();
            if printed == expected { Ok(()) } else { Err(TestCaseError::fail("a value came back changed")) }
        });
        outcome.unwrap_or_else(|failure| panic!("{program} under {locale}: {failure}"));
    }
}

#[test]
fn bash_gives_every_value_back() {
    check("bash");
}

#[test]
fn sh_gives_every_value_back() {
    check("sh");
}

#[test]
fn zsh_gives_every_value_back() {
    check("zsh");
}

#[test]
fn fish_gives_every_value_back() {
    check("fish");
}

#[test]
fn busybox_gives_every_value_back() {
    check("busybox");
}

#[test]
fn mksh_gives_every_value_back() {
    check("mksh");
}

#[test]
fn elvish_gives_every_value_back() {
    check("elvish");
}

#[test]
fn nushell_gives_every_value_back() {
    check("nu");
}

/// The AWS variables, and afed's own, that a child of the shell sees.
fn seen_by_a_child(shell: &Shell, lines: &str) -> Vec<String> {
    let environment = String::from_utf8(shell.run(lines, "", shell.environment, "C")).unwrap();
    let is_ours = |line: &&str| line.starts_with("AWS_") || line.starts_with("AFED_CONNECTOR");
    let mut seen: Vec<_> = environment.lines().filter(is_ours).map(str::to_owned).collect();
    seen.sort_unstable();
    seen
}

#[test]
fn stale_variables_are_gone_and_the_others_reach_a_child_until_all_are_cleared() {
    for shell in &SHELLS {
        let lines = render(&lease("a b"), shell.format, Some("eu-west-1")).unwrap();
        assert_eq!(
            seen_by_a_child(shell, &lines),
            [
                "AFED_CONNECTOR=deploy",
                "AWS_ACCESS_KEY_ID=ASIAIOSFODNN7EXAMPLE",
                "AWS_ACCOUNT_ID=123123123123",
                "AWS_CREDENTIAL_EXPIRATION=2026-11-22T03:29:02Z",
                "AWS_DEFAULT_REGION=eu-west-1",
                "AWS_REGION=eu-west-1",
                "AWS_SECRET_ACCESS_KEY=a b",
                "AWS_SESSION_TOKEN=IQoJb3JpZ2luX2VjEXAMPLE//token==",
            ],
            "{}",
            shell.program
        );
        let lines = lines + &clearing(shell.format).unwrap();
        assert_eq!(seen_by_a_child(shell, &lines), [""; 0], "{}", shell.program);
    }
}

/// Tells how it was called, and answers with what lies beside it.
const STAND_IN: &str = "#!/bin/sh\nfolder=${0%/*}\nprintf '%s\\0' \"$@\" >\"$folder/called\"\ncat \"$folder/answer\"\n";

/// Has the functions call a stand-in for afed at this path, with this configuration file.
fn called_through_functions(shell: &Shell, name: &str, config: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join(name);
    files::replace(&program, STAND_IN.as_bytes(), Mode::Private).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o700)).unwrap();
    let answer = render(&lease(SECRET), shell.format, None).unwrap();
    files::replace(&folder.path().join("answer"), answer.as_bytes(), Mode::Private).unwrap();
    let functions = functions(shell.functions.unwrap(), program.to_str().unwrap(), &["--config", config]);
    // Not `lines`, which would take a carriage return before a line end out of a path.
    let functions: Vec<_> = functions.split('\n').filter(|line| !line.starts_with("edit:")).collect();
    let script = format!("{}\nafed-use deploy --read-only\n{}", functions.join("\n"), shell.print);
    let output = shell.command(&script, folder.path()).env("LC_ALL", "C.UTF-8").output().unwrap();
    let said = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(said.0, format!("{SECRET}\0"), "{}: {}", shell.program, said.1);
    assert_eq!(said.1, "afed: deploy until 2026-11-22T03:29:02Z\n", "{}", shell.program);
    let called = fs::read_to_string(folder.path().join("called")).unwrap();
    called.split_terminator('\0').map(str::to_owned).collect()
}

#[test]
fn functions_find_afed_and_its_configuration_whatever_their_paths_are() {
    for shell in SHELLS.iter().filter(|shell| shell.functions.is_some()) {
        let mut runner = TestRunner::new(Config { cases: PATHS, failure_persistence: None, ..Config::default() });
        let path = || value().prop_map(|text| text.replace('/', "_"));
        let name = path().prop_map(|text| format!("afed{}", text.chars().take(50).collect::<String>()));
        let outcome = runner.run(&(name, path()), |(name, config)| {
            let called = called_through_functions(shell, &name, &config);
            let format = shell.format.name();
            let expected = ["--config", &config, "creds", "--format", &format, "deploy", "--read-only"];
            if called == expected { Ok(()) } else { Err(TestCaseError::fail(format!("called as {called:?}"))) }
        });
        outcome.unwrap_or_else(|failure| panic!("{}: {failure}", shell.program));
    }
}
