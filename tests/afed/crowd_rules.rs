//! The rules that the loopback directory keeps where no independent client looks: who is let in, in which order; the traps
//! in addresses; the lives of sessions; and the answers that a script puts in place of its own.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

use crate::crowd_directory::{CrowdServer, Population, Scripted};

const RIGHT: &str = "Authorization: Basic YWZlZDpwYXNzd29yZA==";
const WRONG: &str = "Authorization: Basic YWZlZDpwYXNzd29yZHg=";
const STRANGER: &str = "Authorization: Basic c3RyYW5nZXI6cGFzc3dvcmQ=";
const JSON: &str = "Accept: application/json";

#[test]
fn the_application_password_is_looked_at_last() {
    let server = start();
    let probe = |headers: &[&str]| call(&server, "GET", "/config/cookie", headers, "");
    let refused = probe(&[WRONG, JSON]);
    assert_eq!(refused.status, 401);
    assert_eq!(refused.body, "Application failed to authenticate");
    assert_eq!(refused.header("www-authenticate"), Some("BASIC realm=\"Crowd REST Service\""));
    assert!(refused.header("content-type").unwrap().starts_with("text/plain"));
    assert_eq!(probe(&[STRANGER]).status, 401);
    assert_eq!(probe(&[]).status, 401);

    server.change(|population| population.application.addresses = vec!["192.0.2.1".parse().unwrap()]);
    let elsewhere = probe(&[WRONG, JSON]);
    assert_eq!(elsewhere.status, 403);
    assert!(elsewhere.header("content-type").unwrap().starts_with("text/html"));

    server.change(|population| population.application = Population::demo().application);
    assert_eq!(probe(&[RIGHT]).status, 200);
    server.change(|population| population.application.active = false);
    assert_eq!(probe(&[WRONG]).status, 403);
    assert_eq!(probe(&[STRANGER]).status, 401);
}

#[test]
fn a_server_cookie_stands_in_for_the_password() {
    let server = start();
    let first = call(&server, "GET", "/config/cookie", &[RIGHT], "");
    let cookie = first.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let with_cookie = call(&server, "GET", "/config/cookie", &[WRONG, &format!("Cookie: a=b; {cookie}")], "");
    assert_eq!(with_cookie.status, 200);
    assert_eq!(with_cookie.header("set-cookie"), None);
    assert_eq!(call(&server, "GET", "/config/cookie", &[WRONG, "Cookie: JSESSIONID=made-up"], "").status, 401);
}

#[test]
fn every_answer_of_the_service_says_its_version() {
    let server = start();
    for (target, headers) in [("/config/cookie", RIGHT), ("/config/cookie", WRONG), ("/nothing", RIGHT)] {
        let answer = call(&server, "GET", target, &[headers], "");
        assert_eq!(answer.header("x-embedded-crowd-version"), Some("Crowd/6.3.0"), "{target} {headers}");
    }
    server.change(|population| population.application.version.clear());
    assert_eq!(call(&server, "GET", "/config/cookie", &[RIGHT], "").header("x-embedded-crowd-version"), None);
}

#[test]
fn xml_goes_to_those_who_do_not_ask_for_json() {
    let server = start();
    let answer = call(&server, "GET", "/user?username=nobody", &[RIGHT, "Accept: */*"], "");
    assert_eq!(answer.header("content-type"), Some("application/xml"));
    assert!(answer.body.ends_with(
        "<error><reason>USER_NOT_FOUND</reason><message>User &lt;nobody&gt; does not exist</message></error>"
    ));
}

#[test]
fn addresses_are_read_as_java_servers_read_them() {
    let names = |value: &Value| {
        let groups = value["groups"].as_array().map(|list| list.iter().map(|it| it["name"].clone()).collect());
        groups.unwrap_or_else(|| value["name"].clone())
    };
    let staff = json!(["staff", "testers", "old-timers"]);
    let cases = [
        ("username=BOB&groupname=Testers", 200, json!("testers")),
        ("username=bob&groupname=developers", 404, Value::Null),
        ("username=bob&groupname=", 200, staff.clone()),
        ("username=bob", 200, staff.clone()),
        ("username=nobody", 200, json!([])),
        ("username=nobody&groupname=staff", 404, Value::Null),
        // A name that was not encoded brings its own group, or none, and what follows is lost.
        ("username=bob&groupname=staff&groupname=developers", 200, json!("staff")),
        ("username=bob&groupname=&groupname=developers", 200, staff),
        ("username=zo%C3%AB+van%2Bder%20berg&groupname=Ledger%20%26+Co%2b", 200, json!("Ledger & Co+")),
        ("username=zo%C3%AB%20van+der%20berg&groupname=staff", 404, Value::Null),
        ("username=bob&start-index=1&max-results=1", 200, json!(["testers"])),
        ("username=bob&start-index=1&max-results=-1", 200, json!(["testers", "old-timers"])),
        ("username=bob&start-index=9", 200, json!([])),
        ("groupname=staff", 400, Value::Null),
    ];
    let server = start();
    for (query, status, expected) in cases {
        let answer = call(&server, "GET", &format!("/user/group/nested?{query}"), &[RIGHT, JSON], "");
        assert_eq!((answer.status, names(&answer.json())), (status, expected), "{query}");
    }
}

