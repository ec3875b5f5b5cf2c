//! Many connectors written at once, in a time that grows with their number and not with its square: a table that stands as a
//! block is changed by itself, whatever else the file holds.

use std::ops::Range;
use std::path::Path;

use super::layout::Layout;
use super::{Place, fields, splice};
use crate::config::error::ConfigError;
use crate::config::file::{self, ConnectorTable};
use crate::model::name::ConnectorName;

/// A connector that shall be in the file, with what it is there now.
#[derive(Debug, Clone)]
pub struct PutConnector {
    pub name: ConnectorName,
    pub before: Option<ConnectorTable>,
    pub after: ConnectorTable,
}

/// Writes all of these connectors, or none: new ones behind those that are there, in their order, and in ones that are there
/// the keys that differ. Each `before` is what the text must say.
pub fn put_connectors(path: &Path, text: &str, connectors: &[PutConnector]) -> Result<String, ConfigError> {
    let written = file::parse(path.to_owned(), text)?.file.connectors;
    for PutConnector { name, before, .. } in connectors {
        match (before, written.get(name.as_str())) {
            (None, None) => {}
            (None, Some(_)) => place_of(path, name).refuse_taken(text, |_| true)?,
            (Some(before), found) => place_of(path, name).refuse_changed(found, before)?,
        }
    }
    let edited = splice::add_tables(&changed(path, text, connectors), "connectors", &new_tables(connectors));
    let Some(last) = connectors.last() else { return Ok(edited) };
    place_of(path, &last.name).proved(text, edited, |file| {
        file.connectors.extend(connectors.iter().map(|put| (put.name.to_string(), put.after.clone())));
    })
}

/// The tables of connectors as they would be written.
pub fn connectors_as_text(connectors: &[PutConnector]) -> String {
    let tables: Vec<_> =
        connectors.iter().map(|put| (["connectors", put.name.as_str()], fields::of_connector(&put.after))).collect();
    splice::add_tables("", "connectors", &tables)
}

fn place_of<'a>(path: &'a Path, name: &'a ConnectorName) -> Place<'a> {
    Place { path, group: "connectors", name: name.as_str() }
}

fn new_tables(connectors: &[PutConnector]) -> Vec<([&str; 2], fields::Fields)> {
    let new = connectors.iter().filter(|put| put.before.is_none());
    new.map(|put| (["connectors", put.name.as_str()], fields::of_connector(&put.after))).collect()
}

/// The text with the keys changed of those that are there.
fn changed(path: &Path, text: &str, connectors: &[PutConnector]) -> String {
    let blocks = Layout::of(text).map(|layout| layout.blocks("connectors")).unwrap_or_default();
    let mut edits: Vec<(&Range<usize>, String)> = Vec::new();
    let mut scattered = Vec::new();
    for put in connectors {
        match (&put.before, blocks.get(put.name.as_str())) {
            (Some(before), Some(block)) => edits.push((block, change(path, &text[block.clone()], put, before))),
            (Some(before), None) => scattered.push((put, before)),
            (None, _) => {}
        }
    }
    edits.sort_by_key(|(block, _)| block.start);
    let mut edited = String::with_capacity(text.len());
    let mut end = 0;
    for (block, new) in edits {
        edited.push_str(&text[end..block.start]);
        edited.push_str(&new);
        end = block.end;
    }
    edited.push_str(&text[end..]);
    scattered.into_iter().fold(edited, |text, (put, before)| change(path, &text, put, before))
}

fn change(path: &Path, text: &str, put: &PutConnector, before: &ConnectorTable) -> String {
    place_of(path, &put.name).changed(text, &fields::of_connector(before), &fields::of_connector(&put.after))
}
