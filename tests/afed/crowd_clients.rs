//! What clients of Crowd that others wrote read from the loopback directory. Their expectations fix the shapes of its
//! answers; the values expected here are written out by hand from the built-in population.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::crowd_directory::{CrowdServer, Population};
use crate::emulator::parts;

#[test]
fn the_crowd_package_of_python_reads_the_population() {
    let server = CrowdServer::start(Population::demo()).unwrap();
    let read = ask(python("crowd_package.py").arg(server.url()));
    let mut expected = expect(
        &read,
        "application cookie log_ins people direct_groups nested_groups nested_people memberships found_people \
         found_groups session_refused",
    );
    expected["session"] = json!({
        "opened": "Carol", "valid": "Carol", "prolonged": true, "valid_elsewhere": false, "ended": true,
        "valid_after_end": false, "ended_again": true,
    });
    assert_same(&read, &expected);
}

#[test]
fn the_crowd_package_of_python_reads_the_population_over_tls() {
    let server = CrowdServer::start_tls(Population::demo()).unwrap();
    let mut authority = tempfile::NamedTempFile::new().unwrap();
    authority.write_all(server.authority_pem().unwrap().as_bytes()).unwrap();
    let read = ask(python("crowd_package.py").arg(server.url()).arg(authority.path()));
    assert!(server.url().starts_with("https://"), "{}", server.url());
    assert_eq!(read["nested_groups"], everything()["nested_groups"]);
}

#[test]
fn the_atlassian_package_of_python_reads_the_population() {
    let server = CrowdServer::start(Population::demo()).unwrap();
    let read = ask(python("atlassian_package.py").arg(server.url()));
    let mut expected = expect(
        &read,
        "application cookie log_ins refusals people direct_groups nested_groups groups direct_people nested_people \
         direct_member nested_member membership_names found_people session_refusals",
    );
    expected["session"] = json!({
        "opened": "Carol", "valid": "Carol", "looked_at": "Carol", "prolonged": true, "valid_elsewhere": false,
        "valid_after_end": false, "ended_again": true,
    });
    assert_same(&read, &expected);
}

#[test]
fn the_crowd_client_of_node_reads_the_population() {
    let server = CrowdServer::start(Population::demo()).unwrap();
    let node = parts().join("bin/node");
    let mut command = Command::new(node);
    command.env("NODE_PATH", parts().join("node_modules")).arg(scripts().join("crowd_client.js")).arg(server.url());
    let read = ask(&mut command);
    let mut expected = expect(
        &read,
        "application application_refusal cookie log_ins refusal_reasons people_shown direct_groups nested_groups page \
         direct_people nested_people direct_membership nested_membership not_a_member found_people found_groups \
         session_refusal_reasons",
    );
    expected["session"] = json!({
        "looked_at": "Carol", "same_token_again": true, "prolonged": true, "valid_elsewhere": false,
        "valid_without_factors": false, "valid_after_end": false, "ended_again": true,
    });
    assert_same(&read, &expected);
}

/// What every script is asked for, the names in another case than they are stored in where that can be.
fn questions() -> Value {
    json!({
        "application": ["afed", "password"],
        "log_ins": [
            ["Alice", "alice-password"], ["alice", "Alice-password"], ["alice", ""],
            ["zoë van+der berg", "zoë pass+word"], ["dave", "dave-password"], ["erin", "erin-password"],
            ["mallory", "mallory-password"], ["nobody", "password"],
        ],
        "people": ["ALICE", "bob", "carol", "zoë van+der berg", "dave", "mallory", "nobody"],
        "groups": ["DEVELOPERS", "payments-team", "Ledger & Co+", "old-timers"],
        "pairs": [
            ["alice", "developers"], ["CAROL", "developers"], ["carol", "PAYMENTS-team"],
            ["zoë van+der berg", "developers"], ["bob", "developers"], ["bob", "old-timers"],
            ["nobody", "developers"], ["alice", "nothing"],
        ],
        "search": ["email", "B@EXAMPLE"],
        "page": ["zoë van+der berg", 1, 2],
        "session": ["carol", "carol-password"],
    })
}

/// The right answer to each question, by hand.
fn everything() -> Value {
    let mut all = people_and_log_ins();
    for (name, value) in memberships().as_object().unwrap() {
        all[name] = value.clone();
    }
    all
}

