//! People at a terminal: every question of every command, typed and mistyped, broken off, and not asked where nobody is.

use crate::conversation::{DOWN, ENTER, INTERRUPT};
use crate::keyring_session::KeyringSession;
use crate::sandbox::{Sandbox, aws};

const SECOND_PASSPHRASE: &str = "a-typed-passphrase-canary";

fn application_password(sandbox: &Sandbox) -> String {
    sandbox.crowd.population().application.password
}

#[test]
fn a_first_day_at_a_terminal() {
    let sandbox = Sandbox::new();
    init_for_crowd(&sandbox);
    let connector = create_account_and_connector(&sandbox);
    assert!(connector.contains("https://awspolicygen.s3.amazonaws.com/policygen.html"), "{connector}");
    assert!(connector.contains("https://policysim.aws.amazon.com/"), "{connector}");
    assert_eq!(
        sandbox.config().split_once("[connectors.deploy]\n").unwrap().1,
        format!(
            "account = \"ops\"\nprincipal = \"assume-role\"\nrole_arn = \"{}\"\nduration = \"45m\"\n\
             groups = [\"developers\", \"aws-admins\"]\n",
            aws().open_role
        )
    );
    log_in(&sandbox);
    hand_out_credentials(&sandbox);
}

/// Mistyped on the way: the address, the second passphrase, and the application's password.
fn init_for_crowd(sandbox: &Sandbox) {
    let ended = sandbox
        .converse(&["init"])
        .answer("Who says who people are?", ENTER)
        .answer("Where shall secrets rest?", &format!("{DOWN}{DOWN}{DOWN}{ENTER}"))
        .line("Crowd's base URL", "http://crowd.example.com/crowd")
        .line("error: the Crowd address uses http without TLS to another machine", sandbox.crowd.url())
        .line("The application that afed is to Crowd [afed]: ", "")
        .line("Groups of administrators, separated by commas (may be empty): ", "aws-admins")
        .hidden_line("New passphrase for ", SECOND_PASSPHRASE)
        .hidden_line("The same again: ", "something else")
        .hidden_line("The two differ; new passphrase for ", SECOND_PASSPHRASE)
        .hidden_line("The same again: ", SECOND_PASSPHRASE)
        .hidden_line("The application's password: ", "not the password")
        .hidden_line("try again\r\nThe application's password: ", &application_password(sandbox))
        .succeeds();
    assert!(
        ended.screen_ends_with(
            "Wrote $SANDBOX/home/.config/afed/config.toml\n\
             hint: add the key of an IAM user: afed account create NAME --access-key-id AKIA…\n"
        ),
        "{ended:?}"
    );
    assert!(sandbox.config().contains("admin_groups = [\"aws-admins\"]"), "{}", sandbox.config());
}

