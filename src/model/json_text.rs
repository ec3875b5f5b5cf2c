//! JSON with the place of everything in it, and with keys that stand twice, for whoever must point at a fault.
//! Whether a text is JSON is `serde_json`'s to say; what is here only notes the places of a text that it accepts. Its limit
//! of 128 levels is therefore the limit here.

use std::fmt;
use std::iter::Peekable;
use std::str::Chars;

/// A place in a text; both count from 1, the column in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub line: usize,
    pub column: usize,
}

impl Place {
    pub const START: Self = Self { line: 1, column: 1 };

    /// The place after this character, if it stands here.
    pub const fn after(self, character: char) -> Self {
        match character {
            '\n' => Self { line: self.line + 1, column: 1 },
            _ => Self { line: self.line, column: self.column + 1 },
        }
    }
}

/// A value and the place where it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonNode {
    pub place: Place,
    pub value: JsonValue,
}

/// What a value is. Numbers keep the letters they were written in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JsonValue {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    List(Vec<JsonNode>),
    Object(Vec<JsonMember>),
}

/// The value as JSON on one line, with keys that stand twice, and numbers as they were written.
impl fmt::Display for JsonNode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.value {
            JsonValue::Null => formatter.write_str("null"),
            JsonValue::Bool(value) => write!(formatter, "{value}"),
            JsonValue::Number(written) => formatter.write_str(written),
            JsonValue::Text(text) => write!(formatter, "{}", serde_json::Value::from(text.as_str())),
            JsonValue::List(items) => {
                let separated = |(position, item)| write!(formatter, "{}{item}", if position == 0 { "[" } else { "," });
                items.iter().enumerate().try_for_each(separated)?;
                formatter.write_str(if items.is_empty() { "[]" } else { "]" })
            }
            JsonValue::Object(members) => {
                for (position, JsonMember { key, node, .. }) in members.iter().enumerate() {
                    let opening = if position == 0 { "{" } else { "," };
                    write!(formatter, "{opening}{}:{node}", serde_json::Value::from(key.as_str()))?;
                }
                formatter.write_str(if members.is_empty() { "{}" } else { "}" })
            }
        }
    }
}

/// A key with its place, and its value. An object may hold the same key twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonMember {
    pub key: String,
    pub place: Place,
    pub node: JsonNode,
}

/// Why a text is not JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonFault {
    pub reason: String,
    pub place: Place,
}

/// Reads a whole text.
pub fn read(text: &str) -> Result<JsonNode, JsonFault> {
    match serde_json::from_str::<serde_json::Value>(text) {
        Ok(_) => Ok(Reader { rest: text.chars().peekable(), place: Place::START }.node()),
        Err(error) => Err(fault(text, &error)),
    }
}

fn fault(text: &str, error: &serde_json::Error) -> JsonFault {
    let reason = error.to_string();
    let reason = reason.split(" at line").next().unwrap_or_default().to_owned();
    let line = error.line().max(1);
    // The parser counts columns in bytes, and from 0 where a line has just begun.
    let bytes = text.split('\n').nth(line - 1).unwrap_or_default().char_indices();
    let column = bytes.take_while(|(start, _)| *start < error.column()).count().max(1);
    JsonFault { reason, place: Place { line, column } }
}

struct Reader<'a> {
    rest: Peekable<Chars<'a>>,
    place: Place,
}

