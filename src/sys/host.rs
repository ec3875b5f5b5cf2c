//! What this machine is called, as the kernel says it. The environment is not asked.

use std::ffi::OsString;

/// The host name.
#[cfg(unix)]
pub fn name() -> std::io::Result<OsString> {
    Ok(nix::unistd::gethostname()?)
}

/// There is no kernel to ask here.
#[cfg(not(unix))]
pub fn name() -> std::io::Result<OsString> {
    Err(std::io::ErrorKind::Unsupported.into())
}
