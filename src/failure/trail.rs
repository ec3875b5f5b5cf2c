//! What to do when the audit trail can't be written.

use std::path::Path;

use super::{Kind, Verdict};
use crate::ports::AuditError;
use crate::render::pasted::quoted;

/// What can't be recorded where it must be is denied.
pub fn not_recorded(error: &AuditError) -> Verdict {
    let hint = match error {
        AuditError::SecondTarget { target, .. } => {
            Some(format!("see whether it runs: systemctl status {}", unit(target)))
        }
        other => path_of(other).map(|path| format!("see what is wrong with it: ls -ld {}", quoted(path.display()))),
    };
    Verdict { kind: Kind::Denied, hints: hint.into_iter().collect() }
}

/// A trail that can't be read.
pub fn unreadable(error: &AuditError) -> Verdict {
    Verdict { kind: Kind::Configuration, ..not_recorded(error) }
}

fn path_of(error: &AuditError) -> Option<&Path> {
    match error {
        AuditError::File { path, .. } | AuditError::Unfit { path, .. } | AuditError::Busy { path, .. } => Some(path),
        AuditError::SecondTarget { .. } => None,
    }
}

fn unit(target: &str) -> &str {
    if target == "journald" { "systemd-journald" } else { "rsyslog" }
}
