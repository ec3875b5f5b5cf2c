//! Whether a person is in a group. Crowd answers 200 to more than one question at this address, so a 200 alone says
//! nothing: the answer has to be about the one group that was asked for, and that group has to be active.

use super::CrowdDirectory;
use super::json::Object;
use super::reason::Reason;
use super::request::{Call, Target};
use super::server::Refusal;
use crate::model::person::Membership;
use crate::ports::{DirectoryError, Oddity};

impl CrowdDirectory {
    /// Direct and nested membership in an active group.
    pub(super) fn nested_membership(&self, user: &str, group: &str) -> Result<Membership, DirectoryError> {
        let server = &self.transport.server;
        let target =
            Target::resource("user/group/nested").parameter("username", user).map_err(|_| server.person_unknown())?;
        let Ok(target) = target.parameter("groupname", group) else { return Ok(Membership::NotMember) };
        match self.transport.object(Call::get(target), 200)? {
            Ok(answer) => {
                let name = self.group_of(group, &answer)?;
                // Most say nothing of it here; what is said counts.
                let switched_off = answer.has("active") && !self.is_active(&answer)?;
                if switched_off { Ok(Membership::NotMember) } else { self.active_group(name) }
            }
            Err(refusal) => self.not_there(refusal),
        }
    }

