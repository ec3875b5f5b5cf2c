//! A terminal that is killed while afed asks for a secret, and signals that come from elsewhere meanwhile: afed ends at once,
//! the terminal echoes again as far as there is one, and nothing is stored.

use crate::sandbox::Sandbox;

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
