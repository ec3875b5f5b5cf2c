//! The image of this process's memory, which holds secrets while they are in use. It is kept from core dumps and from the
//! other processes of the same user; root can still read it. A program that takes this process's place, or is started by
//! it, has an image of its own, with which this has nothing to do. A limit on core files ([`super::core_images`]) does not
//! do: none keeps a dump from a program that the kernel is told to hand dumps to, nor another process from looking in.

/// Keeps the image to this process. A kernel that refuses is no reason to withhold credentials: then all is as it would be
/// with any other program.
#[cfg(target_os = "linux")]
pub fn keep_private() {
    let _ = nix::sys::prctl::set_dumpable(false);
}

/// Here nothing is known that the programs this one starts would not inherit.
#[cfg(not(target_os = "linux"))]
pub const fn keep_private() {}
