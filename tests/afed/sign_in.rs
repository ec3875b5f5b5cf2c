//! Logging in, out, and being told who one is: each refusal with its own words and exit code, and a session that is there
//! and here, or neither.

use std::time::Duration;

use serde_json::{Value, json};

use crate::crowd_directory::{CrowdServer, Population, Scripted};
use crate::sandbox::{Outcome, Run, Sandbox};

const WRONG_PASSWORD: &str =
    "error: $CROWD does not accept this user name and password\n\nhint: check both and try again: afed login\n";
const ENDED: &str = "error: the session at $CROWD has ended\n\nhint: log in: afed login\n";
const NOBODY: &str = "error: nobody is logged in to $CROWD\n\nhint: log in: afed login\n";

fn log_in<'a>(sandbox: &'a Sandbox, user: &str, password: &str) -> Run<'a> {
    sandbox.run(&["login", "--user", user, "--password-stdin"]).input(password)
}

#[test]
fn each_refused_person_is_told_why() {
    let sandbox = Sandbox::configured();
    for (user, password, code, words) in [
        ("alice", "not her password", 4, WRONG_PASSWORD),
        ("alice", "ALICE-PASSWORD", 4, WRONG_PASSWORD),
        ("alice", "alice-password ", 4, WRONG_PASSWORD),
        ("nobody", "alice-password", 4, WRONG_PASSWORD),
        ("\u{1b}[31malice", "alice-password", 4, WRONG_PASSWORD),
        (
            "dave",
            "dave-password",
            4,
            "error: the person's account at $CROWD is not active\n\nhint: ask the directory's administrator about the account\n",
        ),
        (
            "erin",
            "erin-password",
            4,
            "error: the password has expired\n\nhint: change it at $CROWD, then: afed login\n",
        ),
        (
            "mallory",
            "mallory-password",
            4,
            "error: $CROWD does not let this person use the application “afed”\n\nhint: ask Crowd's administrator for a group that may use the application “afed”\n",
        ),
        ("alice", "", 1, "error: the password is empty\n"),
        (" ", "alice-password", 1, "error: the user name is empty\n"),
    ] {
        log_in(&sandbox, user, password).fails(code, words);
    }
    sandbox.run(&["whoami"]).fails(3, NOBODY);
    assert_eq!(sandbox.crowd.session_tokens().len(), 0);
}

#[test]
fn without_a_terminal_each_missing_answer_is_named() {
    let sandbox = Sandbox::configured();
    sandbox.run(&["login"]).fails(
        2,
        "error: the user name is missing, and there is no terminal to ask at\n\nhint: give it as --user NAME\n",
    );
    sandbox.run(&["login", "--user", "alice"]).fails(
        2,
        "error: the password is missing, and there is no terminal to ask at\n\nhint: give it as --password-stdin\n",
    );
    assert_eq!(sandbox.crowd.count("POST", "/session"), 0);
}

#[test]
fn trouble_between_afed_and_crowd_is_not_told_as_a_wrong_password() {
    let sandbox = Sandbox::configured();
    let crowd = &sandbox.crowd;
    let alice = || log_in(&sandbox, "alice", "alice-password");
    crowd.change(|population| population.application.password = "another".to_owned());
    alice().fails(1, "error: $CROWD does not accept the application “afed” or its password\n\nhint: enter the one it has in Crowd's console; where one is stored already: afed init --password-only\n");
    crowd.change(|population| population.application.addresses = vec!["192.0.2.1".parse().unwrap()]);
    alice().fails(1, "error: $CROWD refuses the application “afed” from this machine's address\n\nhint: in Crowd's console, under Applications › afed › Remote addresses, add this machine's address, and see that the application is active\n");
    crowd.script("POST", "/session", Scripted::answer(200, "text/html", "<html>Log in</html>"));
    alice().fails(4, "error: $CROWD gave an answer that afed does not understand: status 200\n\nhint: see what answers there: curl -si $CROWD/rest/usermanagement/1/config/cookie\n");
    crowd.script("POST", "/session", Scripted::json(201, &json!({})).without_header("X-Embedded-Crowd-Version"));
    alice().fails(5, "error: what answers at $CROWD is not Crowd: no X-Embedded-Crowd-Version header\n\nhint: see that crowd.url is Crowd's base URL, such as https://crowd.example.com/crowd, with no log-in page or proxy before it\n");
    sandbox.edit_config(|text| text.replace("[crowd]\n", "[crowd]\ntimeout = \"1s\"\n"));
    crowd.script("POST", "/session", Scripted::hang_up().after(Duration::from_secs(60)));
    alice().fails(5, "error: $CROWD did not answer within 1 s\n\nhint: see whether it answers: curl -I $CROWD\n");
    sandbox.edit_config(|text| text.replace("application = \"afed\"", "application = \"other\""));
    alice().fails(1, "error: the password of the application “other” is not in the secret store\n\nhint: store the application's password: afed init --password-only\n");
    assert_eq!(crowd.session_tokens().len(), 0);
}

