//! What things are: accounts, connectors, people, leases and the rules they keep.
//! Everything here is pure: text and values in, values or a named broken rule out.
//! No file, network, clock or environment is read in this room.

pub mod account;
pub mod actor;
pub mod arn;
pub mod audit;
pub mod aws_action;
pub mod base_url;
pub mod call_chain;
pub mod command_line;
pub mod connector;
pub mod console;
pub mod crowd_address;
pub mod crowd_advisory;
pub mod crowd_application;
pub mod duration;
pub mod failure;
pub mod file_mark;
#[cfg(test)]
mod fuzz;
pub mod grant;
pub mod hex;
pub mod json_text;
pub mod lease;
pub mod mfa;
pub mod name;
pub mod narrowing;
pub mod nearest;
pub mod partition;
pub mod pass;
pub mod passphrase_source;
pub mod person;
pub mod policy_document;
pub mod principal;
pub mod region;
pub mod rotation;
pub mod secret;
pub mod secret_store_choice;
pub mod session_name;
pub mod session_policy;
pub mod session_tag;
pub mod system_name;
pub mod trust;
pub mod user_key;
