//! The answers of listings: JSON for programs, plain text for people; each written once.

use anyhow::Result;
use serde::Serialize;

use super::error::CommandError;
use crate::render::table::{self, Cell};
use crate::ui::Streams;

/// A JSON document with a line end, in which nothing disturbs a terminal.
pub fn json(streams: &mut Streams, value: &impl Serialize) -> Result<()> {
    text(streams, &format!("{}\n", table::printable_json(&serde_json::to_string_pretty(value)?)))
}

/// A listing, as wide as the terminal that it is read at; no line of it is cut anywhere else.
pub fn table<const COLUMNS: usize>(
    streams: &mut Streams,
    headings: [&str; COLUMNS],
    rows: &[[impl Cell; COLUMNS]],
) -> Result<()> {
    let listing = table::table(headings, rows, streams.look.output);
    text(streams, &listing)
}

/// Facts about one thing, a line each; those that are not known are left out.
pub fn facts(streams: &mut Streams, facts: impl IntoIterator<Item = (&'static str, Option<String>)>) -> Result<()> {
    let rows: Vec<_> = facts.into_iter().filter_map(|(name, value)| Some([name.to_owned(), value?])).collect();
    let listing = table::facts(&rows, streams.look.output.palette);
    text(streams, &listing)
}

pub fn text(streams: &mut Streams, text: &str) -> Result<()> {
    streams.payload(text.as_bytes()).map_err(CommandError::OutputLost)?;
    Ok(())
}
