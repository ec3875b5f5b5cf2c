//! `afed connector`: the ways to get temporary credentials.

mod create;
mod interview;
mod list;
mod show;

use anyhow::Result;
use clap::{Args, Subcommand};

use crate::app::App;
use crate::ui::Streams;

/// Manage connectors: who gets which temporary credentials
#[derive(Debug, Args)]
pub struct ConnectorArgs {
    #[command(subcommand)]
    verb: ConnectorVerb,
}

#[derive(Debug, Subcommand)]
enum ConnectorVerb {
    Create(Box<create::CreateArgs>),
    List(list::ListArgs),
    Show(show::ShowArgs),
}

pub fn run(args: ConnectorArgs, app: &App, streams: &mut Streams) -> Result<()> {
    match args.verb {
        ConnectorVerb::Create(args) => create::run(&args, app, streams),
        ConnectorVerb::List(args) => list::run(&args, app, streams),
        ConnectorVerb::Show(args) => show::run(&args, app, streams),
    }
}