impl Reader<'_> {
    fn node(&mut self) -> JsonNode {
        self.pass_space();
        let place = self.place;
        let value = match self.rest.peek() {
            Some('{') => JsonValue::Object(self.all_until('}', Self::member)),
            Some('[') => JsonValue::List(self.all_until(']', Self::node)),
            Some('"') => JsonValue::Text(self.text()),
            _ => self.word(),
        };
        JsonNode { place, value }
    }

    fn member(&mut self) -> JsonMember {
        self.pass_space();
        let place = self.place;
        let key = self.text();
        self.pass(':');
        JsonMember { key, place, node: self.node() }
    }

    /// What stands between the bracket here and the closing one.
    fn all_until<T>(&mut self, closing: char, one: fn(&mut Self) -> T) -> Vec<T> {
        let mut found = Vec::new();
        self.next();
        while !self.pass(closing) && self.rest.peek().is_some() {
            found.push(one(self));
            self.pass(',');
        }
        found
    }

    /// A text in quotes, its escapes undone.
    fn text(&mut self) -> String {
        let mut written = String::new();
        written.extend(self.next());
        while let Some(character) = self.next() {
            written.push(character);
            match character {
                '\\' => written.extend(self.next()),
                '"' => break,
                _ => {}
            }
        }
        serde_json::from_str(&written).unwrap_or(written)
    }

    fn word(&mut self) -> JsonValue {
        let mut word = String::new();
        while let Some(character) = self.rest.peek().copied().filter(|character| !",]} \t\r\n".contains(*character)) {
            self.next();
            word.push(character);
        }
        match word.as_str() {
            "null" => JsonValue::Null,
            "true" => JsonValue::Bool(true),
            "false" => JsonValue::Bool(false),
            _ => JsonValue::Number(word),
        }
    }

    fn pass_space(&mut self) {
        while self.rest.peek().is_some_and(|character| " \t\r\n".contains(*character)) {
            self.next();
        }
    }

    /// Passes a mark if it is the next thing, and says whether it was.
    fn pass(&mut self, mark: char) -> bool {
        self.pass_space();
        let is_next = self.rest.peek() == Some(&mark);
        if is_next {
            self.next();
        }
        is_next
    }

    fn next(&mut self) -> Option<char> {
        let character = self.rest.next()?;
        self.place = self.place.after(character);
        Some(character)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn as_value(node: &JsonNode) -> Value {
        match &node.value {
            JsonValue::Null => Value::Null,
            JsonValue::Bool(value) => json!(value),
            JsonValue::Number(written) => serde_json::from_str(written).unwrap(),
            JsonValue::Text(text) => json!(text),
            JsonValue::List(items) => items.iter().map(as_value).collect(),
            JsonValue::Object(members) => {
                members.iter().map(|member| (member.key.clone(), as_value(&member.node))).collect()
            }
        }
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::btree_map(any::<String>(), inner, 0..5)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_read_is_what_was_written(value in any_json()) {
            prop_assert_eq!(&as_value(&read(&value.to_string()).unwrap()), &value);
            prop_assert_eq!(&as_value(&read(&serde_json::to_string_pretty(&value).unwrap()).unwrap()), &value);
            prop_assert_eq!(read(&value.to_string()).unwrap().to_string(), value.to_string());
        }

        #[test]
        fn a_fault_lies_within_the_text(text in "[\\[\\]{}\",:a1é\\\\ \n\t-]{0,40}") {
            if let Err(JsonFault { place, .. }) = read(&text) {
                let line = text.split('\n').nth(place.line - 1).unwrap();
                prop_assert!((1..=line.chars().count().max(1)).contains(&place.column));
            }
        }
    }

    #[test]
    fn words_are_what_they_say() {
        let values = |text: &str| match read(text).unwrap().value {
            JsonValue::List(items) => items.into_iter().map(|item| item.value).collect::<Vec<_>>(),
            other => panic!("{other:?}"),
        };
        assert!(matches!(
            values("[true, false, null]")[..],
            [JsonValue::Bool(true), JsonValue::Bool(false), JsonValue::Null]
        ));
    }

    #[test]
    fn everything_has_its_place() {
        let node = read("{\n  \"é\": [1,\n \"x\"], \"é\": null }").unwrap();
        let JsonValue::Object(members) = node.value else { panic!("{node:?}") };
        let JsonValue::List(items) = &members[0].node.value else { panic!("{members:?}") };
        let places = [members[0].place, items[0].place, items[1].place, members[1].place, members[1].node.place];
        assert_eq!(places.map(|place| (place.line, place.column)), [(2, 3), (2, 9), (3, 2), (3, 8), (3, 13)]);
    }

    #[test]
    fn a_text_without_an_end_to_its_depth_is_refused() {
        assert_eq!(read(&"[".repeat(100_000)).unwrap_err().reason, "recursion limit exceeded");
    }
}
