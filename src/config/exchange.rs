//! Connectors as JSON, in the field names that the server add-on's REST API gives them; a list of them, or one object.
//! What the add-on has no field for stands in an object `afed` beside them, under the names of the configuration, so that what
//! is written is read back as the same connector. Text in, text out; no rule of AWS is applied here.

mod flaw;
mod read;
mod record;
mod write;

pub use flaw::{Flaw, FlawAt};
pub use read::read;
pub use record::ConnectorRecord;
pub use write::write;

use crate::model::principal::PrincipalType;

/// The types as the add-on calls them. It has none for a host's role, so that name is afed's own.
const TYPES: [(&str, PrincipalType); 4] = [
    ("ASSUME_ROLE", PrincipalType::AssumeRole),
    ("FEDERATION_TOKEN", PrincipalType::FederatedUser),
    ("SESSION_TOKEN", PrincipalType::SessionToken),
    ("PROVIDED", PrincipalType::Provided),
];

/// The scope of connectors that serve no person in particular.
const SYSTEM: &str = "SYSTEM";

#[cfg(test)]
mod tests;
