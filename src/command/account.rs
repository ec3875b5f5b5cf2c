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

use super::audited;
use super::init::unfinished;
use crate::app::App;
use crate::model::audit::{Event, Subject};
use crate::model::name::AccountName;
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
    /// What it is recorded as, of which account, where it changes keys; `None`: it only looks.
    const fn change(&self) -> Option<(Event, Option<&AccountName>)> {
        Some(match self {
            Self::Create(args) => (Event::Configuration, args.name.as_ref()),
            Self::Import(args) => (Event::Configuration, args.name.as_ref()),
            Self::Edit(args) => (Event::Configuration, Some(&args.name)),
            Self::Delete(args) => (Event::Configuration, Some(&args.name)),
            Self::Rotate(args) => (Event::Rotate, Some(&args.name)),
            Self::List(_) | Self::Show(_) | Self::Check(_) => return None,
        })
    }
}

pub fn run(args: AccountArgs, app: &App, streams: &mut Streams) -> Result<()> {
    let Some((event, account)) = args.verb.change() else { return dispatch(args.verb, app, streams) };
    let subject = Subject { account: account.map(ToString::to_string), ..Subject::default() };
    audited::attempt(event, &subject, app, || {
        unfinished::settle_earlier_locked(app, streams)?;
        unowned::settle_earlier(app, streams)?;
        dispatch(args.verb, app, streams)
    })
}

fn dispatch(verb: AccountVerb, app: &App, streams: &mut Streams) -> Result<()> {
    match verb {
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
