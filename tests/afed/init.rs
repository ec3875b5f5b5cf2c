//! Setting up: what is proved before anything is written, what each failed proof says, and that it leaves neither a
//! configuration nor a secret behind.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use crate::audit::{records, told};
use crate::crowd_directory::{CrowdServer, Scripted};
use crate::sandbox::{Run, Sandbox, aws_url};

const STORE_WORKS: &str = "The secret store works: file\n";
const CONFIG: &str = "home/.config/afed/config.toml";

/// `init` for this address, with all answers given and then these.
fn init<'a>(sandbox: &'a Sandbox, url: &str, more: &[&str]) -> Run<'a> {
    let password = sandbox.crowd.population().application.password;
    sandbox
        .run(&["init", "--directory", "crowd", "--crowd-url", url, "--application", "afed", "--no-admin-groups"])
        .args(&["--application-password-stdin", "--secret-store", "file", "--passphrase-file", "passphrase"])
        .args(more)
        .input(&password)
}

/// The files that any run may leave: those that locks were held on, and the audit trail.
fn may_stay(path: &str) -> bool {
    path.ends_with(".lock") || path.ends_with("/audit.jsonl")
}

/// The proof fails with this code and these words, and nothing else is left.
fn fails_clean(sandbox: &Sandbox, run: Run<'_>, code: i32, words: &str) {
    run.fails(code, words);
    let left: Vec<String> = sandbox.files("home").into_iter().filter(|path| !may_stay(path)).collect();
    assert_eq!(left, [""; 0], "{words}");
}

