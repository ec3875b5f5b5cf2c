//! Who may use what. One function decides, for `creds`, `whoami` and the listings alike.
//! A group that can't be checked is an error, not a “no”, and never a “yes”.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::model::name::GroupName;
use crate::model::person::{Membership, Person};
use crate::ports::{Directory, DirectoryError};

/// What opens a connector to people: its own groups and the administrators'.
#[derive(Debug, Clone, Copy)]
pub struct Openness<'a> {
    /// Empty means administrators only.
    pub groups: &'a [GroupName],
    pub administrator_groups: &'a [GroupName],
    pub administrators_use_every_connector: bool,
}

/// Whether a person may use a connector, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entitlement {
    Member(GroupName),
    Administrator(GroupName),
    None,
}

/// The groups of one person, each asked of the directory once.
pub struct Memberships<'a> {
    directory: &'a dyn Directory,
    person: &'a Person,
    known: RefCell<BTreeMap<GroupName, Membership>>,
}

impl<'a> Memberships<'a> {
    pub const fn of(person: &'a Person, directory: &'a dyn Directory) -> Self {
        Self { directory, person, known: RefCell::new(BTreeMap::new()) }
    }

    /// Whether the person is in the group.
    pub fn includes(&self, group: &GroupName) -> Result<bool, DirectoryError> {
        let known = self.known.borrow().get(group).copied();
        let membership = match known {
            Some(membership) => membership,
            None => {
                let membership = self.directory.membership(self.person, group)?;
                self.known.borrow_mut().insert(group.clone(), membership);
                membership
            }
        };
        Ok(membership == Membership::Member)
    }

    /// The first of the groups that the person is in.
    pub fn first_of(&self, groups: &[GroupName]) -> Result<Option<GroupName>, DirectoryError> {
        for group in groups {
            if self.includes(group)? {
                return Ok(Some(group.clone()));
            }
        }
        Ok(None)
    }
}

/// Decides. Administrators are asked about last: their rights are the exception.
pub fn decide(openness: Openness<'_>, memberships: &Memberships<'_>) -> Result<Entitlement, DirectoryError> {
    if let Some(group) = memberships.first_of(openness.groups)? {
        return Ok(Entitlement::Member(group));
    }
    if openness.administrators_use_every_connector
        && let Some(group) = memberships.first_of(openness.administrator_groups)?
    {
        return Ok(Entitlement::Administrator(group));
    }
    Ok(Entitlement::None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vending::doubles::{FakeDirectory, groups, person};

    fn decide_for(memberships: &[&str], own: &[&str], every: bool) -> Entitlement {
        let directory = FakeDirectory::with_groups(memberships);
        let person = person("alice");
        let (own, administrators) = (groups(own), groups(&["aws-admins"]));
        let openness =
            Openness { groups: &own, administrator_groups: &administrators, administrators_use_every_connector: every };
        decide(openness, &Memberships::of(&person, &directory)).unwrap()
    }

    #[test]
    fn membership_opens_and_nothing_else_does() {
        let group = |name: &str| name.parse::<GroupName>().unwrap();
        for (memberships, own, every, expected) in [
            (&["developers"][..], &["ops", "developers"][..], true, Entitlement::Member(group("developers"))),
            (&["others"], &["developers"], true, Entitlement::None),
            (&[], &[], true, Entitlement::None),
            (&["developers"], &[], true, Entitlement::None),
            (&["aws-admins"], &[], true, Entitlement::Administrator(group("aws-admins"))),
            (&["aws-admins"], &["developers"], true, Entitlement::Administrator(group("aws-admins"))),
            (&["aws-admins"], &["developers"], false, Entitlement::None),
            (&["aws-admins"], &["aws-admins"], false, Entitlement::Member(group("aws-admins"))),
        ] {
            assert_eq!(decide_for(memberships, own, every), expected, "{memberships:?} {own:?} {every}");
        }
    }

    #[test]
    fn a_directory_that_fails_entitles_nobody() {
        let directory = FakeDirectory::failing();
        let (person, own) = (person("alice"), groups(&["developers"]));
        let openness = Openness { groups: &own, administrator_groups: &[], administrators_use_every_connector: true };
        assert!(decide(openness, &Memberships::of(&person, &directory)).is_err());
    }

    #[test]
    fn each_group_is_asked_about_once() {
        let directory = FakeDirectory::with_groups(&[]);
        let (person, own) = (person("alice"), groups(&["developers", "developers"]));
        let memberships = Memberships::of(&person, &directory);
        for _ in 0..3 {
            assert_eq!(memberships.first_of(&own).unwrap(), None);
        }
        assert_eq!(directory.questions.get(), 1);
    }
}
