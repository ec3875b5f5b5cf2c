//! A sample of the wrong answers that `src/crowd/tests` tries by the thousand, as the shipped binary takes them: in its own
//! words, with an exit code that fits, and with nothing of the answer on the terminal that could move it.

use serde_json::{Value, json};

use crate::crowd_directory::Scripted;
use crate::directory_denials::{
    OTHER_NAME, SHAPE, TOO_LONG, World, broken, not_crowd, not_entitled, refusal, unexpected,
};
use crate::sandbox::Sandbox;

const NESTED: &str = "/user/group/nested";
const NOT_HTTP: &str = "what it says is not HTTP, or has too many headers";
const ENCODING: &str = "the body is not plain UTF-8, by its headers";
const UNSEEN: &str = "al\u{200b}ice\u{202e}\u{feff}";

#[test]
fn each_wrong_answer_has_its_sentence() {
    let world = World::new();
    let right = || json!({ "name": "developers" });
    let group = |body: Value| Scripted::json(200, &body);
    let deep = format!("{{\"name\":\"developers\",\"x\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    world.denies_each(
        "GET",
        NESTED,
        [
            ("another protocol", Scripted::bytes("SSH-2.0-\u{1b}[31mOpenSSH\r\n"), not_crowd(NOT_HTTP)),
            ("TLS", Scripted::bytes(b"\x15\x03\x01\x00\x02\x02\x28"), not_crowd(NOT_HTTP)),
            ("an endless header", Scripted::json(200, &right()).header("x", &"y".repeat(1 << 20)), not_crowd(NOT_HTTP)),
            ("colours in the status", Scripted::bytes("HTTP/1.1 200 \u{1b}[31mOK\r\n\r\n"), not_crowd(NOT_HTTP)),
            (
                "heralds only",
                Scripted::bytes("HTTP/1.1 100 Continue\r\n\r\n".repeat(3)),
                broken("connection closed before message completed"),
            ),
            ("a gigabyte", group(right()).header("Content-Length", "1073741824"), unexpected(TOO_LONG)),
            ("compressed", group(right()).header("Content-Encoding", "gzip"), unexpected(ENCODING)),
            (
                "another charset",
                Scripted::answer(200, "application/json;charset=UTF-16", right().to_string()),
                unexpected(ENCODING),
            ),
            ("deep", Scripted::answer(200, "application/json", deep), unexpected(SHAPE)),
            ("yes and no", group(json!({ "name": "developers", "reason": "MEMBERSHIP_NOT_FOUND" })), unexpected(SHAPE)),
            ("switched off", group(json!({ "name": "developers", "active": false })), not_entitled()),
            ("an unseen letter", group(json!({ "name": "developers\u{200b}" })), unexpected(OTHER_NAME)),
            ("a wide letter", group(json!({ "name": "\u{ff44}evelopers" })), unexpected(OTHER_NAME)),
        ],
    );
    world.sandbox.run(&["creds", "deploy"]).vends().succeeds();
}

#[test]
fn an_answer_behind_an_answer_lets_nobody_in() {
    let sandbox = Sandbox::with_session_of("bob");
    let person = json!({ "name": "bob", "active": true }).to_string();
    let forged = json!({ "name": "developers", "active": true }).to_string();
    let head = "HTTP/1.1 200 OK\r\nX-Embedded-Crowd-Version: Crowd/6.3.0\r\nContent-Type: application/json";
    let forged = format!("{head}\r\nContent-Length: {}\r\n\r\n{forged}", forged.len());
    let scripted = Scripted::answer(200, "application/json", format!("{person}{forged}{forged}"));
    let session = json!({ "token": sandbox.crowd.session_tokens()[0], "user": { "name": "bob" } });
    sandbox.crowd.script("POST", "/session/", Scripted::json(200, &session));
    sandbox.crowd.script("GET", "/user", scripted.header("Content-Length", &person.len().to_string()));
    sandbox.run(&["creds", "deploy"]).fails(
        4,
        "error: “bob” may not use the connector “deploy”\n\nhint: it is open to: developers; ask for membership in one of them\n",
    );
}

#[test]
fn no_name_hides_itself_or_turns_the_line() {
    let world = World::new();
    let crowd = &world.sandbox.crowd;
    let mut session = world.session();
    session["user"] = json!({ "name": UNSEEN, "active": true });
    crowd.script("POST", "/session/", Scripted::json(200, &session));
    crowd.script("GET", NESTED, refusal(404, "MEMBERSHIP_NOT_FOUND"));
    world.sandbox.run(&["creds", "deploy"]).fails(
        4,
        "error: “al\\u{200b}ice\\u{202e}\\u{feff}” may not use the connector “deploy”\n\nhint: it is open to: developers; ask for membership in one of them\n",
    );
    session["user"] = json!({ "name": "alice", "display-name": UNSEEN, "email": "\u{1b}]0;x\u{7}", "active": true });
    let printed = |arguments: &[&str]| {
        crowd.script("POST", "/session/", Scripted::json(200, &session));
        let printed = world.sandbox.run(arguments).succeeds().stdout;
        assert!(printed.chars().all(|character| matches!(character, ' '..='~' | '\n')), "{printed:?}");
        printed
    };
    let facts = printed(&["whoami"]);
    assert!(facts.lines().any(|line| line == "display name   al\\u{200b}ice\\u{202e}\\u{feff}"), "{facts}");
    assert!(!facts.contains("e-mail"), "{facts}");
    let document: Value = serde_json::from_str(&printed(&["whoami", "--json"])).unwrap();
    assert_eq!(document["person"]["display_name"], UNSEEN);
}
