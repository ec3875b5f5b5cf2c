//! A profile that a command is given: its name in the command's AWS configuration, and the connector behind it.

use std::str::FromStr;

use crate::aws_files::{ProfileName, ProfileNameError};
use crate::model::name::{ConnectorName, NameError};

/// `NAME=CONNECTOR`, as it is typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunProfile {
    pub name: ProfileName,
    pub connector: ConnectorName,
}

/// The profile that AWS tools take when none is named.
pub const DEFAULT: &str = "default";

impl RunProfile {
    /// What serves whatever names no profile.
    pub fn default_of(connector: ConnectorName) -> Result<Self, ProfileNameError> {
        Ok(Self { name: DEFAULT.parse()?, connector })
    }
}

/// Why a text names no profile with its connector.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum RunProfileError {
    #[error("it is not NAME=CONNECTOR")]
    NotAPair,
    #[error(transparent)]
    Name(#[from] ProfileNameError),
    #[error(transparent)]
    Connector(#[from] NameError),
}

impl FromStr for RunProfile {
    type Err = RunProfileError;

    fn from_str(text: &str) -> Result<Self, RunProfileError> {
        let (name, connector) = text.split_once('=').ok_or(RunProfileError::NotAPair)?;
        Ok(Self { name: name.parse()?, connector: connector.parse()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_a_name_and_a_connector() {
        let profile: RunProfile = "prod/eu=deploy-1".parse().unwrap();
        assert_eq!((profile.name.as_str(), profile.connector.as_str()), ("prod/eu", "deploy-1"));
        for bad in ["", "prod", "=deploy", "prod=", "prod=a=b", "pr od=deploy", "prod=-x"] {
            assert!(bad.parse::<RunProfile>().is_err(), "{bad}");
        }
    }
}
