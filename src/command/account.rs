//! `afed account`: the sources of long-term authority.

mod create;
mod list;
mod rotate;
mod show;

use anyhow::Result;
use clap::{Args, Subcommand};

use crate::app::App;
use crate::ui::Streams;

/// Manage accounts: the keys that connectors sign with
#[derive(Debug, Args)]
pub struct AccountArgs {
    #[command(subcommand)]
    verb: AccountVerb,
}

#[derive(Debug, Subcommand)]
enum AccountVerb {
    Create(create::CreateArgs),
    List(list::ListArgs),
    Show(show::ShowArgs),
    Rotate(rotate::RotateArgs),
}

pub fn run(args: AccountArgs, app: &App, streams: &mut Streams) -> Result<()> {
    match args.verb {
        AccountVerb::Create(args) => create::run(&args, app, streams),
        AccountVerb::List(args) => list::run(&args, app, streams),
        AccountVerb::Show(args) => show::run(&args, app, streams),
        AccountVerb::Rotate(args) => rotate::run(&args, app, streams),
    }
}
