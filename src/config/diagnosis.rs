//! From the parser's error to the fault's place: which key, in which table, on which line.
//! Only looked at when a file can't be read, so it may parse the text again.

use std::path::Path;

use toml_edit::{Document, Item, TableLike};

use super::error::{ConfigError, nearest};
use super::file::{
    ACCOUNT_KEYS, AUDIT_KEYS, CACHE_KEYS, CONNECTOR_KEYS, CONSOLE_KEYS, CROWD_KEYS, OS_KEYS, SECRETS_KEYS, TOP_KEYS,
};

/// The fault that made the parser stop.
pub fn explain(path: &Path, text: &str, error: &toml::de::Error) -> ConfigError {
    match unknown_keys(path, text).into_iter().next() {
        Some((unknown, _)) => unknown,
        None => of_parser(path, text, error),
    }
}

/// The parser's error, with its line.
pub fn of_parser(path: &Path, text: &str, error: &toml::de::Error) -> ConfigError {
    let line = error.span().map_or(1, |span| line_at(text, span.start));
    ConfigError::Syntax { path: path.to_owned(), line, message: error.message().replace('\n', " ") }
}

/// Every key of a text that parses and that afed does not know, each with its offset.
pub fn unknown_keys(path: &Path, text: &str) -> Vec<(ConfigError, usize)> {
    let Ok(document) = Document::parse(text) else { return Vec::new() };
    let as_error = |unknown: UnknownKey| {
        let error = ConfigError::UnknownKey {
            path: path.to_owned(),
            line: line_at(text, unknown.offset),
            table: unknown.table,
            nearest: nearest(&unknown.key, unknown.known.iter().copied()),
            key: unknown.key,
        };
        (error, unknown.offset)
    };
    find_unknown_keys(document.as_table()).into_iter().map(as_error).collect()
}

struct UnknownKey {
    table: String,
    key: String,
    offset: usize,
    known: &'static [&'static str],
}

fn find_unknown_keys(top: &dyn TableLike) -> Vec<UnknownKey> {
    let single = [
        ("crowd", CROWD_KEYS),
        ("os", OS_KEYS),
        ("secrets", SECRETS_KEYS),
        ("cache", CACHE_KEYS),
        ("console", CONSOLE_KEYS),
        ("audit", AUDIT_KEYS),
    ];
    let named = [("accounts", ACCOUNT_KEYS), ("connectors", CONNECTOR_KEYS)];
    let mut found = unknown_in("the top level", top, TOP_KEYS);
    for (name, keys) in single {
        found
            .extend(table_at(top, name).map(|table| unknown_in(&format!("[{name}]"), table, keys)).unwrap_or_default());
    }
    for (group, keys) in named {
        for (name, item) in table_at(top, group).into_iter().flat_map(TableLike::iter) {
            let entries = item.as_table_like().map(|table| unknown_in(&format!("[{group}.{name}]"), table, keys));
            found.extend(entries.unwrap_or_default());
        }
    }
    found
}

fn table_at<'a>(parent: &'a dyn TableLike, key: &str) -> Option<&'a dyn TableLike> {
    parent.get(key).and_then(Item::as_table_like)
}

fn unknown_in(table: &str, entries: &dyn TableLike, known: &'static [&'static str]) -> Vec<UnknownKey> {
    let unknown = entries.iter().filter(|(key, _)| !known.contains(key));
    let as_found = |(key, item): (&str, &Item)| {
        let written = entries.key(key).and_then(toml_edit::Key::span).or_else(|| item.span());
        let offset = written.map_or(0, |span| span.start);
        UnknownKey { table: table.to_owned(), key: key.to_owned(), offset, known }
    };
    unknown.map(as_found).collect()
}

/// The line of an offset, counted from 1.
pub fn line_at(text: &str, offset: usize) -> usize {
    text.as_bytes().iter().take(offset).filter(|byte| **byte == b'\n').count() + 1
}
