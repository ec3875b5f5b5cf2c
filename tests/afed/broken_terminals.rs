//! A terminal that is killed while afed asks for something or waits for somebody, and signals that come from elsewhere
//! meanwhile: afed ends at once, the terminal echoes again as far as there is one, and nothing is stored or half done.

use std::os::unix::fs::PermissionsExt;

use crate::conversation::Conversation;
use crate::iam::Iam;
use crate::rotation::{JOURNAL, configured_key, rotate, with_key};
use crate::sandbox::{Sandbox, aws_url};
use crate::sign_in_endpoint::{SignInEndpoint, TOKEN_CANARY};
use crate::sts_proxy::StsProxy;

const SECRETS: &str = "home/.local/share/afed/secrets.afed";

/// Every command that asks for a secret, with its question.
const QUESTIONS: [(&str, &str); 4] = [
    ("login --user alice", "Password: "),
    ("account create new --access-key-id AKIAIOSFODNN7EXAMPLE", "Secret access key: "),
    ("account edit ops --access-key-id AKIAIOSFODNN7EXAMPLE", "Secret access key: "),
    ("init --password-only", "The application's password: "),
];

/// As it is before and must be afterwards.
fn stored(sandbox: &Sandbox) -> (String, Vec<u8>) {
    let secrets = std::fs::read(sandbox.path(SECRETS)).unwrap();
    (sandbox.config(), secrets)
}

#[test]
fn a_terminal_that_is_killed_ends_the_question_and_nothing_is_stored() {
    let sandbox = Sandbox::configured();
    let before = stored(&sandbox);
    for (line, question) in QUESTIONS {
        let arguments: Vec<&str> = line.split(' ').collect();
        let ended = sandbox.converse(&arguments).hang_up_at(question).ended();
        assert_eq!(ended.code, Some(-1), "by the hang-up: {ended:?}");
        assert_eq!(stored(&sandbox), before, "{arguments:?}");
    }
    sandbox.edit_config(|config| config.replace("passphrase_file = ", "# "));
    let eval = format!(
        "eval \"$({} creds deploy --format bash)\"; echo \"got:$AWS_ACCESS_KEY_ID\"",
        env!("CARGO_BIN_EXE_afed")
    );
    let ended = sandbox.converse_with("/bin/sh".as_ref(), &["-c", &eval]).hang_up_at("Passphrase for ").ended();
    assert!(ended.code != Some(0) && !ended.transcript.contains("got:"), "{ended:?}");
}

#[test]
fn a_signal_from_elsewhere_leaves_no_terminal_without_echo() {
    let sandbox = Sandbox::configured();
    let before = stored(&sandbox);
    for (signal, number) in [("TERM", 15), ("INT", 2), ("HUP", 1), ("QUIT", 3)] {
        let ended = sandbox.converse(&["login", "--user", "alice"]).signal_at("Password: ", signal).ended();
        assert_eq!(ended.code, Some(-number), "{signal}: {ended:?}");
    }
    for (line, question) in QUESTIONS {
        let arguments: Vec<&str> = line.split(' ').collect();
        let ended = sandbox.converse(&arguments).signal_at(question, "TERM").ended();
        assert_eq!(ended.code, Some(-15), "{arguments:?}: {ended:?}");
    }
    assert_eq!(stored(&sandbox), before);
}

#[test]
fn a_process_that_ignores_hang_ups_goes_on_asking_without_echo() {
    let sandbox = Sandbox::configured();
    let password = sandbox.crowd.population().person("alice").unwrap().password.clone();
    let login = format!("trap '' HUP; exec {} login --user alice", env!("CARGO_BIN_EXE_afed"));
    sandbox
        .converse_with("/bin/sh".as_ref(), &["-c", &login])
        .signal_at("Password: ", "HUP")
        .hidden_line("", &password)
        .succeeds();
}

/// afed, at a terminal whose end it ignores, as after `nohup`.
fn stubborn<'a>(sandbox: &'a Sandbox, line: &str) -> Conversation<'a> {
    let line = format!("trap '' HUP; exec {} {line}", env!("CARGO_BIN_EXE_afed"));
    sandbox.converse_with("/bin/sh".as_ref(), &["-c", &line])
}

