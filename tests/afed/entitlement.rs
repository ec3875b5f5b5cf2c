//! Who is let in and who is not, through the shipped binary and the directory's own answers: nesting, cycles, odd names,
//! administrators, and every change in the directory that counts from the very next call.

use std::io::BufReader;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{Arc, Mutex};

use crate::crowd_directory::{Received, Scripted};
use crate::sandbox::{Outcome, Sandbox, aws};

const DENIED: i32 = 4;

#[test]
fn a_person_is_let_in_through_nested_groups_that_go_in_circles_and_by_the_stored_name() {
    let sandbox = Sandbox::configured();
    let sts = Listening::start();
    for (typed, stored, session_name) in
        [("CAROL", "Carol", "RoleSessionName=Carol&"), ("ZOË VAN+DER BERG", "zoë van+der berg", "RoleSessionName=zo")]
    {
        let password = sandbox.crowd.population().person(typed).unwrap().password.clone();
        let outcome = sandbox.run(&["login", "--user", typed, "--password-stdin"]).input(&password).succeeds();
        assert!(outcome.stderr.starts_with(&format!("Logged in as {stored}, until ")), "{outcome:?}");
        vends(&sandbox, "deploy");
        sandbox.run(&["creds", "deploy"]).env("AWS_ENDPOINT_URL_STS", &sts.url).outcome();
        let heard = sts.heard();
        assert!(heard.last().unwrap().contains(session_name), "{heard:?}");
    }
}

#[test]
fn groups_with_odd_names_are_asked_for_as_they_are() {
    let sandbox = Sandbox::with_session_of("zoë van+der berg");
    connector(&sandbox, "ledger", &["--group", "LEDGER & Co+"]);
    connector(&sandbox, "crafty", &["--group", "x&groupname=staff"]);
    vends(&sandbox, "ledger");
    let asked = sandbox.crowd.received().into_iter().rev().find(|request| request.path().ends_with("/group")).unwrap();
    assert_eq!(asked.parameter("groupname").as_deref(), Some("Ledger & Co+"));
    denies(
        &sandbox,
        "crafty",
        "zoë van+der berg",
        "it is open to: x&groupname=staff; ask for membership in one of them",
    );
}

#[test]
fn administrators_use_every_connector_unless_that_is_switched_off() {
    let sandbox = Sandbox::with_session_of("root-admin");
    connector(&sandbox, "closed", &["--administrators-only"]);
    vends(&sandbox, "deploy");
    vends(&sandbox, "closed");
    sandbox.edit_config(|text| text.replace("[crowd]\n", "[crowd]\nadmins_use_every_connector = false\n"));
    denies(&sandbox, "deploy", "root-admin", "it is open to: developers; ask for membership in one of them");
    denies(&sandbox, "closed", "root-admin", ADMINISTRATORS_ONLY);
    sandbox.log_in("alice");
    sandbox.edit_config(|text| text.replace("admins_use_every_connector = false\n", ""));
    vends(&sandbox, "deploy");
    denies(&sandbox, "closed", "alice", ADMINISTRATORS_ONLY);
    sandbox.edit_config(|text| text.replace("admin_groups = [\"aws-admins\"]", "admin_groups = []"));
    denies(&sandbox, "closed", "alice", ADMINISTRATORS_ONLY);
}

#[test]
fn an_inactive_group_opens_nothing() {
    let sandbox = Sandbox::with_session_of("bob");
    connector(&sandbox, "old", &["--group", "old-timers"]);
    denies(&sandbox, "old", "bob", "it is open to: old-timers; ask for membership in one of them");
    sandbox.crowd.change(|population| assert!(population.change_group("old-timers", |group| group.active = true)));
    vends(&sandbox, "old");
}

