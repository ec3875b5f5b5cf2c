//! A policy document, read as closely as is needed to say what it allows. What could be read in another way as well, such as
//! an element in other letters or a key that stands twice, is a fault and never passed over.
//! Source of the shapes: IAM User Guide, “Grammar of the IAM JSON policy language”.

use std::collections::BTreeSet;

use super::complement::{Rectangle, Selection};
use super::fault::PolicyFault;
use crate::model::json_text::{self, JsonFault, JsonMember, JsonNode, JsonValue};
use crate::model::session_policy::SessionPolicyError;

const ELEMENTS: &[&str] = &["Version", "Id", "Statement"];
const STATEMENT_ELEMENTS: &[&str] = &["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"];
/// What a document without one is read as.
const OLD_VERSION: &str = "2008-10-17";
const NEW_VERSION: &str = "2012-10-17";

/// A document with its statements as they are written.
#[derive(Debug)]
pub struct Document {
    pub version: &'static str,
    pub members: Vec<JsonMember>,
    pub statements: Vec<JsonNode>,
}

/// A statement as it is understood.
#[derive(Debug)]
pub struct Statement {
    pub effect: Effect,
    pub about: Rectangle,
    pub has_condition: bool,
    /// As it is written, without its Sid, which must be the only one of its name in a document.
    pub members: Vec<JsonMember>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    Allow,
    Deny,
}

impl Document {
    /// Reads a document down to its statements.
    pub fn read(text: &str) -> Result<Self, PolicyFault> {
        let node = json_text::read(text).map_err(|JsonFault { reason, place }| SessionPolicyError::NotJson {
            reason,
            line: place.line,
            column: place.column,
        })?;
        check_keys(&node)?;
        let JsonValue::Object(members) = node.value else { return Err(SessionPolicyError::NotAnObject.into()) };
        check_elements(&members, "a policy", ELEMENTS)?;
        let version = version(&members)?;
        let statements = match find(&members, "Statement").map(|node| &node.value) {
            Some(JsonValue::List(statements)) => statements.clone(),
            Some(value @ JsonValue::Object(_)) => {
                vec![JsonNode { place: json_text::Place::START, value: value.clone() }]
            }
            Some(_) => {
                return Err(PolicyFault::Shape { element: "Statement", expected: "an object or a list of objects" });
            }
            None => return Err(PolicyFault::Missing { of: "the policy", element: "Statement" }),
        };
        Ok(Self { version, members, statements })
    }
}

impl Statement {
    /// Reads one statement of a document.
    pub fn read(node: &JsonNode) -> Result<Self, PolicyFault> {
        let JsonValue::Object(members) = &node.value else {
            return Err(PolicyFault::Shape { element: "Statement", expected: "an object or a list of objects" });
        };
        check_elements(members, "a statement", STATEMENT_ELEMENTS)?;
        let effect = match find(members, "Effect").map(|node| &node.value) {
            Some(JsonValue::Text(text)) if text == "Allow" => Effect::Allow,
            Some(JsonValue::Text(text)) if text == "Deny" => Effect::Deny,
            Some(_) => return Err(PolicyFault::Shape { element: "Effect", expected: "Allow or Deny" }),
            None => return Err(PolicyFault::Missing { of: "a statement", element: "Effect" }),
        };
        Ok(Self {
            effect,
            about: Rectangle {
                actions: selection(members, "Action", "NotAction")?,
                resources: selection(members, "Resource", "NotResource")?,
            },
            has_condition: find(members, "Condition").is_some(),
            members: members.iter().filter(|member| member.key != "Sid").cloned().collect(),
        })
    }
}

fn find<'a>(members: &'a [JsonMember], key: &str) -> Option<&'a JsonNode> {
    members.iter().find(|member| member.key == key).map(|member| &member.node)
}

fn check_elements(members: &[JsonMember], of: &'static str, known: &'static [&'static str]) -> Result<(), PolicyFault> {
    match members.iter().find(|member| !known.contains(&member.key.as_str())) {
        Some(member) => Err(PolicyFault::UnknownElement { element: member.key.clone(), of, known }),
        None => Ok(()),
    }
}

/// Each key stands once in its object, in whatever letters: to AWS, keys that differ only in case are the same.
fn check_keys(node: &JsonNode) -> Result<(), PolicyFault> {
    match &node.value {
        JsonValue::List(items) => items.iter().try_for_each(check_keys),
        JsonValue::Object(members) => {
            let mut seen = BTreeSet::new();
            members.iter().try_for_each(|member| {
                if !seen.insert(member.key.to_lowercase()) {
                    return Err(PolicyFault::KeyTwice(member.key.clone()));
                }
                check_keys(&member.node)
            })
        }
        JsonValue::Null | JsonValue::Bool(_) | JsonValue::Number(_) | JsonValue::Text(_) => Ok(()),
    }
}

fn version(members: &[JsonMember]) -> Result<&'static str, PolicyFault> {
    match find(members, "Version").map(|node| &node.value) {
        None => Ok(OLD_VERSION),
        Some(JsonValue::Text(text)) if text == OLD_VERSION => Ok(OLD_VERSION),
        Some(JsonValue::Text(text)) if text == NEW_VERSION => Ok(NEW_VERSION),
        Some(_) => Err(PolicyFault::Shape { element: "Version", expected: "2012-10-17, or 2008-10-17" }),
    }
}

fn selection(members: &[JsonMember], element: &'static str, exclusion: &'static str) -> Result<Selection, PolicyFault> {
    match (find(members, element), find(members, exclusion)) {
        (Some(patterns), None) => Ok(Selection::only(texts(patterns, element)?)),
        (None, Some(patterns)) => Ok(Selection::all_but(texts(patterns, exclusion)?)),
        (Some(_), Some(_)) => Err(PolicyFault::Both(element)),
        (None, None) => Err(PolicyFault::Missing { of: "a statement", element }),
    }
}

/// One text or a list of some; none of them is empty.
fn texts(node: &JsonNode, element: &'static str) -> Result<BTreeSet<String>, PolicyFault> {
    let items = match &node.value {
        JsonValue::List(items) => items.as_slice(),
        _ => std::slice::from_ref(node),
    };
    let text = |node: &JsonNode| match &node.value {
        JsonValue::Text(text) if !text.is_empty() => Some(text.clone()),
        _ => None,
    };
    let texts: Option<BTreeSet<String>> = items.iter().map(text).collect();
    texts
        .filter(|texts| !texts.is_empty())
        .ok_or(PolicyFault::Shape { element, expected: "a text or a list of texts, none of them empty" })
}
