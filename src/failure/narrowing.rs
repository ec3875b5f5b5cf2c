//! What to do about a connector that can't be narrowed as a caller asks.

use super::{Kind, Verdict};
use crate::model::narrowing::{NarrowingError, PolicyFault};

pub fn verdict(error: &NarrowingError) -> Verdict {
    match hint(error) {
        Some(hint) => Verdict::hint(Kind::Configuration, hint),
        None => Verdict::plain(Kind::Configuration),
    }
}

fn hint(error: &NarrowingError) -> Option<String> {
    match error {
        NarrowingError::DurationTooLong { longest, .. } => Some(format!("take no more than --duration {longest}")),
        NarrowingError::NoSessionPolicies { .. } | NarrowingError::NoRights { .. } => {
            Some("ask an administrator for another connector".to_owned())
        }
        NarrowingError::ManagedBesideOthers { policy, .. } => {
            Some(format!("write what you need as --policy-file, or ask an administrator for a connector with {policy}"))
        }
        NarrowingError::Policy { source: PolicyFault::Joining(_) | PolicyFault::TooLong(_), .. } => {
            Some("simplify the policy, or ask an administrator for a connector with it".to_owned())
        }
        NarrowingError::Policy { source: PolicyFault::Own(_), .. } => {
            Some("ask an administrator to mend the connector's policy: afed policy check FILE".to_owned())
        }
        NarrowingError::Policy { source: PolicyFault::NothingAllowed, .. } => Some(
            "to only take away, allow the rest: {\"Effect\": \"Allow\", \"Action\": \"*\", \"Resource\": \"*\"}"
                .to_owned(),
        ),
        NarrowingError::Policy { .. } | NarrowingError::Rule { .. } => None,
    }
}
