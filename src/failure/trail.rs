//! What to do when the audit trail can't be written.

use std::path::Path;

use super::{Kind, Verdict, places, quoted};
use crate::ports::AuditError;

/// What can't be recorded where it must be is denied.
pub fn not_recorded(error: &AuditError) -> Verdict {
    Verdict { kind: Kind::Denied, hints: to_mend(error) }
}

/// A trail that can't be read.
pub fn unreadable(error: &AuditError) -> Verdict {
    Verdict { kind: Kind::Configuration, hints: to_mend(error) }
}

fn to_mend(error: &AuditError) -> Vec<String> {
    let look = |path: &Path| format!("see what is wrong with it: ls -ld {}", quoted(places::standing(path).display()));
    match error {
        AuditError::SecondTarget { target, .. } => {
            vec![format!("see whether it runs: systemctl status {}", unit(target))]
        }
        AuditError::File { path, source, .. } => vec![places::hint(path, source).unwrap_or_else(|| look(path))],
        AuditError::Blank { path, .. } => vec![
            format!("if it was made for the trail: chmod 600 {}", quoted(path.display())),
            "else name another one: file in [audit]".to_owned(),
        ],
        AuditError::Unfit { path, .. } | AuditError::Busy { path, .. } => vec![look(path)],
    }
}

fn unit(target: &str) -> &str {
    if target == "journald" { "systemd-journald" } else { "rsyslog" }
}

#[cfg(test)]
mod tests {
    use std::io::{Error, ErrorKind};

    use super::*;

    #[test]
    fn what_is_to_be_looked_at_is_there() {
        let root = tempfile::tempdir().unwrap();
        let (path, folder) = (root.path().join("new/audit.jsonl"), quoted(root.path().display()));
        let failed = |kind| AuditError::File { path: path.clone(), operation: "made", source: Error::from(kind) };
        let blank = AuditError::Blank { path: "/x".into(), mode: 0o644 };
        for (error, expected) in [
            (failed(ErrorKind::PermissionDenied), vec![format!("see what is wrong with it: ls -ld {folder}")]),
            (failed(ErrorKind::StorageFull), vec![format!("make room there: df -h {folder}; df -i {folder}")]),
            (
                blank,
                vec![
                    "if it was made for the trail: chmod 600 '/x'".to_owned(),
                    "else name another one: file in [audit]".to_owned(),
                ],
            ),
        ] {
            assert_eq!(not_recorded(&error).hints, expected, "{error}");
        }
    }
}