#[test]
fn what_changes_in_the_directory_counts_from_the_next_call_on() {
    let sandbox = Sandbox::with_session_of("alice");
    let not_in = "it is open to: developers; ask for membership in one of them";
    let crowd = &sandbox.crowd;
    vends(&sandbox, "deploy");

    crowd.change(|population| assert!(population.leave("alice", "developers")));
    denies(&sandbox, "deploy", "alice", not_in);
    crowd.change(|population| assert!(population.join("alice", "developers")));
    vends(&sandbox, "deploy");

    crowd.change(|population| assert!(population.change_group("developers", |group| group.active = false)));
    denies(&sandbox, "deploy", "alice", not_in);
    crowd.change(|population| assert!(population.change_group("developers", |group| group.active = true)));

    crowd.change(|population| assert!(population.change_person("alice", |alice| alice.active = false)));
    sandbox.run(&["creds", "deploy"]).fails(
        DENIED,
        "error: the person's account at $CROWD is not active\n\nhint: ask the directory's administrator about the account\n",
    );
    crowd.change(|population| assert!(population.change_person("alice", |alice| alice.active = true)));

    crowd.change(|population| assert!(population.leave("alice", "staff")));
    sandbox.run(&["creds", "deploy"]).fails(
        DENIED,
        "error: $CROWD does not let this person use the application “afed”\n\nhint: ask Crowd's administrator for a group that may use the application “afed”\n",
    );
    crowd.change(|population| assert!(population.join("alice", "staff")));
    vends(&sandbox, "deploy");

    crowd.expire_sessions();
    let ended = "error: the session at $CROWD has ended\n\nhint: log in: afed login\n";
    sandbox.run(&["creds", "deploy"]).fails(3, ended);
    sandbox.run(&["whoami"]).fails(3, ended);
    sandbox.log_in("alice");
    crowd.change(|population| population.remove_person("alice"));
    sandbox.run(&["creds", "deploy"]).fails(3, ended);
}

#[test]
fn whoever_is_denied_is_denied_before_aws_is_asked() {
    let sandbox = Sandbox::with_session_of("bob");
    let sts = Listening::start();
    let denied = sandbox.run(&["creds", "deploy"]).env("AWS_ENDPOINT_URL_STS", &sts.url).outcome();
    assert_eq!((denied.code, sts.heard().len()), (Some(DENIED), 0));
    sandbox.crowd.expire_sessions();
    let denied = sandbox.run(&["creds", "deploy"]).env("AWS_ENDPOINT_URL_STS", &sts.url).outcome();
    assert_eq!((denied.code, sts.heard().len()), (Some(3), 0));
    // The same endpoint is asked for somebody who is let in, so the counting counts.
    sandbox.log_in("alice");
    let let_in = sandbox.run(&["creds", "deploy"]).env("AWS_ENDPOINT_URL_STS", &sts.url).outcome();
    assert_eq!(let_in.code, Some(5), "{let_in:?}");
    assert!(!sts.heard().is_empty());
}

/// What `creds`, `whoami` and `connector list` say of one connector: whether it is open and why; `None`: not known.
fn told_of(sandbox: &Sandbox, connector: &str) -> [Option<(bool, Option<String>)>; 3] {
    let vending = sandbox.run(&["creds", connector, "--format", "process"]).vends().outcome();
    let creds = match vending.code {
        Some(0) => Some((true, None)),
        Some(DENIED) if vending.stderr.contains(" may not use the connector ") => Some((false, None)),
        _ => None,
    };
    let reason = |value: &serde_json::Value| value.as_str().map(str::to_owned);
    let whoami = sandbox.run(&["whoami", "--json"]).succeeds().json();
    let open = whoami["connectors"].as_array().unwrap().iter().find(|open| open["name"] == connector);
    let is_known = !whoami["not_known"].as_array().unwrap().contains(&connector.into());
    let whoami = is_known.then(|| (open.is_some(), open.and_then(|open| reason(&open["because"]))));
    let list = sandbox.run(&["connector", "list", "--json"]).succeeds().json();
    let listed = list.as_array().unwrap().iter().find(|listed| listed["name"] == connector).unwrap();
    let listed = &listed["open_to_you"];
    let list = listed["open"].as_bool().map(|open| (open, reason(&listed["because"])));
    [creds, whoami, list]
}

