//! Crowd's sessions: opened with a password, prolonged at each use, ended on request. A person's password and a
//! session's token are exposed here and nowhere else in this room. A session is never made without a password.

use jiff::Timestamp;
use serde::Serialize;

use super::CrowdDirectory;
use super::json::Object;
use super::names;
use super::reason::Reason;
use super::request::{Call, Target};
use super::server::Refusal;
use crate::model::person::Identity;
use crate::model::secret::Secret;
use crate::ports::{DirectoryError, Greeting, Oddity, Session};

/// Far longer than any token that Crowd makes.
const LONGEST_TOKEN: usize = 1024;

#[derive(Serialize)]
struct LogIn<'a> {
    username: &'a str,
    password: &'a str,
    #[serde(rename = "validation-factors")]
    factors: Factors,
}

/// What binds a session to where it is used. The same at log-in and at validation, or Crowd refuses the session.
#[derive(Serialize)]
struct Factors {
    #[serde(rename = "validationFactors")]
    factors: [Factor; 1],
}

#[derive(Serialize)]
struct Factor {
    name: &'static str,
    value: &'static str,
}

const FACTORS: Factors = Factors { factors: [Factor { name: "remote_address", value: "127.0.0.1" }] };

impl CrowdDirectory {
    /// Opens a session for the person of this name and password.
    pub(super) fn open_session(&self, user: &str, password: &Secret) -> Result<Session, DirectoryError> {
        let server = &self.transport.server;
        if names::is_blank(user) || password.is_empty() {
            return Err(server.wrong_password());
        }
        let body = LogIn { username: user, password: password.expose(), factors: FACTORS };
        let secret_length = user.len() + body.password.len();
        let call = Call::post(Target::resource("session"), &body, secret_length);
        let call = call.map_err(|error| server.unreachable(error))?;
        let (session, now) = match self.transport.greeted(call, 201)? {
            (Ok(session), Greeting { clock, .. }) => (session, clock),
            (Err(refusal), _) => return Err(self.log_in_refused(refusal)),
        };
        let token = session.text("token").map_err(|error| server.misshapen(error))?;
        let token = Secret::new(sane_token(token).ok_or_else(|| server.unexpected(Oddity::Shape))?.to_owned());
        let person = self.user_of(&session)?;
        let name = self.stored_name_of(user, person)?;
        Ok(Session { token, identity: self.identity(name, person, &session, now)? })
    }

    /// Whose session this is; the session is prolonged.
    pub(super) fn validate_session(&self, token: &Secret) -> Result<Identity, DirectoryError> {
        let server = &self.transport.server;
        let token = sane_token(token.expose()).ok_or_else(|| server.session_ended())?;
        let target = Target::resource("session").segment(token).and_then(|target| target.parameter("expand", "user"));
        let target = target.map_err(|_| server.session_ended())?;
        let call = Call::post(target, &FACTORS, 0).map_err(|error| server.unreachable(error))?;
        let (session, now) = match self.transport.greeted(call, 200)? {
            (Ok(session), Greeting { clock, .. }) => (session, clock),
            (Err(refusal), _) if is_over(refusal) => return Err(server.session_ended()),
            (Err(refusal), _) => return Err(server.refused(refusal)),
        };
        if session.text("token").map_err(|error| server.misshapen(error))? != token {
            return Err(server.unexpected(Oddity::OtherName));
        }
        let person = self.user_of(&session)?;
        self.identity(self.stored_name(person)?, person, &session, now)
    }

    /// Ends a session. What can't be a token is no session, and one that is over needs no end.
    pub(super) fn close_session(&self, token: &Secret) -> Result<(), DirectoryError> {
        let Some(token) = sane_token(token.expose()) else { return Ok(()) };
        let Ok(target) = Target::resource("session").segment(token) else { return Ok(()) };
        match self.transport.confirmation(Call::delete(target))? {
            Ok(()) => Ok(()),
            Err(refusal) if is_over(refusal) => Ok(()),
            Err(refusal) => Err(self.transport.server.refused(refusal)),
        }
    }

