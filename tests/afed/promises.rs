//! What SECURITY promises is shown: each row of it names tests, and each of them is there and runs.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::{env, fs};

use crate::documents::read;

/// Modules whose tests take more than every machine has, so that `tests/run` starts them by name.
const STARTED_BY_NAME: [&str; 4] = ["homes", "kernel_keys", "shared_host", "two_users"];

/// Each promise of the tables, and the tests that show it.
fn rows(security: &str) -> Vec<(&str, Vec<&str>)> {
    let tables = security.split("| Promise | Test |\n").skip(1);
    let lines = tables.flat_map(|table| table.lines().skip(1).take_while(|line| line.starts_with("| ")));
    let cells = lines.map(|line| line.trim_matches(['|', ' ']).rsplit_once(" | ").unwrap());
    cells.map(|(promise, tests)| (promise, names(tests))).collect()
}

/// What stands in backquotes and is the name of a test, with its module; commands have blanks.
fn names(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).filter(|quoted| quoted.contains("::") && !quoted.contains(' ')).collect()
}

/// The tests of this program that run; those that are ignored do where `tests/run` starts them by name.
fn tests_of_the_program() -> BTreeSet<String> {
    let list = |which: &[&str]| {
        let listing =
            Command::new(env::current_exe().unwrap()).args(["--list", "--format", "terse"]).args(which).output();
        let listing = String::from_utf8(listing.unwrap().stdout).unwrap();
        listing.lines().filter_map(|line| line.strip_suffix(": test")).map(str::to_owned).collect::<BTreeSet<_>>()
    };
    let ignored = list(&["--ignored"]);
    let started = |test: &str| STARTED_BY_NAME.iter().any(|module| test.starts_with(module));
    list(&[]).into_iter().filter(|test| !ignored.contains(test) || started(test)).collect()
}

/// Whether the library has such a test that is not ignored, in the deepest of its modules that has a file of its own.
fn is_the_library_s(test: &str) -> bool {
    let parts: Vec<&str> = test.split("::").collect();
    let (name, modules) = parts.split_last().unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let places = (1..=modules.len()).rev().flat_map(|length| {
        let path = folder.join(modules[..length].join("/"));
        [path.with_extension("rs"), path.join("mod.rs")]
    });
    let Some(text) = places.into_iter().find_map(|file| fs::read_to_string(file).ok()) else { return false };
    let Some((before, _)) = text.split_once(&format!("fn {name}(")) else { return false };
    let attributes = before.rsplit_once("\n\n").map_or(before, |(_, last)| last);
    attributes.contains("#[test]") && !attributes.contains("#[ignore")
}

#[test]
fn each_promise_is_shown_by_tests_that_run() {
    let security = read("SECURITY.md");
    let rows = rows(&security);
    assert!(rows.len() > 50, "{} rows are left", rows.len());
    let nameless: Vec<&str> = rows.iter().filter(|(_, tests)| tests.is_empty()).map(|(promise, _)| *promise).collect();
    assert_eq!(nameless, Vec::<&str>::new());
    let of_the_program = tests_of_the_program();
    let is_there = |test: &&str| of_the_program.contains(*test) || is_the_library_s(test);
    let missing: Vec<&str> = names(&security).into_iter().filter(|test| !is_there(test)).collect();
    assert_eq!(missing, Vec::<&str>::new());
}

#[test]
fn whoever_may_attack_is_told_what_is_not_promised() {
    let security = read("SECURITY.md");
    for part in security.split("\n## ").filter(|part| part.contains("| Promise |") && !part.starts_with("Bad luck")) {
        assert!(part.contains("\nNot promised: "), "{part}");
    }
}
