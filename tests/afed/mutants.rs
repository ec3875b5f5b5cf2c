//! What `.cargo/mutants.toml` accepts of changes that no test notices is held to the code: every entry has its reason, and
//! names a function that is there. Whether the tests notice all others is cargo-mutants' to say.

use std::path::Path;

use toml::Table;

use crate::documents::read;

const SETTINGS: &str = ".cargo/mutants.toml";

fn list(name: &str) -> Vec<String> {
    let settings: Table = read(SETTINGS).parse().unwrap();
    let list = settings[name].as_array().unwrap().iter();
    list.map(|one| one.as_str().map(str::to_owned)).collect::<Option<_>>().unwrap()
}

/// File and function of a pattern like `^src/model/x\.rs:\S+ replace + with * in Type::function$`.
fn meant(pattern: &str) -> Option<(String, &str)> {
    let (file, change) = pattern.strip_prefix('^')?.split_once(r":\S+ ")?;
    let function = change.strip_suffix('$').or_else(|| change.strip_suffix(" -> "))?;
    Some((file.replace(r"\.", "."), function.rsplit([' ', ':']).next()?))
}

#[test]
fn every_accepted_survivor_has_its_reason_and_its_function() {
    let settings = read(SETTINGS);
    let lines: Vec<&str> = settings.lines().map(str::trim).collect();
    for pattern in list("exclude_re") {
        let (file, function) = meant(&pattern).unwrap_or_else(|| panic!("{pattern} names no function"));
        assert!(read(&file).contains(&format!("fn {function}(")), "{pattern}: there is no such function in {file}");
        let line = lines.iter().position(|line| line.contains(&pattern)).unwrap();
        assert!(lines[line - 1].starts_with("# "), "{pattern} has no reason");
    }
}

#[test]
fn the_rooms_that_are_tried_are_there() {
    for room in list("examine_globs") {
        let folder = room.strip_suffix("/**").unwrap();
        assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder).is_dir(), "{room}");
    }
    assert_eq!(list("examine_globs").len(), 4);
    assert_eq!(list("additional_cargo_args"), ["--lib"]);
}
