//! From the parser's error to the fault's place: which key, in which table, on which line.
//! Only looked at when a file can't be read, so it may parse the text again.

use std::path::Path;

use toml_edit::{Document, Item, TableLike};

use super::error::{ConfigError, nearest};
use super::file::{
    ACCOUNT_KEYS, CACHE_KEYS, CONNECTOR_KEYS, CONSOLE_KEYS, CROWD_KEYS, OS_KEYS, SECRETS_KEYS, TOP_KEYS,
};

/// The fault that made the parser stop.
pub fn explain(path: &Path, text: &str, error: &toml::de::Error) -> ConfigError {
    if let Some(unknown) = Document::parse(text).ok().and_then(|document| find_unknown_key(document.as_table())) {
        return ConfigError::UnknownKey {
            path: path.to_owned(),
            line: line_at(text, unknown.offset),
            table: unknown.table,
            nearest: nearest(&unknown.key, unknown.known.iter().copied()),
            key: unknown.key,
        };
    }
    let line = error.span().map_or(1, |span| line_at(text, span.start));
    ConfigError::Syntax { path: path.to_owned(), line, message: error.message().replace('\n', " ") }
}

struct UnknownKey {
    table: String,
    key: String,
    offset: usize,
    known: &'static [&'static str],
}

fn find_unknown_key(top: &dyn TableLike) -> Option<UnknownKey> {
    let single = [
        ("crowd", CROWD_KEYS),
        ("os", OS_KEYS),
        ("secrets", SECRETS_KEYS),
        ("cache", CACHE_KEYS),
        ("console", CONSOLE_KEYS),
    ];
    let named = [("accounts", ACCOUNT_KEYS), ("connectors", CONNECTOR_KEYS)];
    unknown_in("the top level".to_owned(), top, TOP_KEYS)
        .or_else(|| {
            single.into_iter().find_map(|(name, keys)| unknown_in(format!("[{name}]"), table_at(top, name)?, keys))
        })
        .or_else(|| {
            named.into_iter().find_map(|(group, keys)| {
                let tables = table_at(top, group)?;
                tables
                    .iter()
                    .find_map(|(name, item)| unknown_in(format!("[{group}.{name}]"), item.as_table_like()?, keys))
            })
        })
}

fn table_at<'a>(parent: &'a dyn TableLike, key: &str) -> Option<&'a dyn TableLike> {
    parent.get(key).and_then(Item::as_table_like)
}

fn unknown_in(table: String, entries: &dyn TableLike, known: &'static [&'static str]) -> Option<UnknownKey> {
    let (key, item) = entries.iter().find(|(key, _)| !known.contains(key))?;
    let written = entries.key(key).and_then(toml_edit::Key::span).or_else(|| item.span());
    Some(UnknownKey { table, key: key.to_owned(), offset: written.map_or(0, |span| span.start), known })
}

fn line_at(text: &str, offset: usize) -> usize {
    text.as_bytes().iter().take(offset).filter(|byte| **byte == b'\n').count() + 1
}
