//! The house rules that a compiler does not check: which room may use which, and where secrets are exposed.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Who may use whom. `model` is open to all; a room may always use itself.
const ARROWS: [(&str, &[&str]); 25] = [
    (
        "app",
        &[
            "audit_trail",
            "cache",
            "config",
            "crowd",
            "federation",
            "host_role",
            "mfa",
            "os_directory",
            "ports",
            "secrets",
            "sts",
            "sys",
            "ui",
            "vending",
        ],
    ),
    ("audit_trail", &["ports", "sys"]),
    ("aws_files", &[]),
    ("cache", &["ports", "sys"]),
    ("command", &["app", "aws_files", "config", "policy", "ports", "render", "secrets", "sys", "ui", "vending"]),
    ("config", &["ports"]),
    ("crowd", &["ports", "sys"]),
    ("failure", &["aws_files", "command", "config", "policy", "ports", "render", "vending"]),
    ("federation", &["ports", "sys"]),
    ("fuzz", &[]),
    ("host_role", &["ports", "sys"]),
    ("lib", &["app"]),
    ("mfa", &["ports", "sys"]),
    ("model", &[]),
    ("os_directory", &["ports", "sys"]),
    ("policy", &[]),
    ("ports", &[]),
    ("process", &[]),
    ("render", &[]),
    ("run", &["app", "command", "failure", "process", "render", "sys", "ui"]),
    ("secrets", &["ports", "sys"]),
    ("sts", &["ports", "sys"]),
    ("sys", &["ports"]),
    ("ui", &["ports", "render", "sys"]),
    ("vending", &["ports"]),
];

/// The files that may take a secret out of its type.
pub const EXPOSING: [&str; 17] = [
    "aws_files/temporary.rs",
    "command/console.rs",
    "command/creds.rs",
    "crowd/sessions.rs",
    "crowd/transport.rs",
    "cache/key.rs",
    "cache/lease_record.rs",
    "federation/form.rs",
    "model/secret.rs",
    "render/credentials.rs",
    "secrets/keyring_store.rs",
    "secrets/keyutils.rs",
    "sts/client.rs",
    "sts/request.rs",
    "sys/execution.rs",
    "sys/relay.rs",
    "vending/sign_in.rs",
];
pub const EXPOSING_FOLDER: &str = "secrets/file/";

fn sources() -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    walk(&root, &mut paths);
    paths.iter().map(|path| (path.strip_prefix(&root).unwrap().to_owned(), fs::read_to_string(path).unwrap())).collect()
}

/// The part of a file that is shipped: what stands before its tests.
fn shipped<'a>(path: &Path, text: &'a str) -> &'a str {
    let name = path.to_str().unwrap();
    let of_tests = name.contains("tests") || name.ends_with("doubles.rs") || name.ends_with("scripted.rs");
    let of_tests = of_tests
        || name.ends_with("example.rs")
        || name.ends_with("fuzz.rs")
        || name.ends_with("shells.rs")
        || name.ends_with("prompter.rs") && name.contains("typing");
    if of_tests { "" } else { text.split("#[cfg(test)]\nmod tests").next().unwrap() }
}

fn room(path: &Path) -> String {
    path.components().next().unwrap().as_os_str().to_str().unwrap().trim_end_matches(".rs").to_owned()
}

#[test]
fn arrows_between_rooms_point_one_way() {
    for (path, text) in sources() {
        let room = room(&path);
        if room == "main" {
            continue;
        }
        let allowed = ARROWS.iter().find(|(name, _)| *name == room).unwrap_or_else(|| panic!("a new room: {room}")).1;
        for line in shipped(&path, &text).lines() {
            let Some((_, used)) = line.split_once("crate::") else { continue };
            let used = used.split([':', ';', '{', ' ', '}']).next().unwrap();
            let fine =
                used == room || used == "model" || allowed.contains(&used) || (room == "run" && used == "process");
            assert!(fine, "{}: {room} may not use {used}: {line}", path.display());
        }
    }
}

#[test]
fn secrets_are_exposed_in_the_listed_files_only() {
    let exposing: BTreeSet<String> = sources()
        .iter()
        .filter(|(path, text)| shipped(path, text).contains(".expose()"))
        .map(|(path, _)| path.to_str().unwrap().to_owned())
        .filter(|path| !path.starts_with(EXPOSING_FOLDER))
        .collect();
    let listed: BTreeSet<String> = EXPOSING.iter().map(|path| (*path).to_owned()).collect();
    assert_eq!(exposing, listed.iter().filter(|path| *path != "model/secret.rs").cloned().collect());
}

#[test]
fn every_file_says_what_lives_in_it() {
    for (path, text) in sources() {
        let is_body_of_tests = path.ends_with("tests.rs");
        assert!(is_body_of_tests || text.starts_with("//! "), "{} has no opening words", path.display());
    }
}
