//! Calls about people: the password check, a person's entry and attributes, and the groups that hold a person.

use serde_json::Value;

use super::entities::{Attributes, Entities, Entity, Kind, list};
use super::http::Received;
use super::nesting::Depth;
use super::population::{Person, Population};
use super::search::page;
use super::service::Outcome;

/// Why a password opens nothing, by Crowd's reasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    Unknown,
    Inactive,
    WrongPassword,
    Expired,
    OutsideApplication,
}

impl Population {
    /// The person of this name, if the password is right and everything else allows a log-in.
    pub fn check_password(&self, name: &str, password: &str) -> Result<&Person, Refusal> {
        let person = self.person(name).ok_or(Refusal::Unknown)?;
        if !person.active {
            return Err(Refusal::Inactive);
        }
        if password.is_empty() || person.password != password {
            return Err(Refusal::WrongPassword);
        }
        if person.password_expired {
            return Err(Refusal::Expired);
        }
        if !self.may_use_application(&person.name) {
            return Err(Refusal::OutsideApplication);
        }
        Ok(person)
    }

    pub fn authenticate(&self, request: &Received, entities: Entities<'_>) -> Outcome {
        let Some(name) = request.filled("username") else {
            return Outcome::illegal("username must not be null");
        };
        let body: Option<Value> = serde_json::from_slice(&request.body).ok();
        let Some(password) = body.as_ref().and_then(|body| body["value"].as_str()) else {
            return Outcome::illegal("the body holds no password");
        };
        match self.check_password(&name, password) {
            Ok(person) => Outcome::found(entities.person(person, Attributes::Left)),
            Err(Refusal::Unknown) => Outcome::error(400, "USER_NOT_FOUND", &no_such_person(&name)),
            Err(Refusal::OutsideApplication) => wrong_password(&name),
            Err(refusal) => refused(refusal, &name),
        }
    }

    pub fn show_person(&self, request: &Received, entities: Entities<'_>) -> Outcome {
        self.with_person(request, |person| entities.person(person, attributes_wanted(request)))
    }

    pub fn show_attributes(&self, request: &Received, entities: Entities<'_>) -> Outcome {
        self.with_person(request, |person| entities.attributes(person, Attributes::Shown))
    }

    /// One membership when a group is named, else the list of groups that hold the person.
    pub fn show_groups_of(&self, request: &Received, entities: Entities<'_>, depth: Depth) -> Outcome {
        let Some(name) = request.filled("username") else {
            return Outcome::illegal("username must not be null");
        };
        let known = self.person(&name);
        if let Some(asked) = request.filled("groupname") {
            let group = self.group(&asked).filter(|group| known.is_some() && self.is_member(&name, &group.name, depth));
            return match group {
                Some(group) => Outcome::found(entities.reference(Kind::Group, &group.name)),
                None => no_membership(&name, &asked),
            };
        }
        let groups = known.map(|person| self.groups_of(&person.name, depth)).unwrap_or_default();
        let whole = request.parameter("expand").is_some_and(|expand| expand == "group");
        let entry = |group: &&super::Group| {
            if whole { entities.group(group) } else { entities.reference(Kind::Group, &group.name) }
        };
        let entries: Vec<Entity> = groups.iter().map(entry).collect();
        Outcome::found(list(Kind::Group, page(&entries, request)))
    }

    fn with_person(&self, request: &Received, show: impl FnOnce(&Person) -> Entity) -> Outcome {
        let Some(name) = request.filled("username") else {
            return Outcome::illegal("username must not be null");
        };
        match self.person(&name) {
            Some(person) => Outcome::found(show(person)),
            None => Outcome::error(404, "USER_NOT_FOUND", &no_such_person(&name)),
        }
    }
}

/// The answer to a log-in that was refused, where the reason is told.
pub fn refused(refusal: Refusal, name: &str) -> Outcome {
    match refusal {
        Refusal::Unknown | Refusal::WrongPassword => wrong_password(name),
        Refusal::Inactive => Outcome::error(400, "INACTIVE_ACCOUNT", &format!("Account <{name}> is inactive")),
        Refusal::Expired => Outcome::error(400, "EXPIRED_CREDENTIAL", &format!("The password of <{name}> has expired")),
        Refusal::OutsideApplication => {
            Outcome::error(403, "APPLICATION_ACCESS_DENIED", &format!("<{name}> may not use the application"))
        }
    }
}

pub fn no_membership(person: &str, group: &str) -> Outcome {
    Outcome::error(404, "MEMBERSHIP_NOT_FOUND", &format!("<{person}> is not in the group <{group}>"))
}

pub fn no_such_person(name: &str) -> String {
    format!("User <{name}> does not exist")
}

fn attributes_wanted(request: &Received) -> Attributes {
    match request.parameter("expand").as_deref() {
        Some("attributes") => Attributes::Shown,
        _ => Attributes::Left,
    }
}

fn wrong_password(name: &str) -> Outcome {
    let message = format!("Failed to authenticate <{name}>: the password is not right");
    Outcome::error(400, "INVALID_USER_AUTHENTICATION", &message)
}
