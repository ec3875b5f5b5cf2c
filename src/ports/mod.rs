//! What vending needs from the world, as small traits; adapters implement them and `app` joins the two.
//! Ports block: an adapter that talks over the network brings its own runtime. None of them assumes that the person
//! who asks owns this process, that there is one person only, or that there is a terminal.

mod access_keys;
mod audit_trail;
mod cache;
mod console;
mod directory;
mod host_role;
mod mfa;
mod onlooker;
mod prompter;
mod rotation_records;
mod secret_store;
mod token_service;

pub use access_keys::*;
pub use audit_trail::*;
pub use cache::*;
pub use console::*;
pub use directory::*;
pub use host_role::*;
pub use mfa::*;
pub use onlooker::*;
pub use prompter::*;
pub use rotation_records::*;
pub use secret_store::*;
pub use token_service::*;

use jiff::Timestamp;

/// The time of day.
pub trait Clock {
    fn now(&self) -> Timestamp;
}

/// A cause from a library, kept for the report's `caused by` lines.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;
