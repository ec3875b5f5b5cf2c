//! The integration tests: one binary, so that they are linked once.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "../../examples/crowd/loopback/mod.rs"]
mod crowd_directory;

mod conversation;
mod crowd_clients;
mod crowd_rules;
mod emulator;
mod encrypted_file;
mod first_day;
mod house;
mod keyring_session;
mod keyrings;
mod sandbox;
mod terminal;
