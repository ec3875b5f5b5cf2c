//! One file per verb: its arguments with their help, and what it does.
//! Every answer that a command asks for can be given as a flag; secrets come from a prompt or standard input only.

mod account;
mod answer;
mod completions;
mod config_file;
mod connector;
mod creds;
mod error;
mod init;
mod login;
mod logout;
mod profile;
mod questions;
mod whoami;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::app::App;
use crate::ui::Streams;

pub use error::CommandError;

/// Temporary AWS credentials for the people in Atlassian Crowd groups
#[derive(Debug, Parser)]
#[command(name = "afed", version, propagate_version = true, disable_help_subcommand = true, max_term_width = 100)]
pub struct Cli {
    /// Read this configuration file in place of the person's own [env: AFED_CONFIG]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,

    #[command(subcommand)]
    pub verb: Verb,
}

#[derive(Debug, Subcommand)]
pub enum Verb {
    Init(init::InitArgs),
    Login(login::LoginArgs),
    Logout(logout::LogoutArgs),
    Whoami(whoami::WhoamiArgs),
    Account(account::AccountArgs),
    Connector(connector::ConnectorArgs),
    Creds(creds::CredsArgs),
    Profile(profile::ProfileArgs),
    Completions(completions::CompletionsArgs),
}

impl Verb {
    /// Whether an SDK is the caller, which shows one line of a failure at most.
    pub fn is_hook(&self) -> bool {
        matches!(self, Self::Creds(args) if args.is_hook())
    }
}

/// Runs the verb that was parsed.
pub fn dispatch(verb: Verb, app: &App, streams: &mut Streams) -> Result<()> {
    match verb {
        Verb::Init(args) => init::run(&args, app, streams),
        Verb::Login(args) => login::run(&args, app, streams),
        Verb::Logout(args) => logout::run(&args, app, streams),
        Verb::Whoami(args) => whoami::run(&args, app, streams),
        Verb::Account(args) => account::run(args, app, streams),
        Verb::Connector(args) => connector::run(args, app, streams),
        Verb::Creds(args) => creds::run(&args, app, streams),
        Verb::Profile(args) => profile::run(args, app, streams),
        Verb::Completions(args) => completions::run(&args, streams),
    }
}
