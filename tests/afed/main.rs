//! The integration tests: one binary, so that they are linked once.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails by panicking"
)]

#[path = "../../examples/crowd/loopback/mod.rs"]
mod crowd_directory;

mod account_edits;
mod accounts;
mod audit;
mod audit_attacks;
mod audit_refusals;
mod audit_writers;
mod broken_terminals;
mod bus_relay;
mod cache_faults;
mod cache_stock;
mod checks;
mod completions;
mod config_faults;
mod connections;
mod connector_edits;
mod connectors;
mod console;
mod conversation;
mod crash_points;
mod crowd_clients;
mod crowd_rules;
mod directory_denials;
mod distrust;
mod doctor;
mod documents;
mod emulator;
mod encrypted_file;
mod endpoints;
mod entitlement;
mod examples;
mod exec;
mod exec_own_files;
mod fields;
mod first_day;
mod formats;
mod gate;
mod generated;
mod homes;
mod host_role;
mod host_services;
mod hostile_directory;
mod house;
mod iam;
mod imports;
mod init;
mod instructions;
mod kernel_keys;
mod keyring_kills;
mod keyring_session;
mod keyrings;
mod kwallet;
mod leaks;
mod lease_cache;
mod limits;
mod lost_output;
mod manual;
mod many_callers;
mod memory;
mod mfa;
mod moved_clocks;
mod mutants;
mod narrowing;
mod open_profiles;
mod os_people;
mod patience;
mod poisoned_environment;
mod policies;
mod principals;
mod profiles;
mod promises;
mod prompts;
mod proxies;
mod refusals;
mod rotation;
mod rotation_kills;
mod sandbox;
mod schema;
mod sdks;
mod shared_host;
mod shells;
mod sign_in;
mod sign_in_endpoint;
mod sources;
mod sts_limits;
mod sts_mfa;
mod sts_proxy;
mod supply_chain;
mod surface;
mod system_scope;
mod terminal;
mod trap;
mod two_users;
mod waiting;
mod warm_path;
mod wiped;
mod written_profiles;
