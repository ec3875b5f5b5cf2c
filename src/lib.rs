//! afed vends temporary AWS credentials to the people in Atlassian Crowd groups.
//! The rooms and the direction of their arrows are drawn in ARCHITECTURE.md.

mod app;
mod audit_trail;
mod aws_files;
mod cache;
mod command;
mod config;
mod crowd;
#[cfg(test)]
#[path = "../tests/afed/emulator.rs"]
#[allow(dead_code, reason = "the integration tests use the rest of it")]
mod emulator;
mod failure;
mod federation;
#[cfg(test)]
mod fuzz;
mod host_role;
mod mfa;
mod model;
mod os_directory;
mod policy;
mod ports;
mod process;
mod render;
mod run;
mod secrets;
mod sts;
mod sys;
mod ui;
mod vending;

pub use process::Process;
pub use run::run;
