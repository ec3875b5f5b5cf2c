//! Where things stand in the text of a TOML file: its headers and its entries, each with the bytes that it takes.
//! Comments and blank lines are what lies between. The parser says which bytes are values, so that nothing inside one is
//! taken for a header.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use toml_edit::{Document, Item, Key, Table};

/// The headers and entries of a text, in its order.
#[derive(Debug)]
pub struct Layout {
    pub parts: Vec<Part>,
}

/// One `[header]`, or one `key = value` outside of an inline table.
#[derive(Debug)]
pub struct Part {
    /// The path of the header that it stands below; empty for headers themselves.
    pub header: Vec<String>,
    /// The keys written here, dots between them.
    pub keys: Vec<WrittenKey>,
    /// Its whole lines, with what stands behind it on the last, and the line end.
    pub lines: Range<usize>,
    /// The value of an entry.
    pub value: Option<Range<usize>>,
}

/// A key, and the bytes it is written with.
#[derive(Debug)]
pub struct WrittenKey {
    pub name: String,
    pub written: Range<usize>,
}

impl Part {
    /// The path from the top of the file.
    pub fn path(&self) -> Vec<&str> {
        self.header.iter().map(String::as_str).chain(self.keys.iter().map(|key| key.name.as_str())).collect()
    }

    pub const fn is_header(&self) -> bool {
        self.value.is_none()
    }
}

impl Layout {
    /// The layout of a text that parses; `None` for one that does not.
    pub fn of(text: &str) -> Option<Self> {
        let document = Document::parse(text).ok()?;
        let mut values = Vec::new();
        collect_values(document.as_table(), &mut values);
        values.sort_by_key(|value| value.start);
        let mut values = values.into_iter();
        let (mut parts, mut header, mut at) =
            (Vec::new(), Vec::new(), text.len() - text.trim_start_matches('\u{feff}').len());
        while at < text.len() {
            let first = at + text[at..].find(|character| !matches!(character, ' ' | '\t')).unwrap_or(0);
            at = match text[first..].chars().next() {
                None | Some('#' | '\n' | '\r') => line_end(text, first),
                Some('[') => {
                    let part = Part {
                        header: Vec::new(),
                        keys: written_keys(text, first + 1)?,
                        lines: at..line_end(text, first),
                        value: None,
                    };
                    header = part.keys.iter().map(|key| key.name.clone()).collect();
                    let end = part.lines.end;
                    parts.push(part);
                    end
                }
                Some(_) => {
                    let value = values.next()?;
                    let end = line_end(text, value.end);
                    let keys = written_keys(text, first)?;
                    parts.push(Part { header: header.clone(), keys, lines: at..end, value: Some(value) });
                    end
                }
            };
        }
        Some(Self { parts })
    }
}

impl Layout {
    /// The tables below `[group]` that stand as a block, all their headers and entries one after another with nothing of
    /// another table between them: by name, the bytes of each.
    pub fn blocks(&self, group: &str) -> HashMap<String, Range<usize>> {
        let mut blocks: HashMap<String, Range<usize>> = HashMap::new();
        let mut scattered = HashSet::new();
        let mut above = None;
        for part in &self.parts {
            let headed = if part.is_header() { part.path() } else { part.header.iter().map(String::as_str).collect() };
            let path = part.path();
            let name = path.get(1).filter(|_| path[0] == group).map(|name| (*name).to_owned());
            if let Some(name) = &name {
                match blocks.get_mut(name) {
                    Some(block) if above.as_ref() == Some(name) => block.end = part.lines.end,
                    None if headed.len() > 1 => drop(blocks.insert(name.clone(), part.lines.clone())),
                    _ => drop(scattered.insert(name.clone())),
                }
            }
            above = name;
        }
        blocks.retain(|name, _| !scattered.contains(name));
        blocks
    }
}

/// The values that stand in entries; what an inline table holds is part of that table.
fn collect_values(table: &Table, values: &mut Vec<Range<usize>>) {
    for (_, item) in table {
        match item {
            Item::Value(value) => values.extend(value.span()),
            Item::Table(inner) => collect_values(inner, values),
            Item::None | Item::ArrayOfTables(_) => {}
        }
    }
}

fn line_end(text: &str, from: usize) -> usize {
    text[from..].find('\n').map_or(text.len(), |length| from + length + 1)
}

/// The keys from here on, up to what is neither key nor dot.
fn written_keys(text: &str, start: usize) -> Option<Vec<WrittenKey>> {
    let blank = |character| matches!(character, ' ' | '\t');
    let mut keys = Vec::new();
    let mut rest = text.get(start..)?;
    loop {
        rest = rest.trim_start_matches(blank);
        let from = text.len() - rest.len();
        let written = from..from + key_length(rest)?;
        let key: Key = text[written.clone()].parse().ok()?;
        rest = &text[written.end..];
        keys.push(WrittenKey { name: key.get().to_owned(), written });
        match rest.trim_start_matches(blank).strip_prefix('.') {
            Some(after) => rest = after,
            None => return Some(keys),
        }
    }
}

fn key_length(text: &str) -> Option<usize> {
    match text.chars().next()? {
        '\'' => Some(text[1..].find('\'')? + 2),
        '"' => {
            let mut escaped = false;
            let closing = text[1..].find(|character| {
                let closes = character == '"' && !escaped;
                escaped = character == '\\' && !escaped;
                closes
            });
            Some(closing? + 2)
        }
        _ => Some(text.find(['.', '=', ']', ' ', '\t']).unwrap_or(text.len())),
    }
}
