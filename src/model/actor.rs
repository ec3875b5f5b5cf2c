//! For whom credentials are vended: a person whom the directory knows, or the system itself, which is nobody there.
//! Everything that is derived from a request or remembered of it says which of the two it was.

use serde::{Deserialize, Serialize};

use super::person::Person;
use super::session_name::session_name;
use super::system_name::SystemName;

/// Who gets the credentials.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Actor {
    /// Somebody whom the directory has vouched for.
    Person(Person),
    /// No person: only connectors that are open to the system serve it, and it administers nothing.
    System(SystemName),
}

/// Which kind of actor is meant, where it is not yet known who.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    Person,
    System,
}

impl Actor {
    pub const fn scope(&self) -> Scope {
        match self {
            Self::Person(_) => Scope::Person,
            Self::System(_) => Scope::System,
        }
    }

    /// The person; the system is none.
    pub const fn person(&self) -> Option<&Person> {
        match self {
            Self::Person(person) => Some(person),
            Self::System(_) => None,
        }
    }

    /// The name: the directory's for a person, the configuration's or the host's for the system.
    pub fn name(&self) -> &str {
        match self {
            Self::Person(person) => &person.name,
            Self::System(name) => name.as_str(),
        }
    }

    /// What AWS records as the session's name, of at most `limit` characters.
    pub fn session_name(&self, limit: usize) -> String {
        match self {
            Self::Person(person) => session_name(&person.name, limit),
            Self::System(name) => name.session_name(limit),
        }
    }
}

impl Scope {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::System => "system",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_is_no_person_even_of_the_same_name() {
        let person = Person { name: "build".to_owned(), display_name: None, email: None };
        let (person, system) = (Actor::Person(person), Actor::System("build".parse().unwrap()));
        assert_ne!(person, system);
        assert_eq!((person.scope(), system.scope()), (Scope::Person, Scope::System));
        assert_eq!((person.person().is_some(), system.person()), (true, None));
        assert_eq!((person.name(), system.name()), ("build", "build"));
        assert_eq!((person.session_name(64), system.session_name(64)), ("build".to_owned(), "build".to_owned()));
    }
}
