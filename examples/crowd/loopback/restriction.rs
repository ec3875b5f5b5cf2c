//! What a search looks for: one property and one value, from a restriction in XML, in JSON, or in Crowd's query language
//! (`name = bob*`). Restrictions that are joined by `and` or `or` are not understood, and nothing means everything.

use serde_json::Value;

use super::xml::find_text;

/// One thing that must hold of whatever is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Restriction {
    None,
    Property { name: String, value: String, matching: Matching },
}

/// How a value is compared; case never counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Matching {
    Exactly,
    Contains,
    StartsWith,
}

impl Restriction {
    /// A restriction from the `restriction` parameter: `property = value`, in quotes or not, with `*` at its ends.
    pub fn from_query(query: &str) -> Option<Self> {
        if query.trim().is_empty() {
            return Some(Self::None);
        }
        let (name, value) = query.split_once('=')?;
        let (name, value) = (name.trim(), value.trim().trim_matches('"'));
        let single = !name.is_empty() && !name.contains(char::is_whitespace);
        let (value, matching) = match (value.strip_prefix('*'), value.strip_suffix('*')) {
            (Some(rest), _) => (rest.trim_end_matches('*'), Matching::Contains),
            (None, Some(start)) => (start, Matching::StartsWith),
            (None, None) => (value, Matching::Exactly),
        };
        single.then(|| Self::Property { name: name.to_owned(), value: value.to_owned(), matching })
    }

    pub fn from_json(body: &[u8]) -> Option<Self> {
        let body: Value = serde_json::from_slice(body).ok()?;
        if body.as_object()?.is_empty() {
            return Some(Self::None);
        }
        let name = body["property"]["name"].as_str()?.to_owned();
        let value = body["value"].as_str()?.to_owned();
        Some(Self::Property { name, value, matching: Matching::parse(body["match-mode"].as_str()?)? })
    }

    pub fn from_xml(body: &[u8]) -> Option<Self> {
        let body = std::str::from_utf8(body).ok()?;
        let matching = Matching::parse(&find_text(body, "match-mode")?)?;
        // An empty value is written as an element without an end of its own.
        let value = find_text(body, "value").unwrap_or_default();
        Some(Self::Property { name: find_text(body, "name")?, value, matching })
    }

    /// Whether a thing with these properties is meant.
    pub fn admits(&self, property: impl Fn(&str) -> Option<String>) -> bool {
        let Self::Property { name, value, matching } = self else {
            return true;
        };
        let (Some(has), wanted) = (property(name).map(|has| has.to_lowercase()), value.to_lowercase()) else {
            return false;
        };
        match matching {
            Matching::Exactly => has == wanted,
            Matching::Contains => has.contains(&wanted),
            Matching::StartsWith => has.starts_with(&wanted),
        }
    }
}

impl Matching {
    fn parse(word: &str) -> Option<Self> {
        match word {
            "EXACTLY_MATCHES" => Some(Self::Exactly),
            "CONTAINS" => Some(Self::Contains),
            "STARTS_WITH" => Some(Self::StartsWith),
            _ => None,
        }
    }
}