#[test]
fn what_was_proved_is_written_once() {
    let sandbox = Sandbox::new();
    sandbox.init();
    let expected = format!(
        "# The configuration of afed. Secrets are not here; they rest in the secret store.\n\
         version = 1\n\
         directory = \"crowd\"\n\
         \n\
         [crowd]\n\
         url = \"{}\"\n\
         application = \"afed\"\n\
         # Their members may use every connector.\n\
         admin_groups = [\"aws-admins\"]\n\
         \n\
         [secrets]\n\
         store = \"file\"\n\
         passphrase_file = \"{}\"\n",
        sandbox.crowd.url(),
        sandbox.path("passphrase").display()
    );
    assert_eq!(sandbox.config(), expected);
    assert_eq!(fs::metadata(sandbox.path(CONFIG)).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(sandbox.crowd.received().len(), 1, "one harmless question is enough");
    let words = "error: there is already a configuration: $SANDBOX/home/.config/afed/config.toml\n\nhint: to store a new password for the application only: afed init --password-only\n";
    init(&sandbox, "http://127.0.0.1:9/crowd", &[]).fails(1, words);
    assert_eq!(sandbox.config(), expected);
    // What has no password is not sent to where it would be refused.
    sandbox.edit_config(|_| "version = 1\ndirectory = \"os\"\n".to_owned());
    let words = "error: there is already a configuration: $SANDBOX/home/.config/afed/config.toml\n\nhint: change it in an editor: ${EDITOR:-vi} '$SANDBOX/home/.config/afed/config.toml'\n";
    sandbox.run(&["init", "--directory", "os", "--no-admin-groups"]).fails(1, words);
}

#[test]
fn an_application_that_crowd_does_not_accept_leaves_nothing() {
    let sandbox = Sandbox::new();
    let (crowd, url) = (&sandbox.crowd, sandbox.crowd.url());
    let fails = |code, words: &str| {
        fails_clean(&sandbox, init(&sandbox, url, &[]), code, &format!("{STORE_WORKS}{words}"));
    };
    let not_crowd = |what: &str| {
        format!(
            "error: what answers at $CROWD is not Crowd: {what}\n\nhint: see that crowd.url is Crowd's base URL, such as https://crowd.example.com/crowd, with no log-in page or proxy before it\n"
        )
    };
    let probe = |scripted| crowd.script("GET", "/config/cookie", scripted);
    crowd.change(|population| population.application.password = "another password".to_owned());
    let password = Sandbox::population().application.password;
    fails_clean(
        &sandbox,
        init(&sandbox, url, &[]).input(&password),
        1,
        "The secret store works: file\nerror: $CROWD does not accept the application “afed” or its password\n\nhint: enter the one it has in Crowd's console; where one is stored already: afed init --password-only\n",
    );
    crowd.change(|population| population.application.addresses = vec!["192.0.2.1".parse().unwrap()]);
    fails(
        1,
        "error: $CROWD refuses the application “afed” from this machine's address\n\nhint: in Crowd's console, under Applications › afed › Remote addresses, add this machine's address, and see that the application is active\n",
    );
    probe(Scripted::answer(200, "text/html", "<html>Log in</html>").without_header("X-Embedded-Crowd-Version"));
    fails(5, &not_crowd("no X-Embedded-Crowd-Version header"));
    probe(Scripted::redirect(301, "https://127.0.0.1/login"));
    fails(5, &not_crowd("a redirect (status 301)"));
    probe(Scripted::answer(502, "text/html", "Bad Gateway"));
    fails(
        5,
        "error: $CROWD has a fault of its own (status 502)\n\nhint: try again in a minute, and see whether it stays so: curl -I $CROWD\n",
    );
    let elsewhere = not_crowd("no X-Embedded-Crowd-Version header").replace("$CROWD", "$STS");
    fails_clean(&sandbox, init(&sandbox, aws_url(), &[]), 5, &format!("{STORE_WORKS}{elsewhere}"));
    fails_clean(
        &sandbox,
        init(&sandbox, "http://127.0.0.1:1/crowd", &[]),
        5,
        "The secret store works: file\nerror: http://127.0.0.1:1/crowd can't be reached\ncaused by: Connection refused (os error 111)\n\nhint: see whether it answers: curl -I http://127.0.0.1:1/crowd\n",
    );
}

#[test]
fn a_secret_store_or_a_folder_that_can_t_be_used_leaves_nothing() {
    let sandbox = Sandbox::new();
    let url = sandbox.crowd.url();
    let missing = sandbox
        .run(&["init", "--directory", "crowd", "--crowd-url", url, "--application", "afed", "--no-admin-groups"])
        .args(&["--application-password-stdin", "--secret-store", "file", "--passphrase-file", "nowhere"]);
    let outcome = missing.outcome();
    assert_eq!(outcome.code, Some(1), "{outcome:?}");
    let without_bus = sandbox
        .run(&["init", "--directory", "crowd", "--crowd-url", url, "--application", "afed", "--no-admin-groups"])
        .args(&["--application-password-stdin", "--secret-store", "secret-service"])
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere");
    let outcome = without_bus.outcome();
    assert_eq!(outcome.code, Some(5), "{outcome:?}");
    assert!(sandbox.files("home").iter().all(|path| may_stay(path)));
    assert_eq!(sandbox.crowd.received().len(), 0);

    // The folder behind the link can't be made, which shows itself when all else is done.
    fs::create_dir_all(sandbox.path(CONFIG).parent().unwrap()).unwrap();
    symlink("/proc/afed/config.toml", sandbox.path(CONFIG)).unwrap();
    let unwritten = init(&sandbox, url, &[]);
    unwritten.fails(
        1,
        "The secret store works: file\nCrowd accepts the application “afed”: $CROWD\nerror: $SANDBOX/home/.config/afed/config.toml can't be written\ncaused by: No such file or directory (os error 2)\n\nhint: see what is there: ls -ld '$SANDBOX/home/.config/afed/config.toml'\n",
    );
    fs::remove_file(sandbox.path(CONFIG)).unwrap();
    assert!(sandbox.files("home").iter().all(|path| may_stay(path)));
    let told = records(&sandbox).iter().map(|record| told(record, &["decision", "code"])).collect::<Vec<_>>();
    assert_eq!(told, ["fail no-secret", "fail no-secret", "allow changed", "fail configuration"]);
}

#[test]
fn without_a_terminal_each_missing_answer_is_named() {
    let sandbox = Sandbox::new();
    let crowd = ["--directory", "crowd", "--crowd-url", sandbox.crowd.url(), "--application", "afed"];
    let store = ["--no-admin-groups", "--secret-store", "file", "--passphrase-file", "passphrase"];
    let whole = [crowd.as_slice(), &store].concat();
    for (answers, said, what, flag) in [
        (&crowd[..0], "", "the directory", "--directory crowd or --directory os"),
        (&crowd[..2], "", "Crowd's address", "--crowd-url URL"),
        (&crowd[..4], "", "the application's name", "--application NAME"),
        (&crowd, "", "the list of administrator groups", "--admin-group GROUP or --no-admin-groups"),
        (&["--directory", "os"], "", "the list of administrator groups", "--admin-group GROUP or --no-admin-groups"),
        (&whole, STORE_WORKS, "the application's password", "--application-password-stdin"),
    ] {
        let words =
            format!("{said}error: {what} is missing, and there is no terminal to ask at\n\nhint: give it as {flag}\n");
        fails_clean(&sandbox, sandbox.run(&["init"]).args(answers), 2, &words);
    }
    let empty = sandbox.run(&["init"]).args(&whole).args(&["--application-password-stdin"]).input("\n");
    fails_clean(&sandbox, empty, 1, "The secret store works: file\nerror: the application's password is empty\n");
    let passphrase =
        sandbox.run(&["init"]).args(&crowd).args(&["--no-admin-groups", "--secret-store", "file"]).outcome();
    assert_eq!(passphrase.code, Some(3), "{passphrase:?}");
}

#[test]
fn an_answer_that_would_mislead_is_refused_before_anything_is_sent() {
    let sandbox = Sandbox::new();
    let refused = |url: &str, cause: &str| {
        fails_clean(
            &sandbox,
            init(&sandbox, url, &[]),
            1,
            &format!("error: Crowd's address can't be used\ncaused by: {cause}"),
        );
    };
    refused(
        "http://crowd.example.com/crowd",
        "the Crowd address uses http without TLS to another machine\n\nhint: use https, or let passwords cross the network readable: allow_http = true in [crowd], --allow-http with afed init\n",
    );
    refused("https://bob:canary-of-bob@127.0.0.1/crowd", "the Crowd address may not hold a user name or password\n");
    refused("crowd.example.com", "the Crowd address must begin with https:// or http:// and name a host\n");
    refused("http://127.0.0.1/\u{1b}[31m", "the Crowd address is not a URL such as https://crowd.example.com/crowd\n");
    let contradiction = init(&sandbox, sandbox.crowd.url(), &[]).args(&["--admin-group", "x"]).outcome();
    assert_eq!(contradiction.code, Some(2), "administrators and none of them: {contradiction:?}");
    let application = sandbox
        .run(&["init", "--directory", "crowd", "--crowd-url", sandbox.crowd.url(), "--application", "afed:x"])
        .args(&["--no-admin-groups"]);
    fails_clean(
        &sandbox,
        application,
        1,
        "error: the application's name can't be used\ncaused by: the name of the Crowd application may not hold a colon or a control character\n",
    );
    let os = ["init", "--directory", "os", "--no-admin-groups", "--crowd-url", "https://127.0.0.1/crowd"];
    fails_clean(
        &sandbox,
        sandbox.run(&os),
        1,
        "error: --crowd-url goes with directory = \"crowd\", and this configuration has directory = \"os\"\n",
    );
    assert_eq!(sandbox.crowd.received().len(), 0);
}

#[test]
fn a_new_application_password_is_proved_before_it_replaces_the_old() {
    let sandbox = Sandbox::new();
    let replace =
        |password: &str| sandbox.run(&["init", "--password-only", "--application-password-stdin"]).input(password);
    replace("x").fails(1, "error: there is no configuration: $SANDBOX/home/.config/afed/config.toml does not exist\n\nhint: set it up: afed init\n");
    sandbox.configure();
    let before = sandbox.config();
    replace("not the password").fails(1, "error: $CROWD does not accept the application “afed” or its password\n\nhint: enter the one it has in Crowd's console; where one is stored already: afed init --password-only\n");
    sandbox.log_in("alice");
    sandbox.keep_secret("the-new-password-canary");
    sandbox.crowd.change(|population| population.application.password = "the-new-password-canary".to_owned());
    assert_eq!(sandbox.run(&["whoami"]).outcome().code, Some(1));
    replace("the-new-password-canary\n")
        .prints("", "Crowd accepts the application “afed”: $CROWD\nStored the password of the application “afed”\n");
    sandbox.run(&["whoami"]).succeeds();
    assert_eq!(sandbox.config(), before);
    let contradiction = sandbox.run(&["init", "--password-only", "--ca-bundle", "x"]).outcome();
    assert_eq!(contradiction.code, Some(2), "{contradiction:?}");
}

#[test]
fn only_the_named_authorities_are_trusted() {
    let sandbox = Sandbox::with(CrowdServer::start_tls(Sandbox::population()).unwrap());
    let other = CrowdServer::start_tls(Sandbox::population()).unwrap();
    let url = sandbox.crowd.url();
    sandbox.write_private("authority.pem", sandbox.crowd.authority_pem().unwrap());
    sandbox.write_private("other.pem", other.authority_pem().unwrap());
    sandbox.write_private("empty.pem", "");
    sandbox.write_private("no-certificate.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    sandbox.write_private("no-base64.pem", "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n");
    let untrusted = |cause: &str| {
        format!(
            "{STORE_WORKS}error: the certificate of $CROWD is not trusted\ncaused by: invalid peer certificate: {cause}\n\nhint: where an authority of your own signs, name its PEM file: ca_bundle in [crowd], --ca-bundle with afed init, or AWS_CA_BUNDLE\n"
        )
    };
    let unusable = |path: &str, cause: &str| {
        format!(
            "{STORE_WORKS}error: the certificates in {path} can't be used\ncaused by: {cause}\n\nhint: name a file of PEM certificates as ca_bundle in [crowd] or in AWS_CA_BUNDLE; see what this one holds: openssl storeutl -noout -certs '{path}'\n"
        )
    };
    fails_clean(&sandbox, init(&sandbox, url, &[]), 5, &untrusted("UnknownIssuer"));
    fails_clean(&sandbox, init(&sandbox, url, &["--ca-bundle", "other.pem"]), 5, &untrusted("BadSignature"));
    for (file, cause) in [
        ("missing.pem", "No such file or directory (os error 2)"),
        ("empty.pem", "it holds no certificate"),
        ("no-certificate.pem", "it holds no certificate"),
        ("no-base64.pem", "base64 decode error: InvalidCharacter(33)"),
        ("home", "it is a folder"),
    ] {
        let words = unusable(&format!("$SANDBOX/{file}"), cause);
        fails_clean(&sandbox, init(&sandbox, url, &["--ca-bundle", file]), 1, &words);
        let by_environment = init(&sandbox, url, &[]).env("AWS_CA_BUNDLE", sandbox.path(file).to_str().unwrap());
        fails_clean(&sandbox, by_environment, 1, &words);
    }
    let (right, wrong) = (sandbox.path("authority.pem"), sandbox.path("other.pem"));
    let contradicted = init(&sandbox, url, &["--ca-bundle", "other.pem"]).env("AWS_CA_BUNDLE", right.to_str().unwrap());
    fails_clean(&sandbox, contradicted, 5, &untrusted("BadSignature"));

    init(&sandbox, url, &["--ca-bundle", "authority.pem"]).succeeds();
    sandbox.log_in("alice");
    sandbox.run(&["whoami"]).env("AWS_CA_BUNDLE", wrong.to_str().unwrap()).succeeds();
    sandbox.edit_config(|text| text.replace(&format!("ca_bundle = \"{}\"\n", right.display()), ""));
    sandbox.run(&["whoami"]).env("AWS_CA_BUNDLE", right.to_str().unwrap()).succeeds();
    assert_eq!(sandbox.run(&["whoami"]).outcome().code, Some(5));
}

#[test]
fn what_a_broken_off_run_has_left_out_of_reach_is_named_and_stops_nobody() {
    let sandbox = Sandbox::new().env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere");
    let note = "home/.config/afed/config.toml.unfinished";
    let crowd = "[crowd]\nurl = \"https://crowd.example.com/crowd\"\napplication = \"old\"\n";
    let text = format!("version = 1\ndirectory = \"crowd\"\n{crowd}[secrets]\nstore = \"secret-service\"\n");
    sandbox.write_private(note, text);
    let outcome = init(&sandbox, sandbox.crowd.url(), &[]).succeeds();
    let warning = "warning: a broken-off run may have left the password of the application old at \
                   https://crowd.example.com/crowd in the store “secret-service”: \
                   the Secret Service can't be reached: there is no D-Bus session bus: ";
    let (told, rest) = outcome.stderr.split_once('\n').unwrap();
    let has_cause = told.starts_with(warning) && told.ends_with("No such file or directory (os error 2)");
    assert!(has_cause && rest.starts_with(STORE_WORKS), "{}", outcome.stderr);
    assert!(!sandbox.path(note).exists());
}

#[test]
fn an_account_command_forgets_what_a_broken_off_set_up_has_left() {
    let sandbox = Sandbox::new();
    sandbox.init();
    let noted = sandbox.config();
    // Somebody has written another configuration since.
    sandbox.edit_config(|config| config.replace("127.0.0.1", "localhost"));
    let store = fs::read(sandbox.path("home/.local/share/afed/secrets.afed")).unwrap();
    for (config, said) in [(sandbox.config(), true), (noted.clone(), false)] {
        sandbox.write_private("home/.local/share/afed/secrets.afed", &store);
        sandbox.write_private(CONFIG, config);
        sandbox.write_private("home/.config/afed/config.toml.unfinished", &noted);
        let outcome = sandbox.run(&["account", "delete", "missing", "--yes"]).outcome();
        let words = "Forgot the password of the application afed at $CROWD, which a broken-off run had left\n";
        assert_eq!(outcome.stderr.starts_with(words), said, "{outcome:?}");
        assert!(!sandbox.path("home/.config/afed/config.toml.unfinished").exists());
    }
}
