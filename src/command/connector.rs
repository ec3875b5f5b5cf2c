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

use super::audited;
use crate::app::App;
use crate::model::audit::{Event, Subject};
use crate::model::name::ConnectorName;
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

impl ConnectorVerb {
    /// The connector of which a change is recorded, where one is named; the outer `None`: nothing is to be changed.
    fn changed(&self) -> Option<Option<&ConnectorName>> {
        match self {
            Self::Create(args) => Some(args.name.as_ref()),
            Self::Edit(args) => Some(Some(&args.name)),
            Self::Rename(args) => Some(Some(&args.old)),
            Self::Delete(args) => Some(Some(&args.name)),
            Self::Import(args) => (!args.dry_run).then_some(None),
            Self::List(_) | Self::Show(_) | Self::Check(_) | Self::Export(_) => None,
        }
    }
}

pub fn run(args: ConnectorArgs, app: &App, streams: &mut Streams) -> Result<()> {
    let Some(connector) = args.verb.changed() else { return dispatch(args.verb, app, streams) };
    let subject = Subject { connector: connector.map(ToString::to_string), ..Subject::default() };
    audited::attempt(Event::Configuration, &subject, app, || dispatch(args.verb, app, streams))
}

fn dispatch(verb: ConnectorVerb, app: &App, streams: &mut Streams) -> Result<()> {
    match verb {
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
