//! The document as a whole: its characters and size, its elements, and what its statements come to together.

use std::collections::BTreeSet;

use super::fault::Fault;
use super::finding::{Finding, Findings, Spot};
use super::mistake::Mistake;
use super::statement::{self, Effect, Statement};
use crate::model::json_text::{self, JsonFault, JsonValue, Place};
use crate::model::nearest::nearest;
use crate::model::session_policy::{PLAIN_TEXT_LIMIT, SessionPolicyError, is_allowed};

const ELEMENTS: [&str; 3] = ["Version", "Id", "Statement"];

/// Which policy language a document is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    /// 2008-10-17, without policy variables.
    Old,
    New,
}

pub(super) fn check(text: &str) -> Vec<Finding> {
    let mut findings = Findings::default();
    check_characters(text, &mut findings);
    check_length(text, &mut findings);
    match json_text::read(text) {
        Err(JsonFault { reason, place }) => findings.at(place, "", Fault::NotJson(reason)),
        Ok(node) => {
            let document = Spot::whole(&node);
            check_keys_stand_once(&document, &mut findings);
            check_document(&document, &mut findings);
        }
    }
    findings.sorted()
}

/// Each character that AWS does not take is told once, where it stands first.
fn check_characters(text: &str, findings: &mut Findings) {
    let (mut place, mut told) = (Place::START, BTreeSet::new());
    for character in text.chars() {
        if !is_allowed(character) && told.insert(character) {
            findings.at(place, "", Fault::Limit(SessionPolicyError::Character(character)));
        }
        place = place.after(character);
    }
}

fn check_length(text: &str, findings: &mut Findings) {
    let length = text.chars().count();
    if length <= PLAIN_TEXT_LIMIT {
        return;
    }
    let compact = serde_json::from_str::<serde_json::Value>(text).map(|value| value.to_string().chars().count());
    let fault = match compact {
        Ok(compact) if compact < length => Fault::TooLong { length, compact },
        _ => Fault::Limit(SessionPolicyError::TooLong(length)),
    };
    findings.at(Place::START, "", fault);
}

fn check_keys_stand_once(spot: &Spot<'_>, findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    for member in spot.members() {
        let below = spot.member(member);
        if !seen.insert(&member.key) {
            findings.at(member.place, &below.pointer, Fault::KeyTwice(member.key.clone()));
        }
        check_keys_stand_once(&below, findings);
    }
    if matches!(spot.node.value, JsonValue::List(_)) {
        spot.items().iter().for_each(|item| check_keys_stand_once(item, findings));
    }
}

fn check_document(document: &Spot<'_>, findings: &mut Findings) {
    if !document.is_object() {
        return findings.on(document, Fault::Limit(SessionPolicyError::NotAnObject));
    }
    check_elements(document, "a policy", &ELEMENTS, findings);
    if let Some(id) = document.get("Id") {
        match id.text() {
            Some(_) => findings.on(&id, Mistake::Id),
            None => findings.on(&id, Fault::Shape { what: "Id", expected: "a text" }),
        }
    }
    let language = language(document, findings);
    match document.get("Statement") {
        None => findings.on(document, Fault::Missing { of: "the policy", missing: "Statement" }),
        Some(statements) => check_statements(&statements, language, findings),
    }
}

/// Keys that the grammar does not know, with the one that was meant.
pub(super) fn check_elements(spot: &Spot<'_>, of: &'static str, known: &[&'static str], findings: &mut Findings) {
    for member in spot.members().iter().filter(|member| !known.contains(&member.key.as_str())) {
        let nearest = nearest(&member.key, known.iter().copied())
            .and_then(|nearest| known.iter().copied().find(|known| *known == nearest));
        let fault = Fault::UnknownElement { key: member.key.clone(), of, nearest };
        findings.at(member.place, &spot.member(member).pointer, fault);
    }
}

fn language(document: &Spot<'_>, findings: &mut Findings) -> Language {
    let Some(version) = document.get("Version") else {
        findings.on(document, Mistake::VersionMissing);
        return Language::Old;
    };
    match version.text() {
        Some("2012-10-17") => return Language::New,
        Some("2008-10-17") => findings.on(&version, Mistake::VersionOld),
        Some(other) => findings.on(&version, Fault::Version(other.to_owned())),
        None => findings.on(&version, Fault::Shape { what: "Version", expected: "a text" }),
    }
    // What is written under a version that does not exist was meant for the new one.
    if version.text() == Some("2008-10-17") { Language::Old } else { Language::New }
}

fn check_statements(statements: &Spot<'_>, language: Language, findings: &mut Findings) {
    if statements.is_empty_list() {
        return findings.on(statements, Mistake::NoStatement);
    }
    if !statements.is_object() && !matches!(statements.node.value, JsonValue::List(_)) {
        return findings.on(statements, Fault::Shape { what: "Statement", expected: "an object or a list of objects" });
    }
    let mut sids = BTreeSet::new();
    let read: Vec<Statement<'_>> = statements
        .items()
        .into_iter()
        .filter_map(|spot| statement::check(spot, language, &mut sids, findings))
        .collect();
    check_together(statements, &read, findings);
}

/// What only all statements together show; nothing where one of them has no effect that could be read.
fn check_together(statements: &Spot<'_>, read: &[Statement<'_>], findings: &mut Findings) {
    if read.is_empty() || read.iter().any(|statement| statement.effect.is_none()) {
        return;
    }
    let has = |effect| read.iter().any(|statement| statement.effect == Some(effect));
    if !has(Effect::Allow) {
        findings.on(statements, Mistake::NothingAllowed);
    }
    if !has(Effect::Deny) {
        let all = read.iter().filter(|statement| statement.allows_everything());
        all.for_each(|statement| findings.on(&statement.spot, Mistake::EverythingAllowed));
    }
}
