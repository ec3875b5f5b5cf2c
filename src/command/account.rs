//! `afed account`: the sources of long-term authority.

pub mod check;
mod create;
mod delete;
mod device;
mod edit;
mod host_role;
mod import;
pub mod key;
mod list;
mod rotate;
mod show;

use anyhow::Result;
use clap::{Args, Subcommand};

use crate::app::App;
use crate::ui::Streams;

/// Manage accounts: the keys and roles that connectors sign with
#[derive(Debug, Args)]
pub struct AccountArgs {
    #[command(subcommand)]
    verb: AccountVerb,
}

#[derive(Debug, Subcommand)]
enum AccountVerb {
    Create(create::CreateArgs),
    Import(import::ImportArgs),
    List(list::ListArgs),
    Show(show::ShowArgs),
    Edit(edit::EditArgs),
    Delete(delete::DeleteArgs),
    Check(check::CheckArgs),
    Rotate(rotate::RotateArgs),
}

pub fn run(args: AccountArgs, app: &App, streams: &mut Streams) -> Result<()> {
    match args.verb {
        AccountVerb::Create(args) => create::run(&args, app, streams),
        AccountVerb::Import(args) => import::run(&args, app, streams),
        AccountVerb::List(args) => list::run(&args, app, streams),
        AccountVerb::Show(args) => show::run(&args, app, streams),
        AccountVerb::Edit(args) => edit::run(&args, app, streams),
        AccountVerb::Delete(args) => delete::run(&args, app, streams),
        AccountVerb::Check(args) => check::run(&args, app, streams),
        AccountVerb::Rotate(args) => rotate::run(&args, app, streams),
    }
}
