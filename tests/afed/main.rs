//! The integration tests: one binary, so that they are linked once.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "../../examples/crowd/loopback/mod.rs"]
mod crowd_directory;

mod config_faults;
mod conversation;
mod crowd_clients;
mod crowd_rules;
mod directory_denials;
mod emulator;
mod encrypted_file;
mod entitlement;
mod first_day;
mod house;
mod init;
mod keyring_session;
mod keyrings;
mod os_people;
mod proxies;
mod sandbox;
mod sign_in;
mod terminal;
