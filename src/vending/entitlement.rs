//! Who may use what. One function decides, for `creds`, `whoami` and the listings alike.
//! A group that can't be checked is an error, not a “no”, and never a “yes”.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

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

/// Decides, from whatever tells membership; its first error ends it. Administrators are asked about last: their rights
/// are the exception.
pub fn decide<E>(openness: Openness<'_>, includes: impl Fn(&GroupName) -> Result<bool, E>) -> Result<Entitlement, E> {
    if let Some(group) = first_of(openness.groups, &includes)? {
        return Ok(Entitlement::Member(group));
    }
    if openness.administrators_use_every_connector
        && let Some(group) = first_of(openness.administrator_groups, &includes)?
    {
        return Ok(Entitlement::Administrator(group));
    }
    Ok(Entitlement::None)
}

fn first_of<E>(
    groups: &[GroupName],
    includes: &impl Fn(&GroupName) -> Result<bool, E>,
) -> Result<Option<GroupName>, E> {
    for group in groups {
        if includes(group)? {
            return Ok(Some(group.clone()));
        }
    }
    Ok(None)
}

/// What a directory says of a person and a group; a trouble is shared by all who hear of it.
pub type Answer = Result<bool, Rc<DirectoryError>>;

/// The groups of one person for whoever looks at many connectors: each is asked of the directory once, failures too.
pub struct Memberships<'a> {
    directory: &'a dyn Directory,
    person: &'a Person,
    known: RefCell<BTreeMap<GroupName, Answer>>,
    /// What would meet every further question as well; none is asked then.
    gone: RefCell<Option<Rc<DirectoryError>>>,
}

impl<'a> Memberships<'a> {
    pub const fn of(person: &'a Person, directory: &'a dyn Directory) -> Self {
        Self { directory, person, known: RefCell::new(BTreeMap::new()), gone: RefCell::new(None) }
    }

    /// Whether the person is in the group.
    pub fn includes(&self, group: &GroupName) -> Answer {
        if let Some(known) = self.known.borrow().get(group) {
            return known.clone();
        }
        let answer = self.ask(group);
        self.known.borrow_mut().insert(group.clone(), answer.clone());
        answer
    }

    /// Whether the person may use what is open like this, and why.
    pub fn entitlement(&self, openness: Openness<'_>) -> Result<Entitlement, Rc<DirectoryError>> {
        decide(openness, |group| self.includes(group))
    }

    /// The groups that the directory did not tell about, by what went wrong in its words.
    pub fn troubles(&self) -> BTreeMap<String, Vec<GroupName>> {
        let mut troubles: BTreeMap<String, Vec<GroupName>> = BTreeMap::new();
        for (group, answer) in self.known.borrow().iter() {
            if let Err(error) = answer {
                troubles.entry(error.to_string()).or_default().push(group.clone());
            }
        }
        troubles
    }

    /// What kept the directory from telling about any of the groups that were asked for; `None` where it told about one.
    pub fn into_silence(self) -> Option<DirectoryError> {
        drop(self.gone);
        let known = self.known.into_inner();
        let is_silent = known.values().all(Result::is_err);
        // Of an error that several groups have met, the last one gives it away.
        known.into_values().filter_map(Result::err).filter_map(Rc::into_inner).next().filter(|_| is_silent)
    }

    fn ask(&self, group: &GroupName) -> Answer {
        if let Some(error) = self.gone.borrow().as_ref() {
            return Err(Rc::clone(error));
        }
        let answer = is_member(self.directory, self.person, group).map_err(Rc::new);
        if let Err(error) = &answer
            && !may_be_about_one_group(error)
        {
            self.gone.replace(Some(Rc::clone(error)));
        }
        answer
    }
}

/// Whether the directory says that the person is in the group.
pub fn is_member(directory: &dyn Directory, person: &Person, group: &GroupName) -> Result<bool, DirectoryError> {
    Ok(directory.membership(person, group)? == Membership::Member)
}

const fn may_be_about_one_group(error: &DirectoryError) -> bool {
    matches!(error, DirectoryError::Unexpected { .. } | DirectoryError::OutOfOrder { .. })
}

#[cfg(test)]
mod tests;
