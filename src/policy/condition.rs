//! Conditions: operators, keys and the values they are compared with.
//! Which keys a service has is not known here. Source: IAM User Guide, "IAM JSON policy elements: Condition operators".

use super::fault::Fault;
use super::finding::{Findings, Spot};
use super::mistake::Mistake;
use crate::model::json_text::JsonValue;
use crate::model::nearest::nearest;

const OPERATORS: [&str; 27] = [
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
    "NumericEquals",
    "NumericNotEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "DateEquals",
    "DateNotEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
    "Bool",
    "BinaryEquals",
    "IpAddress",
    "NotIpAddress",
    "ArnEquals",
    "ArnNotEquals",
    "ArnLike",
    "ArnNotLike",
    "Null",
];
const QUANTIFIERS: [&str; 2] = ["ForAnyValue:", "ForAllValues:"];
const IF_EXISTS: &str = "IfExists";

pub(super) fn check(condition: &Spot<'_>, findings: &mut Findings) {
    if !condition.is_object() {
        return findings.on(condition, Fault::Shape { what: "Condition", expected: "an object" });
    }
    if condition.members().is_empty() {
        findings.on(condition, Mistake::EmptyCondition);
    }
    for member in condition.members() {
        let keys = condition.member(member);
        let operator = match operator(&member.key) {
            Ok((operator, odd)) => {
                odd.into_iter().for_each(|odd| findings.at(member.place, &keys.pointer, odd));
                Some(operator)
            }
            Err(fault) => {
                findings.at(member.place, &keys.pointer, fault);
                None
            }
        };
        check_keys(&keys, operator, findings);
    }
}

/// The operator without quantifier and suffix, and what is odd about it.
fn operator(written: &str) -> Result<(&'static str, Option<Mistake>), Fault> {
    let bare = QUANTIFIERS.iter().find_map(|quantifier| written.strip_prefix(quantifier)).unwrap_or(written);
    let (bare, if_exists) = bare.strip_suffix(IF_EXISTS).map_or((bare, false), |bare| (bare, true));
    if let Some(operator) = named(|operator| operator == bare) {
        return Ok((operator, (if_exists && operator == "Null").then_some(Mistake::NullIfExists)));
    }
    if let Some(operator) = named(|operator| operator.eq_ignore_ascii_case(bare)) {
        let odd = Mistake::OperatorCase { written: written.to_owned(), usual: written.replacen(bare, operator, 1) };
        return Ok((operator, Some(odd)));
    }
    let nearest = nearest(bare, OPERATORS).and_then(|nearest| named(|operator| operator == nearest));
    Err(Fault::Operator { operator: written.to_owned(), nearest })
}

fn named(is_meant: impl Fn(&str) -> bool) -> Option<&'static str> {
    OPERATORS.into_iter().find(|operator| is_meant(operator))
}

fn check_keys(keys: &Spot<'_>, operator: Option<&'static str>, findings: &mut Findings) {
    if !keys.is_object() {
        return findings.on(keys, Fault::Shape { what: "a condition operator", expected: "an object of keys" });
    }
    for member in keys.members() {
        let values = keys.member(member);
        let is_key = member.key.split_once(':').is_some_and(|(prefix, name)| !prefix.is_empty() && !name.is_empty());
        if !is_key {
            findings.at(member.place, &values.pointer, Fault::ConditionKey(member.key.clone()));
        }
        if values.is_empty_list() {
            findings.on(&values, Mistake::NothingToCompare);
        }
        values.items().iter().for_each(|value| check_value(value, operator, findings));
    }
}

fn check_value(value: &Spot<'_>, operator: Option<&'static str>, findings: &mut Findings) {
    let text = match &value.node.value {
        JsonValue::Text(text) | JsonValue::Number(text) => text.as_str(),
        JsonValue::Bool(true) => "true",
        JsonValue::Bool(false) => "false",
        JsonValue::Null | JsonValue::List(_) | JsonValue::Object(_) => {
            let expected = "a text, a number, true or false, or a list of them";
            return findings.on(value, Fault::Shape { what: "the value of a condition", expected });
        }
    };
    let Some(operator) = operator.filter(|_| !text.contains("${")) else { return };
    let comparable = comparable(operator, text);
    if let Err(expected) = comparable {
        let (operator, value_told) = (operator.to_owned(), text.to_owned());
        findings.on(value, Mistake::Incomparable { operator, expected, value: value_told });
    }
    let like = match operator {
        "StringEquals" | "StringEqualsIgnoreCase" => "StringLike",
        "StringNotEquals" | "StringNotEqualsIgnoreCase" => "StringNotLike",
        _ => return,
    };
    if text.contains(['*', '?']) {
        let (operator, value_told) = (operator.to_owned(), text.to_owned());
        findings.on(value, Mistake::PatternNotMatched { operator, value: value_told, like });
    }
}

/// Whether the operator can compare with it, or what it compares with.
fn comparable(operator: &str, text: &str) -> Result<(), &'static str> {
    let (fits, expected) = match operator {
        "Bool" | "Null" => (["true", "false"].contains(&text.to_ascii_lowercase().as_str()), "true or false"),
        "IpAddress" | "NotIpAddress" => (is_network(text), "an IP address or a range such as 192.0.2.0/24"),
        _ if operator.starts_with("Numeric") => (text.parse::<f64>().is_ok(), "a number"),
        _ if operator.starts_with("Date") => (is_moment(text), "a date such as 2030-01-31T12:00:00Z"),
        _ if operator.starts_with("Arn") => (text.starts_with("arn:") || text.starts_with('*'), "an ARN"),
        _ => (true, ""),
    };
    if fits { Ok(()) } else { Err(expected) }
}

fn is_network(text: &str) -> bool {
    let (address, width) = text.split_once('/').map_or((text, None), |(address, width)| (address, Some(width)));
    let Ok(address) = address.parse::<std::net::IpAddr>() else { return false };
    let widest = if address.is_ipv4() { 32 } else { 128 };
    width.is_none_or(|width| width.parse::<u8>().is_ok_and(|width| width <= widest))
}

/// A date of ISO 8601, to the year or longer, or seconds since 1970.
fn is_moment(text: &str) -> bool {
    let starts_with_year = text.get(..4).is_some_and(|year| year.bytes().all(|byte| byte.is_ascii_digit()));
    starts_with_year && text.bytes().all(|byte| byte.is_ascii_digit() || b"-:.+TtZz".contains(&byte))
}
