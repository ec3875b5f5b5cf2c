//! Changes of single keys in the text of a TOML file. Every byte outside of the key that is changed stays as it was:
//! comments, order, indentation and line ends, in standard tables, dotted keys and inline tables alike.
//! What can't be done comes back unchanged; the caller compares what the result says with what it shall say.

use std::ops::Range;

use toml_edit::{InlineTable, Key, Value};

use super::fields::Fields;
use super::layout::{Layout, Part};

/// Sets the key at `path`, in place where it is there already, else behind the last key of its table.
pub fn set(text: &str, path: &[&str], value: &Value) -> String {
    let Some((key, table)) = path.split_last() else { return text.to_owned() };
    let Some(layout) = Layout::of(text) else { return text.to_owned() };
    for part in &layout.parts {
        let Some(written) = part.value.clone() else { continue };
        let found = part.path();
        if found == path {
            return replaced(text, written, &value.to_string());
        }
        if path.starts_with(&found) {
            return edit_inline(text, written, &path[found.len()..], Some(value));
        }
    }
    match last_of(&layout, table) {
        Some(part) => {
            let entry = format!("{}{} = {value}", lead(text, part, table), Key::new(*key));
            insert_line_behind(text, part.lines.end, &entry)
        }
        None if table.len() > 2 => set(text, table, &Value::from(InlineTable::from_iter([(*key, value)]))),
        None => text.to_owned(),
    }
}

/// Takes away what stands at `path` and below it. Comments above it stay.
pub fn remove(text: &str, path: &[&str]) -> String {
    let Some(layout) = Layout::of(text) else { return text.to_owned() };
    let mut edited = text.to_owned();
    let mut end = 0;
    let mut gone: Vec<Range<usize>> = Vec::new();
    for part in &layout.parts {
        let found = part.path();
        if !found.starts_with(path) {
            if let Some(written) = part.value.clone()
                && path.starts_with(&found)
            {
                return edit_inline(text, written, &path[found.len()..], None);
            }
            end = part.lines.end;
            continue;
        }
        match gone.last_mut() {
            // The comments between the lines of one table go with it.
            Some(before) if before.end >= end && !part.is_header() => before.end = part.lines.end,
            _ => gone.push(part.lines.start - blank_line_before(text, part)..part.lines.end),
        }
        end = part.lines.end;
    }
    gone.into_iter().rev().for_each(|range| edited.replace_range(range, ""));
    edited
}

/// Gives the table at `path` another name, wherever it is written.
pub fn rename(text: &str, path: &[&str], new: &str) -> String {
    let Some(layout) = Layout::of(text) else { return text.to_owned() };
    let mut edited = text.to_owned();
    for part in layout.parts.iter().rev() {
        let position = path.len() - 1;
        let here = position.checked_sub(part.header.len()).and_then(|position| part.keys.get(position));
        if let Some(key) = here
            && part.path().starts_with(path)
        {
            edited.replace_range(key.written.clone(), &Key::new(new).to_string());
        }
    }
    edited
}

/// Puts a table with its header behind the last one of the same group, or at the end of the text.
pub fn add_table(text: &str, path: &[&str; 2], fields: &Fields) -> String {
    add_tables(text, path[0], &[(*path, fields.clone())])
}

/// The same for several tables of one group, a blank line between them.
pub fn add_tables(text: &str, group: &str, tables: &[([&str; 2], Fields)]) -> String {
    if tables.is_empty() {
        return text.to_owned();
    }
    let end = line_end_of(text);
    let written: Vec<String> = tables.iter().map(|(path, fields)| written_table(path, fields, end)).collect();
    let last_of_group = |layout: Layout| {
        let mut parts = layout.parts.iter().filter(|part| {
            let header = if part.is_header() { part.path() } else { part.header.iter().map(String::as_str).collect() };
            header.first() == Some(&group)
        });
        parts.next_back().map(|part| part.lines.end)
    };
    let at = Layout::of(text).and_then(last_of_group).unwrap_or(text.len());
    let before = &text[..at];
    let open = if before.is_empty() || before.ends_with('\n') { "" } else { end };
    let blank = if before.is_empty() { "" } else { end };
    replaced(text, at..at, &format!("{open}{blank}{}", written.join(end)))
}

fn written_table(path: &[&str; 2], fields: &Fields, end: &str) -> String {
    let header = path.map(|key| Key::new(key).to_string()).join(".");
    let lines = fields.iter().map(|(key, value)| format!("{key} = {value}{end}"));
    format!("[{header}]{end}{}", lines.collect::<String>())
}

