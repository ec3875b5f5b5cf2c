//! Users and groups through the C library's resolver, which asks whatever the system is set up to ask. A group counts
//! by its id, so that a primary group and a group listed under another spelling count like any other.

use std::ffi::{CStr, CString};

use nix::unistd::{Gid, Group, Uid, User};

use super::{NAME, unresolved};
use crate::model::person::{Membership, Person};
use crate::ports::DirectoryError;

/// The person with this user id.
pub fn person(uid: u32) -> Result<Person, DirectoryError> {
    let user = User::from_uid(Uid::from_raw(uid))
        .map_err(|error| unresolved(format!("the user with the id {uid}"), error))?
        .filter(|user| is_usable(&user.name))
        .ok_or(DirectoryError::LocalUserUnknown { uid })?;
    let display_name = full_name(&user);
    Ok(Person { name: user.name, display_name, email: None })
}

/// Whether the group is the user's primary group or one of the others.
pub fn belongs(user: &str, group: &str) -> Result<Membership, DirectoryError> {
    let unknown = || DirectoryError::PersonUnknown { directory: NAME.to_owned() };
    let found = User::from_name(user).map_err(|error| unresolved(shown("user", user), error))?;
    let found = found.ok_or_else(unknown)?;
    let Some(group) = Group::from_name(group).map_err(|error| unresolved(shown("group", group), error))? else {
        return Ok(Membership::NotMember);
    };
    let name = CString::new(found.name).map_err(|_| unknown())?;
    let groups = groups_of(&name, found.gid).map_err(|error| unresolved(shown("groups of the user", user), error))?;
    if groups.contains(&group.gid) { Ok(Membership::Member) } else { Ok(Membership::NotMember) }
}

#[cfg(not(target_vendor = "apple"))]
fn groups_of(user: &CStr, primary: Gid) -> nix::Result<Vec<Gid>> {
    nix::unistd::getgrouplist(user, primary)
}

/// Apple's list of a user's groups has another shape, which the safe bindings leave out.
#[cfg(target_vendor = "apple")]
fn groups_of(_user: &CStr, _primary: Gid) -> nix::Result<Vec<Gid>> {
    Err(nix::errno::Errno::ENOTSUP)
}

/// The resolver replaces bytes that are no text; a name with a replacement could be more than one user's.
fn is_usable(name: &str) -> bool {
    !name.trim().is_empty() && !name.contains(|character: char| character.is_control() || character == '\u{fffd}')
}

/// The first field of the record's comment, by custom the full name.
fn full_name(user: &User) -> Option<String> {
    let comment = user.gecos.to_str().ok()?;
    comment.split(',').next().filter(|name| is_usable(name)).map(ToOwned::to_owned)
}

fn shown(what: &str, name: &str) -> String {
    format!("the {what} “{}”", name.escape_debug())
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::super::LocalDirectory;
    use super::*;
    use crate::model::person::Evidence;
    use crate::model::secret::Secret;
    use crate::ports::Directory;
    use crate::sys::user::effective_uid;

    /// What the system's own tool says of the effective user.
    fn id(option: &str) -> String {
        let output = Command::new("id").arg(option).output().unwrap();
        assert!(output.status.success());
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    fn me() -> Person {
        LocalDirectory.identify(&Evidence::LocalUser { uid: effective_uid().unwrap() }).unwrap().person
    }

    #[test]
    fn the_effective_user_is_who_the_system_says() {
        assert_eq!(effective_uid().unwrap().to_string(), id("-u"));
        assert_eq!(me().name, id("-un"));
        LocalDirectory.probe().unwrap();
    }

    #[test]
    fn groups_are_those_the_system_says() {
        let output = Command::new("id").args(["-G", "--", &me().name]).output().unwrap();
        let mine = String::from_utf8(output.stdout).unwrap();
        let mine: Vec<&str> = mine.split_whitespace().collect();
        let listed = std::fs::read_to_string("/etc/group").unwrap();
        let mut seen = [false, false];
        for line in listed.lines() {
            let fields: Vec<&str> = line.split(':').collect();
            let member = mine.contains(&fields[2]);
            let expected = if member { Membership::Member } else { Membership::NotMember };
            assert_eq!(LocalDirectory.membership(&me(), &fields[0].parse().unwrap()).unwrap(), expected, "{line}");
            seen[usize::from(member)] = true;
        }
        assert_eq!(seen, [true, true], "this machine lists no group to be in, or none to be outside of");
    }

    #[test]
    fn whom_the_system_does_not_know_is_nobody() {
        let evidence = Evidence::LocalUser { uid: u32::MAX - 7 };
        assert!(matches!(LocalDirectory.identify(&evidence), Err(DirectoryError::LocalUserUnknown { .. })));
        let group = id("-gn").parse().unwrap();
        for name in ["", "no such user", "root\0"] {
            let nobody = Person { name: name.to_owned(), ..me() };
            let answer = LocalDirectory.membership(&nobody, &group);
            assert!(matches!(answer, Err(DirectoryError::PersonUnknown { .. })), "{name:?}: {answer:?}");
        }
        let answer = LocalDirectory.membership(&me(), &"no such group".parse().unwrap());
        assert_eq!(answer.unwrap(), Membership::NotMember);
    }

    #[test]
    fn a_session_is_no_evidence_to_this_machine() {
        let answer = LocalDirectory.identify(&Evidence::Session(Secret::new("T0".to_owned())));
        assert!(matches!(answer, Err(DirectoryError::EvidenceUnfit { .. })));
    }

    #[test]
    fn a_name_that_may_be_more_than_one_is_none() {
        for bad in ["", " ", "a\u{fffd}", "a\nb"] {
            assert!(!is_usable(bad), "{bad:?}");
        }
        assert!(is_usable("jürgen"));
    }
}
