//! Images of this process's memory, which the system leaves behind where a signal such as that of Ctrl-\ ends it: secrets
//! would be in them. From the start on this process leaves none; a program that it starts may, as far as it might have.
//! On Linux [`super::memory_image`] keeps more than that; this stays for other systems, and for where that is refused. It
//! costs one call where the limit is 0 already, as it mostly is, and a second one where it is not.

/// Withheld from this process; what was allowed before is for the programs that it runs for somebody.
#[derive(Debug, Clone, Copy)]
pub struct CoreImages {
    #[cfg(unix)]
    earlier: Option<(u64, u64)>,
}

#[cfg(unix)]
impl CoreImages {
    /// A system that can't be told so goes on as it does.
    pub fn withhold() -> Self {
        use nix::sys::resource::{Resource, getrlimit};
        let earlier = getrlimit(Resource::RLIMIT_CORE).ok().filter(|(largest, _)| *largest > 0);
        let images = Self { earlier };
        images.withhold_again();
        images
    }

    /// After [`Self::allow`].
    pub fn withhold_again(self) {
        self.earlier.inspect(|(_, most)| limit(0, *most));
    }

    /// For a program that is started next, and this process until then.
    pub fn allow(self) {
        self.earlier.inspect(|(largest, most)| limit(*largest, *most));
    }
}

#[cfg(unix)]
fn limit(largest: u64, most: u64) {
    use nix::sys::resource::{Resource, setrlimit};
    let _ = setrlimit(Resource::RLIMIT_CORE, largest, most);
}

#[cfg(not(unix))]
impl CoreImages {
    pub const fn withhold() -> Self {
        Self {}
    }
}
