//! A Crowd directory on the loopback interface: it answers the `usermanagement/1` REST service as Crowd does, from a
//! population in memory. The example program serves it to people, the integration tests start one each and change it
//! while it runs. It checks what Crowd checks and nothing more: it is no place for real passwords.

#![allow(dead_code, unused_imports, reason = "the example program and the tests each use a part of it")]

mod certificate;
mod connection;
mod controls;
mod entities;
mod groups;
mod http;
mod nesting;
mod people;
mod population;
mod restriction;
mod script;
mod search;
mod service;
mod session_calls;
mod sessions;
mod xml;

pub use controls::CrowdServer;
pub use http::Received;
pub use population::{Application, Group, Person, Population};
pub use script::Scripted;
