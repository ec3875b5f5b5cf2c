//! The integration tests: one binary, so that they are linked once.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "../../examples/crowd/loopback/mod.rs"]
mod crowd_directory;

mod accounts;
mod connectors;
mod crowd_clients;
mod crowd_rules;
mod emulator;
mod endpoints;
mod first_day;
mod formats;
mod house;
mod lease_cache;
mod principals;
mod profiles;
mod refusals;
mod sandbox;
mod sdks;
mod sources;
mod sts_limits;
mod sts_proxy;
mod trap;
