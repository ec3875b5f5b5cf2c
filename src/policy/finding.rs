//! What a check has found and where: a flaw, its line and column, and a JSON pointer to it (RFC 6901).

use std::fmt;

use serde::Serialize;

use super::fault::Fault;
use super::mistake::Mistake;
use crate::model::json_text::{JsonMember, JsonNode, JsonValue, Place};

/// How bad a flaw is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// AWS would refuse the policy.
    Fault,
    /// AWS would take it, and it surely is not what was meant.
    Warning,
}

impl fmt::Display for Severity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Fault => "fault",
            Self::Warning => "warning",
        })
    }
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    #[error(transparent)]
    Fault(#[from] Fault),
    #[error(transparent)]
    Mistake(#[from] Mistake),
}

/// One flaw and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub flaw: Flaw,
    pub place: Place,
    /// Empty where the whole text is meant.
    pub pointer: String,
}

impl Finding {
    pub const fn severity(&self) -> Severity {
        match self.flaw {
            Flaw::Fault(_) => Severity::Fault,
            Flaw::Mistake(_) => Severity::Warning,
        }
    }

    /// The finding on one line, as compilers tell theirs.
    pub fn told(&self, file: &str) -> String {
        let Place { line, column } = self.place;
        format!("{file}:{line}:{column}: {}: {}", self.severity(), self.flaw)
    }
}

/// What has been found so far.
#[derive(Debug, Default)]
pub(super) struct Findings(Vec<Finding>);

impl Findings {
    pub fn at(&mut self, place: Place, pointer: &str, flaw: impl Into<Flaw>) {
        self.0.push(Finding { flaw: flaw.into(), place, pointer: pointer.to_owned() });
    }

    pub fn on(&mut self, spot: &Spot<'_>, flaw: impl Into<Flaw>) {
        self.at(spot.node.place, &spot.pointer, flaw);
    }

    /// In the order of the text.
    pub fn sorted(mut self) -> Vec<Finding> {
        self.0.sort_by_key(|finding| finding.place);
        self.0
    }
}

/// A value and the way to it.
#[derive(Debug, Clone)]
pub(super) struct Spot<'a> {
    pub node: &'a JsonNode,
    pub pointer: String,
}

impl<'a> Spot<'a> {
    pub const fn whole(node: &'a JsonNode) -> Self {
        Self { node, pointer: String::new() }
    }

    pub fn member(&self, member: &'a JsonMember) -> Self {
        let step = member.key.replace('~', "~0").replace('/', "~1");
        Self { node: &member.node, pointer: format!("{}/{step}", self.pointer) }
    }

    /// The value of a key; where it stands twice, the last, as parsers take it.
    pub fn get(&self, key: &str) -> Option<Self> {
        self.members().iter().rfind(|member| member.key == key).map(|member| self.member(member))
    }

    /// The members of an object; none of anything else.
    pub fn members(&self) -> &'a [JsonMember] {
        match &self.node.value {
            JsonValue::Object(members) => members,
            _ => &[],
        }
    }

    /// The items of a list, or the one thing that stands in place of a list.
    pub fn items(&self) -> Vec<Self> {
        let JsonValue::List(items) = &self.node.value else { return vec![self.clone()] };
        let spot = |(index, node)| Self { node, pointer: format!("{}/{index}", self.pointer) };
        items.iter().enumerate().map(spot).collect()
    }

    pub fn text(&self) -> Option<&'a str> {
        match &self.node.value {
            JsonValue::Text(text) => Some(text),
            _ => None,
        }
    }

    pub fn is_object(&self) -> bool {
        matches!(self.node.value, JsonValue::Object(_))
    }

    pub fn is_empty_list(&self) -> bool {
        matches!(&self.node.value, JsonValue::List(items) if items.is_empty())
    }
}
