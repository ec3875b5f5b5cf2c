//! A key of an IAM user as IAM lists it: everything but its secret, which AWS never tells again.

use std::fmt;

use jiff::Timestamp;

use super::account::AccessKeyId;

/// How many keys a user may have (IAM, "IAM and AWS STS quotas").
pub const MOST_KEYS: usize = 2;

/// One key of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserKey {
    pub id: AccessKeyId,
    pub status: KeyStatus,
    pub created: Timestamp,
    pub last_use: LastUse,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyStatus {
    Active,
    Inactive,
}

/// When a key last signed a call, as far as AWS has noticed, which may be some hours late.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LastUse {
    At {
        at: Timestamp,
        service: String,
        region: String,
    },
    Never,
    /// Whoever asked is not allowed to know.
    Unknown,
}

impl fmt::Display for UserKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let status = match self.status {
            KeyStatus::Active => "active",
            KeyStatus::Inactive => "inactive",
        };
        write!(formatter, "{} ({status}, made {}, {})", self.id, day(self.created), self.last_use)
    }
}

impl fmt::Display for LastUse {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::At { at, service, region } => {
                write!(formatter, "last used {} for {} in {}", day(*at), service.escape_debug(), region.escape_debug())
            }
            Self::Never => formatter.write_str("never used"),
            Self::Unknown => formatter.write_str("last use not known"),
        }
    }
}

fn day(time: Timestamp) -> impl fmt::Display {
    time.strftime("%Y-%m-%d")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_told_with_its_age_and_its_last_use() {
        let mut key = UserKey {
            id: "AKIAIOSFODNN7EXAMPLE".parse().unwrap(),
            status: KeyStatus::Active,
            created: "2025-11-22T10:00:00Z".parse().unwrap(),
            last_use: LastUse::Never,
        };
        assert_eq!(key.to_string(), "AKIAIOSFODNN7EXAMPLE (active, made 2025-11-22, never used)");
        let at = "2026-11-21T23:59:59Z".parse().unwrap();
        key.last_use = LastUse::At { at, service: "sts".to_owned(), region: "eu-west-1".to_owned() };
        key.status = KeyStatus::Inactive;
        let expected = "AKIAIOSFODNN7EXAMPLE (inactive, made 2025-11-22, last used 2026-11-21 for sts in eu-west-1)";
        assert_eq!(key.to_string(), expected);
    }
}
