//! Where this program is, as whoever started it named it.
//! A link on PATH outlives the folder of a release that it points to, so the link is what gets written down.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// How much of two files is compared at a time.
const CHUNK: usize = 1 << 16;

/// An absolute path to this program: the one that it was called by, without following links, if it leads here; else
/// the file itself.
///
/// `called_as` is the first word of the command line and `search_path` the value of PATH; neither is trusted.
pub fn path(called_as: Option<&OsStr>, search_path: Option<&OsStr>) -> io::Result<PathBuf> {
    let file = std::env::current_exe()?;
    let called = called_as.and_then(|word| find(Path::new(word), search_path, &file));
    Ok(called.unwrap_or(file))
}

/// What stands at a path where a program should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Runnable {
    Gone,
    NotExecutable,
    /// A program, and not this one.
    Another,
    This,
}

/// Looks at the program at `path`; `this` leads to this one.
pub fn look(path: &Path, this: &Path) -> Runnable {
    match std::fs::metadata(path) {
        Err(_) => Runnable::Gone,
        Ok(metadata) if !is_executable(&metadata) => Runnable::NotExecutable,
        Ok(_) if is_same(path, this) => Runnable::This,
        Ok(_) => Runnable::Another,
    }
}

#[cfg(unix)]
fn is_executable(metadata: &std::fs::Metadata) -> bool {
    metadata.is_file() && std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o111 != 0
}

#[cfg(not(unix))]
fn is_executable(metadata: &std::fs::Metadata) -> bool {
    metadata.is_file()
}

/// Every file of this program's name in the folders of PATH, in their order; each folder once.
pub fn on_search_path(search_path: Option<&OsStr>) -> Vec<PathBuf> {
    const NAME: &str = if cfg!(windows) { "afed.exe" } else { "afed" };
    let mut found: Vec<PathBuf> = Vec::new();
    for folder in search_path.into_iter().flat_map(std::env::split_paths) {
        let Ok(file) = std::path::absolute(folder.join(NAME)) else { continue };
        if file.is_file() && !found.contains(&file) {
            found.push(file);
        }
    }
    found
}

/// Whether two paths lead to the same bytes. Neither is run.
pub fn is_same_file(one: &Path, other: &Path) -> io::Result<bool> {
    if is_same(one, other) {
        return Ok(true);
    }
    let (mut one, mut other) = (File::open(one)?, File::open(other)?);
    if one.metadata()?.len() != other.metadata()?.len() {
        return Ok(false);
    }
    let (mut here, mut there) = (vec![0; CHUNK], vec![0; CHUNK]);
    loop {
        let (read, length) = (read_full(&mut one, &mut here)?, read_full(&mut other, &mut there)?);
        if here[..read] != there[..length] {
            return Ok(false);
        }
        if read == 0 {
            return Ok(true);
        }
    }
}

fn read_full(file: &mut File, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read(&mut buffer[filled..])? {
            0 => break,
            count => filled += count,
        }
    }
    Ok(filled)
}

fn find(word: &Path, search_path: Option<&OsStr>, file: &Path) -> Option<PathBuf> {
    let is_bare = word.components().count() == 1 && word.file_name() == Some(word.as_os_str());
    let candidates = match search_path {
        Some(folders) if is_bare => std::env::split_paths(folders).map(|folder| folder.join(word)).collect(),
        _ => vec![word.to_owned()],
    };
    let mut absolute = candidates.iter().filter_map(|candidate| std::path::absolute(candidate).ok());
    absolute.find(|candidate| is_same(candidate, file))
}

/// Whether two paths lead to one file.
pub fn is_same(candidate: &Path, file: &Path) -> bool {
    let end = |path: &Path| path.canonicalize().ok();
    end(candidate).is_some_and(|end_of_candidate| Some(end_of_candidate) == end(file))
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn the_name_that_was_called_is_kept_if_it_leads_here() {
        let root = tempfile::tempdir().unwrap();
        let at = |relative: &str| root.path().join(relative);
        for folder in ["release-1", "bin", "empty", "other"] {
            fs::create_dir(at(folder)).unwrap();
        }
        let file = at("release-1/afed");
        fs::File::create(&file).unwrap();
        fs::File::create(at("other/afed")).unwrap();
        std::os::unix::fs::symlink("../release-1/afed", at("bin/afed")).unwrap();
        let folders = std::env::join_paths([at("empty"), at("other"), at("bin"), at("release-1")]).unwrap();
        for (word, search_path, expected) in [
            (at("bin/afed"), Some(&folders), Some(at("bin/afed"))),
            (at("bin/afed"), None, Some(at("bin/afed"))),
            (PathBuf::from("afed"), Some(&folders), Some(at("bin/afed"))),
            (at("other/afed"), Some(&folders), None),
            (at("gone/afed"), Some(&folders), None),
            (PathBuf::from("afed"), None, None),
            (PathBuf::from("-afed"), Some(&folders), None),
            (PathBuf::new(), Some(&folders), None),
        ] {
            let found = find(&word, search_path.map(|text| text.as_os_str()), &file);
            assert_eq!(found, expected, "{}", word.display());
        }
    }
}
