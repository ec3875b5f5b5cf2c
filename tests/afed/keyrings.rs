//! Secrets in the keyrings of the system: the whole main job, what is in the keyring after each step, and every way in
//! which a keyring can fail to answer.

use std::path::Path;

use linux_keyutils::{KeyRing, KeyRingIdentifier};
use secret_service::EncryptionType;
use secret_service::blocking::SecretService;

use crate::crowd_directory::{CrowdServer, Population};
use crate::keyring_session::KeyringSession;
use crate::sandbox::{Run, Sandbox, aws};

/// The labels of the session's items, with the Crowd server named.
fn labels(session: &KeyringSession, sandbox: &Sandbox) -> Vec<String> {
    session.items().iter().map(|item| item.label.replace(sandbox.crowd.url(), "$CROWD")).collect()
}

fn init<'a>(sandbox: &'a Sandbox, store: &str) -> Run<'a> {
    let population = sandbox.crowd.population();
    sandbox
        .run(&["init", "--directory", "crowd", "--crowd-url", sandbox.crowd.url()])
        .args(&["--application", &population.application.name, "--application-password-stdin"])
        .args(&["--admin-group", "aws-admins", "--secret-store", store])
        .input(&population.application.password)
}

fn create_connector(sandbox: &Sandbox, account: &str) {
    let role = &aws().open_role;
    sandbox
        .run(&["connector", "create", "deploy", "--account", account, "--principal", "assume-role"])
        .args(&["--role-arn", role, "--group", "developers"])
        .succeeds();
}

#[test]
fn the_main_job_with_the_secret_service() {
    let session = KeyringSession::unlocked();
    let sandbox = Sandbox::new().env("DBUS_SESSION_BUS_ADDRESS", &session.address);
    let application = "afed: password of the application afed at $CROWD";
    let key = &*format!("afed: secret of {} (account ops)", aws().key.id);

    let outcome = init(&sandbox, "auto").succeeds();
    assert!(outcome.stderr.starts_with("The secret store works: auto\n"), "{outcome:?}");
    assert_eq!(labels(&session, &sandbox), [application]);

    refuse_a_wrong_key(&sandbox);
    assert_eq!(labels(&session, &sandbox), [application]);
    sandbox.create_account();
    assert_eq!(labels(&session, &sandbox), [application, key]);

    create_connector(&sandbox, "ops");
    sandbox.log_in("alice");
    assert_eq!(labels(&session, &sandbox), [application, key, "afed: session at $CROWD"]);

    let first = sandbox.run(&["creds", "deploy", "--format", "process"]).vends().succeeds();
    assert_eq!(sandbox.run(&["creds", "deploy", "--format", "process"]).vends().succeeds().stdout, first.stdout);
    assert_eq!(labels(&session, &sandbox).len(), 3);

    sandbox.run(&["logout"]).prints("", "Logged out\n");
    assert_eq!(labels(&session, &sandbox), [application, key]);
    assert!(!sandbox.path("home/.local/share/afed/secrets.afed").exists());
}

fn refuse_a_wrong_key(sandbox: &Sandbox) {
    let outcome = sandbox
        .run(&["account", "create", "ops", "--access-key-id", &aws().key.id, "--secret-access-key-stdin"])
        .input("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
        .outcome();
    assert_eq!(outcome.code, Some(4), "{outcome:?}");
}

/// The shell keeps the file from growing past 1,024 bytes, as a full disk does.
fn without_room<'a>(sandbox: &'a Sandbox, arguments: &[&str]) -> Run<'a> {
    let script = "ulimit -f 1; exec \"$@\"";
    sandbox.program(Path::new("bash")).args(&["-c", script, "bash", env!("CARGO_BIN_EXE_afed")]).args(arguments)
}

