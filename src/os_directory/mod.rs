//! The directory port over the users and groups of this machine, as the system resolves them: files, SSSD and LDAP
//! alike. The kernel vouches for the user id; nothing is taken from the environment. Where the system has no such
//! users, every question is an error.

#[cfg(unix)]
mod unix;

#[cfg(unix)]
use self::unix::{belongs, person};
use crate::model::name::GroupName;
use crate::model::person::{Evidence, Identity, Membership, Person};
use crate::ports::{Directory, DirectoryError};
use crate::sys::user::effective_uid;

/// What this directory is called in messages.
const NAME: &str = "this machine";

/// The users and groups of this machine as the directory.
#[derive(Debug, Clone, Copy)]
pub struct LocalDirectory;

impl Directory for LocalDirectory {
    fn identify(&self, evidence: &Evidence) -> Result<Identity, DirectoryError> {
        match evidence {
            Evidence::LocalUser { uid } => Ok(Identity { person: person(*uid)?, until: None }),
            Evidence::Session(_) => Err(DirectoryError::EvidenceUnfit { directory: NAME.to_owned() }),
        }
    }

    fn membership(&self, person: &Person, group: &GroupName) -> Result<Membership, DirectoryError> {
        belongs(&person.name, group.as_str())
    }

    /// Resolves the user that this process acts as.
    fn probe(&self) -> Result<(), DirectoryError> {
        let uid = effective_uid().map_err(|error| unresolved("the effective user", error))?;
        person(uid).map(|_| ())
    }
}

fn unresolved(what: impl Into<String>, source: impl Into<std::io::Error>) -> DirectoryError {
    DirectoryError::LocalLookup { what: what.into(), source: source.into() }
}

#[cfg(not(unix))]
fn person(uid: u32) -> Result<Person, DirectoryError> {
    Err(unresolved(format!("the user with the id {uid}"), std::io::ErrorKind::Unsupported))
}

#[cfg(not(unix))]
fn belongs(user: &str, _group: &str) -> Result<Membership, DirectoryError> {
    Err(unresolved(format!("the user “{}”", user.escape_debug()), std::io::ErrorKind::Unsupported))
}