/// Who is in which groups, which connector, and how it ends with and without the administrators' switch.
const TABLE: [(&str, &str, Option<&str>, Option<&str>); 8] = [
    ("alice", "deploy", Some("member of developers"), Some("member of developers")),
    ("alice", "closed", None, None),
    ("bob", "deploy", None, None),
    ("bob", "closed", None, None),
    ("root-admin", "deploy", Some("administrator through aws-admins"), None),
    ("root-admin", "closed", Some("administrator through aws-admins"), None),
    ("zoë van+der berg", "deploy", Some("member of developers"), Some("member of developers")),
    ("zoë van+der berg", "closed", Some("administrator through aws-admins"), None),
];

#[test]
fn the_list_whoami_and_creds_agree() {
    let sandbox = Sandbox::configured();
    connector(&sandbox, "closed", &["--administrators-only"]);
    sandbox.crowd.change(|population| {
        assert!(population.join("zoë van+der berg", "developers") && population.join("zoë van+der berg", "aws-admins"));
    });
    let mut logged_in = "";
    for (person, connector, open, _) in TABLE {
        if person != logged_in {
            sandbox.log_in(person);
        }
        logged_in = person;
        agree(&sandbox, person, connector, open);
    }
    sandbox.edit_config(|text| text.replace("[crowd]\n", "[crowd]\nadmins_use_every_connector = false\n"));
    for (person, connector, _, open) in TABLE.into_iter().rev().filter(|(_, _, on, off)| on != off) {
        if person != logged_in {
            sandbox.log_in(person);
        }
        logged_in = person;
        agree(&sandbox, person, connector, open);
    }
}

fn agree(sandbox: &Sandbox, person: &str, connector: &str, open: Option<&str>) {
    let told = Some((open.is_some(), open.map(str::to_owned)));
    let [creds, whoami, list] = told_of(sandbox, connector);
    assert_eq!((creds, whoami, list), (Some((open.is_some(), None)), told.clone(), told), "{person} {connector}");
}

#[test]
fn a_group_that_can_t_be_looked_up_opens_nothing_and_the_others_stay_as_they_are() {
    let sandbox = Sandbox::with_session_of("alice");
    connector(&sandbox, "both", &["--group", "aaa", "--group", "developers"]);
    connector(&sandbox, "closed", &["--administrators-only"]);
    let trouble = || {
        let fault = serde_json::json!({ "reason": "OPERATION_FAILED", "message": "no" });
        sandbox.crowd.forget_scripts();
        sandbox.crowd.script("GET", "/user/group/nested", Scripted::json(500, &fault));
    };
    trouble();
    sandbox.run(&["connector", "list"]).prints(
        "CONNECTOR  ACCOUNT  PRINCIPAL    DURATION  OPEN TO              OPEN TO YOU\n\
         both       ops      assume-role  1h        aaa, developers      not known\n\
         closed     ops      assume-role  1h        administrators only  no\n\
         deploy     ops      assume-role  1h        developers           member of developers\n",
        "warning: whether you are in aaa is not known: $CROWD has a fault of its own (status 500)\n",
    );
    trouble();
    let both = sandbox.run(&["creds", "both"]).outcome();
    assert_eq!((both.code, both.stdout.as_str()), (Some(5), ""), "{both:?}");
    sandbox.crowd.forget_scripts();
    vends(&sandbox, "deploy");
    // All groups fail: nothing is open, to nobody's surprise.
    let fault = serde_json::json!({ "reason": "OPERATION_FAILED", "message": "no" });
    sandbox.crowd.script("GET", "/user/group/nested", Scripted::json(500, &fault).always());
    assert_eq!(told_of(&sandbox, "deploy"), [None, None, None]);
    assert_eq!(told_of(&sandbox, "closed"), [None, None, None]);
}

