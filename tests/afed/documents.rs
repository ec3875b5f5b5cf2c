//! What the README and ARCHITECTURE promise by name is there: every command, every key of the configuration, every file
//! that exposes secrets; and nothing is named there that does not exist.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::generated::help_tree;
use crate::house::{EXPOSING, EXPOSING_FOLDER};

pub fn read(relative: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(relative)).unwrap()
}

/// The part of a document below a heading, up to the next one of any level.
pub fn section<'a>(document: &'a str, heading: &str) -> &'a str {
    let below = document.split_once(&format!("\n{heading}\n")).unwrap_or_else(|| panic!("no heading {heading}")).1;
    below.split("\n#").next().unwrap()
}

/// What stands in backquotes in the first cells of the tables.
pub fn first_cells(text: &str) -> Vec<&str> {
    let cells = text.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next());
    cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)).collect()
}

#[test]
fn the_readme_lists_exactly_the_commands() {
    let readme = read("README.md");
    let is_letter = |character: char| character.is_ascii_lowercase();
    let is_name =
        |word: &&str| word.starts_with(is_letter) && word.chars().all(|other| is_letter(other) || other == '-');
    let command_of = |line: &str| line.split(' ').skip(1).take_while(is_name).collect::<Vec<_>>().join(" ");
    let listed: Vec<String> = first_cells(section(&readme, "## Commands")).into_iter().map(command_of).collect();
    let tree = help_tree();
    let runs =
        tree.iter().filter(|(_, help)| !help.contains("\nCommands:\n") || help.contains("[OPTIONS]\n       afed"));
    assert_eq!(listed, runs.map(|(command, _)| command.join(" ")).collect::<Vec<_>>());
}

#[test]
fn the_readme_lists_exactly_the_keys_of_the_configuration() {
    let (readme, source) = (read("README.md"), read("src/config/file.rs"));
    for (heading, list) in [
        ("### Top level", "TOP_KEYS"),
        ("### `[crowd]`", "CROWD_KEYS"),
        ("### `[os]`", "OS_KEYS"),
        ("### `[console]`", "CONSOLE_KEYS"),
        ("### `[audit]`", "AUDIT_KEYS"),
        ("### `[secrets]`", "SECRETS_KEYS"),
        ("### `[accounts.NAME]`", "ACCOUNT_KEYS"),
        ("### `[connectors.NAME]`", "CONNECTOR_KEYS"),
    ] {
        let declaration = source.split_once(&format!("const {list}: ")).unwrap().1.split(';').next().unwrap();
        let keys: Vec<&str> = declaration.split('"').skip(1).step_by(2).collect();
        assert!(!keys.is_empty(), "{list}");
        assert_eq!(first_cells(section(&readme, heading)), keys, "{heading}");
    }
}

#[test]
fn the_readme_lists_exactly_the_formats_the_stores_and_the_exit_codes() {
    let (readme, help) = (read("README.md"), help_tree());
    let possible = |command: &str, option: &str| -> BTreeSet<String> {
        let help = &help.iter().find(|(name, _)| name.join(" ") == command).unwrap().1;
        let below = help.split_once(option).unwrap().1.split_once("Possible values:\n").unwrap().1;
        let values = below.lines().map_while(|line| Some(line.strip_prefix("          ")?.trim_start()));
        values.filter_map(|line| Some(line.strip_prefix("- ")?.split(':').next()?.to_owned())).collect()
    };
    let listed = |heading| -> BTreeSet<String> {
        first_cells(section(&readme, heading)).into_iter().map(str::to_owned).collect()
    };
    let mut formats = listed("## Formats");
    formats.insert("auto".to_owned());
    assert_eq!(formats, possible("creds", "--format"));
    assert_eq!(listed("## Secret stores"), possible("init", "--secret-store"));
    let codes = section(&readme, "## Exit codes").lines().filter_map(|line| line.strip_prefix("| ")?.split(' ').next());
    let told = help[0].1.split_once("\nExit codes:\n").unwrap().1;
    let told = told.split(|character: char| !character.is_ascii_digit()).filter(|code| !code.is_empty());
    assert_eq!(codes.skip(2).collect::<Vec<_>>(), told.collect::<Vec<_>>());
}

#[test]
fn the_architecture_names_exactly_the_files_that_expose_secrets() {
    let architecture = read("ARCHITECTURE.md");
    let named: BTreeSet<&str> =
        first_cells(section(&architecture, "## Where secrets may be exposed")).into_iter().collect();
    let listed = EXPOSING.into_iter().filter(|file| *file != "model/secret.rs").chain([EXPOSING_FOLDER]);
    assert_eq!(named, listed.collect());
}