    /// The stored name of the one group that the answer is about.
    pub(super) fn group_of<'a>(&self, asked: &str, answer: &'a Object) -> Result<&'a str, DirectoryError> {
        if answer.has("groups") || answer.has("users") {
            return Err(self.transport.server.unexpected(Oddity::Shape));
        }
        self.stored_name_of(asked, answer)
    }

    pub(super) fn is_active(&self, group: &Object) -> Result<bool, DirectoryError> {
        group.truth("active").map_err(|error| self.transport.server.misshapen(error))
    }

    /// An inactive group grants nothing.
    fn active_group(&self, name: &str) -> Result<Membership, DirectoryError> {
        let server = &self.transport.server;
        let target =
            Target::resource("group").parameter("groupname", name).map_err(|_| server.unexpected(Oddity::Shape))?;
        let group = match self.transport.object(Call::get(target), 200)? {
            Ok(group) => group,
            Err(refusal) => return self.not_there(refusal),
        };
        self.group_of(name, &group)?;
        match self.is_active(&group)? {
            true => Ok(Membership::Member),
            false => Ok(Membership::NotMember),
        }
    }

    /// Only Crowd's own "not found" means "not a member"; any other refusal is an error.
    fn not_there(&self, refusal: Refusal) -> Result<Membership, DirectoryError> {
        match (refusal.status, refusal.reason) {
            (404, Some(Reason::MembershipNotFound | Reason::GroupNotFound | Reason::UserNotFound)) => {
                Ok(Membership::NotMember)
            }
            _ => Err(self.transport.server.refused(refusal)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::scripted::{HTML, JSON, Scripted, Turn, VERSION, answer, crowd, page, refusal, verdict};
    use crate::model::person::Person;
    use crate::ports::Directory;

    const IN_GROUP: &str = r#"{"link":{"href":"http://crowd/canary","rel":"self"},"name":"Ops"}"#;
    const GROUP: &str = r#"{"name":"Ops","description":"canary","type":"GROUP","active":true}"#;
    const LIST: &str = r#"{"expand":"group","groups":[{"link":{},"name":"Ops"}]}"#;

    fn person(name: &str) -> Person {
        Person { name: name.to_owned(), display_name: None, email: None }
    }

    fn membership(group: &str, turns: Vec<Turn>) -> String {
        verdict(Scripted::new(turns).directory().membership(&person("bob"), &group.parse().unwrap()))
    }

    #[test]
    fn a_member_of_an_active_group_is_let_in_by_two_questions() {
        let server = Scripted::new(vec![crowd(200, IN_GROUP), crowd(200, GROUP)]);
        let answer = server.directory().membership(&person("bob"), &"oPS".parse().unwrap());
        assert_eq!(verdict(answer), "Member");
        assert_eq!(server.asked(), ["GET user/group/nested?username=bob&groupname=oPS", "GET group?groupname=Ops"]);
    }

    #[test]
    fn crowds_own_not_found_is_not_a_member() {
        for reason in ["MEMBERSHIP_NOT_FOUND", "GROUP_NOT_FOUND", "USER_NOT_FOUND"] {
            assert_eq!(membership("ops", vec![refusal(404, reason)]), "NotMember", "{reason}");
            let body = format!(r#"{{"reason":"{reason}","message":"canary"}}"#);
            let without_version = answer(404, &[JSON], &body);
            assert_eq!(membership("ops", vec![without_version]), "NotCrowd NoVersion", "{reason}");
            let status_400 = format!("Unexpected Reason({reason:?})");
            assert_eq!(membership("ops", vec![refusal(400, reason)]), status_400);
            assert_eq!(membership("ops", vec![crowd(200, IN_GROUP), refusal(404, reason)]), "NotMember", "{reason}");
        }
    }

    /// Each of these is what some server, proxy or version answers, and a second answer would have let the person in.
    #[test]
    fn nothing_but_the_one_group_asked_for_lets_anybody_in() {
        for (case, turn, expected) in [
            ("log-in page", page(200), "NotCrowd NoVersion"),
            ("HTML with version", answer(200, &[VERSION, HTML], IN_GROUP), "Unexpected NotJson"),
            ("no version", answer(200, &[JSON], IN_GROUP), "NotCrowd NoVersion"),
            ("list", crowd(200, LIST), "Unexpected Shape"),
            ("empty list", crowd(200, r#"{"expand":"group","groups":[]}"#), "Unexpected Shape"),
            ("list with the name", crowd(200, r#"{"name":"Ops","groups":[]}"#), "Unexpected Shape"),
            ("no list with the name", crowd(200, r#"{"name":"Ops","groups":null}"#), "Unexpected Shape"),
            ("users with the name", crowd(200, r#"{"name":"Ops","users":[{"name":"bob"}]}"#), "Unexpected Shape"),
            ("bare list", crowd(200, r#"[{"name":"Ops"}]"#), "Unexpected Shape"),
            ("bare name", crowd(200, r#"["Ops"]"#), "Unexpected Shape"),
            ("text", crowd(200, r#""Ops""#), "Unexpected Shape"),
            ("wrapped", crowd(200, r#"{"GroupEntity":{"name":"Ops"}}"#), "Unexpected Shape"),
            ("wrapped user", crowd(200, r#"{"UserEntity":{"name":"Ops"}}"#), "Unexpected Shape"),
            ("name twice", crowd(200, r#"{"name":"x","name":"Ops"}"#), "Unexpected Shape"),
            ("name in other case", crowd(200, r#"{"Name":"Ops"}"#), "Unexpected Shape"),
            ("name of a wrong kind", crowd(200, r#"{"name":["Ops"]}"#), "Unexpected Shape"),
            ("no name", crowd(200, r#"{"name":null}"#), "Unexpected Shape"),
            ("blank name", crowd(200, r#"{"name":" "}"#), "Unexpected Shape"),
            ("control character", crowd(200, r#"{"name":"Ops\u0000"}"#), "Unexpected Shape"),
            ("another group", crowd(200, r#"{"name":"Devs"}"#), "Unexpected OtherName"),
            ("longer name", crowd(200, r#"{"name":"Ops2"}"#), "Unexpected OtherName"),
            ("homoglyph", crowd(200, r#"{"name":"\u041eps"}"#), "Unexpected OtherName"),
            ("the person", crowd(200, r#"{"name":"bob"}"#), "Unexpected OtherName"),
            ("cut short", crowd(200, &IN_GROUP[..IN_GROUP.len() - 1]), "Unexpected Shape"),
            ("two objects", crowd(200, &format!("{IN_GROUP}{IN_GROUP}")), "Unexpected Shape"),
            ("nothing", crowd(200, ""), "Unexpected Shape"),
            ("created", crowd(201, IN_GROUP), "Unexpected Status(201)"),
            ("no content", crowd(204, ""), "Unexpected Status(204)"),
            ("moved", answer(302, &[VERSION, JSON, "Location: /"], IN_GROUP), "NotCrowd Redirect(302)"),
            ("Crowd's failure", crowd(500, IN_GROUP), "OutOfOrder"),
            ("proxy without Crowd", page(503), "OutOfOrder"),
            ("application rejected", answer(401, &[VERSION], "canary"), "ApplicationRejected"),
            ("address rejected", page(403), "AddressRejected"),
            ("no right", refusal(403, "APPLICATION_PERMISSION_DENIED"), "ApplicationForbidden"),
            ("not found by a proxy", page(404), "NotCrowd NoVersion"),
            ("not found, HTML", answer(404, &[VERSION, HTML], "canary"), "Unexpected Status(404)"),
            ("not found, no reason", crowd(404, "{}"), "Unexpected Shape"),
            ("not found, new reason", refusal(404, "NEW"), "Unexpected UnknownReason(404)"),
            ("not found, other reason", refusal(404, "INVALID_SSO_TOKEN"), "Unexpected Reason(\"INVALID_SSO_TOKEN\")"),
        ] {
            assert_eq!(membership("ops", vec![turn, crowd(200, GROUP)]), expected, "{case}");
        }
    }

    #[test]
    fn only_a_group_that_is_surely_active_grants_anything() {
        for (case, turn, expected) in [
            ("inactive", crowd(200, r#"{"name":"Ops","active":false}"#), "NotMember"),
            ("not said", crowd(200, r#"{"name":"Ops"}"#), "Unexpected Shape"),
            ("text", crowd(200, r#"{"name":"Ops","active":"true"}"#), "Unexpected Shape"),
            ("number", crowd(200, r#"{"name":"Ops","active":1}"#), "Unexpected Shape"),
            ("both", crowd(200, r#"{"name":"Ops","active":false,"active":true}"#), "Unexpected Shape"),
            ("another group", crowd(200, r#"{"name":"Devs","active":true}"#), "Unexpected OtherName"),
            ("list", crowd(200, r#"{"name":"Ops","active":true,"groups":[]}"#), "Unexpected Shape"),
            ("no version", answer(200, &[JSON], GROUP), "NotCrowd NoVersion"),
            ("log-in page", page(200), "NotCrowd NoVersion"),
            ("Crowd's failure", refusal(500, "OPERATION_FAILED"), "OutOfOrder"),
        ] {
            assert_eq!(membership("ops", vec![crowd(200, IN_GROUP), turn]), expected, "{case}");
        }
        assert_eq!(membership("ops", vec![crowd(200, IN_GROUP)]), "Unreachable");
    }

    #[test]
    fn names_that_are_not_the_same_group_are_told_apart() {
        for (asked, answered) in [
            ("caf\u{e9}", "cafe\u{301}"),
            ("desk", "des\u{212a}"),
            ("ops", "op\u{17f}"),
            ("strasse", "stra\u{df}e"),
            ("ops", "ops\u{200b}"),
            ("ops", " ops"),
        ] {
            let body = serde_json::json!({ "name": answered, "active": true }).to_string();
            let verdict = membership(asked, vec![crowd(200, &body), crowd(200, &body)]);
            assert_eq!(verdict, "Unexpected OtherName", "{asked:?} {answered:?}");
        }
    }

    #[test]
    fn no_name_writes_into_the_question() {
        for (user, group, asked) in [
            ("bob&groupname=admins", "ops", "username=bob%26groupname%3Dadmins&groupname=ops"),
            ("a+b", "x y", "username=a%2Bb&groupname=x%20y"),
            ("50%", "R&D/Ops#1", "username=50%25&groupname=R%26D%2FOps%231"),
            ("jürgen", "開発", "username=j%C3%BCrgen&groupname=%E9%96%8B%E7%99%BA"),
        ] {
            let server = Scripted::new(vec![refusal(404, "MEMBERSHIP_NOT_FOUND")]);
            let answer = server.directory().membership(&person(user), &group.parse().unwrap());
            assert_eq!(verdict(answer), "NotMember");
            assert_eq!(server.asked(), [format!("GET user/group/nested?{asked}")]);
        }
    }

    #[test]
    fn blank_names_are_never_asked_about() {
        let server = Scripted::new(vec![crowd(200, LIST)]);
        let directory = server.directory();
        for blank in ["", " ", "\u{0}"] {
            assert_eq!(verdict(directory.nested_membership("bob", blank)), "NotMember");
            assert_eq!(verdict(directory.nested_membership(blank, "ops")), "PersonUnknown");
        }
        assert!(server.heard().is_empty());
    }
}
