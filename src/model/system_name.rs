//! What the system is called at AWS: a name of the configuration, sent as it stands, or one made of the host's name.
//! It keeps the rules of RoleSessionName from the start, so that nothing a host is called can do harm.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::session_name::{ROLE_SESSION_LIMIT, SHORTEST, is_allowed, session_name};

/// The name of the system: 2 to 64 of `[A-Za-z0-9_=,.@-]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SystemName(String);

/// Why a text can't be the system's name.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SystemNameError {
    #[error("the system's name has {0} characters; {SHORTEST} to {ROLE_SESSION_LIMIT} are allowed")]
    Length(usize),
    #[error("the system's name holds “{}”; letters, digits and _ = , . @ - are allowed", .0.escape_debug())]
    Character(char),
    /// A name made of nothing would be every nameless host's.
    #[error("this machine has no host name to name the system after")]
    NoHostName,
}

impl SystemName {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name for a host: its own where it can be sent, else mapped and marked like a person's.
    pub fn of_host(host: &str) -> Result<Self, SystemNameError> {
        if host.trim().is_empty() {
            Err(SystemNameError::NoHostName)
        } else {
            Ok(Self(session_name(host, ROLE_SESSION_LIMIT)))
        }
    }

    /// The same where it fits, else cut and marked.
    pub fn session_name(&self, limit: usize) -> String {
        if self.0.len() <= limit { self.0.clone() } else { session_name(&self.0, limit) }
    }
}

impl FromStr for SystemName {
    type Err = SystemNameError;

    fn from_str(text: &str) -> Result<Self, SystemNameError> {
        if let Some(character) = text.chars().find(|character| !is_allowed(*character)) {
            return Err(SystemNameError::Character(character));
        }
        if (SHORTEST..=ROLE_SESSION_LIMIT).contains(&text.len()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(SystemNameError::Length(text.len()))
        }
    }
}

impl fmt::Display for SystemName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::session_name::FEDERATION_LIMIT;
    use proptest::prelude::*;

    #[test]
    fn a_configured_name_is_sent_as_it_stands_or_refused() {
        for good in ["ab", "build-1.example.com", "a_b=c,d@e-f", "web-0a1b2c3d", &"x".repeat(64)] {
            assert_eq!(good.parse::<SystemName>().unwrap().session_name(ROLE_SESSION_LIMIT), good);
        }
        for (bad, expected) in [
            ("", SystemNameError::Length(0)),
            ("a", SystemNameError::Length(1)),
            (&"x".repeat(65), SystemNameError::Length(65)),
            ("a b", SystemNameError::Character(' ')),
            ("a+b", SystemNameError::Character('+')),
            ("{user.name}", SystemNameError::Character('{')),
            ("zoë", SystemNameError::Character('ë')),
            ("a\nb", SystemNameError::Character('\n')),
        ] {
            assert_eq!(bad.parse::<SystemName>(), Err(expected), "{bad:?}");
        }
    }

    #[test]
    fn a_host_is_named_as_it_is_or_mapped_and_marked() {
        let named = |host: &str| SystemName::of_host(host).unwrap().to_string();
        for plain in ["build-1", "ip-10-0-0-1.ec2.internal"] {
            assert_eq!(named(plain), plain);
        }
        for (host, start) in [
            ("x", "x-"),
            ("a\nRoleArn=arn&Action=x", "a-RoleArn=arn-Action=x-"),
            ("$(id)", "--id--"),
            ("zoë's laptop", "zoe-s-laptop-"),
            ("\u{1b}[31mroot", "--31mroot-"),
        ] {
            let (kept, digest) =
                named(host).rsplit_once('-').map(|(kept, digest)| (format!("{kept}-"), digest.len())).unwrap();
            assert_eq!((kept.as_str(), digest), (start, 8), "{host:?}");
        }
        for nameless in ["", " ", "\n"] {
            assert_eq!(SystemName::of_host(nameless), Err(SystemNameError::NoHostName));
        }
    }

    proptest! {
        #[test]
        fn every_host_gets_a_name_that_sts_accepts_and_different_hosts_different_ones(one in "\\PC{1,70}", other in "\\PC{1,70}") {
            prop_assume!(!one.trim().is_empty() && !other.trim().is_empty());
            let (named, other_named) = (SystemName::of_host(&one).unwrap(), SystemName::of_host(&other).unwrap());
            prop_assert_eq!(&named.to_string().parse::<SystemName>().unwrap(), &named);
            prop_assert_eq!(named == other_named, one == other);
            let short = named.session_name(FEDERATION_LIMIT);
            prop_assert!((SHORTEST..=FEDERATION_LIMIT).contains(&short.len()) && short.chars().all(is_allowed));
        }
    }
}
