//! Who is in the directory: the application that may ask, people, groups. Read from TOML, changed by tests at run time.
//! Names are compared without regard to case and handed out as stored.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Everything the directory knows.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Population {
    pub application: Application,
    #[serde(default)]
    pub people: Vec<Person>,
    #[serde(default)]
    pub groups: Vec<Group>,
}

/// The application that may ask, and what the directory's administrator set for it.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Application {
    pub name: String,
    pub password: String,
    #[serde(default = "yes")]
    pub active: bool,
    /// Whose members may log in through this application; empty lets everybody in.
    #[serde(default)]
    pub groups: Vec<String>,
    /// The addresses that the application may call from.
    #[serde(default = "loopback")]
    pub addresses: Vec<IpAddr>,
    /// How long a session lives without being validated.
    #[serde(default = "half_an_hour")]
    pub session_minutes: u32,
    /// What `X-Embedded-Crowd-Version` says; empty leaves the header off.
    #[serde(default = "version")]
    pub version: String,
}

/// A person.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Person {
    pub name: String,
    pub password: String,
    #[serde(default)]
    pub first_name: String,
    #[serde(default)]
    pub last_name: String,
    #[serde(default)]
    pub display_name: String,
    #[serde(default)]
    pub email: String,
    #[serde(default = "yes")]
    pub active: bool,
    #[serde(default)]
    pub password_expired: bool,
    #[serde(default)]
    pub attributes: BTreeMap<String, Vec<String>>,
}

/// A group, with its direct members of both kinds.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    pub name: String,
    #[serde(default)]
    pub description: String,
    #[serde(default = "yes")]
    pub active: bool,
    #[serde(default)]
    pub people: Vec<String>,
    /// Groups inside this one; going round in circles is allowed, as it is in Crowd.
    #[serde(default)]
    pub groups: Vec<String>,
}

impl Population {
    /// The people and groups that the demonstration and the tests are about.
    #[expect(clippy::expect_used, reason = "the text is part of this program and a test reads it")]
    pub fn demo() -> Self {
        Self::parse(include_str!("demo.toml")).expect("the built-in population is readable")
    }

    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    pub fn person(&self, name: &str) -> Option<&Person> {
        self.people.iter().find(|person| same_name(&person.name, name))
    }

    pub fn group(&self, name: &str) -> Option<&Group> {
        self.groups.iter().find(|group| same_name(&group.name, name))
    }

    /// The person, to be changed; tells whether there was one.
    pub fn change_person(&mut self, name: &str, change: impl FnOnce(&mut Person)) -> bool {
        self.people.iter_mut().find(|person| same_name(&person.name, name)).map(change).is_some()
    }

    /// The group, to be changed; tells whether there was one.
    pub fn change_group(&mut self, name: &str, change: impl FnOnce(&mut Group)) -> bool {
        self.groups.iter_mut().find(|group| same_name(&group.name, name)).map(change).is_some()
    }

    /// Makes the person a direct member of the group; tells whether there is such a group.
    pub fn join(&mut self, person: &str, group: &str) -> bool {
        self.change_group(group, |group| group.people.push(person.to_owned()))
    }

    /// Takes the person out of the group's direct members; tells whether there is such a group.
    pub fn leave(&mut self, person: &str, group: &str) -> bool {
        self.change_group(group, |group| group.people.retain(|member| !same_name(member, person)))
    }

    /// Takes the person away; memberships by that name stay behind and mean nobody.
    pub fn remove_person(&mut self, name: &str) {
        self.people.retain(|person| !same_name(&person.name, name));
    }
}

/// Crowd's idea of equal names: case does not count.
pub fn same_name(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

fn yes() -> bool {
    true
}

fn half_an_hour() -> u32 {
    30
}

fn loopback() -> Vec<IpAddr> {
    vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]
}

fn version() -> String {
    "Crowd/6.3.0".to_owned()
}
