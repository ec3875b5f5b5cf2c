//! What is remembered of a request for credentials: that the directory admitted somebody, or that it all failed.
//! A pass belongs to one actor, one connector and one state of the files it was derived from.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::actor::Actor;
use super::audit::settings::AuditSettings;
use super::failure::Failure;
use super::file_mark::Watched;
use super::hex::lower_hex;
use super::lease::LeaseKey;
use super::name::{AccountName, ConnectorName};
use super::region::Region;

/// The SHA-256 of what was asked for, in lower-case hex: the same request, the same key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PassKey(String);

impl PassKey {
    pub fn from_digest(digest: [u8; 32]) -> Self {
        Self(lower_hex(&digest))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What came of a request.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Pass {
    /// The configuration, the session and the policy that decided; a change of any of them ends the pass.
    pub watched: Vec<Watched>,
    pub outcome: Outcome,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Outcome {
    Admitted(Admission),
    Failed {
        at: Timestamp,
        failure: Failure,
        /// Whom it was denied to.
        person: Option<String>,
    },
}

/// That somebody was let in to one connector: by the directory's answer, or the system by the configuration.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Admission {
    pub actor: Actor,
    pub at: Timestamp,
    /// How long the answer may be used again.
    pub good_for: Duration,
    /// The lease that this actor gets.
    pub lease_key: LeaseKey,
    pub connector: ConnectorName,
    pub account: AccountName,
    pub region: Region,
    /// The lease was due for renewal, and AWS could not be asked.
    pub unrenewed: Option<Unrenewed>,
    /// How it is recorded that the lease was handed on. What is as nobody changed it is not written: it would have to be
    /// opened and read at every call.
    #[serde(default = "AuditSettings::usual", skip_serializing_if = "AuditSettings::is_usual")]
    pub audit: AuditSettings,
}

/// An attempt to renew a lease, of which nothing came.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Unrenewed {
    pub at: Timestamp,
    /// Why, in words for people.
    pub trouble: String,
}

impl Admission {
    /// Whether the answer is recent enough; one from the future is not.
    pub fn is_good(&self, now: Timestamp) -> bool {
        let age = now.duration_since(self.at);
        !age.is_negative() && age.unsigned_abs() < self.good_for
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_request_has_a_key_of_its_own() {
        assert_eq!(PassKey::from_digest([0xa1; 32]).as_str(), "a1".repeat(32));
        assert_ne!(PassKey::from_digest([1; 32]).as_str(), PassKey::from_digest([2; 32]).as_str());
    }
}
