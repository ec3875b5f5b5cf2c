//! `afed connector`: the ways to get temporary credentials.

mod check;
mod create;
mod delete;
mod edit;
mod export;
mod fields;
mod hooks;
mod import;
mod interview;
mod list;
mod rename;
mod revision;
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
    Edit(Box<edit::EditArgs>),
    Rename(rename::RenameArgs),
    Delete(delete::DeleteArgs),
    Check(check::CheckArgs),
    Import(import::ImportArgs),
    Export(export::ExportArgs),
}

pub fn run(args: ConnectorArgs, app: &App, streams: &mut Streams) -> Result<()> {
    match args.verb {
        ConnectorVerb::Create(args) => create::run(&args, app, streams),
        ConnectorVerb::List(args) => list::run(&args, app, streams),
        ConnectorVerb::Show(args) => show::run(&args, app, streams),
        ConnectorVerb::Edit(args) => edit::run(&args, app, streams),
        ConnectorVerb::Rename(args) => rename::run(&args, app, streams),
        ConnectorVerb::Delete(args) => delete::run(&args, app, streams),
        ConnectorVerb::Check(args) => check::run(&args, app, streams),
        ConnectorVerb::Import(args) => import::run(&args, app, streams),
        ConnectorVerb::Export(args) => export::run(&args, app, streams),
    }
}
