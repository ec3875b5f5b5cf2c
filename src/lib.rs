//! afed vends temporary AWS credentials to the people in Atlassian Crowd groups.
//! The rooms and the direction of their arrows are drawn in ARCHITECTURE.md.
#![allow(dead_code, unused_imports, reason = "the rooms are being furnished")]

mod aws_files;
mod command;
mod config;
mod crowd;
mod leases;
mod model;
mod os_directory;
mod ports;
mod render;
mod secrets;
mod sts;
mod sys;
mod ui;
mod vending;
