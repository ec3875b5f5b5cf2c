//! Reading and editing `~/.aws/config` without changing a byte that was not asked for. Bytes in, bytes out.
//! Four parsers read that file (botocore, the JavaScript, Rust and Go SDKs) and differ on much of it. An edit is refused
//! only where those that can read the file would disagree about it; what is wrong elsewhere is left alone and can be listed.

mod document;
mod edit;
mod error;
mod faults;
mod hook;
mod line;
mod ownership;
mod profile_name;
#[cfg(test)]
mod properties;

pub use document::AwsConfig;
pub use error::AwsFileError;
pub use hook::{Hook, HookError};
pub use ownership::{AddOutcome, HookProfile, Overwrite, RemoveOutcome, add_hook, hooks, remove_hook};
pub use profile_name::{ProfileName, ProfileNameError};
