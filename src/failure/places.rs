//! What to do about a file that can't be made or written because of where it lies, and what of a path there is to look at.
//! Only whether something is there is asked, so that a command to paste names nothing that is missing.

use std::io::{Error, ErrorKind};
use std::path::Path;

use super::quoted;

/// What shows why a file system takes nothing more; `None` where that is not what is wrong.
pub fn hint(path: &Path, source: &Error) -> Option<String> {
    let folder = || quoted(standing(path.parent().unwrap_or(path)).display());
    match source.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            let folder = folder();
            Some(format!("make room there: df -h {folder}; df -i {folder}"))
        }
        ErrorKind::ReadOnlyFilesystem => Some(match cfg!(target_os = "linux") {
            true => format!("see what lies there, and why it is read-only: findmnt -T {}", folder()),
            false => format!("see what lies there, and why it is read-only: df -h {}; mount", folder()),
        }),
        _ => None,
    }
}

/// What to do about a file that was to be read, written or locked for somebody: their own, or none of theirs.
pub fn of_use(path: &Path, operation: &str, source: &Error) -> Option<String> {
    let in_use = || {
        let path = quoted(standing(path).display());
        match (operation, source.kind()) {
            ("read", ErrorKind::PermissionDenied) => {
                Some(format!("see whose it is, and run it as the user who may read it: ls -ld {path}"))
            }
            ("written", ErrorKind::PermissionDenied) => {
                Some(format!("run it as the user who may write there: ls -ld {path}"))
            }
            ("written", ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                Some(format!("see what is there: ls -ld {path}"))
            }
            _ => None,
        }
    };
    hint(path, source).or_else(|| of_lock(path, operation)).or_else(in_use)
}

/// What to do about something else in the place of a lock's file, which afed makes itself.
pub fn of_lock(path: &Path, operation: &str) -> Option<String> {
    let is_in_the_way = operation == "locked" && path.symlink_metadata().is_ok_and(|found| !found.is_file());
    let path = quoted(path.display());
    is_in_the_way.then(|| format!("see what it is, and take it away; afed makes its own: ls -ld {path}"))
}

/// The path, or what is nearest to it of all that is on the way there.
pub fn standing(path: &Path) -> &Path {
    path.ancestors().find(|part| part.symlink_metadata().is_ok()).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_no_file_is_in_the_way_of_a_lock() {
        let root = tempfile::tempdir().unwrap();
        let at = |name: &str| root.path().join(name);
        std::fs::File::create_new(at("file")).unwrap();
        std::fs::create_dir(at("folder")).unwrap();
        let path = quoted(at("folder").display());
        let said = format!("see what it is, and take it away; afed makes its own: ls -ld {path}");
        assert_eq!(of_lock(&at("folder"), "locked"), Some(said));
        assert_eq!(of_lock(&at("folder"), "read"), None);
        assert_eq!(of_lock(&at("file"), "locked").or(of_lock(&at("missing"), "locked")), None);
    }

    #[test]
    fn only_a_file_system_that_takes_nothing_is_looked_at_where_there_is_something_to_look_at() {
        let root = tempfile::tempdir().unwrap();
        let folder = quoted(root.path().display());
        let full = format!("make room there: df -h {folder}; df -i {folder}");
        for (kind, expected) in [
            (ErrorKind::StorageFull, Some(full.clone())),
            (ErrorKind::QuotaExceeded, Some(full)),
            (ErrorKind::PermissionDenied, None),
            (ErrorKind::NotFound, None),
        ] {
            for path in ["file", "missing/folder/file"] {
                assert_eq!(hint(&root.path().join(path), &Error::from(kind)), expected, "{kind} {path}");
            }
        }
        let read_only = hint(&root.path().join("file"), &Error::from(ErrorKind::ReadOnlyFilesystem)).unwrap();
        assert!(read_only.contains(&format!(" {folder}")), "{read_only}");
        assert_eq!(standing(&root.path().join("missing/file")), root.path());
        assert_eq!(standing(Path::new("missing")), Path::new("missing"));
    }
}
