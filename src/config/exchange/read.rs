//! From JSON to records. Nothing is passed over: a field that is not known, or stands twice, is a flaw with its place.

use std::collections::{BTreeMap, BTreeSet};

use super::TYPES;
use super::flaw::{Flaw, FlawAt};
use super::record::{ConnectorRecord, OwnFields};
use crate::config::file::DurationValue;
use crate::model::json_text::{self, JsonFault, JsonMember, JsonNode, JsonValue, Place};
use crate::model::nearest::nearest;
use crate::model::partition;

const FIELDS: [&str; 10] =
    ["name", "type", "scope", "partition", "accountId", "roleArn", "externalId", "iamPolicy", "groups", "afed"];
const OWN_FIELDS: [&str; 7] =
    ["duration", "region", "policy_arns", "omit_policy", "tags", "transitive_tags", "source_identity"];
/// What a REST API says of an object beside its content.
const HARMLESS: [&str; 5] = ["id", "self", "links", "created", "updated"];

/// The connectors of a text, in its order, and the fields that say nothing here.
#[derive(Debug, PartialEq, Eq)]
pub struct ReadConnectors {
    pub connectors: Vec<ConnectorRecord>,
    pub left_out: BTreeSet<String>,
}

/// Reads a whole text. Fields that are `ignored` may be there and are left out.
pub fn read(text: &str, ignored: &BTreeSet<String>) -> Result<ReadConnectors, FlawAt> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let node =
        json_text::read(text).map_err(|JsonFault { reason, place }| FlawAt { place, flaw: Flaw::NotJson(reason) })?;
    let nodes = match node.value {
        JsonValue::List(items) => items,
        _ => vec![node],
    };
    let mut left_out = BTreeSet::new();
    let connectors = nodes.into_iter().map(|node| record(node, ignored, &mut left_out)).collect::<Result<_, _>>()?;
    Ok(ReadConnectors { connectors, left_out })
}

fn record(
    node: JsonNode,
    ignored: &BTreeSet<String>,
    left_out: &mut BTreeSet<String>,
) -> Result<ConnectorRecord, FlawAt> {
    let place = node.place;
    let is_ignored = |field: &str| HARMLESS.contains(&field) || ignored.contains(field);
    let mut fields = Fields::of(node, &FIELDS, is_ignored)?;
    let unread = fields.members.iter().map(|member| &member.key).filter(|key| !FIELDS.contains(&key.as_str()));
    left_out.extend(unread.cloned());
    let name = fields.required("name")?;
    let (type_place, type_name) = fields.required_at("type")?;
    let known = TYPES.into_iter().find(|(known, _)| *known == type_name);
    let principal = known.ok_or(FlawAt { place: type_place, flaw: Flaw::UnknownType(type_name) })?.1;
    let partition = fields.text("partition")?.map(|(place, text)| read_partition(place, text)).transpose()?;
    Ok(ConnectorRecord {
        place,
        name,
        principal,
        partition,
        scope: fields.optional("scope")?,
        account_id: fields.id("accountId")?,
        role_arn: fields.optional("roleArn")?,
        external_id: fields.optional("externalId")?,
        iam_policy: fields.policy("iamPolicy")?,
        groups: fields.list("groups")?,
        own: fields.take("afed").map(own_fields).transpose()?.unwrap_or_default(),
    })
}

fn own_fields(node: JsonNode) -> Result<OwnFields, FlawAt> {
    let mut fields = Fields::of(node, &OWN_FIELDS, |_| false)?;
    Ok(OwnFields {
        duration: fields.duration("duration")?,
        region: fields.optional("region")?,
        policy_arns: fields.list("policy_arns")?,
        omit_policy: fields.bool("omit_policy")?,
        tags: fields.texts("tags")?,
        transitive_tags: fields.list("transitive_tags")?,
        source_identity: fields.optional("source_identity")?,
    })
}

/// `aws-cn`, or `AWS_CN` as an enumeration writes it.
fn read_partition(place: Place, text: String) -> Result<&'static str, FlawAt> {
    let plain = text.to_ascii_lowercase().replace('_', "-");
    partition::names().find(|name| *name == plain).ok_or(FlawAt { place, flaw: Flaw::UnknownPartition(text) })
}

/// The fields of one object that have not been asked for yet.
struct Fields {
    place: Place,
    members: Vec<JsonMember>,
}

