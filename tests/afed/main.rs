//! The integration tests: one binary, so that they are linked once.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "../../examples/crowd/loopback/mod.rs"]
mod crowd_directory;

mod crowd_clients;
mod crowd_rules;
mod documents;
mod emulator;
mod first_day;
mod generated;
mod house;
mod sandbox;
