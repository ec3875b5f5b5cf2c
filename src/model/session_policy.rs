//! Session policies: the JSON that narrows what a lease may do.
//! Checked here: that it is JSON, and AWS's characters and size, as every connector's policy must be. Its grammar is
//! looked at when somebody writes one (the room `policy`); an unknown word in one that is in use is AWS's to judge.

use std::fmt;

use super::json_text::{self, JsonFault, JsonValue};

/// The most characters that an inline session policy and policy ARNs may have together (STS API).
pub const PLAIN_TEXT_LIMIT: usize = 2_048;

/// An inline session policy within AWS's limits, sent as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionPolicy(String);

/// Why a text can't be a session policy.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
pub enum SessionPolicyError {
    #[error("the policy is not JSON: {reason} at line {line}, column {column}")]
    NotJson { reason: String, line: usize, column: usize },
    #[error("the policy is not a JSON object")]
    NotAnObject,
    #[error("the policy holds “{}” (U+{:04X}); AWS accepts U+0020 to U+00FF, tabs and line ends", .0.escape_debug(), u32::from(*.0))]
    Character(char),
    #[error("the policy has {0} characters; at most {PLAIN_TEXT_LIMIT} are allowed")]
    TooLong(usize),
}

impl SessionPolicy {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// How much of [`PLAIN_TEXT_LIMIT`] it takes, in characters.
    pub fn length(&self) -> usize {
        self.0.chars().count()
    }
}

impl std::str::FromStr for SessionPolicy {
    type Err = SessionPolicyError;

    fn from_str(text: &str) -> Result<Self, SessionPolicyError> {
        let node = json_text::read(text).map_err(|JsonFault { reason, place }| SessionPolicyError::NotJson {
            reason,
            line: place.line,
            column: place.column,
        })?;
        if !matches!(node.value, JsonValue::Object(_)) {
            return Err(SessionPolicyError::NotAnObject);
        }
        if let Some(character) = text.chars().find(|character| !is_allowed(*character)) {
            return Err(SessionPolicyError::Character(character));
        }
        let policy = Self(text.to_owned());
        if policy.length() > PLAIN_TEXT_LIMIT {
            return Err(SessionPolicyError::TooLong(policy.length()));
        }
        Ok(policy)
    }
}

/// Whether AWS takes the character in a session policy, wherever it stands.
pub const fn is_allowed(character: char) -> bool {
    matches!(character, '\u{9}' | '\u{a}' | '\u{d}' | '\u{20}'..='\u{ff}')
}

impl fmt::Display for SessionPolicy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limits_of_sts_are_kept() {
        let fill = |length: usize| format!("{{\"Sid\":\"{}\"}}", "x".repeat(length - 10));
        assert!(fill(PLAIN_TEXT_LIMIT).parse::<SessionPolicy>().is_ok());
        assert_eq!(
            fill(PLAIN_TEXT_LIMIT + 1).parse::<SessionPolicy>(),
            Err(SessionPolicyError::TooLong(PLAIN_TEXT_LIMIT + 1))
        );
        assert!("{\"Sid\":\"ÿ\"}".parse::<SessionPolicy>().is_ok());
        assert_eq!("{\"Sid\":\"Ā\"}".parse::<SessionPolicy>(), Err(SessionPolicyError::Character('Ā')));
    }

    #[test]
    fn what_is_not_a_json_object_is_refused_with_its_place() {
        assert_eq!("[]".parse::<SessionPolicy>(), Err(SessionPolicyError::NotAnObject));
        let error = "{\n  \"Version\": oops }".parse::<SessionPolicy>().unwrap_err();
        assert_eq!(error.to_string(), "the policy is not JSON: expected value at line 2, column 14");
    }
}