fn people_and_log_ins() -> Value {
    let outside = "INVALID_USER_AUTHENTICATION";
    json!({
        "application": [true, false],
        "application_refusal": "APPLICATION_ACCESS_DENIED",
        "cookie": { "domain": ".example.com", "secure": false, "name": "crowd.token_key" },
        "log_ins": ["alice", null, null, "zoë van+der berg", null, null, null, null],
        "refusal_reasons": [
            null, outside, outside, null, "INACTIVE_ACCOUNT", "EXPIRED_CREDENTIAL", outside, "USER_NOT_FOUND",
        ],
        "refusals": [
            null, [400, outside], [400, outside], null, [400, "INACTIVE_ACCOUNT"], [400, "EXPIRED_CREDENTIAL"],
            [400, outside], [400, "USER_NOT_FOUND"],
        ],
        "session_refused": [false, true, true, false, true, true, true, true],
        // The client makes its own word of every 403.
        "session_refusal_reasons": [
            null, outside, outside, null, "INACTIVE_ACCOUNT", "EXPIRED_CREDENTIAL", "APPLICATION_PERMISSION_DENIED",
            outside,
        ],
        "session_refusals": [
            null, [400, outside], [400, outside], null, [400, "INACTIVE_ACCOUNT"], [400, "EXPIRED_CREDENTIAL"],
            [403, "APPLICATION_ACCESS_DENIED"], [400, outside],
        ],
        "people": people("attributes", &json!({ "team": ["payments"], "floor": ["2", "3"] })),
        "people_shown": people("first-attributes", &json!({ "team": "payments", "floor": "2" })),
        "found_people": ["bob"],
    })
}

fn people(attributes: &str, of_alice: &Value) -> Value {
    let person = |name: &str, display_name: &str, email: &str, active: bool| json!({ "name": name, "display-name": display_name, "email": email, "active": active, attributes: {} });
    let mut alice = person("alice", "Alice Archer", "alice@example.com", true);
    alice[attributes] = of_alice.clone();
    json!([
        alice,
        person("bob", "Bob Baker", "bob@example.com", true),
        person("Carol", "Carol Carter", "carol@example.com", true),
        person("zoë van+der berg", "Zoë van+der Berg <& co>", "zoë@example.com", true),
        person("dave", "Dave Dyer", "dave@example.com", false),
        person("mallory", "Mallory Moss", "mallory@example.com", true),
        null,
    ])
}

fn memberships() -> Value {
    let (zoë, ledger) = ("zoë van+der berg", "Ledger & Co+");
    let nested_team = json!(["Carol", zoë]);
    json!({
        "direct_groups": [
            ["staff", "developers"], ["staff", "testers", "old-timers"], ["staff", "payments-team"], ["staff", ledger],
            ["staff", "developers"], [], [],
        ],
        "nested_groups": [
            ["staff", "developers"], ["staff", "testers", "old-timers"],
            ["staff", "developers", "payments-team", ledger], ["staff", "developers", "payments-team", ledger],
            ["staff", "developers"], [], [],
        ],
        "page": ["developers", "payments-team"],
        "direct_people": [["alice", "dave"], ["Carol"], [zoë], ["bob"]],
        "nested_people": [["alice", "Carol", zoë, "dave"], nested_team, nested_team, ["bob"]],
        "groups": [
            { "name": "developers", "description": "May deploy", "type": "GROUP", "active": true },
            { "name": "payments-team", "description": "Part of the developers", "type": "GROUP", "active": true },
            { "name": ledger, "description": "Inside the payments team and round it", "type": "GROUP", "active": true },
            { "name": "old-timers", "description": "No longer in use", "type": "GROUP", "active": false },
        ],
        "direct_member": [true, false, true, false, false, true, false, false],
        "nested_member": [true, true, true, true, false, true, false, false],
        "direct_membership": ["developers", null, "payments-team", null, null, "old-timers", null, null],
        "nested_membership": [
            "developers", "developers", "payments-team", "developers", null, "old-timers", null, null,
        ],
        "not_a_member": "MEMBERSHIP_NOT_FOUND",
        // Looked up in what is stored, where the case of the question counts.
        "memberships": [
            null, { "users": ["Carol"], "groups": [ledger] }, { "users": [zoë], "groups": ["payments-team"] },
            { "users": ["bob"], "groups": [] },
        ],
        "membership_names": [null, ["Carol"], [zoë], ["bob"]],
        "found_groups": ["payments-team"],
    })
}

/// The right answers to those questions that a client can ask.
fn expect(read: &Value, names: &str) -> Value {
    assert!(read.is_object(), "{read}");
    let all = everything();
    names.split_whitespace().map(|name| (name.to_owned(), all[name].clone())).collect::<serde_json::Map<_, _>>().into()
}

fn assert_same(read: &Value, expected: &Value) {
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&read[name], value, "{name}");
    }
    assert_eq!(read, expected);
}

fn ask(command: &mut Command) -> Value {
    let program = PathBuf::from(command.get_program());
    assert!(program.exists(), "{} is missing; run tests/setup", program.display());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(questions().to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaint}");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {complaint}"))
}

fn python(script: &str) -> Command {
    let mut command = Command::new(parts().join("clients/bin/python"));
    command.env_remove("REQUESTS_CA_BUNDLE").env_remove("CURL_CA_BUNDLE").env("NO_PROXY", "127.0.0.1");
    command.arg(scripts().join(script));
    command
}

fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients")
}
