//! Calls about groups: a group's entry, the people it holds, and all direct memberships at once.

use super::entities::{Attributes, Entities, Entity, Kind, list};
use super::http::Received;
use super::nesting::Depth;
use super::people::no_membership;
use super::population::{Group, Person, Population};
use super::search::page;
use super::service::Outcome;
use super::xml::element;

impl Population {
    pub fn show_group(&self, request: &Received, entities: Entities<'_>) -> Outcome {
        self.with_group(request, |group| Outcome::found(entities.group(group)))
    }

    /// One membership when a person is named, else the list of people that the group holds.
    pub fn show_members_of(&self, request: &Received, entities: Entities<'_>, depth: Depth) -> Outcome {
        if let (Some(name), Some(group)) = (request.filled("username"), request.filled("groupname")) {
            return match self.person(&name).filter(|person| self.is_member(&person.name, &group, depth)) {
                Some(person) => Outcome::found(entities.reference(Kind::User, &person.name)),
                None => no_membership(&name, &group),
            };
        }
        let whole = request.parameter("expand").is_some_and(|expand| expand == "user");
        let entry = |person: &Person| {
            if whole { entities.person(person, Attributes::Left) } else { entities.reference(Kind::User, &person.name) }
        };
        self.with_group(request, |group| {
            let entries: Vec<Entity> = self.members_of(group, depth).into_iter().map(entry).collect();
            Outcome::found(list(Kind::User, page(&entries, request)))
        })
    }

    /// All direct memberships. Crowd has these in XML only; the JSON form says so.
    pub fn show_memberships(&self) -> Outcome {
        let memberships: String = self.groups.iter().map(|group| self.membership(group)).collect();
        Outcome::found(Entity { json: "XML only".into(), xml: element("memberships", &[], &memberships) })
    }

    fn membership(&self, group: &Group) -> String {
        let people: String =
            self.members_of(group, Depth::Direct).into_iter().map(|it| named("user", &it.name)).collect();
        let inner = group.groups.iter().filter_map(|name| self.group(name));
        let groups: String = inner.map(|inner| named("group", &inner.name)).collect();
        let content = element("users", &[], &people) + &element("groups", &[], &groups);
        element("membership", &[("group", &group.name)], &content)
    }

    fn with_group(&self, request: &Received, show: impl FnOnce(&Group) -> Outcome) -> Outcome {
        let Some(name) = request.filled("groupname") else {
            return Outcome::illegal("groupname must not be null");
        };
        match self.group(&name) {
            Some(group) => show(group),
            None => Outcome::error(404, "GROUP_NOT_FOUND", &format!("Group <{name}> does not exist")),
        }
    }
}

fn named(kind: &str, name: &str) -> String {
    element(kind, &[("name", name)], "")
}
