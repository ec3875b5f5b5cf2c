//! The token service port over AWS STS.
