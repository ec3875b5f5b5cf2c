//! How afed shows itself: in colour where that is wanted, as wide as the terminal, quiet where that is asked for.

use crate::sandbox::Sandbox;

const BOLD: &str = "\u{1b}[1m";

fn names(sandbox: &Sandbox) -> String {
    sandbox.run(&["account", "list"]).succeeds().stdout
}

#[test]
fn colours_are_written_where_they_are_wanted_and_only_repeat_the_words() {
    let sandbox = Sandbox::configured();
    let plain = names(&sandbox);
    let in_colour = sandbox.converse(&["account", "list"]).env("NO_COLOR", "").succeeds().transcript;
    assert!(in_colour.starts_with(&format!("{BOLD}ACCOUNT\u{1b}[0m")), "{in_colour:?}");
    for (arguments, variable, value) in [
        (&["account", "list"][..], "NO_COLOR", "1"),
        (&["account", "list", "--color", "never"], "CLICOLOR_FORCE", "1"),
        (&["--color=auto", "account", "list"], "CLICOLOR", "0"),
    ] {
        let shown = sandbox.converse(arguments).env("NO_COLOR", if variable == "NO_COLOR" { value } else { "" });
        let shown = shown.env(variable, value).columns(200).succeeds().transcript;
        assert_eq!(shown.replace("\r\n", "\n"), plain, "{arguments:?} {variable}");
    }
    sandbox.run(&["account", "show", "none", "--color", "always"]).fails(
        1,
        "\u{1b}[1m\u{1b}[31merror:\u{1b}[0m there is no account “none”\n\n\
         \u{1b}[1m\u{1b}[36mhint:\u{1b}[0m see which there are: afed account list\n",
    );
    let json = ["account", "list", "--json", "--color=always"];
    assert!(!sandbox.run(&json).succeeds().stdout.contains('\u{1b}'));
    let help = sandbox.run(&["creds", "--help", "--color=always"]).succeeds().stdout;
    assert!(help.contains(&format!("{BOLD}\u{1b}[4mUsage:\u{1b}[0m")), "{help:?}");
    let wrong = sandbox.run(&["creds", "--nonsense", "--color", "always"]).outcome();
    assert!(wrong.code == Some(2) && wrong.stderr.starts_with('\u{1b}'), "{wrong:?}");
}

#[test]
fn a_listing_is_as_wide_as_the_terminal_and_whole_in_a_pipe() {
    let sandbox = Sandbox::configured();
    let whole = names(&sandbox);
    let width = |text: &str| text.lines().map(|line| line.chars().count()).max().unwrap();
    assert!(width(&whole) > 48, "{whole}");
    let shown = sandbox.converse(&["account", "list"]).columns(48).env("COLUMNS", "500").succeeds().transcript;
    assert!(width(&shown) <= 48 && shown.contains('…'), "{shown}");
    assert!(shown.lines().nth(1).unwrap().starts_with("ops "), "{shown}");
    let piped = sandbox.run(&["account", "list"]).env("COLUMNS", "20").succeeds().stdout;
    assert_eq!(piped, whole);
}

#[test]
fn quiet_leaves_answers_warnings_and_errors() {
    let sandbox = Sandbox::configured();
    sandbox.run(&["profile", "add", "deploy", "--quiet"]).prints("", "");
    sandbox.run(&["-q", "logout"]).prints("", "");
    assert_eq!(sandbox.run(&["account", "list", "-q"]).succeeds().stdout, names(&sandbox));
    sandbox.run(&["whoami", "-q"]).fails(3, "error: nobody is logged in to $CROWD\n\nhint: log in: afed login\n");
    let listed = sandbox.run(&["connector", "list", "-q"]).succeeds();
    assert_eq!(
        listed.stderr,
        "warning: what is open to you is not known: nobody is logged in to $CROWD\nhint: log in: afed login\n"
    );
    sandbox.write_private("policy.json", "{\"Version\": \"2012-10-17\"}");
    let faulty = sandbox.run(&["policy", "check", "policy.json", "-q"]).outcome();
    assert!(faulty.stderr.starts_with("policy.json:1:1: fault: "), "{faulty:?}");
}

#[test]
fn the_version_is_told_in_json_too() {
    let sandbox = Sandbox::new();
    let version = sandbox.run(&["--version", "--json"]).succeeds().json();
    assert_eq!(version["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(version["secret_stores"], serde_json::json!(["auto", "secret-service", "keyutils", "file"]));
    assert_eq!(sandbox.run(&["--json", "-V"]).succeeds().json(), version);
    sandbox.run(&["--version"]).prints(concat!("afed ", env!("CARGO_PKG_VERSION"), "\n"), "");
    assert_eq!(sandbox.run(&["--json", "whoami"]).outcome().code, Some(2));
}
