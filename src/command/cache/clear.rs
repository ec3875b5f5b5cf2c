//! `afed cache clear`: takes away what is kept. It asks nothing, as all it can cost is that something is fetched anew;
//! whoever is just fetching goes on, and one entry that stays keeps none of the others.

use anyhow::Result;
use clap::Args;

use super::opened_entries;
use crate::app::App;
use crate::model::name::ConnectorName;
use crate::ports::{CacheError, Content, Entry, Inventory};
use crate::ui::Streams;
use crate::vending::stock::{self, Extent, Unwanted};

/// Take away what is kept on this machine, so that it is fetched anew
///
/// Credentials that were handed out can't be taken back: they live until they expire
#[derive(Debug, Args)]
pub struct ClearArgs {
    /// The connector whose credentials go [default: everything goes]
    #[arg(value_name = "CONNECTOR")]
    connector: Option<ConnectorName>,
    /// Take away only what has expired or can't be opened
    #[arg(long)]
    expired: bool,
}

pub fn run(args: &ClearArgs, app: &App, streams: &mut Streams) -> Result<()> {
    let cache = app.cache(None);
    let extent = if args.expired { Extent::Useless } else { Extent::All };
    let unwanted = Unwanted { connector: args.connector.as_ref(), extent };
    let is_everything = args.connector.is_none() && extent == Extent::All;
    let entries = if is_everything { cache.entries()? } else { opened_entries(app)? };
    let mut count = Count::default();
    let mut failures = Vec::new();
    for entry in stock::unwanted(&entries, unwanted, app.clock.now()) {
        match cache.remove(entry) {
            Ok(true) => count.add(entry),
            Ok(false) => {}
            Err(failure) => failures.push(failure),
        }
    }
    match count.in_words() {
        Some(what) => streams.status(&format!("Took away {what}")),
        None if failures.is_empty() => streams.status(&nothing(args)),
        None => {}
    }
    end(failures, streams)
}

/// A name may be mistyped, and nobody needs a configuration here that would tell.
fn nothing(args: &ClearArgs) -> String {
    let of = args.connector.as_ref().map_or_else(String::new, |connector| format!(" of the connector “{connector}”"));
    format!("There was nothing{of} to take away")
}

/// Fails as the first that could not be taken away; of the others it is told how many they are.
fn end(failures: Vec<CacheError>, streams: &mut Streams) -> Result<()> {
    let others = failures.len().saturating_sub(1);
    let Some(first) = failures.into_iter().next() else { return Ok(()) };
    if others > 0 {
        streams.warning(&format!("{others} more could not be taken away"));
    }
    Err(first.into())
}

#[derive(Default)]
struct Count {
    leases: usize,
    passes: usize,
    locks: usize,
    unfinished: usize,
}

impl Count {
    const fn add(&mut self, entry: &Entry) {
        match entry.content {
            Content::Lease(..) => self.leases += 1,
            Content::Pass(_) => self.passes += 1,
            Content::Lock => self.locks += 1,
            Content::Unfinished => self.unfinished += 1,
        }
    }

    /// Such as `2 leases, 1 pass`; `None` for nothing.
    fn in_words(&self) -> Option<String> {
        let counted = [
            (self.leases, "lease", "leases"),
            (self.passes, "pass", "passes"),
            (self.locks, "lock", "locks"),
            (self.unfinished, "unfinished file", "unfinished files"),
        ];
        let counted = counted.into_iter().filter(|(count, ..)| *count > 0);
        let words: Vec<String> =
            counted.map(|(count, one, more)| format!("{count} {}", if count == 1 { one } else { more })).collect();
        (!words.is_empty()).then(|| words.join(", "))
    }
}
