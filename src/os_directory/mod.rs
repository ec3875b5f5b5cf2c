//! The directory port over the users and groups of this machine.