#[test]
fn the_list_is_printed_when_the_directory_can_t_be_asked() {
    let sandbox = Sandbox::with_session_of("alice");
    let table = "CONNECTOR  ACCOUNT  PRINCIPAL    DURATION  OPEN TO     OPEN TO YOU\n\
         deploy     ops      assume-role  1h        developers  not known\n";
    sandbox.crowd.script("POST", "/session/", Scripted::hang_up().always());
    let listed = sandbox.run(&["connector", "list"]).succeeds();
    assert_eq!(listed.stdout, table);
    assert!(
        listed.stderr.starts_with("warning: what is open to you is not known: $CROWD can't be reached"),
        "{listed:?}"
    );
    assert!(listed.stderr.ends_with("hint: see whether it answers: curl -I $CROWD\n"), "{listed:?}");
    let listed = sandbox.run(&["connector", "list", "--json"]).succeeds().json();
    assert_eq!(listed[0]["open_to_you"], serde_json::Value::Null);
    sandbox.crowd.forget_scripts();
    sandbox.crowd.expire_sessions();
    let said = "warning: what is open to you is not known: the session at $CROWD has ended\nhint: log in: afed login\n";
    sandbox.run(&["connector", "list"]).prints(table, said);
}

#[test]
fn many_connectors_cost_no_more_questions_than_their_groups() {
    let sandbox = Sandbox::with_session_of("bob");
    let role = &aws().open_role;
    sandbox.edit_config(|text| {
        let many = (0..1_000).map(|number| {
            format!(
                "[connectors.c{number}]\naccount = \"ops\"\nprincipal = \"assume-role\"\nrole_arn = \"{role}\"\n\
                 groups = [\"developers\", \"testers\"]\n"
            )
        });
        text + "\n" + &many.collect::<String>()
    });
    for arguments in [&["connector", "list", "--json"][..], &["whoami", "--json"]] {
        sandbox.crowd.forget_received();
        sandbox.run(arguments).succeeds();
        // The session with its person, developers, testers and that this group is active, aws-admins.
        assert_eq!(sandbox.crowd.received().len(), 5, "{arguments:?}");
    }
}

#[test]
fn whoami_tells_an_administrator_and_what_that_opens() {
    let sandbox = Sandbox::with_session_of("root-admin");
    let lines = || {
        let outcome = sandbox.run(&["whoami"]).succeeds();
        outcome.stdout.lines().skip(4).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(
        lines(),
        [
            "groups         aws-admins",
            "administrator  through aws-admins",
            "connector      deploy (administrator through aws-admins)"
        ]
    );
    sandbox.edit_config(|text| text.replace("[crowd]\n", "[crowd]\nadmins_use_every_connector = false\n"));
    assert_eq!(
        lines(),
        [
            "groups         aws-admins",
            "administrator  through aws-admins; that opens no connector",
            "connectors     none is open to you"
        ]
    );
}

const ADMINISTRATORS_ONLY: &str = "it is open to no group; ask an administrator to add one to it";

fn connector(sandbox: &Sandbox, name: &str, openness: &[&str]) {
    let role = &aws().open_role;
    sandbox
        .run(&["connector", "create", name, "--account", "ops", "--principal", "assume-role", "--role-arn", role])
        .args(openness)
        .succeeds();
}

fn vends(sandbox: &Sandbox, connector: &str) -> Outcome {
    sandbox.run(&["creds", connector, "--format", "json"]).vends().succeeds()
}

fn denies(sandbox: &Sandbox, connector: &str, person: &str, hint: &str) {
    let words = format!("error: “{person}” may not use the connector “{connector}”\n\nhint: {hint}\n");
    sandbox.run(&["creds", connector]).fails(DENIED, &words);
}

/// An endpoint that hears what it is asked and hangs up.
struct Listening {
    url: String,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Listening {
    fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let heard = Arc::new(Mutex::new(Vec::new()));
        let hearing = Arc::clone(&heard);
        // It ends with this process.
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A connection that is opened while the directory is asked may end without a word.
                let Some(request) = Received::read(&mut BufReader::new(stream)).unwrap() else { continue };
                hearing.lock().unwrap().push(String::from_utf8(request.body).unwrap());
            }
        });
        Self { url, heard }
    }

    fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}