#[test]
fn a_configuration_that_cannot_be_written_leaves_no_secret_behind() {
    let session = KeyringSession::unlocked();
    let sandbox = Sandbox::new().env("DBUS_SESSION_BUS_ADDRESS", &session.address);
    let groups: Vec<String> = (0..100).map(|number| format!("administrators-{number}")).collect();
    let init_arguments = ["init", "--directory", "crowd", "--crowd-url", sandbox.crowd.url(), "--application", "afed"];
    let groups: Vec<&str> = groups.iter().flat_map(|group| ["--admin-group", group.as_str()]).collect();
    without_room(&sandbox, &init_arguments)
        .args(&["--application-password-stdin"])
        .args(&groups)
        .input(&sandbox.crowd.population().application.password)
        .fails(
            1,
            "The secret store works: auto\n\
             Crowd accepts the application “afed”: $CROWD\n\
             error: $SANDBOX/home/.config/afed/config.toml can't be written\n\
             caused by: File too large (os error 27)\n\n\
             hint: see how large a file may be there: ulimit -f\n",
        );
    assert_eq!(labels(&session, &sandbox), Vec::<String>::new());

    init(&sandbox, "secret-service").succeeds();
    sandbox.edit_config(|config| config + &"# a long comment\n".repeat(80));
    let create = ["account", "create", "ops", "--access-key-id", &aws().key.id, "--secret-access-key-stdin"];
    sandbox.keep_secret(&aws().key.secret);
    without_room(&sandbox, &create).input(&aws().key.secret).fails(
        1,
        "warning: the audit trail $SANDBOX/home/.local/state/afed/audit.jsonl can't be written: File too large (os error 27)\n\
         error: $SANDBOX/home/.config/afed/config.toml can't be written\ncaused by: File too large (os error 27)\n\n\
         hint: see how large a file may be there: ulimit -f\n",
    );
    assert_eq!(labels(&session, &sandbox), ["afed: password of the application afed at $CROWD"]);
}

const INSTEAD: &str = "hint: keep secrets in an encrypted file instead: store = \"file\" in [secrets], --secret-store file with afed init\n";
const FILE_HINT: &str = "hint: on a machine without one, keep secrets in an encrypted file: store = \"file\" in [secrets], --secret-store file with afed init\n";

/// A configuration that names the Secret Service, which is not asked for it.
fn configure(sandbox: &Sandbox, timeout: &str) {
    sandbox.write_private(
        "home/.config/afed/config.toml",
        format!(
            "version = 1\ndirectory = \"crowd\"\n[crowd]\nurl = \"{}\"\napplication = \"afed\"\n\
             [secrets]\nstore = \"secret-service\"\ntimeout = \"{timeout}\"\n[accounts.ops]\ntype = \"access-key\"\n\
             access_key_id = \"AKIAIOSFODNN7EXAMPLE\"\n[connectors.deploy]\naccount = \"ops\"\n\
             principal = \"session-token\"\ngroups = [\"developers\"]\n",
            sandbox.crowd.url()
        ),
    );
}

/// Each command that needs a secret.
fn every_command_fails(sandbox: &Sandbox, code: i32, said: &str) {
    configure(sandbox, "1s");
    for arguments in [&["login"][..], &["logout"], &["whoami"], &["creds", "deploy"]] {
        sandbox.run(arguments).fails(code, said);
    }
    let create = ["account", "create", "new", "--access-key-id", "AKIAIOSFODNN7EXAMPLE", "--skip-verify"];
    sandbox.run(&create).args(&["--secret-access-key-stdin"]).input("a-secret-canary").fails(code, said);
}

const LOCKED: &str =
    "error: the Secret Service is locked\n\nhint: unlock it, for example with the desktop's own keyring program\n";

#[test]
fn a_locked_keyring_is_told_and_nobody_waits_for_it() {
    let session = KeyringSession::locked();
    let sandbox = Sandbox::new().env("DBUS_SESSION_BUS_ADDRESS", &session.address);
    init(&sandbox, "auto").fails(3, LOCKED);
    assert!(!sandbox.path("home/.config/afed/config.toml").exists());
    every_command_fails(&sandbox, 3, LOCKED);
}

