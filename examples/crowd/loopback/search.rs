//! The search for people or groups, and the paging that all lists share.

use super::entities::{Attributes, Entities, Entity, Kind, list};
use super::http::Received;
use super::population::{Group, Person, Population};
use super::restriction::Restriction;
use super::service::Outcome;

const PAGE: usize = 1000;

impl Population {
    /// Names of what is found, or whole entries when `expand` names the kind.
    pub fn search(&self, request: &Received, entities: Entities<'_>) -> Outcome {
        let Some(kind) = request.filled("entity-type").and_then(|word| Kind::parse(&word)) else {
            return Outcome::illegal("entity-type must be user or group");
        };
        let Some(restriction) = restriction(request) else {
            return Outcome::illegal("the restriction is not understood");
        };
        let whole = request.parameter("expand").is_some_and(|expand| expand == kind.word());
        let mut found: Vec<Entity> = Vec::new();
        match kind {
            Kind::User => {
                for person in self.people.iter().filter(|it| restriction.admits(|name| property_of_person(it, name))) {
                    found.push(if whole {
                        entities.person(person, Attributes::Left)
                    } else {
                        entities.reference(kind, &person.name)
                    });
                }
            }
            Kind::Group => {
                for group in self.groups.iter().filter(|it| restriction.admits(|name| property_of_group(it, name))) {
                    found.push(if whole { entities.group(group) } else { entities.reference(kind, &group.name) });
                }
            }
        }
        Outcome::found(list(kind, page(&found, request)))
    }
}

/// The part of a list that `start-index` and `max-results` ask for.
pub fn page<'a>(entries: &'a [Entity], request: &Received) -> &'a [Entity] {
    let number = |name| request.filled(name).and_then(|text| text.parse::<i64>().ok());
    let start = usize::try_from(number("start-index").unwrap_or(0)).unwrap_or(0);
    let longest = match number("max-results") {
        None => PAGE,
        Some(number) => usize::try_from(number).unwrap_or(usize::MAX),
    };
    let rest = entries.get(start..).unwrap_or_default();
    rest.get(..longest).unwrap_or(rest)
}

fn restriction(request: &Received) -> Option<Restriction> {
    if request.method == "GET" {
        return Restriction::from_query(&request.parameter("restriction").unwrap_or_default());
    }
    match request.header("content-type") {
        Some(kind) if kind.contains("xml") => Restriction::from_xml(&request.body),
        _ => Restriction::from_json(&request.body),
    }
}

fn property_of_person(person: &Person, property: &str) -> Option<String> {
    match property {
        "name" => Some(person.name.clone()),
        "email" => Some(person.email.clone()),
        "firstName" => Some(person.first_name.clone()),
        "lastName" => Some(person.last_name.clone()),
        "displayName" => Some(person.display_name.clone()),
        "active" => Some(person.active.to_string()),
        _ => None,
    }
}

fn property_of_group(group: &Group, property: &str) -> Option<String> {
    match property {
        "name" => Some(group.name.clone()),
        "description" => Some(group.description.clone()),
        "active" => Some(group.active.to_string()),
        _ => None,
    }
}
