//! One statement: its elements, which of them must and which can't stand together, and its lists of texts.

use std::collections::BTreeSet;

use super::document::{Language, check_elements};
use super::fault::Fault;
use super::finding::{Findings, Spot};
use super::mistake::Mistake;
use super::{action, condition, resource, s3};
use crate::model::json_text::JsonValue;

const ELEMENTS: [&str; 7] = ["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"];
const PRINCIPALS: [&str; 2] = ["Principal", "NotPrincipal"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    Allow,
    Deny,
}

/// A statement as far as it could be read.
#[derive(Debug)]
pub(super) struct Statement<'a> {
    pub spot: Spot<'a>,
    /// `None` where it can't be told.
    pub effect: Option<Effect>,
}

impl<'a> Statement<'a> {
    /// The texts of an element, and where they stand; what is no text is left out.
    pub fn texts(&self, element: &str) -> Vec<(Spot<'a>, &'a str)> {
        let items = self.spot.get(element).map(|spot| spot.items()).unwrap_or_default();
        items.into_iter().filter_map(|item| item.text().map(|text| (item, text))).collect()
    }

    fn names(&self, element: &str, expected: &str) -> bool {
        self.texts(element).iter().any(|(_, text)| *text == expected)
    }

    fn is_unconditional_allow(&self) -> bool {
        self.effect == Some(Effect::Allow) && self.spot.get("Condition").is_none()
    }

    pub fn allows_everything(&self) -> bool {
        self.is_unconditional_allow()
            && (self.names("Action", "*") || self.names("Action", "*:*"))
            && self.names("Resource", "*")
    }

    fn allows_all_but_some(&self) -> bool {
        self.is_unconditional_allow() && self.spot.get("NotAction").is_some() && self.names("Resource", "*")
    }
}

/// Checks one statement; `None` where it is no object.
pub(super) fn check<'a>(
    spot: Spot<'a>,
    language: Language,
    sids: &mut BTreeSet<&'a str>,
    findings: &mut Findings,
) -> Option<Statement<'a>> {
    if !spot.is_object() {
        findings.on(&spot, Fault::Shape { what: "a statement", expected: "an object" });
        return None;
    }
    let known: Vec<&str> = ELEMENTS.into_iter().chain(PRINCIPALS).collect();
    check_elements(&spot, "a statement", &known, findings);
    check_no_principal(&spot, findings);
    check_sid(&spot, sids, findings);
    let statement = Statement { effect: effect(&spot, findings), spot };
    check_one_of("Action", "NotAction", &statement, findings, action::check);
    check_one_of("Resource", "NotResource", &statement, findings, resource::check);
    if let Some(condition) = statement.spot.get("Condition") {
        condition::check(&condition, findings);
    }
    if statement.allows_all_but_some() {
        findings.on(&statement.spot, Mistake::AllButNamedAllowed);
    }
    s3::check(&statement, findings);
    if language == Language::Old {
        find_variables(&statement.spot, findings);
    }
    Some(statement)
}

fn check_no_principal(statement: &Spot<'_>, findings: &mut Findings) {
    for element in PRINCIPALS {
        if let Some(principal) = statement.get(element) {
            findings.on(&principal, Fault::Principal(element));
        }
    }
}

fn check_sid<'a>(statement: &Spot<'a>, sids: &mut BTreeSet<&'a str>, findings: &mut Findings) {
    let Some(spot) = statement.get("Sid") else { return };
    let Some(sid) = spot.text() else {
        return findings.on(&spot, Fault::Shape { what: "Sid", expected: "a text" });
    };
    if let Some(character) = sid.chars().find(|character| !character.is_ascii_alphanumeric()) {
        findings.on(&spot, Fault::SidCharacter { sid: sid.to_owned(), character });
    }
    if !sid.is_empty() && !sids.insert(sid) {
        findings.on(&spot, Fault::SidTwice(sid.to_owned()));
    }
}

fn effect(statement: &Spot<'_>, findings: &mut Findings) -> Option<Effect> {
    let Some(spot) = statement.get("Effect") else {
        findings.on(statement, Fault::Missing { of: "the statement", missing: "Effect" });
        return None;
    };
    match spot.text() {
        Some("Allow") => return Some(Effect::Allow),
        Some("Deny") => return Some(Effect::Deny),
        Some(other) => findings.on(&spot, Fault::Effect(other.to_owned())),
        None => findings.on(&spot, Fault::Shape { what: "Effect", expected: "a text" }),
    }
    None
}

/// Exactly one of an element and its negation: a text, or a list of texts that is not empty.
fn check_one_of(
    element: &'static str,
    negation: &'static str,
    statement: &Statement<'_>,
    findings: &mut Findings,
    check: fn(&Spot<'_>, &str, &mut Findings),
) {
    let (plain, negated) = (statement.spot.get(element), statement.spot.get(negation));
    match (&plain, &negated) {
        (None, None) => {
            let missing = if element == "Action" { "Action or NotAction" } else { "Resource or NotResource" };
            findings.on(&statement.spot, Fault::Missing { of: "the statement", missing });
        }
        (Some(_), Some(second)) => findings.on(second, Fault::Both { one: element, other: negation }),
        _ => {}
    }
    for (what, spot) in [(element, plain), (negation, negated)] {
        let Some(spot) = spot else { continue };
        if spot.is_empty_list() {
            findings.on(&spot, Fault::Empty(what));
        }
        for item in spot.items() {
            match item.text() {
                Some(text) => check(&item, text, findings),
                None => findings.on(&item, Fault::Shape { what, expected: "a text or a list of texts" }),
            }
        }
    }
}

/// Every policy variable below, in texts; keys hold none.
fn find_variables(spot: &Spot<'_>, findings: &mut Findings) {
    match &spot.node.value {
        JsonValue::Text(text) => {
            let variable = text.split_once("${").and_then(|(_, rest)| rest.split_once('}'));
            if let Some((name, _)) = variable {
                findings.on(spot, Mistake::VariableInOldVersion(format!("${{{name}}}")));
            }
        }
        JsonValue::List(_) => spot.items().iter().for_each(|item| find_variables(item, findings)),
        _ => spot.members().iter().for_each(|member| find_variables(&spot.member(member), findings)),
    }
}
