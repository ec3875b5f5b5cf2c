//! What can be wrong with the JSON of connectors, each with its place.

use crate::model::json_text::Place;
use crate::model::partition;

/// A flaw and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlawAt {
    pub place: Place,
    pub flaw: Flaw,
}

/// Why a text is no list of connectors.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    #[error("it is not JSON: {0}")]
    NotJson(String),
    #[error("a connector, or a list of connectors, is expected here")]
    NotAConnector,
    /// It may be a misspelt restriction, so it is never passed over unless that is asked for.
    #[error("“{}” is no field of a connector", .field.escape_debug())]
    UnknownField { field: String, nearest: Option<&'static str> },
    #[error("“{}” stands here for the second time", .0.escape_debug())]
    FieldTwice(String),
    #[error("{field} is missing")]
    FieldMissing { field: &'static str },
    #[error("{field} must be {expected}")]
    WrongKind { field: String, expected: &'static str },
    #[error("“{}” is no type of a connector; there are {}", .0.escape_debug(), super::TYPES.map(|(name, _)| name).join(", "))]
    UnknownType(String),
    #[error("“{}” is no partition; there are {}", .0.escape_debug(), partition::names().collect::<Vec<_>>().join(", "))]
    UnknownPartition(String),
}
