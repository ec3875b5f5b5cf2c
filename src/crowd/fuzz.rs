//! Answers in the place of Crowd's. An answer is believed only where a second reading, which knows no more of afed than what
//! Crowd documents, says the same: exactly that status, Crowd's version, JSON of one object that is about who was asked for,
//! and that says in so many words that they are active.

use serde_json::Value;

use super::CrowdDirectory;
use super::scripted::directory_at;
use crate::fuzz::{Target, case, text};
use crate::sys::network::Answer;

const WORDS: &[&str] = &[
    "200\n",
    "201\n",
    "204\n",
    "302\n",
    "400\n",
    "401\n",
    "403\n",
    "404\n",
    "500\n",
    "X-Embedded-Crowd-Version: Crowd/5.2.1\n",
    "Content-Type: application/json\n",
    "Content-Type: application/json;charset=UTF-16\n",
    "Content-Type: text/html\n",
    "Content-Encoding: gzip\n",
    "Location: /\n",
    "{",
    "}",
    "[",
    "]",
    "\"name\":\"bob\"",
    "\"name\":\"Bob\"",
    "\"active\":true",
    "\"active\":false",
    "\"active\":\"true\"",
    "\"active\":1",
    "\"active\":null",
    "\"token\":\"T0\"",
    "\"user\":{\"name\":\"bob\"}",
    "\"expiry-date\":1700000000000",
    "\"expiry-date\":-1",
    "\"groups\":[]",
    "\"users\":[]",
    "\"reason\":\"USER_NOT_FOUND\"",
    "\"reason\":\"MEMBERSHIP_NOT_FOUND\"",
    "\"display-name\":\"Bob\"",
    "\"email\":\"b@example.net\"",
    ",",
    ":",
    "null",
    "\\u0000",
    "\\ud83d",
    "\\u006e",
    "\u{43e}",
    "\u{212a}",
    "\u{130}",
    "1e5",
    "-0",
];

#[test]
fn no_answer_is_believed_that_does_not_say_all() {
    Target { name: "crowd", words: WORDS, judge }.run();
}

/// A status, headers, an empty line and a body; what is missing is empty.
fn answer(input: &[u8]) -> Answer {
    let end = input.windows(2).position(|pair| pair == b"\n\n").map_or(input.len(), |at| at + 2);
    let head = String::from_utf8_lossy(&input[..end]).into_owned();
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.parse().ok()).unwrap_or(200);
    let header = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_owned(), value.to_owned()));
    Answer::new(status, lines.filter_map(header).collect(), input[end..].to_vec())
}

fn judge(input: &[u8]) -> String {
    thread_local! {
        static CROWD: CrowdDirectory = directory_at("http://127.0.0.1:9/crowd", std::time::Duration::from_secs(1), "p");
    }
    CROWD.with(|crowd| [200, 201].map(|status| verdict(crowd, input, status)).join(" "))
}

fn verdict(crowd: &CrowdDirectory, input: &[u8], success: u16) -> String {
    let object = match crowd.transport.reply_of(answer(input), success) {
        Ok(Ok(object)) => object,
        Ok(Err(refusal)) => return format!("{} {:?}", refusal.status, refusal.reason),
        Err(error) => return super::scripted::in_short(&error),
    };
    let said = believable(&answer(input), success);
    let about_bob = said["name"].as_str().is_some_and(|name| name.to_lowercase() == "bob");
    let person = crowd.person("bob", &object);
    if let Ok(person) = &person {
        assert!(about_bob && said["active"] == Value::Bool(true), "{person:?} by {said}");
        let shown = [Some(&person.name), person.display_name.as_ref(), person.email.as_ref()];
        assert!(shown.iter().flatten().all(|text| !text.chars().any(char::is_control)), "{person:?}");
    }
    let group = crowd.group_of("bob", &object);
    let is_active = crowd.is_active(&object);
    if group.is_ok() {
        assert!(about_bob && said.get("groups").is_none() && said.get("users").is_none(), "{said}");
    }
    if matches!(is_active, Ok(true)) {
        assert_eq!(said["active"], Value::Bool(true));
    }
    let session = crowd.user_of(&object).and_then(|user| crowd.stored_name(user)).is_ok();
    assert!(!session || said["user"]["name"].is_string(), "{said}");
    let expiry = crowd.expiry(&object).is_ok();
    format!("{} {} {} {session} {expiry}", case(&person.is_ok()), group.is_ok(), is_active.is_ok())
}

/// What the answer says, after every sign that it is Crowd's has been looked for once more.
fn believable(answer: &Answer, success: u16) -> Value {
    assert_eq!(answer.status, success);
    assert!(answer.header("x-embedded-crowd-version").is_some_and(|version| !version.trim().is_empty()));
    assert!(answer.headers("content-type").all(|kind| kind.to_ascii_lowercase().contains("application/json")));
    assert!(answer.headers("content-encoding").all(|encoding| encoding.eq_ignore_ascii_case("identity")));
    let body = text(&answer.body).expect("what was believed is UTF-8");
    let said: Value = serde_json::from_str(body).expect("what was believed is JSON");
    assert!(said.is_object() && said.get("reason").is_none(), "{said}");
    said
}
