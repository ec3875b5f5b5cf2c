//! One file per verb: its arguments with their help, and what it does.
//! Every answer that a command asks for can be given as a flag; secrets come from a prompt or standard input only.

mod account;
mod answer;
mod audit;
mod audited;
mod aws_file;
mod cache;
mod complete;
mod completions;
mod config_file;
mod confirmation;
mod connector;
mod console;
mod creds;
mod doctor;
mod error;
mod exec;
#[cfg(test)]
mod fuzz;
mod hook_line;
mod init;
mod login;
mod logout;
mod man;
mod mfa_args;
mod narrow_args;
mod policy;
mod profile;
mod prompt;
mod questions;
mod report;
mod scope_args;
mod shell_init;
mod standing;
mod stored;
mod surface;
mod text_file;
mod vending;
pub mod version;
mod whoami;
mod written_profile;

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::app::App;
use crate::ui::Streams;

pub use error::CommandError;
pub use surface::SurfaceArgs;

/// What stands above the flags of every command in a help text.
const GLOBAL: &str = "Global options";

const AFTER_HELP: &str = "\
Examples:
  afed init                             Set up the directory and the secret store, once
  afed login                            Log in to Crowd
  eval \"$(afed creds deploy)\"           Set credentials of the connector “deploy” in this shell
  afed exec deploy -- terraform plan    Run a command with them
  afed profile add deploy               Let the AWS CLI and the SDKs ask by themselves

Exit codes:
  0 done, 1 wrong request or configuration, 2 wrong command line, 3 log in first, 4 denied by the
  directory or AWS, 5 not reached or no answer, 70 a fault of afed; with exec, the command's own,
  126 it can't be run, 127 it is not there";

/// Temporary AWS credentials for the people in Atlassian Crowd groups
#[derive(Debug, Parser)]
#[command(name = "afed", version, disable_help_subcommand = true, max_term_width = 100, after_help = AFTER_HELP)]
pub struct Cli {
    /// Read this configuration file in place of the person's own [env: AFED_CONFIG]
    #[arg(long, global = true, value_name = "FILE", help_heading = GLOBAL)]
    pub config: Option<PathBuf>,

    #[command(flatten)]
    pub surface: SurfaceArgs,

    /// With --version: answer in JSON, with what a report of a fault should tell
    #[arg(long, requires = "version")]
    json: bool,

    #[command(subcommand)]
    pub verb: Verb,
}

impl Cli {
    /// What was typed, or what the parser has to say about it: a fault, or the help that was asked for.
    pub fn read(arguments: &[OsString]) -> Result<Self, clap::Error> {
        let prompt = || Some(Self::plain(None, Verb::Prompt(prompt::PromptArgs::recognise(arguments)?)));
        hook_line::recognise(arguments).or_else(prompt).map_or_else(|| Self::try_parse_from(arguments), Ok)
    }

    /// The same with nothing but a verb.
    const fn plain(config: Option<PathBuf>, verb: Verb) -> Self {
        Self { config, surface: SurfaceArgs::plain(), json: false, verb }
    }
}

#[derive(Debug, Subcommand)]
pub enum Verb {
    Init(init::InitArgs),
    Login(login::LoginArgs),
    Logout(logout::LogoutArgs),
    Whoami(whoami::WhoamiArgs),
    Account(account::AccountArgs),
    Connector(connector::ConnectorArgs),
    Policy(policy::PolicyArgs),
    Creds(creds::CredsArgs),
    Exec(exec::ExecArgs),
    Console(console::ConsoleArgs),
    Profile(profile::ProfileArgs),
    Cache(cache::CacheArgs),
    ShellInit(shell_init::ShellInitArgs),
    Prompt(prompt::PromptArgs),
    Audit(audit::AuditArgs),
    Doctor(doctor::DoctorArgs),
    Completions(completions::CompletionsArgs),
    Complete(complete::CompleteArgs),
    Man(man::ManArgs),
}

impl Verb {
    /// Whether an SDK is the caller, which shows one line of a failure at most.
    pub fn is_hook(&self) -> bool {
        matches!(self, Self::Creds(args) if args.is_hook())
    }
}

/// Runs the verb that was parsed. The exit code is 0, but where a command's own is passed on.
pub fn dispatch(verb: Verb, app: &App, streams: &mut Streams) -> Result<u8> {
    let done = match verb {
        Verb::Exec(args) => return exec::run(&args, app, streams),
        Verb::Init(args) => init::run(&args, app, streams),
        Verb::Login(args) => login::run(&args, app, streams),
        Verb::Logout(args) => logout::run(&args, app, streams),
        Verb::Whoami(args) => whoami::run(&args, app, streams),
        Verb::Account(args) => account::run(args, app, streams),
        Verb::Connector(args) => connector::run(args, app, streams),
        Verb::Policy(args) => policy::run(args, app, streams),
        Verb::Creds(args) => creds::run(&args, app, streams),
        Verb::Console(args) => console::run(&args, app, streams),
        Verb::Profile(args) => profile::run(args, app, streams),
        Verb::Cache(args) => cache::run(&args, app, streams),
        Verb::ShellInit(args) => shell_init::run(&args, app, streams),
        Verb::Prompt(args) => prompt::run(&args, app, streams),
        Verb::Audit(args) => audit::run(&args, app, streams),
        Verb::Doctor(args) => doctor::run(&args, app, streams),
        Verb::Completions(args) => completions::run(&args, streams),
        Verb::Complete(args) => complete::run(&args, app, streams),
        Verb::Man(args) => man::run(&args, streams),
    };
    if let Some(trouble) = app.trail_trouble.take() {
        streams.warning(&trouble);
    }
    done.map(|()| 0)
}
