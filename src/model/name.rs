//! The names people give to things: accounts, connectors and groups.
//! Account and connector names are kept to characters that survive unquoted in every shell, in
//! `~/.aws/config` and in the keyring; group names belong to the directory and are only kept sane.

use std::fmt;

/// Why a text can't be a name.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum NameError {
    #[error("{what} may not be empty")]
    Empty { what: &'static str },
    #[error("the {what} “{}” has {length} characters; at most {MAX_LENGTH} are allowed", .name.escape_debug())]
    TooLong { what: &'static str, name: String, length: usize },
    #[error("the {what} “{}” holds “{}”; letters, digits and . _ - are allowed, and the first must be a letter or digit", .name.escape_debug(), .character.escape_debug())]
    Character { what: &'static str, name: String, character: char },
    #[error("the group name “{}” holds a control character", .name.escape_debug())]
    ControlCharacter { name: String },
}

/// The longest name of an account or a connector, in characters.
pub const MAX_LENGTH: usize = 64;

fn parse_plain(what: &'static str, text: &str) -> Result<String, NameError> {
    let length = text.chars().count();
    if length == 0 {
        return Err(NameError::Empty { what });
    }
    if length > MAX_LENGTH {
        return Err(NameError::TooLong { what, name: text.to_owned(), length });
    }
    for (position, character) in text.chars().enumerate() {
        let inside = matches!(character, '.' | '_' | '-') && position > 0;
        if !character.is_ascii_alphanumeric() && !inside {
            return Err(NameError::Character { what, name: text.to_owned(), character });
        }
    }
    Ok(text.to_owned())
}

macro_rules! plain_name {
    ($(#[$doc:meta])* $type:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub struct $type(String);

        impl $type {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $type {
            type Err = NameError;

            fn from_str(text: &str) -> Result<Self, NameError> {
                parse_plain($what, text).map(Self)
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }
    };
}

plain_name!(
    /// The name of an account in the configuration: 1-64 of `[A-Za-z0-9._-]`.
    AccountName,
    "account name"
);
plain_name!(
    /// The name of a connector in the configuration: 1-64 of `[A-Za-z0-9._-]`.
    ConnectorName,
    "connector name"
);

/// A group as the configuration spells it. Directories compare group names without regard to case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct GroupName(String);

impl GroupName {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for GroupName {
    type Err = NameError;

    /// Blank names are refused: an empty group in a Crowd query lists every group instead of testing one.
    fn from_str(text: &str) -> Result<Self, NameError> {
        if text.trim().is_empty() {
            return Err(NameError::Empty { what: "a group name" });
        }
        if text.chars().any(char::is_control) {
            return Err(NameError::ControlCharacter { name: text.to_owned() });
        }
        Ok(Self(text.trim().to_owned()))
    }
}

impl fmt::Display for GroupName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_to_their_alphabet_and_length() {
        let longest = "a".repeat(MAX_LENGTH);
        for good in ["a", "deploy", "prod-eu.1", "A_b", longest.as_str()] {
            assert_eq!(good.parse::<ConnectorName>().unwrap().as_str(), good);
        }
        let too_long = "a".repeat(MAX_LENGTH + 1);
        for bad in ["", " ", "-x", ".x", "_x", "a b", "a/b", "a\nb", "é", "a;b", "$x", too_long.as_str()] {
            assert!(bad.parse::<ConnectorName>().is_err(), "{bad:?} was accepted");
        }
    }

    #[test]
    fn group_names_are_never_blank() {
        for bad in ["", " ", "\t", "a\nb", "a\u{0}"] {
            assert!(bad.parse::<GroupName>().is_err(), "{bad:?} was accepted");
        }
        assert_eq!(" Ops & Devs ".parse::<GroupName>().unwrap().as_str(), "Ops & Devs");
    }
}