#[test]
fn whole_groups_tell_whether_they_are_active() {
    let server = start();
    let answer = call(&server, "GET", "/user/group/direct?username=bob&expand=group", &[RIGHT, JSON], "").json();
    let active: Vec<&Value> = answer["groups"].as_array().unwrap().iter().map(|group| &group["active"]).collect();
    assert_eq!(active, [true, true, false]);
    let answer = call(&server, "GET", "/group?groupname=nothing", &[RIGHT, JSON], "");
    assert_eq!((answer.status, answer.reason()), (404, json!("GROUP_NOT_FOUND")));
}

#[test]
fn changes_count_from_the_next_request_on() {
    let server = start();
    let status = || call(&server, "GET", "/user/group/nested?username=bob&groupname=developers", &[RIGHT], "").status;
    assert_eq!(status(), 404);
    server.change(|population| assert!(population.join("BOB", "payments-TEAM")));
    assert_eq!(status(), 200);
    server.change(|population| assert!(population.leave("bob", "payments-team")));
    assert_eq!(status(), 404);
    server.change(|population| assert!(population.change_person("bob", |bob| bob.active = false)));
    assert_eq!(call(&server, "GET", "/user?username=bob", &[RIGHT, JSON], "").json()["active"], false);
    assert_eq!(server.count("GET", "/user/group/nested"), 3);
    assert_eq!(server.count("GET", "/user/"), 3);
    assert_eq!(server.received().last().unwrap().parameter("username").as_deref(), Some("bob"));
}

#[test]
fn a_session_lives_as_long_as_it_is_validated() {
    let server = start();
    let opened = open_session(&server, "alice", "alice-password", &["10.0.0.1"]);
    assert_eq!(opened.status, 201);
    let token = opened.json()["token"].as_str().unwrap().to_owned();
    assert!(opened.header("location").unwrap().ends_with(&format!("/rest/usermanagement/1/session/{token}")));
    assert_eq!(
        opened.json()["expiry-date"].as_i64().unwrap() - opened.json()["created-date"].as_i64().unwrap(),
        1_800_000
    );

    let validate = |factors: &[&str]| {
        let body = factors_of(factors).to_string();
        let answer = call(&server, "POST", &format!("/session/{token}"), &[RIGHT, JSON], &body);
        (answer.status, answer.reason())
    };
    let ended = (404, json!("INVALID_SSO_TOKEN"));
    let mismatch = (400, json!("INVALID_SSO_TOKEN"));
    server.let_time_pass(Duration::from_secs(29 * 60));
    assert_eq!(validate(&["10.0.0.1"]), (200, Value::Null));
    server.let_time_pass(Duration::from_secs(29 * 60));
    assert_eq!(validate(&["10.0.0.2"]), mismatch);
    assert_eq!(validate(&[]), mismatch);
    let shown = call(&server, "GET", &format!("/session/{token}?expand=user"), &[RIGHT, JSON], "");
    assert_eq!(shown.json()["user"]["email"], "alice@example.com");
    server.let_time_pass(Duration::from_secs(61));
    assert_eq!(validate(&["10.0.0.1"]), ended);
    assert_eq!(call(&server, "GET", &format!("/session/{token}"), &[RIGHT], "").status, 404);
    assert_eq!(call(&server, "DELETE", &format!("/session/{token}"), &[RIGHT], "").status, 204);
}

#[test]
fn sessions_can_be_ended_from_outside() {
    let server = start();
    let open = || open_session(&server, "bob", "bob-password", &["10.0.0.1"]).json()["token"].clone();
    let first = open();
    assert_eq!(open(), first, "a session that lives is handed out again");
    assert_eq!(server.session_tokens().len(), 1);
    server.expire_sessions();
    assert_eq!(server.session_tokens().len(), 0);
    assert_ne!(open(), first);
    server.change(|population| assert!(population.leave("bob", "staff")));
    let token = &server.session_tokens()[0];
    let body = factors_of(&["10.0.0.1"]).to_string();
    let answer = call(&server, "POST", &format!("/session/{token}"), &[RIGHT, JSON], &body);
    assert_eq!((answer.status, answer.reason()), (403, json!("APPLICATION_ACCESS_DENIED")));
}

