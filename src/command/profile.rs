//! `afed profile`: the `credential_process` hook in AWS's configuration file.

mod add;
mod foreign;
mod list;
mod remove;
pub mod state;
mod wanted;

use anyhow::Result;
use clap::{Args, Subcommand};

use crate::app::App;
use crate::ui::Streams;

/// Manage the profiles through which AWS tools call afed
#[derive(Debug, Args)]
pub struct ProfileArgs {
    #[command(subcommand)]
    verb: ProfileVerb,
}

#[derive(Debug, Subcommand)]
enum ProfileVerb {
    Add(add::AddArgs),
    List(list::ListArgs),
    Remove(remove::RemoveArgs),
}

pub fn run(args: ProfileArgs, app: &App, streams: &mut Streams) -> Result<()> {
    match args.verb {
        ProfileVerb::Add(args) => add::run(&args, app, streams),
        ProfileVerb::List(args) => list::run(&args, app, streams),
        ProfileVerb::Remove(args) => remove::run(&args, app, streams),
    }
}
