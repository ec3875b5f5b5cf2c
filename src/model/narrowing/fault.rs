//! Why a policy from a caller's file can't narrow anything: it can't be read in one way only, or not be joined with what is
//! there. What is not surely a restriction is refused.

use super::intersection::MOST_ALLOWING;
use crate::model::session_policy::{PLAIN_TEXT_LIMIT, SessionPolicyError};

/// What is wrong with a policy.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum PolicyFault {
    #[error(transparent)]
    Text(#[from] SessionPolicyError),
    /// Readers differ in which of the two they take.
    #[error("the key “{}” stands twice in one object", .0.escape_debug())]
    KeyTwice(String),
    #[error("“{}” is no element of {of}; these are: {}", .element.escape_debug(), .known.join(", "))]
    UnknownElement { element: String, of: &'static str, known: &'static [&'static str] },
    #[error("{of} lacks {element}")]
    Missing { of: &'static str, element: &'static str },
    #[error("{element} must be {expected}")]
    Shape { element: &'static str, expected: &'static str },
    #[error("a statement has both {0} and Not{0}")]
    Both(&'static str),
    #[error("it allows nothing: a session has only what some statement with the Effect Allow allows")]
    NothingAllowed,
    #[error("it can't be joined with the connector's own policies: {0}")]
    Joining(Obstacle),
    #[error("the connector's own policy can't be joined with another")]
    Own(#[source] Box<PolicyFault>),
    #[error("joined with the connector's own policy it has {0} characters; at most {PLAIN_TEXT_LIMIT} are allowed")]
    TooLong(usize),
}

/// Why two policies can't be made one that allows what both allow.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum Obstacle {
    #[error("a statement that allows has a Condition")]
    Condition,
    /// A statement that denies is passed over where its variables have no value.
    #[error("a statement that allows has the policy variable “{}”", .0.escape_debug())]
    Variable(String),
    #[error("NotAction or NotResource stands beside other statements that allow")]
    Exclusion,
    #[error("it has {0} statements that allow and can't be put together; at most {MOST_ALLOWING} are possible")]
    TooManyAllowing(usize),
    #[error("its Version is {theirs}, and the connector's own is {own}")]
    Version { own: &'static str, theirs: &'static str },
}