#[test]
fn the_application_may_not_change_the_directory() {
    let server = start();
    let answer = call(&server, "POST", "/user/group/direct?username=bob", &[RIGHT, JSON], r#"{"name":"developers"}"#);
    assert_eq!((answer.status, answer.reason()), (403, json!("APPLICATION_PERMISSION_DENIED")));
    assert_eq!(server.population().group("developers").unwrap().people, ["alice", "dave"]);
}

#[test]
fn scripted_answers_take_the_place_of_real_ones() {
    let server = start();
    let get = || exchange(&server, "GET", "/user?username=bob", &[RIGHT, JSON], "");
    server.script("GET", "/user", Scripted::json(200, &json!({ "name": "eve" })).without_header("Content-Type"));
    server.script("GET", "/user", Scripted::hang_up());
    server.script("GET", "/", Scripted::redirect(302, "http://192.0.2.1/"));
    server.script("GET", "/user", Scripted::answer(200, "text/html", "<html>").cut_after(3));
    server.script("GET", "/user", Scripted::json(200, &json!({})).dripping(Duration::from_millis(1)));
    server.script("POST", "", Scripted::hang_up().always());
    let odd = Answer::parse(&get());
    assert_eq!((odd.json(), odd.header("content-type")), (json!({ "name": "eve" }), None));
    assert_eq!(get(), "");
    assert_eq!(Answer::parse(&get()).header("location"), Some("http://192.0.2.1/"));
    let cut = Answer::parse(&get());
    assert_eq!((cut.header("content-length"), cut.body.as_str()), (Some("6"), "<ht"));
    assert_eq!(Answer::parse(&get()).body, "{}");
    assert_eq!(Answer::parse(&get()).json()["name"], "bob");
    for _ in 0..2 {
        assert_eq!(exchange(&server, "POST", "/session", &[RIGHT], "{}"), "");
    }
    server.forget_scripts();
    assert_eq!(call(&server, "POST", "/session", &[RIGHT], "{}").status, 400);
}

#[test]
fn a_server_ends_while_a_client_waits() {
    let server = start();
    server.script("GET", "", Scripted::hang_up().after(Duration::from_secs(3600)));
    let mut waiting = connect(&server);
    waiting.write_all(b"GET /crowd/rest/usermanagement/1/user HTTP/1.1\r\n\r\n").unwrap();
    let mut idle = connect(&server);
    while server.received().is_empty() {
        std::thread::yield_now();
    }
    drop(server);
    let mut rest = String::new();
    assert_eq!(waiting.read_to_string(&mut rest).unwrap_or(0) + idle.read_to_string(&mut rest).unwrap_or(0), 0);
}

/// What came back.
#[derive(Debug)]
struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn parse(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Self { status, head: head.to_owned(), body: body.to_owned() }
    }

    fn header(&self, name: &str) -> Option<&str> {
        let mut pairs = self.head.lines().filter_map(|line| line.split_once(": "));
        pairs.find(|(given, _)| given.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    fn reason(&self) -> Value {
        self.json()["reason"].clone()
    }
}

fn start() -> CrowdServer {
    CrowdServer::start(Population::demo()).unwrap()
}

fn open_session(server: &CrowdServer, name: &str, password: &str, addresses: &[&str]) -> Answer {
    let body = json!({ "username": name, "password": password, "validation-factors": factors_of(addresses) });
    call(server, "POST", "/session", &[RIGHT, JSON], &body.to_string())
}

fn factors_of(addresses: &[&str]) -> Value {
    let factor = |address: &&str| json!({ "name": "remote_address", "value": address });
    json!({ "validationFactors": addresses.iter().map(factor).collect::<Vec<_>>() })
}

fn call(server: &CrowdServer, method: &str, target: &str, headers: &[&str], body: &str) -> Answer {
    Answer::parse(&exchange(server, method, target, headers, body))
}

/// One request on a connection of its own, and all that comes back until its end.
fn exchange(server: &CrowdServer, method: &str, target: &str, headers: &[&str], body: &str) -> String {
    let headers: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
    let request = format!(
        "{method} /crowd/rest/usermanagement/1{target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n{headers}\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = connect(server);
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn connect(server: &CrowdServer) -> TcpStream {
    let address = server.url().trim_start_matches("http://").trim_end_matches("/crowd");
    TcpStream::connect(address).unwrap()
}