#[test]
fn a_crowd_that_is_gone_is_told_with_the_cause_and_a_log_out_still_forgets() {
    let mut sandbox = Sandbox::with_session_of("alice");
    let url = sandbox.crowd.url().to_owned();
    drop(std::mem::replace(&mut sandbox.crowd, CrowdServer::start(Population::demo()).unwrap()));
    let gone = |before: &str| {
        format!("{before}caused by: Connection refused (os error 111)\n\nhint: see whether it answers: curl -I {url}\n")
    };
    let away = gone(&format!("error: {url} can't be reached\n"));
    log_in(&sandbox, "alice", "alice-password").fails(5, &away);
    sandbox.run(&["creds", "deploy"]).fails(5, &away);
    sandbox.run(&["whoami"]).fails(5, &away);
    sandbox.run(&["logout"]).fails(
        5,
        &gone(&format!("Logged out here\nerror: Crowd could not be told; the session ends there by itself\ncaused by: {url} can't be reached\n")),
    );
    sandbox
        .run(&["creds", "deploy"])
        .fails(3, &format!("error: nobody is logged in to {url}\n\nhint: log in: afed login\n"));
    sandbox.run(&["logout"]).prints("", "Nobody was logged in\n");
}

#[test]
fn whoami_tells_the_person_the_groups_that_matter_and_what_is_open() {
    let sandbox = Sandbox::with_session_of("CAROL");
    assert_eq!(
        told_whoami(&sandbox),
        "person         Carol\n\
         display name   Carol Carter\n\
         e-mail         carol@example.com\n\
         session until  SOON\n\
         groups         developers\n\
         connector      deploy (member of developers)\n"
    );
    sandbox.log_in("root-admin");
    assert_eq!(
        whoami_as_json(&sandbox),
        json!({
            "person": { "name": "root-admin", "display_name": "Root Admin", "email": "root-admin@example.com" },
            "until": "SOON",
            "groups": ["aws-admins"],
            "administrator": "aws-admins",
            "connectors": [{ "name": "deploy", "because": "administrator through aws-admins" }],
            "not_known": [],
        })
    );
    sandbox.log_in("bob");
    sandbox.crowd.change(|population| {
        assert!(population.change_person("bob", |bob| "\u{1b}[31mBob".clone_into(&mut bob.display_name)));
    });
    assert_eq!(
        told_whoami(&sandbox),
        "person         bob\n\
         e-mail         bob@example.com\n\
         session until  SOON\n\
         groups         none that opens anything\n\
         connectors     none is open to you\n"
    );
    sandbox.crowd.expire_sessions();
    sandbox.run(&["whoami"]).fails(3, ENDED);
    sandbox.run(&["whoami", "--json"]).fails(3, ENDED);
}

