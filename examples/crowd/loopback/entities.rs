//! What the directory's answers look like: each kind of thing as JSON and as XML, side by side. Which of the two goes out
//! is decided by the service.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::population::{Group, Person};
use super::sessions::Session;
use super::xml::{document, element, text};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// One thing in both forms.
#[derive(Debug, Clone)]
pub struct Entity {
    pub json: Value,
    /// Without the document's first line.
    pub xml: String,
}

impl Entity {
    pub fn document(&self) -> String {
        document(&self.xml)
    }
}

/// What a list holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    User,
    Group,
}

impl Kind {
    /// The kind by its word in a query.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "user" => Some(Self::User),
            "group" => Some(Self::Group),
            _ => None,
        }
    }

    pub fn word(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Group => "group",
        }
    }
}

/// Whether attributes come along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attributes {
    Left,
    Shown,
}

/// Makes entities whose links point into one service.
#[derive(Debug, Clone, Copy)]
pub struct Entities<'a> {
    /// The service's address, without a `/` at the end.
    pub service: &'a str,
}

impl Entities<'_> {
    /// A user or group by name only, as in lists and single memberships.
    pub fn reference(self, kind: Kind, name: &str) -> Entity {
        let (link, link_xml) = self.own_link(kind, name);
        Entity { json: json!({ "link": link, "name": name }), xml: element(kind.word(), &[("name", name)], &link_xml) }
    }

    pub fn person(self, person: &Person, attributes: Attributes) -> Entity {
        let (link, link_xml) = self.own_link(Kind::User, &person.name);
        let (password, password_xml) = self.link("user/password", "username", &person.name, "edit");
        let attributes = self.attributes(person, attributes);
        let display_name = if person.display_name.is_empty() { &person.name } else { &person.display_name };
        let fields = [
            ("first-name", &person.first_name),
            ("last-name", &person.last_name),
            ("display-name", display_name),
            ("email", &person.email),
        ];
        let mut json = json!({
            "expand": "attributes", "link": link, "name": person.name, "password": { "link": password },
            "key": key_of(person), "created-date": CREATED, "updated-date": UPDATED,
            "active": person.active, "attributes": attributes.json,
        });
        let mut xml = link_xml;
        for (name, value) in fields {
            json[name] = value.as_str().into();
            xml += &text(name, value);
        }
        xml += &element("password", &[], &password_xml);
        xml += &text("key", &key_of(person));
        xml += &text("active", &person.active.to_string());
        xml += &attributes.xml;
        Entity { json, xml: element("user", &[("name", &person.name), ("expand", "attributes")], &xml) }
    }

    pub fn attributes(self, person: &Person, shown: Attributes) -> Entity {
        let (link, link_xml) = self.link("user/attribute", "username", &person.name, "self");
        let (mut list, mut xml) = (Vec::new(), link_xml);
        for (name, values) in person.attributes.iter().filter(|_| shown == Attributes::Shown) {
            list.push(json!({ "name": name, "values": values }));
            let values: String = values.iter().map(|value| text("value", value)).collect();
            xml += &element("attribute", &[("name", name)], &element("values", &[], &values));
        }
        Entity { json: json!({ "attributes": list, "link": link }), xml: element("attributes", &[], &xml) }
    }

    pub fn group(self, group: &Group) -> Entity {
        let (link, link_xml) = self.own_link(Kind::Group, &group.name);
        let (attribute, attribute_xml) = self.link("group/attribute", "groupname", &group.name, "self");
        let json = json!({
            "expand": "attributes", "link": link, "name": group.name, "description": group.description,
            "type": "GROUP", "active": group.active, "attributes": { "attributes": [], "link": attribute },
        });
        let xml = link_xml
            + &text("description", &group.description)
            + &text("type", "GROUP")
            + &text("active", &group.active.to_string())
            + &element("attributes", &[], &attribute_xml);
        Entity { json, xml: element("group", &[("name", &group.name), ("expand", "attributes")], &xml) }
    }

    pub fn session(self, session: &Session, user: &Entity) -> Entity {
        let href = format!("{}/session/{}", self.service, session.token);
        let json = json!({
            "expand": "user", "link": { "href": href, "rel": "self" }, "token": session.token, "user": user.json,
            "created-date": session.created.as_millisecond(), "expiry-date": session.expires.as_millisecond(),
        });
        let xml = text("token", &session.token)
            + &user.xml
            + &element("link", &[("href", &href), ("rel", "self")], "")
            + &text("created-date", &moment(session.created))
            + &text("expiry-date", &moment(session.expires));
        Entity { json, xml: element("session", &[("expand", "user")], &xml) }
    }

    fn own_link(self, kind: Kind, name: &str) -> (Value, String) {
        match kind {
            Kind::User => self.link("user", "username", name, "self"),
            Kind::Group => self.link("group", "groupname", name, "self"),
        }
    }

    fn link(self, resource: &str, parameter: &str, name: &str, relation: &str) -> (Value, String) {
        let name = utf8_percent_encode(name, NON_ALPHANUMERIC);
        let href = format!("{}/{resource}?{parameter}={name}", self.service);
        let xml = element("link", &[("href", &href), ("rel", relation)], "");
        (json!({ "href": href, "rel": relation }), xml)
    }
}

/// A list of users or groups.
pub fn list(kind: Kind, entries: &[Entity]) -> Entity {
    let plural = format!("{}s", kind.word());
    let mut json = Map::new();
    json.insert("expand".to_owned(), kind.word().into());
    json.insert(plural.clone(), entries.iter().map(|entry| entry.json.clone()).collect());
    let xml: String = entries.iter().map(|entry| entry.xml.as_str()).collect();
    Entity { json: json.into(), xml: element(&plural, &[("expand", kind.word())], &xml) }
}

pub fn cookie_settings() -> Entity {
    let xml = text("domain", ".example.com") + &text("secure", "false") + &text("name", "crowd.token_key");
    let json = json!({ "domain": ".example.com", "secure": false, "name": "crowd.token_key" });
    Entity { json, xml: element("cookie-config", &[], &xml) }
}

pub fn error(reason: &str, message: &str) -> Entity {
    let xml = element("error", &[], &(text("reason", reason) + &text("message", message)));
    Entity { json: json!({ "reason": reason, "message": message }), xml }
}

/// What stands for an address that the service does not have.
pub fn no_such_resource(target: &str) -> Entity {
    let message = format!("null for uri: {target}");
    let xml = element("status", &[], &(text("status-code", "404") + &text("message", &message)));
    Entity { json: json!({ "status-code": 404, "message": message }), xml }
}

const CREATED: u64 = 1_513_607_801_052;
const UPDATED: u64 = 1_513_776_619_706;

/// A made-up key that stays the same for the same name.
fn key_of(person: &Person) -> String {
    let sum = person.name.bytes().fold(0_u64, |sum, byte| sum.wrapping_mul(131).wrapping_add(u64::from(byte)));
    format!("32769:{sum:016x}")
}

fn moment(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string()
}
