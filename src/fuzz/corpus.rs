//! Inputs as files: those that are kept in the repository, and what a run has found, under `target/fuzz`.

use std::fs;
use std::path::{Path, PathBuf};

fn below_root(folders: &[&str]) -> PathBuf {
    folders.iter().fold(PathBuf::from(env!("CARGO_MANIFEST_DIR")), |path, folder| path.join(folder))
}

/// The inputs of one target, in the order of their names.
pub fn read(target: &str) -> Vec<Vec<u8>> {
    let folder = below_root(&["tests", "corpus", target]);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
}

/// Writes down an input that shows a fault.
#[allow(clippy::disallowed_methods, reason = "a test writes down what it has found")]
pub fn write_finding(target: &str, input: &[u8]) -> PathBuf {
    let folder = below_root(&["target", "fuzz", target]);
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join(format!("{:016x}", sum(input)));
    fs::write(&path, input).unwrap();
    path
}

/// FNV-1a: a name for each input.
fn sum(input: &[u8]) -> u64 {
    input.iter().fold(0xcbf2_9ce4_8422_2325, |sum, byte| (sum ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3))
}

/// Every kept input belongs to a target.
#[test]
fn no_folder_of_inputs_is_without_a_target() {
    fn targets(folder: &Path, found: &mut Vec<String>) {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                targets(&path, found);
            } else if path.ends_with("fuzz.rs") {
                let text = fs::read_to_string(&path).unwrap();
                let named =
                    text.split("Target {").skip(1).filter_map(|rest| rest.trim_start().strip_prefix("name: \""));
                let names = named.filter_map(|rest| rest.split('"').next());
                found.extend(names.map(str::to_owned));
            }
        }
    }
    let mut named = Vec::new();
    targets(&below_root(&["src"]), &mut named);
    named.sort();
    let folders = fs::read_dir(below_root(&["tests", "corpus"])).unwrap();
    let mut kept: Vec<String> = folders.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    kept.sort();
    assert_eq!(kept, named);
}