/// The time that people have unless they set another: a tenth of it is for the look at the lock, which takes a while on a
/// machine with much else to do.
#[test]
fn a_prompt_that_nobody_answers_is_not_waited_for_longer_than_is_said() {
    let session = KeyringSession::locked();
    let _prompter = session.silent_prompter();
    let sandbox = Sandbox::new().env("DBUS_SESSION_BUS_ADDRESS", &session.address);
    configure(&sandbox, "5s");
    let config = sandbox.config();
    let create = ["account", "create", "new", "--access-key-id", "AKIAIOSFODNN7EXAMPLE", "--skip-verify"];
    sandbox.run(&create).args(&["--secret-access-key-stdin"]).input("a-secret-canary").fails(3, LOCKED);
    assert_eq!(sandbox.config(), config);
}

#[test]
fn without_a_default_keyring_nothing_is_made_elsewhere() {
    let session = KeyringSession::without_collection();
    let sandbox = Sandbox::new().env("DBUS_SESSION_BUS_ADDRESS", &session.address);
    let before = session.collections();
    let said = format!(
        "error: the Secret Service has no default keyring\n\n\
         hint: make one and let it be the default, with the desktop's own keyring program\n{INSTEAD}"
    );
    init(&sandbox, "auto").fails(1, &said);
    assert!(!sandbox.path("home/.config/afed/config.toml").exists());
    configure(&sandbox, "5s");
    let create = ["account", "create", "new", "--access-key-id", "AKIAIOSFODNN7EXAMPLE", "--skip-verify"];
    sandbox.run(&create).args(&["--secret-access-key-stdin"]).input("a-secret-canary").fails(1, &said);
    assert!(!sandbox.config().contains("[accounts.new]"));
    assert_eq!(session.collections(), before);
}

#[test]
fn a_secret_in_two_keyrings_is_told_and_none_of_them_is_taken() {
    let session = KeyringSession::unlocked();
    let sandbox = Sandbox::new().env("DBUS_SESSION_BUS_ADDRESS", &session.address);
    init(&sandbox, "auto").succeeds();
    sandbox.create_account();
    let address = &session.items().into_iter().find(|item| item.label.contains("ops")).unwrap().username;
    let service = SecretService::connect_with_existing(EncryptionType::Plain, session.connection()).unwrap();
    let transient = service.get_all_collections().unwrap();
    let transient = transient.iter().find(|collection| collection.collection_path.ends_with("/session")).unwrap();
    let attributes = [("service", "afed"), ("username", address.as_str())].into();
    let second = transient.create_item("of another", attributes, b"another-canary", false, "text/plain").unwrap();
    let said = format!(
        "error: the Secret Service holds more than one secret under “{address}”\n\n\
         hint: delete all but one of them with the desktop's own keyring program\n"
    );
    let outcome = sandbox.run(&["account", "check", "ops"]).outcome();
    assert_eq!((outcome.code, outcome.stderr), (Some(1), said));
    second.delete().unwrap();
    sandbox.run(&["account", "check", "ops"]).succeeds();
}

#[test]
fn without_a_bus_the_message_says_so_and_what_to_set() {
    let sandbox = Sandbox::new();
    let said = "error: the Secret Service can't be reached: there is no D-Bus session bus\n";
    for address in ["unix:path=/nonexistent/bus", "nonsense"] {
        let outcome = init(&sandbox, "auto").env("DBUS_SESSION_BUS_ADDRESS", address).outcome();
        assert_eq!(outcome.code, Some(5), "{outcome:?}");
        assert!(
            outcome.stderr.starts_with(said) && outcome.stderr.ends_with(&format!("\n\n{FILE_HINT}")),
            "{outcome:?}"
        );
    }
    assert!(!sandbox.path("home/.config/afed/config.toml").exists());
    assert!(!sandbox.path("home/.local/share/afed/secrets.afed").exists(), "another store stood in");
}

