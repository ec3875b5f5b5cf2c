//! Reading and editing `~/.aws/config` and `~/.aws/credentials` without changing a byte that was not asked for. Bytes in,
//! bytes out. Four parsers read those files (botocore, the JavaScript, Rust and Go SDKs) and differ on much of it. An edit is refused
//! only where those that can read the file would disagree about it; what is wrong elsewhere is left alone and can be listed.

mod document;
mod edit;
mod error;
mod faults;
mod hook;
mod key;
mod line;
mod ownership;
mod profile_name;
#[cfg(test)]
mod properties;
mod shadow;

pub use document::{AwsConfig, Family};
pub use error::AwsFileError;
pub use faults::Fault;
pub use hook::{Hook, HookError};
pub use key::{KeyRemoval, WrittenKey, key_of, keyed_profiles, remove_key};
pub use ownership::{AddOutcome, HookProfile, Overwrite, RemoveOutcome, add_hook, hooks, remove_hook};
pub use profile_name::{ProfileName, ProfileNameError};
pub use shadow::{Shadow, shadows};