impl Fields {
    fn of(node: JsonNode, known: &'static [&'static str], is_ignored: impl Fn(&str) -> bool) -> Result<Self, FlawAt> {
        let JsonValue::Object(members) = node.value else {
            return Err(FlawAt { place: node.place, flaw: Flaw::NotAConnector });
        };
        let mut seen = BTreeSet::new();
        for JsonMember { key, place, .. } in &members {
            let flaw = if !seen.insert(key) {
                Flaw::FieldTwice(key.clone())
            } else if !known.contains(&key.as_str()) && !is_ignored(key) {
                Flaw::UnknownField { field: key.clone(), nearest: nearest(key, known.iter().copied()) }
            } else {
                continue;
            };
            return Err(FlawAt { place: *place, flaw });
        }
        Ok(Self { place: node.place, members })
    }

    /// The value of a field; `null` is none.
    fn take(&mut self, field: &str) -> Option<JsonNode> {
        let position = self.members.iter().position(|member| member.key == field)?;
        Some(self.members.swap_remove(position).node).filter(|node| node.value != JsonValue::Null)
    }

    /// A text that says something: the add-on writes an empty one for none.
    fn text(&mut self, field: &'static str) -> Result<Option<(Place, String)>, FlawAt> {
        match self.take(field) {
            None => Ok(None),
            Some(JsonNode { place, value: JsonValue::Text(text) }) => {
                Ok(Some((place, text)).filter(|(_, text)| !text.is_empty()))
            }
            Some(other) => Err(wrong(&other, field, "a text")),
        }
    }

    fn optional(&mut self, field: &'static str) -> Result<Option<String>, FlawAt> {
        Ok(self.text(field)?.map(|(_, text)| text))
    }

    fn required_at(&mut self, field: &'static str) -> Result<(Place, String), FlawAt> {
        let place = self.place;
        self.text(field)?.ok_or(FlawAt { place, flaw: Flaw::FieldMissing { field } })
    }

    fn required(&mut self, field: &'static str) -> Result<String, FlawAt> {
        Ok(self.required_at(field)?.1)
    }

    /// An id is a text or a number.
    fn id(&mut self, field: &'static str) -> Result<Option<String>, FlawAt> {
        match self.take(field) {
            None => Ok(None),
            Some(JsonNode { value: JsonValue::Text(text) | JsonValue::Number(text), .. }) => {
                Ok(Some(text).filter(|text| !text.is_empty()))
            }
            Some(other) => Err(wrong(&other, field, "a text or a number")),
        }
    }

    /// A policy is a text that holds JSON, or the JSON itself.
    fn policy(&mut self, field: &'static str) -> Result<Option<String>, FlawAt> {
        match self.take(field) {
            None => Ok(None),
            Some(JsonNode { value: JsonValue::Text(text), .. }) => Ok(Some(text).filter(|text| !text.is_empty())),
            Some(node @ JsonNode { value: JsonValue::Object(_), .. }) => Ok(Some(node.to_string())),
            Some(other) => Err(wrong(&other, field, "a policy, as a text or as an object")),
        }
    }

    fn list(&mut self, field: &'static str) -> Result<Vec<String>, FlawAt> {
        match self.take(field) {
            None => Ok(Vec::new()),
            Some(JsonNode { value: JsonValue::List(items), .. }) => {
                items.into_iter().map(|item| plain_text(item, field, "a list of texts")).collect()
            }
            Some(other) => Err(wrong(&other, field, "a list of texts")),
        }
    }

    fn texts(&mut self, field: &'static str) -> Result<BTreeMap<String, String>, FlawAt> {
        const EXPECTED: &str = "an object of texts";
        let Some(node) = self.take(field) else { return Ok(BTreeMap::new()) };
        let JsonValue::Object(members) = node.value else { return Err(wrong(&node, field, EXPECTED)) };
        let mut found = BTreeMap::new();
        for JsonMember { key, place, node } in members {
            let value = plain_text(node, field, EXPECTED)?;
            if found.insert(key.clone(), value).is_some() {
                return Err(FlawAt { place, flaw: Flaw::FieldTwice(key) });
            }
        }
        Ok(found)
    }

    fn bool(&mut self, field: &'static str) -> Result<Option<bool>, FlawAt> {
        match self.take(field) {
            None => Ok(None),
            Some(JsonNode { value: JsonValue::Bool(value), .. }) => Ok(Some(value)),
            Some(other) => Err(wrong(&other, field, "true or false")),
        }
    }

    fn duration(&mut self, field: &'static str) -> Result<Option<DurationValue>, FlawAt> {
        const EXPECTED: &str = "a number of seconds or a text such as 1h30m";
        match self.take(field) {
            None => Ok(None),
            Some(JsonNode { value: JsonValue::Text(text), .. }) => Ok(Some(DurationValue::Text(text))),
            Some(node) => match &node.value {
                JsonValue::Number(written) => match written.parse() {
                    Ok(seconds) => Ok(Some(DurationValue::Seconds(seconds))),
                    Err(_) => Err(wrong(&node, field, EXPECTED)),
                },
                _ => Err(wrong(&node, field, EXPECTED)),
            },
        }
    }
}

fn plain_text(node: JsonNode, field: &'static str, expected: &'static str) -> Result<String, FlawAt> {
    match node.value {
        JsonValue::Text(text) => Ok(text),
        _ => Err(wrong(&node, field, expected)),
    }
}

fn wrong(node: &JsonNode, field: &str, expected: &'static str) -> FlawAt {
    FlawAt { place: node.place, flaw: Flaw::WrongKind { field: field.to_owned(), expected } }
}
