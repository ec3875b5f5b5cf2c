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
pub mod unowned;

use anyhow::Result;
use clap::{Args, Subcommand};

use super::init::unfinished;
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

impl AccountVerb {
    const fn changes_keys(&self) -> bool {
        match self {
            Self::Create(_) | Self::Import(_) | Self::Edit(_) | Self::Delete(_) | Self::Rotate(_) => true,
            Self::List(_) | Self::Show(_) | Self::Check(_) => false,
        }
    }
}

pub fn run(args: AccountArgs, app: &App, streams: &mut Streams) -> Result<()> {
    if args.verb.changes_keys() {
        unfinished::settle_earlier_locked(app, streams)?;
        unowned::settle_earlier(app, streams)?;
    }
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
