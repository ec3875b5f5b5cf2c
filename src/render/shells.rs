//! Property tests that ask the real shells: what they were given must come back byte for byte.
//! Many values go through one run of a shell, so that the whole takes seconds. A shell that is missing fails its test.

use std::process::{Command, Stdio};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestCaseError, TestRunner};

use super::Format;
use super::example::{lease, render};

const BATCH: usize = 96;
const ROUNDS: u32 = 6;

/// A shell, and how it takes in what afed prints and prints a variable.
struct Shell {
    program: &'static str,
    arguments: &'static [&'static str],
    format: Format,
    /// Reads the file named in AFED_TEST_LINES as people would feed `afed creds` to the shell.
    take_in: &'static str,
}

const EVAL: &str = "eval \"$(cat \"$AFED_TEST_LINES\")\"";
const SHELLS: [Shell; 4] = [
    Shell { program: "bash", arguments: &["--norc", "--noprofile", "-c"], format: Format::Bash, take_in: EVAL },
    Shell { program: "sh", arguments: &["-c"], format: Format::Bash, take_in: EVAL },
    Shell { program: "zsh", arguments: &["-f", "-c"], format: Format::Zsh, take_in: EVAL },
    Shell {
        program: "fish",
        arguments: &["--no-config", "-c"],
        format: Format::Fish,
        take_in: "cat $AFED_TEST_LINES | source",
    },
];

impl Shell {
    fn named(program: &str) -> &'static Self {
        SHELLS.iter().find(|shell| shell.program == program).unwrap()
    }

    fn run(&self, lines: &str, then: &str, locale: &str) -> Vec<u8> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lines");
        crate::sys::files::replace(&path, lines.as_bytes(), crate::sys::files::Mode::Private).unwrap();
        let output = Command::new(self.program)
            .args(self.arguments)
            .arg(format!("{}\n{then}", self.take_in))
            .env_clear()
            .envs([
                ("PATH", "/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin"),
                ("LC_ALL", locale),
                ("AWS_PROFILE", "stale"),
            ])
            .envs([("AWS_SECURITY_TOKEN", "stale"), ("HOME", folder.path().to_str().unwrap())])
            .env("AFED_TEST_LINES", &path)
            .stdin(Stdio::null())
            .output()
            .unwrap_or_else(|error| panic!("this test needs the shell {}: {error}", self.program));
        assert!(output.stderr.is_empty(), "{}: {}", self.program, String::from_utf8_lossy(&output.stderr));
        output.stdout
    }

    /// Renders a lease for each value and has the shell print each secret behind its lines.
    fn round_trip(&self, values: &[String], locale: &str) -> Vec<Vec<u8>> {
        let print = "printf '%s\\0' \"$AWS_SECRET_ACCESS_KEY\"\n";
        let lines = values.iter().map(|value| render(&lease(value), self.format, None).unwrap() + print);
        let output = self.run(&lines.collect::<String>(), "", locale);
        let output = output.strip_suffix(b"\0").expect("the shell printed nothing");
        output.split(|byte| *byte == 0).map(<[u8]>::to_vec).collect()
    }
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
fn stale_variables_are_gone_and_the_others_reach_a_child() {
    for shell in &SHELLS {
        let lines = render(&lease("a b"), shell.format, Some("eu-west-1")).unwrap();
        let environment = String::from_utf8(shell.run(&lines, "env", "C")).unwrap();
        let mut aws: Vec<_> = environment.lines().filter(|line| line.starts_with("AWS_")).collect();
        aws.sort_unstable();
        assert_eq!(
            aws,
            [
                "AWS_ACCESS_KEY_ID=ASIAIOSFODNN7EXAMPLE",
                "AWS_CREDENTIAL_EXPIRATION=2026-11-22T03:29:02Z",
                "AWS_DEFAULT_REGION=eu-west-1",
                "AWS_REGION=eu-west-1",
                "AWS_SECRET_ACCESS_KEY=a b",
                "AWS_SESSION_TOKEN=IQoJb3JpZ2luX2VjEXAMPLE//token==",
            ],
            "{}",
            shell.program
        );
    }
}