/// Mistyped on the way: the passphrase, the account's name, the key's id and its secret; then the role and the duration.
fn create_account_and_connector(sandbox: &Sandbox) -> String {
    let key = &aws().key;
    sandbox
        .converse(&["account", "create"])
        .line("Name of the account: ", "my account")
        .line("error: the account name “my account” holds “ ”", "ops")
        .line("Access key id: ", "AKIA")
        .line("error: an access key id has 16 to 128", &key.id)
        .hidden_line("Passphrase for ", "not the passphrase")
        .hidden_line("It does not open with that; passphrase for ", SECOND_PASSPHRASE)
        .hidden_line("Secret access key: ", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
        .hidden_line("try again\r\nSecret access key: ", &key.secret)
        .succeeds();
    let role = &aws().open_role;
    let ended = sandbox
        .converse(&["connector", "create"])
        .line("Name of the connector: ", "deploy")
        .answer("The account whose key signs:", ENTER)
        .answer("What kind of credentials?", ENTER)
        .line("ARN of the role: ", "deploy-role")
        .line("error: “deploy-role” is not ", role)
        .line("External id that the role asks for (empty: none): ", "")
        .line("File with a policy that narrows the role's rights (empty: none): ", "missing.json")
        .line("missing.json can't be read", "")
        .line("How long its credentials live (such as 45m or 12h) [1h]: ", "13h")
        .line("error: assume-role leases live 15m to 12h", "45m")
        .line("Region [us-east-1]: ", "")
        .answer("Whom shall it serve?", ENTER)
        .line("Groups that may use it, separated by commas", "developers, aws-admins")
        .succeeds();
    assert!(ended.screen_ends_with(
        "Added the connector “deploy”, open to: developers, aws-admins\nhint: use it: afed creds deploy\n"
    ));
    ended.transcript
}

fn log_in(sandbox: &Sandbox) {
    let password = sandbox.crowd.population().person("alice").unwrap().password.clone();
    let ended = sandbox
        .converse(&["login"])
        .hidden_line("Passphrase for ", SECOND_PASSPHRASE)
        .line("User name: ", "alice")
        .hidden_line("Password: ", &password)
        .succeeds();
    assert!(ended.transcript.contains("Logged in as alice, until "), "{ended:?}");
}

/// As an SDK does it: its own streams are pipes, and the person sits at the terminal.
fn hand_out_credentials(sandbox: &Sandbox) {
    let ended = sandbox
        .converse(&["creds", "deploy", "--format", "process"])
        .with_piped_streams()
        .vends()
        .hidden_line("Passphrase for ", SECOND_PASSPHRASE)
        .succeeds();
    let credentials: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(credentials["Version"], 1);
    assert_eq!(ended.stderr, "");
    assert!(ended.transcript.ends_with("/secrets.afed: \r\n"), "{ended:?}");
}

#[test]
fn a_machine_without_crowd_is_set_up_with_two_questions() {
    let sandbox = Sandbox::new();
    sandbox
        .converse(&["init", "--secret-store", "file", "--passphrase-file", "passphrase"])
        .answer("Who says who people are?", &format!("{DOWN}{ENTER}"))
        .line("Groups of administrators", "")
        .succeeds();
    assert!(sandbox.config().contains("directory = \"os\""), "{}", sandbox.config());
}

#[test]
fn a_keyring_that_is_not_there_is_told_when_it_is_picked() {
    let sandbox = Sandbox::new();
    sandbox
        .converse(&["init", "--passphrase-file", "passphrase"])
        .answer("Who says who people are?", &format!("{DOWN}{ENTER}"))
        .answer("Where shall secrets rest?", ENTER)
        .answer(
            "warning: the Secret Service can't be reached: there is no D-Bus session bus; pick another, or mend it first (Ctrl-C leaves)\r\n",
            &format!("{DOWN}{DOWN}{DOWN}{ENTER}"),
        )
        .line("Groups of administrators", "")
        .succeeds();
    assert!(sandbox.config().contains("store = \"file\""), "{}", sandbox.config());
}

#[test]
fn a_keyring_that_answers_is_taken() {
    let session = KeyringSession::unlocked();
    let sandbox = Sandbox::new().env("DBUS_SESSION_BUS_ADDRESS", &session.address);
    sandbox
        .converse(&["init"])
        .answer("Who says who people are?", &format!("{DOWN}{ENTER}"))
        .answer("Where shall secrets rest?", ENTER)
        .line("Groups of administrators", "")
        .succeeds();
    assert!(sandbox.config().contains("store = \"auto\""), "{}", sandbox.config());
    assert_eq!(session.items(), []);
}

#[test]
fn a_password_for_standard_input_is_hidden_where_that_is_a_terminal() {
    let sandbox = Sandbox::configured();
    let password = sandbox.crowd.population().person("alice").unwrap().password.clone();
    sandbox.converse(&["login", "--user", "alice", "--password-stdin"]).hidden_line("Password: ", &password).succeeds();
}

#[test]
fn a_federated_user_is_led_to_a_policy() {
    let sandbox = Sandbox::configured();
    sandbox.write_private("policy.json", "{\"Version\":\"2012-10-17\",\"Statement\":[]}");
    sandbox
        .converse(&["connector", "create", "users"])
        .answer("The account whose key signs:", ENTER)
        .answer("What kind of credentials?", &format!("{DOWN}{ENTER}"))
        .answer("What may the federated user do?", ENTER)
        .line("File with the policy: ", "policy.json")
        .line("[12h]: ", "")
        .line("Region [us-east-1]: ", "eu-west-1")
        .answer("Whom shall it serve?", ENTER)
        .line("Groups that may use it", "")
        .succeeds();
    assert_eq!(
        sandbox
            .config()
            .replace(sandbox.path("").to_str().unwrap(), "$SANDBOX/")
            .split_once("[connectors.users]\n")
            .unwrap()
            .1,
        "account = \"ops\"\nprincipal = \"federated-user\"\ngroups = []\nregion = \"eu-west-1\"\npolicy_file = \"$SANDBOX/policy.json\"\n"
    );
}

#[test]
fn a_wrong_answer_is_final_after_three() {
    let sandbox = Sandbox::configured();
    let init = ["init", "--password-only"];
    let wrong = "The application's password: ";
    let conversation = sandbox.converse(&init).hidden_line(wrong, "the first").hidden_line(wrong, "the second");
    conversation.hidden_line(wrong, "the third").fails(
        1,
        "error: $CROWD does not accept the application “afed” or its password\n\n\
         hint: enter the one it has in Crowd's console; where one is stored already: afed init --password-only\n",
    );
}

#[test]
fn whoever_breaks_off_leaves_nothing_half_done() {
    let sandbox = Sandbox::configured();
    sandbox.edit_config(|config| config.replace("passphrase_file = ", "# "));
    let (config, secrets) = (sandbox.config(), std::fs::read(sandbox.path(SECRETS)).unwrap());
    let interrupted = "\nerror: interrupted\n";
    for arguments in
        [&["login"][..], &["creds", "deploy"], &["account", "create", "new", "--access-key-id", "AKIAIOSFODNN7EXAMPLE"]]
    {
        sandbox.converse(arguments).answer("Passphrase for ", INTERRUPT).fails(1, interrupted);
    }
    sandbox
        .converse(&["account", "create"])
        .answer("Name of the account: ", &format!("op{INTERRUPT}"))
        .fails(1, interrupted);
    sandbox
        .converse(&["connector", "create", "new"])
        .answer("The account whose key signs:", INTERRUPT)
        .fails(1, interrupted);
    assert_eq!((sandbox.config(), std::fs::read(sandbox.path(SECRETS)).unwrap()), (config, secrets));
    let password_only = ["init", "--password-only"];
    sandbox
        .converse(&password_only)
        .answer("The application's password: ", &format!("half{INTERRUPT}"))
        .fails(1, interrupted);
}

const SECRETS: &str = "home/.local/share/afed/secrets.afed";

#[test]
fn a_new_set_up_that_is_broken_off_writes_no_configuration() {
    let sandbox = Sandbox::new();
    let init = ["init", "--secret-store", "file", "--directory", "crowd", "--crowd-url", sandbox.crowd.url()];
    let interrupted = "\nerror: interrupted\n";
    let questions = || {
        sandbox
            .converse(&init)
            .line("The application that afed is to Crowd [afed]: ", "")
            .line("Groups of administrators", "aws-admins")
    };
    questions().answer("New passphrase for ", INTERRUPT).fails(1, interrupted);
    questions()
        .hidden_line("New passphrase for ", "abcdefgh")
        .answer("The same again: ", INTERRUPT)
        .fails(1, interrupted);
    sandbox.converse(&["init"]).answer("Who says who people are?", INTERRUPT).fails(1, interrupted);
    assert!(!sandbox.path("home/.config/afed/config.toml").exists());
    assert!(!sandbox.path(SECRETS).exists());
}

#[test]
fn a_choice_takes_three_lines_of_a_terminal() {
    let sandbox = Sandbox::new();
    let init = |rows: u16| sandbox.converse(&["init"]).size(rows, 80);
    let low = "error: the terminal is too low to choose at: it has 2 of the 3 lines that it takes\n\n\
               hint: make the window higher, or give the answer as a flag; --help lists them\n";
    init(2).fails(1, low);
    init(3).answer("Who says who people are?", INTERRUPT).fails(1, "\nerror: interrupted\n");
}

#[test]
fn nobody_is_asked_from_the_background() {
    let sandbox = Sandbox::configured();
    sandbox.edit_config(|config| config.replace("passphrase_file = ", "# "));
    let hook = ["creds", "deploy", "--format", "process"];
    let ended = sandbox.converse(&hook).with_piped_streams().in_the_background().ended();
    assert_eq!((ended.code, ended.transcript.as_str(), ended.stdout.as_str()), (Some(3), "", ""), "{ended:?}");
    assert_eq!(
        ended.stderr,
        "afed: the secrets in $SANDBOX/home/.local/share/afed/secrets.afed need a passphrase, and there is no terminal to ask for one (hint: set passphrase_file, passphrase_fd or passphrase_credential in [secrets] (flags of afed init), or call afed at a terminal)\n"
    );
}

#[test]
fn without_a_terminal_at_standard_input_the_flag_is_named() {
    let sandbox = Sandbox::configured();
    for (arguments, missing) in [
        (&["login"][..], ("the user name", "--user NAME")),
        (&["account", "create"], ("the account's name", "afed account create NAME")),
        (&["account", "create", "new"], ("the access key id", "--access-key-id ID")),
        (&["connector", "create"], ("the connector's name", "afed connector create NAME")),
        (&["connector", "create", "new"], ("the account", "--account ACCOUNT")),
        (&["connector", "create", "new", "--account", "ops"], ("the principal type", "--principal TYPE")),
        (
            &["connector", "create", "new", "--account", "ops", "--principal", "assume-role"],
            ("the role's ARN", "--role-arn ARN"),
        ),
    ] {
        let (what, flag) = missing;
        let said = format!("error: {what} is missing, and there is no terminal to ask at\n\nhint: give it as {flag}\n");
        sandbox.run(arguments).fails(2, &said);
        let ended = sandbox.converse(arguments).with_piped_streams().ended();
        assert_eq!((ended.code, ended.transcript.as_str(), ended.stderr), (Some(2), "", said));
    }
}
