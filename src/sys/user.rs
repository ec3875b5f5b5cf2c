//! As whom this process acts, as the kernel says it, and which groups there are. The environment is not asked.

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

/// Whether the system knows a group of this name.
#[cfg(unix)]
pub fn has_group(name: &str) -> std::io::Result<bool> {
    Ok(nix::unistd::Group::from_name(name)?.is_some())
}

/// There are no such groups here.
#[cfg(not(unix))]
pub fn has_group(_name: &str) -> std::io::Result<bool> {
    Err(std::io::ErrorKind::Unsupported.into())
}
