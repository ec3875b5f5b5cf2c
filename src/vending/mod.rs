//! What happens when somebody asks for credentials. No input or output of its own: ports do that.
//! A person comes from the directory port only, and every error on the way denies.

pub mod entitlement;
mod error;
mod freshness;
mod lease_key;
pub mod memory;
pub mod rotation;
mod second_factor;
pub mod sign_in;
mod signer;
pub mod stock;
mod unremembered;
mod vend;
mod wanted;

pub use error::VendError;
pub use lease_key::pass_key;
pub use second_factor::issue;
pub use signer::Signer;
pub use unremembered::Unremembered;
pub use vend::{Asker, Order, Recall, Source, Vended, Vendor};

#[cfg(test)]
pub mod doubles;
