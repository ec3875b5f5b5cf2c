//! Who is in which group, directly or through groups inside groups. Walks end in circles too. Activity plays no part:
//! Crowd reports memberships of inactive people and in inactive groups all the same.

use super::population::{Group, Person, Population, same_name};

/// How far a membership may reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    Direct,
    Nested,
}

impl Depth {
    /// The depth by its word in an address.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "direct" => Some(Self::Direct),
            "nested" => Some(Self::Nested),
            _ => None,
        }
    }
}

impl Population {
    /// The groups that hold the person, in the order of the population.
    pub fn groups_of(&self, person: &str, depth: Depth) -> Vec<&Group> {
        self.groups.iter().filter(|group| self.holds(group, person, depth)).collect()
    }

    /// The people that the group holds, in the order of the population.
    pub fn members_of(&self, group: &Group, depth: Depth) -> Vec<&Person> {
        self.people.iter().filter(|person| self.holds(group, &person.name, depth)).collect()
    }

    pub fn is_member(&self, person: &str, group: &str, depth: Depth) -> bool {
        self.group(group).is_some_and(|group| self.holds(group, person, depth))
    }

    /// Whether the person may log in through the application.
    pub fn may_use_application(&self, person: &str) -> bool {
        let open = &self.application.groups;
        open.is_empty() || open.iter().any(|group| self.is_member(person, group, Depth::Nested))
    }

    fn holds(&self, group: &Group, person: &str, depth: Depth) -> bool {
        let within = match depth {
            Depth::Direct => vec![group],
            Depth::Nested => self.within(group),
        };
        within.iter().any(|group| group.people.iter().any(|member| same_name(member, person)))
    }

    /// The group and all groups inside it.
    fn within<'a>(&'a self, group: &'a Group) -> Vec<&'a Group> {
        let mut found = vec![group];
        let mut next = 0;
        while let Some(group) = found.get(next).copied() {
            let inside = group.groups.iter().filter_map(|name| self.group(name));
            for inner in inside.collect::<Vec<_>>() {
                if !found.iter().any(|seen| same_name(&seen.name, &inner.name)) {
                    found.push(inner);
                }
            }
            next += 1;
        }
        found
    }
}
