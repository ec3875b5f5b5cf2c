//! What is generated from the command line's definition and kept in the repository: the help texts of all commands, as one
//! text to review. It is compared with what the binary says; `tests/regenerate` writes it anew.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn root(relative: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(relative)
}

/// What the program prints, without a terminal and without an environment.
fn printed(program: &str, arguments: &[&str]) -> String {
    let home = tempfile::tempdir().unwrap();
    let Output { status, stdout, stderr } = Command::new(program)
        .args(arguments)
        .env_clear()
        .envs([("HOME", home.path().to_str().unwrap()), ("PATH", "/usr/bin:/bin"), ("LANG", "C.UTF-8")])
        .output()
        .unwrap_or_else(|error| panic!("{program} can't be started: {error}; run tests/setup first"));
    let stderr = String::from_utf8_lossy(&stderr);
    assert!(status.success() && stderr.is_empty(), "{program} {arguments:?}: {status}\n{stderr}");
    String::from_utf8(stdout).unwrap()
}

fn afed(arguments: &[&str]) -> String {
    printed(env!("CARGO_BIN_EXE_afed"), arguments)
}

#[allow(clippy::disallowed_methods, reason = "tests/regenerate says by a variable that the files are to be written")]
fn compare_or_write(relative: &str, expected: &str) {
    let path = root(relative);
    if std::env::var_os("AFED_REGENERATE").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, expected).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == expected, "{relative} is not what the binary says; write it anew: tests/regenerate");
}

/// The commands that a help text lists, in its order.
fn listed_commands(help: &str) -> Vec<String> {
    let list = help.split("\nCommands:\n").nth(1).unwrap_or_default().split("\n\n").next().unwrap_or_default();
    let name_of = |line: &str| line.strip_prefix("  ").filter(|rest| !rest.starts_with(' ')).map(first_word);
    list.lines().filter_map(name_of).collect()
}

fn first_word(text: &str) -> String {
    text.split(' ').next().unwrap().to_owned()
}

/// Every command with its help, each before its own commands.
pub fn help_tree() -> Vec<(Vec<String>, String)> {
    let mut tree = Vec::new();
    let mut waiting = vec![Vec::new()];
    while let Some(command) = waiting.pop() {
        let mut arguments: Vec<&str> = command.iter().map(String::as_str).collect();
        arguments.push("--help");
        let help = afed(&arguments);
        let below = listed_commands(&help).into_iter().rev();
        waiting.extend(below.map(|name| [command.clone(), vec![name]].concat()));
        tree.push((command, help));
    }
    tree
}

#[test]
fn the_help_texts_are_as_reviewed() {
    let sections = help_tree().into_iter().map(|(command, help)| {
        let line = ["afed".to_owned()].into_iter().chain(command).chain(["--help".to_owned()]);
        format!("$ {}\n{help}", line.collect::<Vec<_>>().join(" "))
    });
    compare_or_write("tests/afed/help.txt", &sections.collect::<Vec<_>>().join("\n"));
}
