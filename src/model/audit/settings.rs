//! What the configuration says of the audit trail. A pass carries it, so that what is answered from memory is recorded as
//! well and the configuration needn't be read for it.

use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// How many files may be kept. Each is looked for whenever the trail is read.
pub const KEPT: RangeInclusive<u32> = 1..=1_000;

/// Whether, where and how a trail is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditSettings {
    pub enabled: bool,
    /// `None`: where this platform keeps such files.
    pub file: Option<PathBuf>,
    /// What can't be recorded is denied.
    pub required: bool,
    /// A file that would grow beyond is put aside.
    pub max_size: FileSize,
    /// How many files that were put aside are kept.
    pub keep: u32,
    pub also: Option<SecondTarget>,
}

impl AuditSettings {
    /// What goes where the configuration says nothing.
    pub const DEFAULT: Self =
        Self { enabled: true, file: None, required: false, max_size: FileSize(8 << 20), keep: 8, also: None };

    pub const fn usual() -> Self {
        Self::DEFAULT
    }

    pub fn is_usual(&self) -> bool {
        *self == Self::DEFAULT
    }
}

/// Who is told each line besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SecondTarget {
    Journald,
    Syslog,
}

impl SecondTarget {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Journald => "journald",
            Self::Syslog => "syslog",
        }
    }
}

/// The size of a file in bytes, written like `8M`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileSize(pub u64);

/// The text is no size.
#[derive(Debug, thiserror::Error)]
#[error("it must be a number of bytes of at least 64K, such as 512K, 8M or 1G")]
pub struct FileSizeError;

impl FromStr for FileSize {
    type Err = FileSizeError;

    fn from_str(text: &str) -> Result<Self, FileSizeError> {
        let (number, shift) = match text.as_bytes().last() {
            Some(b'K') => (&text[..text.len() - 1], 10),
            Some(b'M') => (&text[..text.len() - 1], 20),
            Some(b'G') => (&text[..text.len() - 1], 30),
            _ => (text, 0),
        };
        let number: u64 = number.parse().map_err(|_| FileSizeError)?;
        let size = number.checked_mul(1 << shift).ok_or(FileSizeError)?;
        (size >= 64 << 10).then_some(Self(size)).ok_or(FileSizeError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read() {
        for (text, expected) in [
            ("64K", Some(65_536)),
            ("8M", Some(8_388_608)),
            ("1G", Some(1_073_741_824)),
            ("100000", Some(100_000)),
            ("63K", None),
            ("", None),
            ("K", None),
            ("8m", None),
            ("-8M", None),
            ("99999999999999999999", None),
            ("18446744073709551615G", None),
        ] {
            assert_eq!(text.parse::<FileSize>().ok().map(|size| size.0), expected, "{text}");
        }
    }

    #[test]
    fn only_what_a_pass_need_not_carry_is_usual() {
        let usual = AuditSettings::usual();
        assert!(usual.is_usual());
        assert_eq!(usual.max_size, "8M".parse().unwrap());
        assert!(!AuditSettings { required: true, ..usual.clone() }.is_usual());
        assert!(!AuditSettings { enabled: false, ..usual }.is_usual());
    }
}