    /// The person of this name. An answer that says whether they are active is about them as a whole; one that only
    /// refers to them is not enough, and Crowd is asked for the rest. A session whose end is past by the date of the answer
    /// is over, whatever else that says; by this machine's clock nothing is judged.
    fn identity(
        &self,
        name: &str,
        person: &Object,
        session: &Object,
        now: Option<Timestamp>,
    ) -> Result<Identity, DirectoryError> {
        let until = self.expiry(session)?;
        if until.zip(now).is_some_and(|(until, now)| until <= now) {
            return Err(self.transport.server.session_ended());
        }
        let person = if person.has("active") { self.person(name, person) } else { self.active_person(name) };
        Ok(Identity { person: person?, until })
    }

    pub(super) fn user_of<'a>(&self, session: &'a Object) -> Result<&'a Object, DirectoryError> {
        session.object("user").map_err(|error| self.transport.server.misshapen(error))
    }

    pub(super) fn expiry(&self, session: &Object) -> Result<Option<Timestamp>, DirectoryError> {
        let server = &self.transport.server;
        let milliseconds = session.optional_whole("expiry-date").map_err(|error| server.misshapen(error))?;
        let expiry = milliseconds.map(Timestamp::from_millisecond).transpose();
        expiry.map_err(|_| server.unexpected(Oddity::Shape))
    }

    /// A wrong password and an unknown name are told alike, so that nobody can find out who exists.
    fn log_in_refused(&self, refusal: Refusal) -> DirectoryError {
        let server = &self.transport.server;
        match (refusal.status, refusal.reason) {
            (400, Some(Reason::InvalidUserAuthentication | Reason::InvalidCredential))
            | (400 | 404, Some(Reason::UserNotFound)) => server.wrong_password(),
            (400, Some(Reason::ExpiredCredential)) => DirectoryError::PasswordExpired { directory: server.name() },
            (400, Some(Reason::InactiveAccount)) => server.person_inactive(),
            _ => server.refused(refusal),
        }
    }
}

/// Unknown, expired, or opened with other factors: the person has to log in again.
const fn is_over(refusal: Refusal) -> bool {
    matches!(refusal, Refusal { status: 400 | 404, reason: Some(Reason::InvalidSsoToken) })
}

/// A text that can be a token. One of dots alone would be a step in the path, not a segment of it.
fn sane_token(text: &str) -> Option<&str> {
    let printable = text.bytes().all(|byte| byte.is_ascii_graphic());
    let sane = printable && (1..=LONGEST_TOKEN).contains(&text.len()) && !text.bytes().all(|byte| byte == b'.');
    sane.then_some(text)
}

#[cfg(test)]
mod tests {
    use super::super::scripted::{JSON, Scripted, Turn, VERSION, answer, crowd, page, refusal, verdict};
    use super::*;
    use crate::model::person::{Evidence, Person};
    use crate::ports::{Directory, Sessions};

    const SESSION: &str = r#"{"expand":"user","token":"T0","user":{"name":"Bob"},"expiry-date":1700000000000}"#;
    const BOB: &str = r#"{"name":"Bob","display-name":"Bob B.","email":"bob@example.net","active":true}"#;
    const VALIDATION: &str = r#"{"validationFactors":[{"name":"remote_address","value":"127.0.0.1"}]}"#;

    fn secret(text: &str) -> Secret {
        Secret::new(text.to_owned())
    }

    fn identify(token: &str, turns: Vec<Turn>) -> String {
        verdict(Scripted::new(turns).directory().identify(&Evidence::Session(secret(token))))
    }

    fn open(turns: Vec<Turn>) -> String {
        verdict(Scripted::new(turns).directory().open("bob", &secret("p")))
    }

    fn bob() -> Identity {
        let person = Person {
            name: "Bob".to_owned(),
            display_name: Some("Bob B.".to_owned()),
            email: Some("bob@example.net".to_owned()),
        };
        Identity { person, until: Some(Timestamp::from_second(1_700_000_000).unwrap()) }
    }

