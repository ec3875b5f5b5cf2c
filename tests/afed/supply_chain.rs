//! What afed is built from and how: every dependency has its reason in ARCHITECTURE, and the manifest keeps the switches that
//! safety rests on. The full list with checksums is `.ci/sbom`'s; licences and sources are `deny.toml`'s.

use std::collections::BTreeSet;

use toml::{Table, Value};

use crate::documents::{first_cells, read, section};

fn manifest() -> Table {
    read("Cargo.toml").parse().unwrap()
}

fn at<'a>(manifest: &'a Table, path: &[&str]) -> &'a Value {
    let (last, tables) = path.split_last().unwrap();
    let table = tables.iter().fold(manifest, |table, name| table[*name].as_table().unwrap());
    &table[*last]
}

fn names(tables: &[&Value]) -> BTreeSet<String> {
    tables.iter().flat_map(|table| table.as_table().unwrap().keys().cloned()).collect()
}

#[test]
fn every_dependency_has_its_reason() {
    let (manifest, architecture) = (manifest(), read("ARCHITECTURE.md"));
    let of_platforms = manifest["target"].as_table().unwrap().values().map(|platform| &platform["dependencies"]);
    let shipped = names(&of_platforms.chain([&manifest["dependencies"]]).collect::<Vec<_>>());
    let of_tests: BTreeSet<String> =
        names(&[&manifest["dev-dependencies"]]).into_iter().filter(|name| !shipped.contains(name)).collect();
    let told = section(&architecture, "## What it is built from");
    let (told_shipped, told_of_tests) = told.split_once("And for tests only:").unwrap();
    for (told, wanted) in [(told_shipped, shipped), (told_of_tests, of_tests)] {
        let cells = first_cells(told);
        assert_eq!(cells.iter().map(|cell| (*cell).to_owned()).collect::<BTreeSet<_>>(), wanted);
        assert_eq!(cells.len(), wanted.len(), "a dependency is told twice");
        assert!(told.lines().filter(|line| line.starts_with("| `")).all(|line| line.len() > "| `` |  |".len() + 20));
    }
}

#[test]
fn the_manifest_keeps_what_safety_rests_on() {
    let manifest = manifest();
    // Forbidden, not denied: no attribute in the code can allow it again.
    assert_eq!(at(&manifest, &["lints", "rust", "unsafe_code"]).as_str(), Some("forbid"));
    assert_eq!(at(&manifest, &["profile", "release", "overflow-checks"]).as_bool(), Some(true));
    // A release may unwind: a panic is one sentence and exit code 70, and secrets are wiped on the way.
    let release = manifest["profile"].as_table().unwrap()["release"].as_table().unwrap();
    assert!(!release.contains_key("panic"));
    // Nothing of afed's own runs while it is built, and nothing is patched in.
    let package = manifest["package"].as_table().unwrap();
    assert!(
        !package.contains_key("build")
            && !manifest.contains_key("patch")
            && !manifest.contains_key("build-dependencies")
    );
    assert!(!std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("build.rs").exists());
}

#[test]
fn every_locked_crate_comes_from_the_registry_with_its_checksum() {
    let lock: Table = read("Cargo.lock").parse().unwrap();
    for package in lock["package"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap();
        let source = package.get("source").and_then(Value::as_str);
        let is_ours = name == "afed" && source.is_none();
        let is_registered = source.is_some_and(|source| source.starts_with("registry+"))
            && package.get("checksum").and_then(Value::as_str).is_some_and(|sum| sum.len() == 64);
        assert!(is_ours || is_registered, "{name}");
    }
}
