//! Why somebody did not get credentials.

use crate::model::account::AccessKeyId;
use crate::model::failure::Failure;
use crate::model::name::{AccountName, ConnectorName, GroupName};
use crate::model::principal::RuleError;
use crate::model::session_tag::TagError;
use crate::ports::{CacheError, DirectoryError, HostRoleError, MfaError, SecretStoreError, TokenServiceError};

/// Every variant means: no credentials.
#[derive(Debug, thiserror::Error)]
pub enum VendError {
    /// The directory knows the person, and the person is in none of the groups.
    #[error("“{}” may not use the connector “{connector}”", .person.escape_debug())]
    NotEntitled { person: String, connector: ConnectorName, groups: Vec<GroupName> },
    /// It was asked for the system, and the connector serves persons only.
    #[error("the connector “{connector}” is not open to the system")]
    NoSystemScope { connector: ConnectorName },
    /// The configuration names a key whose secret half is nowhere.
    #[error("the secret of the access key {access_key_id} (account “{account}”) is not in the secret store")]
    SecretMissing { account: AccountName, access_key_id: AccessKeyId },
    /// What the directory knows of the person does not fit what the connector sends.
    #[error("the connector “{connector}” can't be used for this person")]
    Tag {
        connector: ConnectorName,
        #[source]
        source: TagError,
    },
    /// The connector and its account do not go together.
    #[error("the connector “{connector}” breaks a rule of AWS")]
    Rule {
        connector: ConnectorName,
        #[source]
        source: RuleError,
    },
    /// The credentials are over on arrival: one of the clocks is wrong.
    #[error("AWS issued credentials for “{connector}” that are already over by this machine's clock")]
    Stillborn { connector: ConnectorName },
    /// Another process has just failed at the same, a moment ago.
    #[error("{}", .failure.causes.first().map_or("it failed a moment ago", String::as_str))]
    Remembered { failure: Failure, person: Option<String> },
    /// It came in the way of somebody whom the directory, or the system, has named already.
    #[error("{error}")]
    Of {
        name: String,
        #[source]
        error: Box<VendError>,
    },
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    #[error(transparent)]
    Secrets(#[from] SecretStoreError),
    #[error(transparent)]
    Host(#[from] HostRoleError),
    #[error(transparent)]
    Mfa(#[from] MfaError),
    #[error(transparent)]
    Tokens(#[from] TokenServiceError),
    #[error(transparent)]
    Cache(#[from] CacheError),
}

impl VendError {
    /// The same of somebody who is known.
    pub fn of(name: &str, error: impl Into<Self>) -> Self {
        Self::Of { name: name.to_owned(), error: Box::new(error.into()) }
    }

    /// Whom it was denied to, where the directory has said who that is.
    pub fn person(&self) -> Option<&str> {
        match self {
            Self::NotEntitled { person: name, .. } | Self::Of { name, .. } => Some(name),
            Self::Remembered { person, .. } => person.as_deref(),
            _ => None,
        }
    }

    /// Whether it says more of this caller than of what was asked for: nobody else shall be told that there is no
    /// terminal, as they may have one.
    pub fn is_of_the_caller(&self) -> bool {
        match self {
            Self::Of { error, .. } => error.is_of_the_caller(),
            other => matches!(other, Self::Mfa(MfaError::NoWay { .. })),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::failure::{FailureKind, ReasonCode};

    #[test]
    fn whom_it_was_denied_to_is_known_where_the_directory_has_said_it() {
        let connector: ConnectorName = "deploy".parse().unwrap();
        let remembered = |person: Option<&str>| {
            let (kind, code) = (FailureKind::Denied, ReasonCode::NotEntitled);
            let failure = Failure { kind, code, causes: Vec::new(), hints: Vec::new() };
            VendError::Remembered { failure, person: person.map(str::to_owned) }
        };
        for (error, person) in [
            (
                VendError::NotEntitled { person: "alice".to_owned(), connector: connector.clone(), groups: Vec::new() },
                Some("alice"),
            ),
            (remembered(Some("bob")), Some("bob")),
            (remembered(None), None),
            (VendError::NoSystemScope { connector }, None),
        ] {
            assert_eq!(error.person(), person, "{error:?}");
        }
    }
}
