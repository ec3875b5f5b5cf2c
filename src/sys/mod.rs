//! The operating system and the network, behind narrow functions: clock, files, locks, HTTP.
//! Nothing here knows what an account, a connector or a lease is.

pub mod ancestors;
pub mod clock;
pub mod core_images;
pub mod execution;
pub mod file_limit;
pub mod files;
pub mod host;
#[cfg(target_os = "linux")]
pub mod kernel_keyring;
pub mod locks;
pub mod memory_image;
pub mod network;
pub mod parent;
mod peer;
pub mod program;
pub mod relay;
pub mod run_folder;
pub mod shell;
#[cfg(unix)]
pub mod signals;
pub mod subprocess;
pub mod user;
