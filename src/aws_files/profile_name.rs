//! The names that afed gives to profiles: only those which every AWS tool reads without quotes.
//! Other names may stand in the file; they are listed and never written.

use std::fmt;

use super::document::Family;

/// A profile name of `[A-Za-z0-9_./%@:+-]`, at least one of them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize)]
pub struct ProfileName(String);

/// Why a text can't be the name of a profile.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ProfileNameError {
    #[error("a profile name may not be empty")]
    Empty,
    #[error("the profile name “{}” holds “{}”; letters, digits and _ . / % @ : + - are allowed", .name.escape_debug(), .character.escape_debug())]
    Character { name: String, character: char },
}

/// The profile that is used when none is named; its section has no `profile` in front.
pub(super) const DEFAULT: &str = "default";

impl ProfileName {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The line that starts this profile's section.
    pub(super) fn header(&self, family: Family) -> String {
        if family == Family::Credentials || self.0 == DEFAULT {
            format!("[{}]", self.0)
        } else {
            format!("[profile {}]", self.0)
        }
    }
}

pub(super) const fn is_plain(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '.' | '/' | '%' | '@' | ':' | '+' | '-')
}

impl std::str::FromStr for ProfileName {
    type Err = ProfileNameError;

    fn from_str(text: &str) -> Result<Self, ProfileNameError> {
        if text.is_empty() {
            return Err(ProfileNameError::Empty);
        }
        match text.chars().find(|character| !is_plain(*character)) {
            Some(character) => Err(ProfileNameError::Character { name: text.to_owned(), character }),
            None => Ok(Self(text.to_owned())),
        }
    }
}

impl fmt::Display for ProfileName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_need_no_quotes_are_written() {
        for good in ["x", "default", "a/b@c.d+e:f%g", "prod_eu-1"] {
            assert_eq!(good.parse::<ProfileName>().unwrap().as_str(), good);
        }
        for (bad, character) in
            [("a b", ' '), ("a!b", '!'), ("a]b", ']'), ("a\nb", '\n'), ("żółć", 'ż'), ("\"x\"", '"')]
        {
            let expected = ProfileNameError::Character { name: bad.to_owned(), character };
            assert_eq!(bad.parse::<ProfileName>(), Err(expected));
        }
        assert_eq!("".parse::<ProfileName>(), Err(ProfileNameError::Empty));
    }
}