    #[test]
    fn a_session_is_opened_with_the_same_factors_as_it_is_validated_with() {
        let server = Scripted::new(vec![crowd(201, SESSION), crowd(200, BOB), crowd(200, SESSION), crowd(200, BOB)]);
        let directory = server.directory();
        let session = directory.open("bob", &secret("p\"q\\ü")).unwrap();
        assert_eq!(session.identity, bob());
        assert_eq!(directory.identify(&Evidence::Session(session.token)).unwrap(), bob());
        let asked = ["POST session", "GET user?username=Bob", "POST session/T0?expand=user", "GET user?username=Bob"];
        assert_eq!(server.asked(), asked);
        let heard = server.heard();
        let log_in = format!(r#"{{"username":"bob","password":"p\"q\\ü","validation-factors":{VALIDATION}}}"#);
        for (request, body) in [(&heard[0], log_in.as_str()), (&heard[2], VALIDATION)] {
            assert!(request.ends_with(&format!("\r\n\r\n{body}")), "{request}");
            assert!(request.contains("\r\ncontent-type: application/json\r\n"), "{request}");
        }
    }

    #[test]
    fn each_way_to_fail_a_log_in_has_its_own_name() {
        let outside = refusal(403, "APPLICATION_ACCESS_DENIED");
        for (case, turn, expected) in [
            ("wrong password", refusal(400, "INVALID_USER_AUTHENTICATION"), "WrongPassword"),
            ("wrong credential", refusal(400, "INVALID_CREDENTIAL"), "WrongPassword"),
            ("nobody", refusal(400, "USER_NOT_FOUND"), "WrongPassword"),
            ("nobody, elsewhere", refusal(404, "USER_NOT_FOUND"), "WrongPassword"),
            ("expired", refusal(400, "EXPIRED_CREDENTIAL"), "PasswordExpired"),
            ("inactive", refusal(400, "INACTIVE_ACCOUNT"), "PersonInactive"),
            ("outside", outside, "PersonOutsideApplication"),
            ("no right", refusal(403, "APPLICATION_PERMISSION_DENIED"), "ApplicationForbidden"),
            ("application", answer(401, &[VERSION], "Application failed to authenticate"), "ApplicationRejected"),
            ("address", page(403), "AddressRejected"),
            ("new reason", refusal(400, "NEW"), "Unexpected UnknownReason(400)"),
            ("no version", answer(400, &[JSON], r#"{"reason":"INVALID_CREDENTIAL"}"#), "NotCrowd NoVersion"),
            ("log-in page", page(200), "NotCrowd NoVersion"),
            ("not created", crowd(200, SESSION), "Unexpected Status(200)"),
            ("page created", page(201), "NotCrowd NoVersion"),
            ("nobody's", crowd(201, r#"{"token":"T0"}"#), "Unexpected Shape"),
            ("list of users", crowd(201, r#"{"token":"T0","user":["Bob"]}"#), "Unexpected Shape"),
            ("no token", crowd(201, r#"{"user":{"name":"Bob"}}"#), "Unexpected Shape"),
            ("empty token", crowd(201, &SESSION.replace("T0", "")), "Unexpected Shape"),
            ("dots for a token", crowd(201, &SESSION.replace("T0", "..")), "Unexpected Shape"),
            ("line break in the token", crowd(201, &SESSION.replace("T0", "a\\nb")), "Unexpected Shape"),
            ("long token", crowd(201, &SESSION.replace("T0", &"T".repeat(1025))), "Unexpected Shape"),
            ("expiry of a wrong kind", crowd(201, &SESSION.replace("1700000000000", "\"soon\"")), "Unexpected Shape"),
            (
                "expiry beyond time",
                crowd(201, &SESSION.replace("1700000000000", "9000000000000000000")),
                "Unexpected Shape",
            ),
        ] {
            assert_eq!(open(vec![turn, crowd(200, BOB)]), expected, "{case}");
        }
    }

    #[test]
    fn a_session_for_somebody_else_is_not_handed_out() {
        for name in ["Alice", "B\u{43e}b", "bob2"] {
            let turns = vec![crowd(201, &SESSION.replace("Bob", name)), crowd(200, &BOB.replace("Bob", name))];
            assert_eq!(open(turns), "Unexpected OtherName", "{name}");
        }
    }

    #[test]
    fn without_a_name_or_a_password_nothing_is_asked() {
        let server = Scripted::new(vec![crowd(201, SESSION)]);
        for (user, password) in [("", "p"), (" ", "p"), ("\u{0}", "p"), ("bob", "")] {
            assert_eq!(verdict(server.directory().open(user, &secret(password))), "WrongPassword");
        }
        assert!(server.heard().is_empty());
    }

    #[test]
    fn a_session_vouches_only_for_an_active_person_of_its_own_name() {
        for (case, turns, expected) in [
            ("unknown or expired", vec![refusal(404, "INVALID_SSO_TOKEN")], "SessionEnded"),
            ("other factors", vec![refusal(400, "INVALID_SSO_TOKEN")], "SessionEnded"),
            ("wrong reason", vec![refusal(404, "USER_NOT_FOUND")], "Unexpected Reason(\"USER_NOT_FOUND\")"),
            ("wrong status", vec![refusal(500, "INVALID_SSO_TOKEN")], "OutOfOrder"),
            ("no version", vec![answer(404, &[JSON], r#"{"reason":"INVALID_SSO_TOKEN"}"#)], "NotCrowd NoVersion"),
            ("wrong address", vec![page(404)], "NotCrowd NoVersion"),
            ("outside", vec![refusal(403, "APPLICATION_ACCESS_DENIED")], "PersonOutsideApplication"),
            ("application", vec![answer(401, &[VERSION], "canary")], "ApplicationRejected"),
            ("log-in page", vec![page(200), crowd(200, BOB)], "NotCrowd NoVersion"),
            ("another token", vec![crowd(200, &SESSION.replace("T0", "T1")), crowd(200, BOB)], "Unexpected OtherName"),
            ("no token", vec![crowd(200, r#"{"user":{"name":"Bob"}}"#), crowd(200, BOB)], "Unexpected Shape"),
            ("blank person", vec![crowd(200, &SESSION.replace("Bob", " ")), crowd(200, BOB)], "Unexpected Shape"),
            ("no person", vec![crowd(200, r#"{"token":"T0"}"#), crowd(200, BOB)], "Unexpected Shape"),
            (
                "another person",
                vec![crowd(200, SESSION), crowd(200, &BOB.replace("Bob", "Alice"))],
                "Unexpected OtherName",
            ),
            (
                "look-alike",
                vec![crowd(200, SESSION), crowd(200, &BOB.replace("Bob", "B\u{43e}b"))],
                "Unexpected OtherName",
            ),
            ("inactive", vec![crowd(200, SESSION), crowd(200, &BOB.replace("true", "false"))], "PersonInactive"),
            ("not surely active", vec![crowd(200, SESSION), crowd(200, r#"{"name":"Bob"}"#)], "Unexpected Shape"),
            (
                "active in words",
                vec![crowd(200, SESSION), crowd(200, &BOB.replace("true", "\"true\""))],
                "Unexpected Shape",
            ),
            (
                "wrapped",
                vec![crowd(200, SESSION), crowd(200, &format!("{{\"UserEntity\":{BOB}}}"))],
                "Unexpected Shape",
            ),
            ("gone", vec![crowd(200, SESSION), refusal(404, "USER_NOT_FOUND")], "PersonUnknown"),
            ("gone, says a proxy", vec![crowd(200, SESSION), page(404)], "NotCrowd NoVersion"),
            ("no second answer", vec![crowd(200, SESSION)], "Unreachable"),
        ] {
            assert_eq!(identify("T0", turns), expected, "{case}");
        }
    }

    #[test]
    fn a_session_that_tells_all_of_its_person_leaves_nothing_to_ask() {
        let whole = SESSION.replace(r#"{"name":"Bob"}"#, BOB);
        let server = Scripted::new(vec![crowd(200, &whole)]);
        assert_eq!(server.directory().identify(&Evidence::Session(secret("T0"))).unwrap(), bob());
        assert_eq!(server.asked(), ["POST session/T0?expand=user"]);
        for (case, session, expected) in [
            ("inactive", whole.replace("true", "false"), "PersonInactive"),
            ("active in words", whole.replace("true", "\"true\""), "Unexpected Shape"),
            ("active in numbers", whole.replace("true", "1"), "Unexpected Shape"),
            ("neither active nor not", whole.replace("true", "null"), "Unexpected Shape"),
            ("of nobody", whole.replace("\"Bob\"", "\" \""), "Unexpected Shape"),
            ("an address of a wrong kind", whole.replace("\"bob@example.net\"", "7"), "Unexpected Shape"),
        ] {
            assert_eq!(identify("T0", vec![crowd(200, &session), crowd(200, BOB)]), expected, "{case}");
        }
    }

    #[test]
    fn what_crowd_does_not_say_of_a_person_is_left_open() {
        let session = r#"{"token":"T0","user":{"name":"Bob"}}"#;
        for bob in [
            r#"{"name":"Bob","active":true}"#,
            r#"{"name":"Bob","active":true,"email":"","display-name":null}"#,
            r#"{"name":"Bob","active":true,"email":"a\u0007b","display-name":"\u001b[2J"}"#,
        ] {
            let server = Scripted::new(vec![crowd(200, session), crowd(200, bob)]);
            let identity = server.directory().identify(&Evidence::Session(secret("T0"))).unwrap();
            let person = Person { name: "Bob".to_owned(), display_name: None, email: None };
            assert_eq!(identity, Identity { person, until: None });
        }
    }

    #[test]
    fn what_can_not_be_a_token_is_never_sent() {
        let server = Scripted::new(vec![crowd(200, SESSION)]);
        let directory = server.directory();
        for token in ["", " ", ".", "..", "a b", "a\nb", "ä", &"T".repeat(1025)] {
            assert_eq!(verdict(directory.identify(&Evidence::Session(secret(token)))), "SessionEnded", "{token:?}");
            assert_eq!(verdict(directory.close(&secret(token))), "()", "{token:?}");
        }
        assert!(server.heard().is_empty());
    }

    #[test]
    fn a_token_stays_within_its_path_segment() {
        let server = Scripted::new(vec![refusal(404, "INVALID_SSO_TOKEN"), refusal(404, "INVALID_SSO_TOKEN")]);
        let directory = server.directory();
        let token = secret("a/../b?validate-password=false&x#%");
        assert_eq!(verdict(directory.identify(&Evidence::Session(token.clone()))), "SessionEnded");
        assert_eq!(verdict(directory.close(&token)), "()");
        let path = "session/a%2F..%2Fb%3Fvalidate-password%3Dfalse%26x%23%25";
        assert_eq!(server.asked(), [format!("POST {path}?expand=user"), format!("DELETE {path}")]);
    }

    #[test]
    fn ending_a_session_is_confirmed_by_crowd() {
        for (case, turn, expected) in [
            ("ended", answer(204, &[VERSION], ""), "()"),
            ("over before", refusal(404, "INVALID_SSO_TOKEN"), "()"),
            ("over in other words", refusal(400, "INVALID_SSO_TOKEN"), "()"),
            ("another success", crowd(200, SESSION), "Unexpected Status(200)"),
            ("another success, empty", answer(202, &[VERSION], ""), "Unexpected Status(202)"),
            ("wrong status", refusal(500, "INVALID_SSO_TOKEN"), "OutOfOrder"),
            ("no version", answer(204, &[], ""), "NotCrowd NoVersion"),
            ("log-in page", page(200), "NotCrowd NoVersion"),
            ("wrong address", page(404), "NotCrowd NoVersion"),
            ("application", answer(401, &[VERSION], "canary"), "ApplicationRejected"),
            ("another reason", refusal(404, "USER_NOT_FOUND"), "Unexpected Reason(\"USER_NOT_FOUND\")"),
        ] {
            assert_eq!(verdict(Scripted::new(vec![turn]).directory().close(&secret("T0"))), expected, "{case}");
        }
    }

    #[test]
    fn a_local_user_is_no_evidence_to_crowd() {
        let server = Scripted::new(vec![crowd(200, SESSION)]);
        assert_eq!(verdict(server.directory().identify(&Evidence::LocalUser { uid: 0 })), "EvidenceUnfit");
        assert!(server.heard().is_empty());
    }
}
