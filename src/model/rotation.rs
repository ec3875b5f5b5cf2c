//! What is written down while a key is rotated, so that whoever comes after a crash knows what was going on.
//! No secret is in it. A text that is not exactly what this version writes is no journal: nothing is guessed.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::account::AccessKeyId;
use super::name::AccountName;

const VERSION: u32 = 1;

/// How far one rotation has come. Whether the configuration has the new key already is seen there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Journal {
    version: u32,
    pub account: AccountName,
    /// The key that is replaced.
    pub old: AccessKeyId,
    pub stage: Stage,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Stage {
    /// AWS is about to be asked for a key, or was: one that is not among the known ones may be there since then.
    Creating { known: Vec<AccessKeyId>, at: Timestamp },
    /// The secret of the new key is in the store.
    Created { new: AccessKeyId },
}

/// Why a text is no journal.
#[derive(Debug, thiserror::Error)]
pub enum JournalFault {
    #[error("it is of version {0}, and this afed knows {VERSION}")]
    Version(u32),
    #[error(transparent)]
    Malformed(#[from] serde_json::Error),
}

impl Journal {
    pub const fn new(account: AccountName, old: AccessKeyId, stage: Stage) -> Self {
        Self { version: VERSION, account, old, stage }
    }

    pub fn parse(text: &[u8]) -> Result<Self, JournalFault> {
        /// All that versions have in common.
        #[derive(Deserialize)]
        struct Versioned {
            version: u32,
        }
        match serde_json::from_slice::<Versioned>(text)?.version {
            VERSION => Ok(serde_json::from_slice(text)?),
            other => Err(JournalFault::Version(other)),
        }
    }

    pub fn to_text(&self) -> Result<Vec<u8>, JournalFault> {
        let mut text = serde_json::to_vec_pretty(self)?;
        text.push(b'\n');
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "AKIAIOSFODNN7EXAMPLE";

    fn journal(stage: Stage) -> Journal {
        Journal::new("ops".parse().unwrap(), OLD.parse().unwrap(), stage)
    }

    #[test]
    fn what_is_written_is_read_again() {
        let at = "2026-11-22T10:00:00.5Z".parse().unwrap();
        for stage in [
            Stage::Creating { known: vec![OLD.parse().unwrap()], at },
            Stage::Creating { known: Vec::new(), at },
            Stage::Created { new: "AKIAI44QH8DHBEXAMPLE".parse().unwrap() },
        ] {
            let journal = journal(stage);
            let text = journal.to_text().unwrap();
            assert_eq!(Journal::parse(&text).unwrap(), journal);
            for length in 0..text.len() - 2 {
                assert!(Journal::parse(&text[..length]).is_err(), "half a journal was read: {length}");
            }
        }
    }

    #[test]
    fn what_this_version_does_not_write_is_refused() {
        let text = String::from_utf8(journal(Stage::Created { new: OLD.parse().unwrap() }).to_text().unwrap()).unwrap();
        for (part, other) in [
            (OLD, "akia"),
            ("\"created\"", "\"finished\""),
            ("\"old\"", "\"older\""),
            ("\"new\"", "\"more\": 1, \"new\""),
        ] {
            let changed = text.replace(part, other);
            assert_ne!(changed, text);
            assert!(matches!(Journal::parse(changed.as_bytes()), Err(JournalFault::Malformed(_))), "{changed}");
        }
        let newer = text.replace("\"version\": 1", "\"version\": 2, \"stages\": []");
        assert!(matches!(Journal::parse(newer.as_bytes()), Err(JournalFault::Version(2))));
    }
}
