//! Whether a file that decides who gets what may be believed: nobody but its owner can write it, and that is this user or
//! root. Pure: who may do what with the file is given.

use std::path::PathBuf;

/// The user who may do everything anyway.
pub const ROOT: u32 = 0;
const WRITABLE_BY_OTHERS: u32 = 0o022;

/// Who may do what with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Access {
    /// The permission bits alone.
    pub mode: u32,
    pub owner: u32,
}

/// Why a file is not to be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Doubt {
    /// Its owner can change it at any time, whatever its mode says.
    #[error("it belongs to the user with the id {owner}")]
    OfSomebodyElse { owner: u32, me: u32 },
    /// Also by a group that has nobody else in it today: who comes into it later would be let in unawares.
    #[error("its mode is {mode:04o}, so that others can write it")]
    WritableByOthers { mode: u32 },
}

/// A file that was not read, as somebody else may have written it.
#[derive(Debug, thiserror::Error)]
#[error("{} can't be trusted: {doubt}", .path.display())]
pub struct Distrusted {
    pub path: PathBuf,
    pub doubt: Doubt,
}

impl Access {
    /// What speaks against the file for the user with this id.
    pub fn doubt(self, me: u32) -> Option<Doubt> {
        let Self { mode, owner } = self;
        if owner != me && owner != ROOT {
            Some(Doubt::OfSomebodyElse { owner, me })
        } else if mode & WRITABLE_BY_OTHERS != 0 {
            Some(Doubt::WritableByOthers { mode })
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_nobody_else_can_write_is_believed() {
        let somebody = |me| Some(Doubt::OfSomebodyElse { owner: 8, me });
        for (mode, owner, expected) in [
            (0o600, 7, None),
            (0o400, 7, None),
            (0o644, 7, None),
            (0o644, ROOT, None),
            (0o664, 7, Some(Doubt::WritableByOthers { mode: 0o664 })),
            (0o602, 7, Some(Doubt::WritableByOthers { mode: 0o602 })),
            (0o666, ROOT, Some(Doubt::WritableByOthers { mode: 0o666 })),
            (0o600, 8, somebody(7)),
            (0o666, 8, somebody(7)),
        ] {
            assert_eq!(Access { mode, owner }.doubt(7), expected, "{mode:o} {owner}");
        }
        assert_eq!(Access { mode: 0o600, owner: 8 }.doubt(ROOT), somebody(ROOT), "root obeys nobody");
    }
}