#[test]
fn a_bus_of_another_machine_is_not_asked() {
    let sandbox = Sandbox::new();
    for host in ["192.0.2.1", "bus.invalid", "localhost.example.com", "0.0.0.0"] {
        let said = format!(
            "error: the Secret Service can't be reached: there is no D-Bus session bus\n\
             caused by: DBUS_SESSION_BUS_ADDRESS names one on another machine, “{host}”, and secrets would cross the network readable\n\n{FILE_HINT}"
        );
        init(&sandbox, "auto").env("DBUS_SESSION_BUS_ADDRESS", &format!("tcp:host={host},port=9")).fails(5, &said);
    }
    let here = init(&sandbox, "auto").env("DBUS_SESSION_BUS_ADDRESS", "tcp:host=127.0.0.1,port=9").outcome();
    assert!(here.code == Some(5) && here.stderr.contains("Connection refused"), "{here:?}");
}

#[test]
fn a_bus_without_a_keyring_is_told_from_one_that_does_not_answer() {
    let session = KeyringSession::without_service();
    let sandbox = Sandbox::new().env("DBUS_SESSION_BUS_ADDRESS", &session.address);
    let outcome = init(&sandbox, "auto").outcome();
    assert_eq!(outcome.code, Some(5), "{outcome:?}");
    let said = "error: the Secret Service can't be reached: no program on the session bus keeps secrets\n";
    assert!(outcome.stderr.starts_with(said) && outcome.stderr.ends_with(FILE_HINT), "{outcome:?}");
    let _silent = session.silent_service();
    every_command_fails(
        &sandbox,
        5,
        "error: the Secret Service did not answer within 1 s\n\n\
         hint: it may be waiting for you to unlock it; or raise timeout in [secrets]\n",
    );
}

/// Keys of this user in the kernel, which are shared by all processes; those that a test made go with it.
struct KernelKeys(Vec<(String, bool)>);

impl KernelKeys {
    fn watch(descriptions: Vec<String>) -> Self {
        Self(descriptions.into_iter().map(|name| (name.clone(), Self::has(&name))).collect())
    }

    fn ring() -> KeyRing {
        let user = KeyRing::from_special_id(KeyRingIdentifier::User, false).unwrap();
        KeyRing::from_special_id(KeyRingIdentifier::Thread, true).unwrap().link_keyring(user).unwrap();
        user
    }

    fn has(description: &str) -> bool {
        Self::ring().search(description).is_ok()
    }

    fn present(&self) -> Vec<bool> {
        self.0.iter().map(|(description, _)| Self::has(description)).collect()
    }
}

impl Drop for KernelKeys {
    fn drop(&mut self) {
        for (description, was_there) in &self.0 {
            if let (false, Ok(key)) = (was_there, Self::ring().search(description)) {
                let _ = Self::ring().unlink_key(key);
            }
        }
    }
}

#[test]
fn the_main_job_with_the_kernel_keyring() {
    let mut population = Population::demo();
    population.application.name = format!("afed-{}", std::process::id());
    population.application.password = "password-of-the-application-canary".to_owned();
    let application = population.application.name.clone();
    let sandbox = Sandbox::with(CrowdServer::start(population).unwrap());
    let (url, key) = (sandbox.crowd.url(), &aws().key);
    let keys = KernelKeys::watch(vec![
        format!("afed:crowd-application {application} {url}"),
        format!("afed:access-key {application} {}", key.id),
        format!("afed:crowd-session {application} {url}"),
    ]);
    init(&sandbox, "keyutils").succeeds();
    sandbox.keep_secret(&key.secret);
    sandbox
        .run(&["account", "create", &application, "--access-key-id", &key.id, "--secret-access-key-stdin"])
        .input(&key.secret)
        .succeeds();
    create_connector(&sandbox, &application);
    sandbox.log_in("alice");
    sandbox.run(&["creds", "deploy"]).vends().succeeds();
    assert_eq!(keys.present(), [true, true, true]);
    sandbox.run(&["logout"]).prints("", "Logged out\n");
    assert_eq!(keys.present(), [true, true, false]);
}