#[test]
fn whoever_ignores_hang_ups_asks_nobody_for_ever() {
    let sandbox = Sandbox::configured();
    let before = stored(&sandbox);
    let others = [
        ("account create", "Name of the account: "),
        ("connector create new", "The account whose key signs:"),
        ("connector delete deploy", "(yes or no) [no]: "),
    ];
    for (line, question) in QUESTIONS.into_iter().chain(others) {
        let ended = stubborn(&sandbox, line).hang_up_at(question).ended();
        assert!(ended.code.is_some_and(|code| (1..=6).contains(&code)), "{line}: {ended:?}");
        assert_eq!(stored(&sandbox), before, "{line}");
    }
}

const REPLACE: &str = "Replace the key? (yes or no) [no]: ";

#[test]
fn a_terminal_that_is_killed_before_the_yes_leaves_the_key() {
    let (iam, line) = (Iam::at(aws_url()), "account rotate ops");
    let key = iam.user("unanswered");
    let sandbox = with_key(aws_url(), &key);
    let before = stored(&sandbox);
    let words: Vec<&str> = line.split(' ').collect();
    let ended = sandbox.converse(&words).hang_up_at(REPLACE).ended();
    assert_eq!(ended.code, Some(-1), "by the hang-up: {ended:?}");
    let ended = stubborn(&sandbox, line).hang_up_at(REPLACE).ended();
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert_eq!((stored(&sandbox), iam.keys("unanswered")), (before, vec![(key.id, true)]));
    assert!(!sandbox.path(JOURNAL).exists());
}

/// At each call the terminal is killed while AWS is waited for, which has not heard of the call.
#[test]
fn a_terminal_that_is_killed_in_the_middle_of_a_rotation_leaves_one_that_the_next_run_settles() {
    let (iam, proxy) = (Iam::at(aws_url()), StsProxy::start());
    let sandbox = with_key(&proxy.url, &iam.user("hung-up"));
    let assert_settled = || {
        assert_eq!(iam.keys("hung-up"), [(configured_key(&sandbox), true)]);
        assert!(!sandbox.path(JOURNAL).exists());
    };
    proxy.forget_asked();
    rotate(&sandbox).succeeds();
    let calls: Vec<String> = proxy.asked().iter().map(|asked| asked.parameter("Action").unwrap().to_owned()).collect();
    assert!(calls.ends_with(&["UpdateAccessKey".to_owned(), "DeleteAccessKey".to_owned()]), "{calls:?}");
    for (call, action) in calls.iter().enumerate() {
        proxy.forget_asked();
        proxy.hold_from(call + 1);
        let words = ["account", "rotate", "ops", "--yes"];
        let ended = sandbox.converse(&words).hang_up_after("waiting for ").ended();
        assert_eq!(ended.code, Some(-1), "{action}: {ended:?}");
        proxy.release();
        rotate(&sandbox).succeeds();
        assert_settled();
    }
    let ended = stubborn(&sandbox, "account rotate ops --yes").hang_up_after(" has the key ").ended();
    assert_eq!(ended.code, Some(0), "it goes on to its end: {ended:?}");
    assert_settled();
}

#[test]
fn a_terminal_that_is_killed_while_a_browser_is_waited_for_gives_the_link_to_nobody() {
    let (sandbox, endpoint) = (Sandbox::with_session_of("alice"), SignInEndpoint::start());
    sandbox.keep_secret(TOKEN_CANARY);
    sandbox.write_private("browser", "#!/bin/sh\necho started >/dev/tty\n");
    std::fs::set_permissions(sandbox.path("browser"), std::fs::Permissions::from_mode(0o700)).unwrap();
    let console = format!(
        "\n[console]\nsign_in_url = \"{}\"\nbrowser = \"./browser {{url}}\"\nbrowser_wait = \"5m\"\n",
        endpoint.url
    );
    sandbox.edit_config(|text| text + &console);
    let before = stored(&sandbox);
    let ended = sandbox.converse(&["console", "deploy"]).hang_up_after("started").ended();
    assert_eq!(ended.code, Some(-1), "by the hang-up: {ended:?}");
    assert_eq!(stored(&sandbox), before);
    sandbox.edit_config(|text| text.replace("\"5m\"", "\"1s\""));
    let ended = stubborn(&sandbox, "console deploy").hang_up_after("started").ended();
    assert_eq!(ended.code, Some(1), "nobody has come: {ended:?}");
    sandbox.run(&["audit", "verify"]).succeeds();
    let visits = endpoint.take_visits();
    assert_eq!(visits.len(), 2);
    visits.iter().flat_map(|visit| &visit.secrets).for_each(|secret| sandbox.keep_secret(secret));
    sandbox.run(&["console", "deploy", "--print"]).vends().succeeds();
}
