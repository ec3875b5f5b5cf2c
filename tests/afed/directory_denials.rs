//! What the directory answers on the way to credentials, and what becomes of it: anything but the one right answer to
//! each of the four calls denies, with its own exit code, one sentence, nothing on stdout and no use of the lease that is
//! in the cache. Who is let in, and when no longer, is in `entitlement`.

use std::time::Duration;

use serde_json::{Value, json};

use crate::crowd_directory::Scripted;
use crate::sandbox::Sandbox;

const VERSION: &str = "X-Embedded-Crowd-Version";
/// Holds what would be taken for an answer by a careless reader, and what would upset a terminal.
const LOG_IN_PAGE: &str = "<html><title>\u{1b}[31mLog in</title>{\"name\":\"alice\",\"active\":true}</html>";
const COOKIE: &str = "crowd.token_key=00000000; Path=/";

/// Exit code and the words on stderr.
pub type Words = (i32, String);

/// A wrong answer and what it leads to.
pub type Denial = (&'static str, Scripted, Words);

#[test]
fn the_session() {
    let world = World::new();
    let right = world.session();
    let with = |change: Value| Scripted::json(200, &merged(&right, &change));
    let refusal = |status| refusal(status, "INVALID_SSO_TOKEN");
    world.denies("POST", "/session/", &right);
    world.denies_each(
        "POST",
        "/session/",
        [
            ("unknown", refusal(404), ended()),
            ("other factors", refusal(400), ended()),
            ("the same with 403", refusal(403), unexpected("the reason INVALID_SSO_TOKEN")),
            (
                "nobody",
                Scripted::json(404, &json!({ "reason": "USER_NOT_FOUND" })),
                unexpected("the reason USER_NOT_FOUND"),
            ),
            ("another token", with(json!({ "token": "another" })), unexpected(OTHER_NAME)),
            ("no token", with(json!({ "token": null })), unexpected(SHAPE)),
            ("no user", with(json!({ "user": null })), unexpected(SHAPE)),
            ("a name for a user", with(json!({ "user": "alice" })), unexpected(SHAPE)),
            ("a wrapped user", with(json!({ "user": { "UserEntity": { "name": "alice" } } })), unexpected(SHAPE)),
            ("a blank user", with(json!({ "user": { "name": " " } })), unexpected(SHAPE)),
            ("a user who writes colours", with(json!({ "user": { "name": "\u{1b}[31malice" } })), unexpected(SHAPE)),
            ("an inactive user", with(json!({ "user": { "name": "alice", "active": false } })), inactive_person()),
            ("active in words", with(json!({ "user": { "name": "alice", "active": "true" } })), unexpected(SHAPE)),
            ("active or not", with(json!({ "user": { "name": "alice", "active": null } })), unexpected(SHAPE)),
            ("an end in words", with(json!({ "expiry-date": "tomorrow" })), unexpected(SHAPE)),
            (
                "an end before the answer",
                with(json!({ "expiry-date": 1_700_000_000_000_i64 })).header("Date", "Sun, 22 Nov 2026 12:00:00 GMT"),
                ended(),
            ),
            ("an end after all time", with(json!({ "expiry-date": i64::MAX })), unexpected(SHAPE)),
        ],
    );
    let of_bob = with(json!({ "user": { "name": "bob" } }));
    world.sandbox.crowd.script("POST", "/session/", of_bob);
    world.sandbox.run(&["creds", "deploy"]).fails(
        4,
        "error: “bob” may not use the connector “deploy”\n\nhint: it is open to: developers; ask for membership in one of them\n",
    );
}

#[test]
fn the_person() {
    let world = World::new();
    let right = json!({ "name": "alice", "active": true });
    let with = |change: Value| Scripted::json(200, &merged(&right, &change));
    world.denies("GET", "/user", &right);
    world.denies_each(
        "GET",
        "/user",
        [
            ("nobody", refusal(404, "USER_NOT_FOUND"), unknown_person()),
            ("nobody, with 400", refusal(400, "USER_NOT_FOUND"), unexpected("the reason USER_NOT_FOUND")),
            ("inactive", with(json!({ "active": false })), inactive_person()),
            ("active in words", with(json!({ "active": "true" })), unexpected(SHAPE)),
            ("active as a number", with(json!({ "active": 1 })), unexpected(SHAPE)),
            ("active or not", Scripted::json(200, &json!({ "name": "alice" })), unexpected(SHAPE)),
            ("wrapped", Scripted::json(200, &json!({ "UserEntity": right })), unexpected(SHAPE)),
            ("somebody else", with(json!({ "name": "root-admin" })), unexpected(OTHER_NAME)),
            ("an alice with a Cyrillic letter", with(json!({ "name": "\u{430}lice" })), unexpected(OTHER_NAME)),
            ("no name", with(json!({ "name": null })), unexpected(SHAPE)),
            ("a name with a line end", with(json!({ "name": "alice\n" })), unexpected(SHAPE)),
            ("an address of a wrong kind", with(json!({ "email": ["a@example.com"] })), unexpected(SHAPE)),
        ],
    );
}

#[test]
fn the_membership() {
    let world = World::new();
    let right = json!({ "name": "developers" });
    let group = |body: Value| Scripted::json(200, &body);
    world.denies("GET", "/user/group/nested", &right);
    world.denies_each(
        "GET",
        "/user/group/nested",
        [
            ("no member", refusal(404, "MEMBERSHIP_NOT_FOUND"), not_entitled()),
            ("no group", refusal(404, "GROUP_NOT_FOUND"), not_entitled()),
            (
                "no member, with 400",
                refusal(400, "MEMBERSHIP_NOT_FOUND"),
                unexpected("the reason MEMBERSHIP_NOT_FOUND"),
            ),
            (
                "a list of groups",
                group(json!({ "expand": "group", "groups": [{ "name": "developers" }] })),
                unexpected(SHAPE),
            ),
            ("a list of none", group(json!({ "expand": "group", "groups": [] })), unexpected(SHAPE)),
            ("the group and a list", group(json!({ "name": "developers", "groups": [] })), unexpected(SHAPE)),
            ("the group and its people", group(json!({ "name": "developers", "users": [] })), unexpected(SHAPE)),
            ("wrapped", group(json!({ "GroupEntity": { "name": "developers" } })), unexpected(SHAPE)),
            ("another group", group(json!({ "name": "staff" })), unexpected(OTHER_NAME)),
            ("the person", group(json!({ "name": "alice" })), unexpected(OTHER_NAME)),
            ("a longer name", group(json!({ "name": "developers2" })), unexpected(OTHER_NAME)),
            ("a control character", group(json!({ "name": "developers\u{7}" })), unexpected(SHAPE)),
        ],
    );
}

#[test]
fn the_group() {
    let world = World::new();
    let right = json!({ "name": "developers", "type": "GROUP", "active": true });
    let with = |change: Value| Scripted::json(200, &merged(&right, &change));
    world.denies("GET", "/group", &right);
    world.denies_each(
        "GET",
        "/group",
        [
            ("gone", refusal(404, "GROUP_NOT_FOUND"), not_entitled()),
            ("inactive", with(json!({ "active": false })), not_entitled()),
            ("active in words", with(json!({ "active": "true" })), unexpected(SHAPE)),
            ("active or not", Scripted::json(200, &json!({ "name": "developers" })), unexpected(SHAPE)),
            ("another group", with(json!({ "name": "staff" })), unexpected(OTHER_NAME)),
            ("a list", with(json!({ "groups": [right] })), unexpected(SHAPE)),
        ],
    );
}

#[test]
fn a_cookie_that_the_directory_sets_is_never_sent_back() {
    let world = World::new();
    let crowd = &world.sandbox.crowd;
    let named = |name: &str| json!({ "name": name, "active": true });
    for (method, resource, right) in [
        ("POST", "/session/", world.session()),
        ("GET", "/user", named("alice")),
        ("GET", "/user/group/nested", named("developers")),
        ("GET", "/group", named("developers")),
    ] {
        crowd.script(method, resource, Scripted::json(200, &right).header("Set-Cookie", COOKIE));
    }
    crowd.forget_received();
    world.sandbox.run(&["creds", "deploy"]).vends().succeeds();
    let received = crowd.received();
    assert_eq!(received.len(), 4);
    assert!(received.iter().all(|request| request.header("cookie").is_none()));
    assert!(received.iter().all(|request| request.header("authorization").is_some()));
}

/// alice is logged in and may use `deploy`, a lease of it is in the cache, and Crowd has a second for each answer.
pub struct World {
    pub sandbox: Sandbox,
    token: String,
}

impl World {
    pub fn new() -> Self {
        let sandbox = Sandbox::with_session_of("alice");
        sandbox.edit_config(|text| text.replace("[crowd]\n", "[crowd]\ntimeout = \"1s\"\n"));
        sandbox.run(&["creds", "deploy"]).vends().succeeds();
        let token = sandbox.crowd.session_tokens().remove(0);
        Self { sandbox, token }
    }

    pub fn session(&self) -> Value {
        json!({ "token": self.token, "user": { "name": "alice" }, "expiry-date": 4_102_444_800_000_i64 })
    }

    /// The call with this right answer denies whatever else comes, and lets in with the right one.
    fn denies(&self, method: &str, resource: &str, right: &Value) {
        self.denies_each(method, resource, beside_the_service(right));
        self.denies_each(method, resource, of_the_service(right));
        self.denies_each(method, resource, not_whole(right));
        self.script(method, resource, Scripted::json(200, right));
        self.sandbox.run(&["creds", "deploy"]).vends().succeeds();
        self.sandbox.crowd.forget_scripts();
    }

    pub fn denies_each(&self, method: &str, resource: &str, denials: impl IntoIterator<Item = Denial>) {
        for (case, scripted, (code, words)) in denials {
            self.script(method, resource, scripted);
            let outcome = self.sandbox.run(&["creds", "deploy"]).outcome();
            let seen = (outcome.code, outcome.stdout.as_str(), outcome.stderr.as_str());
            assert_eq!(seen, (Some(code), "", words.as_str()), "{method} {resource}: {case}");
            self.sandbox.crowd.forget_scripts();
        }
    }

    /// Scripts one of the four calls. The session only refers to its person, so that all four are made.
    fn script(&self, method: &str, resource: &str, scripted: Scripted) {
        self.sandbox.crowd.script(method, resource, scripted);
        self.sandbox.crowd.script("POST", "/session/", Scripted::json(200, &self.session()).always());
    }
}

/// Answers of a proxy, a log-in page or the server around Crowd's service.
fn beside_the_service(right: &Value) -> Vec<Denial> {
    let page = |status| Scripted::answer(status, "text/html", LOG_IN_PAGE).without_header(VERSION);
    vec![
        ("log-in page", page(200), not_crowd(NO_VERSION)),
        ("the answer without version", Scripted::json(200, right).without_header(VERSION), not_crowd(NO_VERSION)),
        ("redirect", Scripted::redirect(302, "http://127.0.0.1:9/"), not_crowd("a redirect (status 302)")),
        ("a proxy's 401", page(401), not_crowd(NO_VERSION)),
        ("a proxy's 404", page(404), not_crowd(NO_VERSION)),
        ("a proxy's 503", page(503), out_of_order(503)),
        ("an address that is not allowed", page(403), address_rejected()),
    ]
}

/// Answers of Crowd that are not the right one.
fn of_the_service(right: &Value) -> Vec<Denial> {
    let challenge = Scripted::answer(401, "text/plain", "Application failed to authenticate")
        .header("WWW-Authenticate", "BASIC realm=\"Crowd REST Service\"");
    let other_success = Scripted::json(206, right);
    vec![
        ("wrong application password", challenge, application_rejected()),
        ("no right", refusal(403, "APPLICATION_PERMISSION_DENIED"), application_forbidden()),
        ("outside the application", refusal(403, "APPLICATION_ACCESS_DENIED"), outside_application()),
        ("new reason", refusal(404, "\u{1b}[2JNEW"), unexpected("an unknown reason with status 404")),
        ("Crowd's own fault", refusal(500, "OPERATION_FAILED"), out_of_order(500)),
        ("the answer with another status", other_success, unexpected("status 206")),
        ("the answer as HTML", Scripted::answer(200, "text/html", right.to_string()), unexpected(NOT_JSON)),
        ("a list of it", Scripted::json(200, &json!([right])), unexpected(SHAPE)),
        ("nothing", Scripted::answer(200, "application/json", ""), unexpected(SHAPE)),
    ]
}

/// The right answer, but cut, doubled, late or without end.
fn not_whole(right: &Value) -> Vec<Denial> {
    let body = right.to_string();
    let json = |body: String| Scripted::answer(200, "application/json", body);
    let right = || json(body.clone());
    let first_key = if body.contains("\"token\"") { "token" } else { "name" };
    let twice = format!("{{\"{first_key}\":\"x\",{}", &body[1..]);
    vec![
        ("cut off", right().cut_after(body.len() - 1), broken("end of file before message length reached")),
        ("hung up", Scripted::hang_up(), broken("connection closed before message completed")),
        ("dripping", right().dripping(Duration::from_millis(200)), too_late()),
        ("without end", json(format!("{body}{}", " ".repeat(1 << 20))), unexpected(TOO_LONG)),
        ("a key twice", json(twice), unexpected(SHAPE)),
        ("twice", json(format!("{body}{body}")), unexpected(SHAPE)),
    ]
}

pub fn refusal(status: u16, reason: &str) -> Scripted {
    Scripted::json(status, &json!({ "reason": reason, "message": "\u{1b}[2Jalice is in developers" }))
}

fn merged(right: &Value, change: &Value) -> Value {
    let mut merged = right.clone();
    for (key, value) in change.as_object().unwrap() {
        merged[key] = value.clone();
    }
    merged
}

const NO_VERSION: &str = "no X-Embedded-Crowd-Version header";
const NOT_JSON: &str = "the content type is not JSON";
pub const SHAPE: &str = "the body is not what this call returns";
pub const OTHER_NAME: &str = "the answer is about somebody or something else";
pub const TOO_LONG: &str = "the body is longer than 1048576 bytes";

fn words(code: i32, error: &str, hint: &str) -> Words {
    (code, format!("error: {error}\n\nhint: {hint}\n"))
}

pub fn unexpected(what: &str) -> Words {
    words(
        4,
        &format!("$CROWD gave an answer that afed does not understand: {what}"),
        "see what answers there: curl -si $CROWD/rest/usermanagement/1/config/cookie",
    )
}

pub fn not_crowd(what: &str) -> Words {
    words(
        5,
        &format!("what answers at $CROWD is not Crowd: {what}"),
        "see that crowd.url is Crowd's base URL, such as https://crowd.example.com/crowd, with no log-in page or proxy before it",
    )
}

fn out_of_order(status: u16) -> Words {
    words(
        5,
        &format!("$CROWD has a fault of its own (status {status})"),
        "try again in a minute, and see whether it stays so: curl -I $CROWD",
    )
}

pub fn broken(cause: &str) -> Words {
    words(5, &format!("$CROWD can't be reached\ncaused by: {cause}"), "see whether it answers: curl -I $CROWD")
}

fn too_late() -> Words {
    words(5, "$CROWD did not answer within 1 s", "see whether it answers: curl -I $CROWD")
}

fn ended() -> Words {
    words(3, "the session at $CROWD has ended", "log in: afed login")
}

fn unknown_person() -> Words {
    words(4, "$CROWD knows no such person", "ask the directory's administrator about the account")
}

fn inactive_person() -> Words {
    words(4, "the person's account at $CROWD is not active", "ask the directory's administrator about the account")
}

pub fn not_entitled() -> Words {
    words(
        4,
        "“alice” may not use the connector “deploy”",
        "it is open to: developers; ask for membership in one of them",
    )
}

fn outside_application() -> Words {
    words(
        4,
        "$CROWD does not let this person use the application “afed”",
        "ask Crowd's administrator for a group that may use the application “afed”",
    )
}

fn application_rejected() -> Words {
    words(
        1,
        "$CROWD does not accept the application “afed” or its password",
        "enter the one it has in Crowd's console; where one is stored already: afed init --password-only",
    )
}

fn application_forbidden() -> Words {
    words(
        1,
        "$CROWD does not permit the application “afed” to do this",
        "in Crowd's console, see the permissions of the application “afed” on its directories",
    )
}

fn address_rejected() -> Words {
    words(
        1,
        "$CROWD refuses the application “afed” from this machine's address",
        "in Crowd's console, under Applications › afed › Remote addresses, add this machine's address, and see that the application is active",
    )
}
