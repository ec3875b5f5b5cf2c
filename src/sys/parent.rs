//! The process that started this one, as the operating system names it.

/// Its number.
#[cfg(unix)]
pub fn pid() -> Option<u32> {
    u32::try_from(nix::unistd::getppid().as_raw()).ok()
}

/// Not to be had without unsafe code.
#[cfg(not(unix))]
pub const fn pid() -> Option<u32> {
    None
}

/// The file that it runs, or its name where that isn't told; `None` where neither is.
#[cfg(target_os = "linux")]
pub fn program(pid: u32) -> Option<String> {
    if let Ok(file) = std::fs::read_link(format!("/proc/{pid}/exe")) {
        return Some(file.to_string_lossy().into_owned());
    }
    let name = std::fs::read(format!("/proc/{pid}/comm")).ok()?;
    Some(String::from_utf8_lossy(&name).trim_end().to_owned())
}

#[cfg(not(target_os = "linux"))]
pub const fn program(_pid: u32) -> Option<String> {
    None
}
