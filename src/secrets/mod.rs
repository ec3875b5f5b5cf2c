//! The secret store port over the OS keyrings and over an encrypted file.

mod file;

pub use file::{EncryptedFileStore, FileStoreOptions};
