//! What STS takes: the limits of its API's model, as the checking proxy applies them, with AWS's sentences.
//! The emulator lets much of this pass.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

static LIMITS: LazyLock<BTreeMap<String, Operation>> =
    LazyLock::new(|| serde_json::from_str(include_str!("data/sts-limits.json")).unwrap());

#[derive(Deserialize)]
struct Operation {
    required: Vec<String>,
    parameters: BTreeMap<String, Limit>,
}

#[derive(Deserialize)]
struct Limit {
    #[serde(rename = "type")]
    kind: String,
    min: Option<usize>,
    max: Option<usize>,
    pattern: Option<String>,
}

/// What is wrong with the parameters of a call, in AWS's words; `None` when nothing is.
pub fn violation(parameters: &BTreeMap<String, String>) -> Option<String> {
    let operation = LIMITS.get(parameters.get("Action")?)?;
    let missing = operation.required.iter().find(|name| !parameters.contains_key(*name));
    if let Some(name) = missing {
        return Some(told("null", name, "Member must not be null"));
    }
    parameters.iter().filter(|(name, _)| !matches!(name.as_str(), "Action" | "Version")).find_map(|(name, value)| {
        let top = name.split('.').next().unwrap();
        let Some(limit) = operation.parameters.get(top) else {
            return Some(format!("{top} is no parameter of this action"));
        };
        let problem = match limit.kind.as_str() {
            "list" => too_many(limit, top, parameters),
            "integer" => outside(limit, value.parse().ok()?, "value"),
            _ => outside(limit, value.chars().count(), "length").or_else(|| mismatch(limit, value)),
        };
        problem.map(|problem| told(value, top, &problem))
    })
}

fn too_many(limit: &Limit, list: &str, parameters: &BTreeMap<String, String>) -> Option<String> {
    let prefix = format!("{list}.member.");
    let positions = parameters.keys().filter_map(|name| name.strip_prefix(&prefix)?.split('.').next()?.parse().ok());
    outside(limit, positions.max()?, "length")
}

fn outside(limit: &Limit, amount: usize, what: &str) -> Option<String> {
    let low = limit.min.filter(|min| amount < *min);
    let high = limit.max.filter(|max| amount > *max);
    low.map(|min| format!("Member must have {what} greater than or equal to {min}"))
        .or_else(|| high.map(|max| format!("Member must have {what} less than or equal to {max}")))
}

fn mismatch(limit: &Limit, value: &str) -> Option<String> {
    let pattern = limit.pattern.as_deref()?;
    let fits = value.chars().all(|character| class_holds(pattern, character));
    (!fits).then(|| format!("Member must satisfy regular expression pattern: {pattern}"))
}

fn told(value: &str, name: &str, constraint: &str) -> String {
    let name = format!("{}{}", name[..1].to_lowercase(), &name[1..]);
    format!("1 validation error detected: Value '{value}' at '{name}' failed to satisfy constraint: {constraint}")
}

/// Whether a character is in the one class that a pattern of the model consists of, such as `[\w+=,.@-]*`.
fn class_holds(pattern: &str, character: char) -> bool {
    let inside = pattern.trim_start_matches('[').rsplit_once(']').unwrap().0;
    let mut rest = inside;
    while !rest.is_empty() {
        let (first, after) = member(rest);
        rest = after;
        let last = match rest.strip_prefix('-').filter(|after| !after.is_empty()) {
            Some(after) => {
                let (last, after) = member(after);
                rest = after;
                Some(last)
            }
            None => None,
        };
        let found = match (first, last) {
            (Member::One(one), None) => character == one,
            (Member::One(low), Some(Member::One(high))) => (low..=high).contains(&character),
            (Member::Kind(kind), None) => kind(character),
            _ => panic!("a range of classes in {pattern}"),
        };
        if found {
            return true;
        }
    }
    false
}

type Kind = fn(char) -> bool;

enum Member {
    One(char),
    Kind(Kind),
}

fn member(text: &str) -> (Member, &str) {
    const CLASSES: [(&str, Kind); 5] = [
        (r"\w", |character| character.is_ascii_alphanumeric() || character == '_'),
        (r"\d", |character| character.is_ascii_digit()),
        (r"\p{L}", char::is_alphabetic),
        (r"\p{Z}", char::is_whitespace),
        (r"\p{N}", char::is_numeric),
    ];
    let class = CLASSES.iter().find_map(|(name, kind)| Some((Member::Kind(*kind), text.strip_prefix(name)?)));
    if let Some(found) = class {
        return found;
    }
    if let Some(code) = text.strip_prefix(r"\u") {
        let digits = code.find(|character: char| !character.is_ascii_hexdigit()).unwrap_or(code.len());
        let point = u32::from_str_radix(&code[..digits], 16).unwrap();
        // The ends of the surrogates are no characters; their neighbours are.
        let character = char::from_u32(point).unwrap_or('\u{fffd}');
        return (Member::One(character), &code[digits..]);
    }
    let text = text.strip_prefix('\\').unwrap_or(text);
    let character = text.chars().next().unwrap();
    (Member::One(character), &text[character.len_utf8()..])
}

#[test]
fn limits_are_told_in_aws_s_words() {
    let call = |pairs: &[(&str, &str)]| {
        let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        violation(&pairs.collect())
    };
    let name = "1 validation error detected: Value 'a b' at 'name' failed to satisfy constraint: \
                Member must satisfy regular expression pattern: [\\w+=,.@-]*";
    assert_eq!(call(&[("Action", "GetFederationToken"), ("Name", "a b")]).as_deref(), Some(name));
    let seconds = "1 validation error detected: Value '899' at 'durationSeconds' failed to satisfy constraint: \
                   Member must have value greater than or equal to 900";
    assert_eq!(call(&[("Action", "GetSessionToken"), ("DurationSeconds", "899")]).as_deref(), Some(seconds));
    assert_eq!(call(&[("Action", "GetSessionToken"), ("DurationSeconds", "900")]), None);
    let fine = [
        ("Action", "AssumeRole"),
        ("Version", "2011-06-15"),
        ("RoleArn", "arn:aws:iam::123123123123:role/UpdateAPP"),
        ("RoleSessionName", "alice@example.com"),
        ("Policy", "{\"Version\":\"2012-10-17\",\n\"é\": 1}"),
        ("Tags.member.1.Key", "équipe"),
        ("TransitiveTagKeys.member.1", "équipe"),
    ];
    assert_eq!(call(&fine), None);
    assert!(call(&[("Action", "GetSessionToken"), ("Policy", "{}")]).unwrap().contains("no parameter"));
    assert!(call(&[("Action", "AssumeRole"), ("RoleArn", "r")]).unwrap().contains("'roleSessionName'"));
    let tag = "Tags.member.51.Key";
    let many = [("Action", "GetFederationToken"), ("Name", "alice"), (tag, "k")];
    assert!(call(&many).unwrap().contains("less than or equal to 50"));
}
