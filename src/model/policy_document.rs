//! IAM policies as afed writes them, to be pasted by an administrator. Reading those of others is the room `policy`.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

/// An IAM policy. Its `Display` is the JSON on one line, as the IAM console and CLI take it; with `{:#}` it is indented.
/// It holds ASCII only, as IAM takes no characters above U+00FF.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PolicyDocument {
    version: &'static str,
    statement: Vec<Statement>,
}

/// A statement that allows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Statement {
    effect: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    principal: Option<BTreeMap<&'static str, String>>,
    action: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource: Option<String>,
    #[serde(skip_serializing_if = "Condition::is_empty")]
    condition: Condition,
}

/// What must hold: operators, their keys, and the values of each.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Condition(BTreeMap<&'static str, BTreeMap<String, Values>>);

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
enum Values {
    One(String),
    AnyOf(Vec<String>),
}

impl PolicyDocument {
    pub const fn new(statement: Vec<Statement>) -> Self {
        Self { version: "2012-10-17", statement }
    }
}

impl Statement {
    /// For a user's own policy, which is about resources.
    pub fn on_resource(action: Vec<&'static str>, resource: String, condition: Condition) -> Self {
        Self { effect: "Allow", principal: None, action, resource: Some(resource), condition }
    }

    /// For a role's trust policy, which is about whoever comes.
    pub fn to_principal(action: Vec<&'static str>, principal: String, condition: Condition) -> Self {
        let principal = Some(BTreeMap::from([("AWS", principal)]));
        Self { effect: "Allow", principal, action, resource: None, condition }
    }
}

impl Condition {
    pub fn and(mut self, operator: &'static str, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.0.entry(operator).or_default().insert(key.into(), Values::One(value.into()));
        self
    }

    pub fn and_any_of(mut self, operator: &'static str, key: impl Into<String>, values: Vec<String>) -> Self {
        self.0.entry(operator).or_default().insert(key.into(), Values::AnyOf(values));
        self
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for PolicyDocument {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let json = if formatter.alternate() { serde_json::to_string_pretty(self) } else { serde_json::to_string(self) };
        formatter.write_str(&in_ascii(&json.map_err(|_| fmt::Error)?))
    }
}

/// The same JSON with everything beyond ASCII escaped; outside its texts JSON has nothing beyond ASCII.
fn in_ascii(json: &str) -> String {
    let mut ascii = String::with_capacity(json.len());
    for character in json.chars() {
        if character.is_ascii() {
            ascii.push(character);
        } else {
            character.encode_utf16(&mut [0; 2]).iter().for_each(|unit| ascii.push_str(&format!("\\u{unit:04x}")));
        }
    }
    ascii
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_beyond_ascii_is_escaped_and_read_back() {
        let condition = Condition::default().and("StringEquals", "aws:RequestTag/équipe", "Ł😀");
        let document = PolicyDocument::new(vec![Statement::on_resource(vec!["sts:*"], "*".to_owned(), condition)]);
        assert!(document.to_string().contains(r#""aws:RequestTag/\u00e9quipe":"\u0141\ud83d\ude00""#), "{document}");
        let read: serde_json::Value = serde_json::from_str(&format!("{document:#}")).unwrap();
        assert_eq!(read["Statement"][0]["Condition"]["StringEquals"]["aws:RequestTag/équipe"], "Ł😀");
    }
}
