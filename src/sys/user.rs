//! As whom this process acts, as the kernel says it. The environment is not asked.

/// The effective user id of this process.
#[cfg(unix)]
pub fn effective_uid() -> std::io::Result<u32> {
    Ok(nix::unistd::geteuid().as_raw())
}

/// There are no user ids here.
#[cfg(not(unix))]
pub fn effective_uid() -> std::io::Result<u32> {
    Err(std::io::ErrorKind::Unsupported.into())
}
