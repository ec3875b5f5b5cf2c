//! The secret store port over the OS keyrings and over an encrypted file.
