//! Reading and editing `~/.aws/config` and `~/.aws/credentials` without changing a byte that was not asked for. Bytes in,
//! bytes out. Four parsers read those files (botocore, the JavaScript, Rust and Go SDKs) and differ on much of it. An edit is refused
//! only where those that can read the file would disagree about it; what is wrong elsewhere is left alone and can be listed.

mod difference;
mod document;
mod edit;
mod error;
mod faults;
#[cfg(test)]
mod fuzz;
mod hook;
mod key;
mod line;
mod ownership;
mod profile_name;
mod sources;
mod temporary;
#[cfg(test)]
mod tests;

pub use difference::difference;
pub use document::{AwsConfig, Family};
pub use error::AwsFileError;
pub use faults::Fault;
pub use hook::{Hook, HookError};
pub use key::{KeyRemoval, WrittenKey, key_of, keyed_profiles, remove_key};
pub use ownership::{AddOutcome, Overwrite, RemoveOutcome, add_hook, hooks, remove_hook};
pub use profile_name::{ProfileName, ProfileNameError};
pub use sources::{Listed, Origin, Place, Shadow, listing};
pub use temporary::{
    InTheWay, Room, TemporaryKeys, has_temporary, make_room, remove_temporary, set_keys, set_missing_region,
};
