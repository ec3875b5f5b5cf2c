//! People as Crowd has stored them. Crowd answers for inactive people as well, so `active` is looked at here, where
//! every `Person` is made.

use super::CrowdDirectory;
use super::json::Object;
use super::names;
use super::reason::Reason;
use super::request::{Call, Target};
use super::server::Refusal;
use crate::model::person::Person;
use crate::ports::{DirectoryError, Oddity};

impl CrowdDirectory {
    /// The active person of this name, by the name that Crowd has stored.
    pub(super) fn active_person(&self, name: &str) -> Result<Person, DirectoryError> {
        let server = &self.transport.server;
        let target = Target::resource("user").parameter("username", name).map_err(|_| server.person_unknown())?;
        match self.transport.object(Call::get(target), 200)? {
            Ok(user) => self.person(name, &user),
            Err(Refusal { status: 404, reason: Some(Reason::UserNotFound) }) => Err(server.person_unknown()),
            Err(refusal) => Err(server.refused(refusal)),
        }
    }

    /// The active person that an answer is about as a whole.
    pub(super) fn person(&self, asked: &str, user: &Object) -> Result<Person, DirectoryError> {
        let server = &self.transport.server;
        let name = self.stored_name_of(asked, user)?;
        if !user.truth("active").map_err(|error| server.misshapen(error))? {
            return Err(server.person_inactive());
        }
        let detail = |key| user.optional_text(key).map(usable).map_err(|error| server.misshapen(error));
        Ok(Person { name: name.to_owned(), display_name: detail("display-name")?, email: detail("email")? })
    }

    /// The `name` of an answer, if it can be the stored name of anything.
    pub(super) fn stored_name<'a>(&self, answer: &'a Object) -> Result<&'a str, DirectoryError> {
        let name = answer.text("name").ok().filter(|name| names::is_storable(name));
        name.ok_or_else(|| self.transport.server.unexpected(Oddity::Shape))
    }

    /// The `name` of an answer, if it is what was asked about.
    pub(super) fn stored_name_of<'a>(&self, asked: &str, answer: &'a Object) -> Result<&'a str, DirectoryError> {
        let name = self.stored_name(answer)?;
        if names::same_name(asked, name) { Ok(name) } else { Err(self.transport.server.unexpected(Oddity::OtherName)) }
    }
}

/// A detail that says nothing, or could upset a terminal, counts as not known.
fn usable(detail: Option<&str>) -> Option<String> {
    detail.filter(|text| names::is_storable(text)).map(ToOwned::to_owned)
}
