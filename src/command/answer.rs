//! The answers of listings: JSON for programs, plain text for people; each written once.

use anyhow::Result;
use serde::Serialize;

use super::error::CommandError;
use crate::render::table;
use crate::ui::Streams;

/// A JSON document with a line end, in which nothing disturbs a terminal.
pub fn json(streams: &mut Streams, value: &impl Serialize) -> Result<()> {
    text(streams, &format!("{}\n", table::printable_json(&serde_json::to_string_pretty(value)?)))
}

/// Facts about one thing, a line each; those that are not known are left out.
pub fn facts(streams: &mut Streams, facts: impl IntoIterator<Item = (&'static str, Option<String>)>) -> Result<()> {
    let rows: Vec<_> = facts.into_iter().filter_map(|(name, value)| Some([name.to_owned(), value?])).collect();
    text(streams, &table::facts(&rows))
}

pub fn text(streams: &mut Streams, text: &str) -> Result<()> {
    streams.payload(text.as_bytes()).map_err(CommandError::OutputLost)?;
    Ok(())
}
