//! Who asks: a person as the directory knows them, and the evidence by which the directory knows.
//! A `Person` is only ever made by a directory; nothing that a caller types becomes one.

use jiff::Timestamp;

use super::secret::Secret;

/// A person, by the name that the directory has stored.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Person {
    pub name: String,
    pub display_name: Option<String>,
    pub email: Option<String>,
}

/// What a caller shows to prove who they are.
#[derive(Debug, Clone)]
pub enum Evidence {
    /// The token of a directory session.
    Session(Secret),
    /// A user of this machine, vouched for by its kernel.
    LocalUser { uid: u32 },
}

/// What a directory makes of the evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    pub person: Person,
    /// When the directory will want to see new evidence, where it says so.
    pub until: Option<Timestamp>,
}

/// Whether a person belongs to a group, directly or through nesting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Membership {
    Member,
    NotMember,
}