fn replaced(text: &str, range: Range<usize>, with: &str) -> String {
    let mut edited = text.to_owned();
    edited.replace_range(range, with);
    edited
}

/// The line behind which a new key of the table goes: its last one, or its header.
fn last_of<'a>(layout: &'a Layout, table: &[&str]) -> Option<&'a Part> {
    let below_header = |part: &&Part| if part.is_header() { part.path() == table } else { part.header == table };
    let dotted = |part: &&Part| !part.is_header() && part.header.len() < table.len() && part.path().starts_with(table);
    layout.parts.iter().rfind(below_header).or_else(|| layout.parts.iter().rfind(dotted))
}

/// What stands before a key of the table on its line: the indentation, and the keys that lead to the table.
fn lead(text: &str, part: &Part, table: &[&str]) -> String {
    let Some(first) = part.keys.first().filter(|_| !part.is_header()) else { return String::new() };
    let indentation = &text[part.lines.start..first.written.start];
    let leading = table.len() - part.header.len();
    match leading.checked_sub(1).and_then(|last| part.keys.get(last)) {
        Some(last) => format!("{indentation}{}.", &text[first.written.start..last.written.end]),
        None => indentation.to_owned(),
    }
}

fn insert_line_behind(text: &str, at: usize, line: &str) -> String {
    let end = line_end_of(text);
    let inserted = if text[..at].ends_with('\n') { format!("{line}{end}") } else { format!("{end}{line}") };
    replaced(text, at..at, &inserted)
}

fn line_end_of(text: &str) -> &'static str {
    match text.find('\n') {
        Some(at) if text[..at].ends_with('\r') => "\r\n",
        _ => "\n",
    }
}

/// How long the blank line above a header is, which goes with it.
fn blank_line_before(text: &str, part: &Part) -> usize {
    let before = &text[..part.lines.start];
    let blank =
        ["\r\n", "\n"].into_iter().find(|end| before.strip_suffix(end).is_some_and(|above| above.ends_with('\n')));
    blank.filter(|_| part.is_header()).map_or(0, str::len)
}

/// Changes one key inside the inline table that is written at `range`.
fn edit_inline(text: &str, range: Range<usize>, path: &[&str], value: Option<&Value>) -> String {
    let written = &text[range.clone()];
    let Ok(mut table) = written.parse::<Value>() else { return text.to_owned() };
    if table.as_inline_table_mut().and_then(|table| change(table, path, value)).is_none() {
        return text.to_owned();
    }
    let changed = table.to_string();
    let changed = if written.contains("\r\n") { changed.replace('\n', "\r\n") } else { changed };
    replaced(text, range, &changed)
}

fn change(table: &mut InlineTable, path: &[&str], value: Option<&Value>) -> Option<()> {
    let (key, below) = path.split_first()?;
    if !below.is_empty() {
        if table.get(key).is_none() {
            let inner = below.last().copied().zip(value).into_iter().collect::<InlineTable>();
            return change(table, &path[..1], Some(&Value::from(inner)));
        }
        return change(table.get_mut(key)?.as_inline_table_mut()?, below, value);
    }
    match (table.get_mut(key), value) {
        (Some(old), Some(new)) => {
            let decor = old.decor().clone();
            *old = new.clone();
            *old.decor_mut() = decor;
        }
        (None, value) => {
            let closing = take_closing_blank(table);
            let mut new = value?.clone();
            new.decor_mut().set_prefix(" ");
            table.insert(*key, new);
            put_closing_blank(table, &closing);
        }
        (Some(_), None) => {
            let closing = take_closing_blank(table);
            table.remove(key);
            put_closing_blank(table, &closing);
        }
    }
    Some(())
}

/// The blank before the closing brace belongs to the last value, and must stay when another becomes the last.
fn take_closing_blank(table: &mut InlineTable) -> String {
    let Some((_, last)) = table.iter_mut().last() else { return String::new() };
    let blank = last.decor().suffix().and_then(|suffix| suffix.as_str()).unwrap_or_default().to_owned();
    last.decor_mut().set_suffix("");
    blank
}

fn put_closing_blank(table: &mut InlineTable, blank: &str) {
    if let Some((_, last)) = table.iter_mut().last() {
        last.decor_mut().set_suffix(blank);
    }
}
