//! From a passphrase to the key of the encrypted file, through Argon2id.
//! What may be used is bounded from both sides: below OWASP's recommendation a file would be too cheap to guess, and
//! above the upper bounds a hostile file could tie up the machine before anything about it is known to be true.

use std::ops::RangeInclusive;

use argon2::{Algorithm, Argon2, Params, Version};
use zeroize::Zeroizing;

use crate::model::secret::Secret;
use crate::ports::Cause;

pub const SALT_LENGTH: usize = 16;
pub const KEY_LENGTH: usize = 32;

/// In KiB; 19 MiB with two passes is the least that OWASP recommends.
const MEMORY: RangeInclusive<u32> = 19 * 1024..=256 * 1024;
const PASSES: RangeInclusive<u32> = 2..=16;
const LANES: RangeInclusive<u32> = 1..=4;

/// How costly one guess is: Argon2id's parameters, always within this module's bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    memory: u32,
    passes: u32,
    lanes: u32,
}

/// The cost that the parameters name is outside the bounds.
#[derive(Debug, PartialEq, Eq)]
pub struct CostOutOfBounds;

impl Cost {
    /// What new files get.
    pub const NEW: Self = Self { memory: 64 * 1024, passes: 3, lanes: 1 };

    /// Memory in KiB, passes and lanes.
    pub fn new(memory: u32, passes: u32, lanes: u32) -> Result<Self, CostOutOfBounds> {
        if MEMORY.contains(&memory) && PASSES.contains(&passes) && LANES.contains(&lanes) {
            Ok(Self { memory, passes, lanes })
        } else {
            Err(CostOutOfBounds)
        }
    }

    pub const fn memory(self) -> u32 {
        self.memory
    }

    pub const fn passes(self) -> u32 {
        self.passes
    }

    pub const fn lanes(self) -> u32 {
        self.lanes
    }
}

/// What a key is derived from besides the passphrase; the same recipe and passphrase give the same key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recipe {
    pub cost: Cost,
    pub salt: [u8; SALT_LENGTH],
}

impl Recipe {
    /// A recipe for a new file, with a salt of its own.
    pub fn fresh() -> Result<Self, Cause> {
        let mut salt = [0; SALT_LENGTH];
        getrandom::fill(&mut salt)?;
        Ok(Self { cost: Cost::NEW, salt })
    }

    /// Derives the key; takes a good part of a second by design.
    pub fn derive(&self, passphrase: &Secret) -> Result<Zeroizing<[u8; KEY_LENGTH]>, Cause> {
        let Cost { memory, passes, lanes } = self.cost;
        let parameters = Params::new(memory, passes, lanes, Some(KEY_LENGTH))?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters);
        let mut key = Zeroizing::new([0; KEY_LENGTH]);
        argon2.hash_password_into(passphrase.expose().as_bytes(), &self.salt, key.as_mut())?;
        Ok(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cost_is_neither_weak_nor_exhausting() {
        for (memory, passes, lanes) in [(19 * 1024, 2, 1), (64 * 1024, 3, 1), (256 * 1024, 16, 4)] {
            assert!(Cost::new(memory, passes, lanes).is_ok());
        }
        let ruinous = u32::MAX;
        for (memory, passes, lanes) in [
            (19 * 1024 - 1, 2, 1),
            (8, 2, 1),
            (256 * 1024 + 1, 2, 1),
            (ruinous, 2, 1),
            (64 * 1024, 1, 1),
            (64 * 1024, 17, 1),
            (64 * 1024, ruinous, 1),
            (64 * 1024, 3, 0),
            (64 * 1024, 3, 5),
        ] {
            assert_eq!(Cost::new(memory, passes, lanes), Err(CostOutOfBounds), "{memory} {passes} {lanes}");
        }
    }

    #[test]
    fn salt_cost_and_passphrase_each_change_the_key() {
        let recipe = Recipe { cost: Cost::new(19 * 1024, 2, 1).unwrap(), salt: [7; SALT_LENGTH] };
        let passphrase = Secret::new("correct horse".to_owned());
        let key = recipe.derive(&passphrase).unwrap();
        assert_eq!(*key, *recipe.derive(&passphrase).unwrap());
        let other_salt = Recipe { salt: [8; SALT_LENGTH], ..recipe };
        let other_cost = Recipe { cost: Cost::new(19 * 1024, 3, 1).unwrap(), ..recipe };
        assert_ne!(*key, *other_salt.derive(&passphrase).unwrap());
        assert_ne!(*key, *other_cost.derive(&passphrase).unwrap());
        assert_ne!(*key, *recipe.derive(&Secret::new("correct horsf".to_owned())).unwrap());
    }
}