#[test]
fn a_session_ends_there_and_here() {
    let sandbox = Sandbox::with_session_of("alice");
    assert_eq!(sandbox.crowd.session_tokens().len(), 1);
    sandbox.run(&["logout"]).prints("", "Logged out\n");
    assert_eq!(sandbox.crowd.session_tokens().len(), 0);
    sandbox.run(&["creds", "deploy"]).fails(3, NOBODY);
    sandbox.run(&["logout"]).prints("", "Nobody was logged in\n");
    sandbox.log_in("alice");
    sandbox.crowd.expire_sessions();
    sandbox.run(&["logout"]).prints("", "Logged out\n");
    sandbox.run(&["whoami"]).fails(3, NOBODY);
}

#[test]
fn one_session_is_kept_and_a_refused_log_in_leaves_it() {
    let sandbox = Sandbox::with_session_of("alice");
    let first = sandbox.crowd.session_tokens();
    sandbox.log_in("alice");
    assert_eq!(sandbox.crowd.session_tokens(), first, "Crowd gives one token for one person and place");
    log_in(&sandbox, "bob", "not his password").fails(4, WRONG_PASSWORD);
    assert_eq!(whoami_as_json(&sandbox)["person"]["name"], "alice");
    sandbox.log_in("bob");
    let second = sandbox.crowd.session_tokens();
    assert_eq!((second.len(), second == first), (1, false));
    assert_eq!(whoami_as_json(&sandbox)["person"]["name"], "bob");
}

#[test]
fn a_session_is_opened_and_validated_with_the_same_factors() {
    let sandbox = Sandbox::with_session_of("alice");
    sandbox.run(&["whoami"]).succeeds();
    let factors = json!({ "validationFactors": [{ "name": "remote_address", "value": "127.0.0.1" }] });
    let received = sandbox.crowd.received();
    let bodies: Vec<(&str, Value)> = received
        .iter()
        .filter(|request| request.method == "POST")
        .map(|request| (request.target.as_str(), serde_json::from_slice(&request.body).unwrap()))
        .collect();
    let token = sandbox.crowd.session_tokens().remove(0);
    let service = "/crowd/rest/usermanagement/1/session";
    assert_eq!(
        bodies,
        [
            (service, json!({ "username": "alice", "password": "alice-password", "validation-factors": factors })),
            (format!("{service}/{token}?expand=user").as_str(), factors),
        ]
    );
}

#[test]
fn where_the_directory_is_this_machine_nobody_logs_in() {
    let sandbox = Sandbox::new();
    sandbox
        .run(&[
            "init",
            "--directory",
            "os",
            "--no-admin-groups",
            "--secret-store",
            "file",
            "--passphrase-file",
            "passphrase",
        ])
        .succeeds();
    let words = "error: nothing needs a log-in here: the directory is this machine's users (directory = \"os\")\n\nhint: see who you are here: afed whoami\n";
    log_in(&sandbox, "alice", "alice-password").fails(1, words);
    sandbox.run(&["logout"]).fails(1, words);
}

/// What `whoami` says, with the end of the session named.
fn told_whoami(sandbox: &Sandbox) -> String {
    let Outcome { stdout, stderr, .. } = sandbox.run(&["whoami"]).succeeds();
    assert_eq!(stderr, "");
    let line = stdout.lines().find(|line| line.starts_with("session until  ")).unwrap_or_else(|| panic!("{stdout}"));
    let until = line.trim_start_matches("session until  ");
    assert!(until.ends_with(" UTC, in 29 min") || until.ends_with(" UTC, in 30 min"), "{until}");
    stdout.replace(until, "SOON")
}

fn whoami_as_json(sandbox: &Sandbox) -> Value {
    let outcome = sandbox.run(&["whoami", "--json"]).succeeds();
    assert_eq!(outcome.stderr, "");
    let mut shown = outcome.json();
    let until: jiff::Timestamp = shown["until"].as_str().unwrap().parse().unwrap();
    let minutes = until.duration_since(jiff::Timestamp::now()).as_mins();
    assert!((28..=30).contains(&minutes), "{until}");
    shown["until"] = "SOON".into();
    shown
}
