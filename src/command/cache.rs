//! `afed cache`: what is kept on this machine between calls.
//! No configuration is read and no secret store asked unless the key of the cache can be nowhere else.

mod clear;
mod list;

use anyhow::Result;
use clap::{Args, Subcommand};

use crate::app::App;
use crate::ports::{Content, Entry, Inventory};
use crate::ui::Streams;

/// Look at what is kept on this machine, and take it away
#[derive(Debug, Args)]
pub struct CacheArgs {
    #[command(subcommand)]
    verb: CacheVerb,
}

#[derive(Debug, Subcommand)]
enum CacheVerb {
    List(list::ListArgs),
    Clear(clear::ClearArgs),
}

pub fn run(args: &CacheArgs, app: &App, streams: &mut Streams) -> Result<()> {
    match &args.verb {
        CacheVerb::List(args) => list::run(args, app, streams),
        CacheVerb::Clear(args) => clear::run(args, app, streams),
    }
}

/// All that is kept, opened as far as it can be.
fn opened_entries(app: &App) -> Result<Vec<Entry>> {
    let entries = app.cache(None).entries()?;
    if entries.iter().all(is_open) {
        return Ok(entries);
    }
    // Without a configuration there is no secret store that the key could be in.
    let Ok(settings) = app.settings() else { return Ok(entries) };
    let secrets = app.secrets(&settings.secrets)?;
    Ok(app.cache(Some(secrets.as_ref())).entries()?)
}

const fn is_open(entry: &Entry) -> bool {
    !matches!(entry.content, Content::Pass(None) | Content::Lease(_, None))
}
