//! The name under which this program is an application to Crowd. Pure: the configuration checks with the same code.

use std::fmt;

/// An application's name, fit for HTTP Basic credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CrowdApplication(String);

/// Why a text can't be the name of an application.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum CrowdApplicationError {
    #[error("the name of the Crowd application may not be empty")]
    Empty,
    /// HTTP Basic credentials end the name at the first colon.
    #[error("the name of the Crowd application may not hold a colon or a control character")]
    Character,
}

impl CrowdApplication {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for CrowdApplication {
    type Err = CrowdApplicationError;

    fn from_str(text: &str) -> Result<Self, CrowdApplicationError> {
        if text.trim().is_empty() {
            return Err(CrowdApplicationError::Empty);
        }
        if text.contains(|character: char| character == ':' || character.is_control()) {
            return Err(CrowdApplicationError::Character);
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for CrowdApplication {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_would_break_the_credentials_are_refused() {
        for (text, error) in [
            ("", CrowdApplicationError::Empty),
            (" ", CrowdApplicationError::Empty),
            ("afed:x", CrowdApplicationError::Character),
            ("afed\r\nX: y", CrowdApplicationError::Character),
        ] {
            assert_eq!(text.parse::<CrowdApplication>(), Err(error), "{text:?}");
        }
        assert_eq!("afed on hosts".parse::<CrowdApplication>().unwrap().as_str(), "afed on hosts");
    }
}
