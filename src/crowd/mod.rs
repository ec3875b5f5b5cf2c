//! The directory port over Crowd REST (`usermanagement/1`).
