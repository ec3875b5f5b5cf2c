//! Policies as text, as short as JSON can be, in characters that a session policy may have. Numbers keep the letters they
//! were written in.

use super::complement::{Rectangle, Selection};
use super::document::Document;
use crate::model::json_text::{JsonMember, JsonNode, JsonValue};
use crate::model::session_policy::is_allowed;

/// A document of these statements.
pub fn document(version: &str, statements: &[String]) -> String {
    format!("{{\"Version\":{},\"Statement\":[{}]}}", quoted(version), statements.join(","))
}

/// The document with more statements after its own.
pub fn with_statements(document: &Document, more: &[String]) -> String {
    let own = document.statements.iter().map(value);
    let statements = own.chain(more.iter().cloned()).collect::<Vec<_>>().join(",");
    let members = document.members.iter().map(|member| match member.key.as_str() {
        "Statement" => format!("\"Statement\":[{statements}]"),
        _ => written_member(member),
    });
    format!("{{{}}}", members.collect::<Vec<_>>().join(","))
}

/// The statement that denies all of this.
pub fn denial(denied: &Rectangle) -> String {
    let actions = selection("Action", &denied.actions);
    let resources = selection("Resource", &denied.resources);
    format!("{{\"Effect\":\"Deny\",{actions},{resources}}}")
}

pub fn object(members: &[JsonMember]) -> String {
    format!("{{{}}}", members.iter().map(written_member).collect::<Vec<_>>().join(","))
}

fn selection(element: &str, selection: &Selection) -> String {
    let (not, patterns) = match selection {
        Selection::AllBut(patterns) if patterns.is_empty() => return format!("\"{element}\":\"*\""),
        Selection::AllBut(patterns) => ("Not", patterns),
        Selection::Only(patterns) => ("", patterns),
    };
    let texts = patterns.iter().map(|pattern| quoted(pattern)).collect::<Vec<_>>().join(",");
    let texts = if patterns.len() == 1 { texts } else { format!("[{texts}]") };
    format!("\"{not}{element}\":{texts}")
}

fn value(node: &JsonNode) -> String {
    match &node.value {
        JsonValue::Null => "null".to_owned(),
        JsonValue::Bool(value) => value.to_string(),
        JsonValue::Number(written) => written.clone(),
        JsonValue::Text(text) => quoted(text),
        JsonValue::List(items) => format!("[{}]", items.iter().map(value).collect::<Vec<_>>().join(",")),
        JsonValue::Object(members) => object(members),
    }
}

fn written_member(member: &JsonMember) -> String {
    format!("{}:{}", quoted(&member.key), value(&member.node))
}

/// A JSON text; what a session policy may not hold as it is, is escaped.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    for character in serde_json::Value::from(text).to_string().chars() {
        if is_allowed(character) {
            quoted.push(character);
        } else {
            character.encode_utf16(&mut [0; 2]).iter().for_each(|unit| quoted.push_str(&format!("\\u{unit:04x}")));
        }
    }
    quoted
}
