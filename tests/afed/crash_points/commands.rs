//! Every command that writes, in a world in which it has something to do. What one run changes at Crowd or AWS does not
//! matter to the next, or is made again before it.

use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use super::bus_tap::BusTap;
use super::calls::{self, Call, Point};
use super::state::Places;
use super::store_file;
use crate::iam::Iam;
use crate::keyring_session::{self, KeyringSession};
use crate::sandbox::{Run, Sandbox, aws, aws_url};

/// A sandbox, and AWS's files outside of it, as they hold secrets in plain.
pub struct World {
    pub sandbox: Sandbox,
    pub places: Places,
    /// Between afed and the bus of the keyring.
    pub tap: Option<BusTap>,
    /// A command that works where all is well.
    pub use_of_it: &'static [&'static str],
    _aws: tempfile::TempDir,
}

const VEND: &[&str] = &["creds", "deploy", "--format", "process"];

impl World {
    /// Nothing is configured.
    pub fn empty() -> Self {
        Self::with(Sandbox::new(), None, None)
    }

    /// The same on a bus with a Secret Service.
    pub fn empty_with_keyring() -> Self {
        let keyring = KeyringSession::unlocked();
        let tap = BusTap::before(&keyring.address);
        Self::with(Sandbox::new().env("DBUS_SESSION_BUS_ADDRESS", tap.address()), Some(keyring), Some(tap))
    }

    fn with(sandbox: Sandbox, keyring: Option<KeyringSession>, tap: Option<BusTap>) -> Self {
        let aws = tempfile::tempdir().unwrap();
        let folder = aws.path().join("aws");
        fs::create_dir(&folder).unwrap();
        let at = |name: &str| folder.join(name).to_str().unwrap().to_owned();
        let sandbox = sandbox
            .env("AWS_SHARED_CREDENTIALS_FILE", &at("credentials"))
            .env("AWS_CONFIG_FILE", &at("config"))
            .env("AWS_ENDPOINT_URL", aws_url());
        [&aws_key().secret, &self::aws().idle_key.secret].iter().for_each(|secret| sandbox.keep_secret(secret));
        let places = Places { home: sandbox.path("home"), aws: folder, keyring };
        Self { sandbox, places, tap, use_of_it: &["account", "list"], _aws: aws }
    }

    /// There is something of everything: accounts, connectors, a session, a lease, profiles of afed and of others.
    pub fn equipped() -> Self {
        let world = Self::empty();
        world.sandbox.configure();
        store_file::cheapen(&world.places.store_file());
        world.equip()
    }

    /// The same with all secrets in a Secret Service.
    pub fn equipped_with_keyring() -> Self {
        let world = Self::empty_with_keyring();
        let sandbox = &world.sandbox;
        let (words, input) = KEYRING_INIT.commands[0].words_and_input(KEYRING_INIT.commands[0].words, sandbox);
        sandbox.run(&words.iter().map(String::as_str).collect::<Vec<_>>()).input(&input).succeeds();
        keyring_session::be_patient(sandbox);
        sandbox.configure_uses();
        world.equip()
    }

    fn equip(self) -> Self {
        let sandbox = &self.sandbox;
        sandbox.log_in("alice");
        let key = aws_key();
        sandbox
            .run(&["account", "create", "spare", "--access-key-id", &key.id, "--secret-access-key-stdin"])
            .input(&key.secret)
            .succeeds();
        let exported = sandbox.run(&["connector", "export", "deploy"]).succeeds().stdout;
        for name in ["extra", "imported"] {
            sandbox.write_private(&format!("{name}.json"), exported.replace("\"deploy\"", &format!("\"{name}\"")));
        }
        sandbox.run(&["connector", "import", "extra.json"]).succeeds();
        let idle = &aws().idle_key;
        let key = format!("aws_access_key_id = {}\naws_secret_access_key = {}\n", idle.id, idle.secret);
        fs::write(self.places.aws.join("credentials"), format!("# mine\n[legacy]\n{key}region = eu-west-1\n")).unwrap();
        fs::write(self.places.aws.join("config"), "[profile theirs]\nregion = eu-west-1\n").unwrap();
        sandbox.run(&["profile", "add", "kept", "--connector", "deploy"]).succeeds();
        sandbox.run(VEND).vends().succeeds();
        Self { use_of_it: VEND, ..self }
    }

    /// The account `ops` has a key of its own that it may replace.
    pub fn rotating() -> Self {
        // Two trials may run at once, each with a user of its own.
        static USERS: AtomicUsize = AtomicUsize::new(0);
        let world = Self::empty();
        let sandbox = &world.sandbox;
        sandbox.init();
        store_file::cheapen(&world.places.store_file());
        let key = Iam::at(aws_url()).user(&format!("crashing-{}", USERS.fetch_add(1, SeqCst)));
        sandbox
            .run(&["account", "create", "ops", "--access-key-id", &key.id, "--secret-access-key-stdin"])
            .input(&key.secret)
            .succeeds();
        Self { use_of_it: &["account", "check", "ops"], ..world }
    }
}

fn aws_key() -> &'static crate::emulator::Key {
    &aws().key
}

/// What becomes of the state from run to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// Every run begins with the same files.
    Same,
    /// The same files without cache, and the kernel's keyring without its key.
    WithoutCache,
    /// Where the run before has ended: AWS can't be put back.
    WhereItStands,
}

/// Commands that are tried in the same world, and which points of theirs are the sample.
pub struct Group {
    pub world: fn() -> World,
    pub commands: &'static [Command],
    /// Of the calls of the nth command.
    pub sample: fn(&[Call], usize) -> Vec<Point>,
}

/// A command that writes.
pub struct Command {
    pub words: &'static [&'static str],
    pub start: Start,
    /// Run before it each time.
    pub first: &'static [&'static str],
    /// What is run next when it was broken off: mostly the same.
    pub then: &'static [&'static str],
    /// What a run says that finds all done; nothing where it succeeds again.
    pub done: &'static str,
}

impl Command {
    const fn new(words: &'static [&'static str]) -> Self {
        Self { words, start: Start::Same, first: &[], then: words, done: "" }
    }

    const fn done(self, done: &'static str) -> Self {
        Self { done, ..self }
    }

    const fn after(self, first: &'static [&'static str]) -> Self {
        Self { first, ..self }
    }

    const fn then(self, then: &'static [&'static str]) -> Self {
        Self { then, ..self }
    }

    const fn without_cache(self) -> Self {
        Self { start: Start::WithoutCache, ..self }
    }

    pub fn says_the_same_again(&self) -> bool {
        self.words == self.then
    }

    /// Whether each run begins where the one before it has ended.
    pub fn goes_on(&self) -> bool {
        self.start == Start::WhereItStands
    }

    /// How it is named in reports.
    pub fn name(&self) -> String {
        let few = |words: &[&'static str]| {
            words.iter().take_while(|word| !word.starts_with("AKIA")).take(4).copied().collect::<Vec<_>>().join(" ")
        };
        let first = if self.first.is_empty() { String::new() } else { format!("{} && ", few(self.first)) };
        let then = if self.says_the_same_again() { "" } else { ", then otherwise" };
        format!("{first}{}{then}", few(self.words))
    }

    /// These words of the command and what it reads, for this world.
    pub fn words_and_input(&self, words: &[&str], sandbox: &Sandbox) -> (Vec<String>, String) {
        let key = if words.contains(&"edit") { &aws().idle_key } else { aws_key() };
        let words: Vec<String> = words
            .iter()
            .map(|word| match *word {
                "KEY" => key.id.clone(),
                "CROWD" => sandbox.crowd.url().to_owned(),
                "OTHER" => sandbox.crowd.url().replace("127.0.0.1", "localhost"),
                word => word.to_owned(),
            })
            .collect();
        let population = sandbox.crowd.population();
        let input = match words[0].as_str() {
            "init" => population.application.password,
            "login" => population.person("alice").unwrap().password.clone(),
            _ => key.secret.clone(),
        };
        (words, input)
    }

    /// Whether its stdout holds credentials.
    pub fn vends(&self) -> bool {
        self.words[0] == "creds"
    }

    pub fn as_it_vends<'a>(&self, run: Run<'a>) -> Run<'a> {
        if self.vends() { run.vends() } else { run }
    }
}

/// `init` for the Crowd server at this address, with this store.
macro_rules! init {
    ($url:literal, $($store:literal),+) => {
        &[
            "init", "--directory", "crowd", "--crowd-url", $url, "--application", "afed",
            "--application-password-stdin", "--admin-group", "aws-admins", "--secret-store", $($store),+
        ]
    };
}

const ALREADY: &str = "error: there is already a configuration: ";
const IN_FILE: &[&str] = init!("CROWD", "file", "--passphrase-file", "passphrase");
const IN_FILE_ELSEWHERE: &[&str] = init!("OTHER", "file", "--passphrase-file", "passphrase");
const IN_KEYRING: &[&str] = init!("CROWD", "secret-service");

pub const INIT: Group = Group {
    world: World::empty,
    commands: &[Command::new(IN_FILE).done(ALREADY), Command::new(IN_FILE).done(ALREADY).then(IN_FILE_ELSEWHERE)],
    sample: calls::of_each_kind,
};

pub const KEYRING_INIT: Group = Group {
    world: World::empty_with_keyring,
    commands: &[Command::new(IN_KEYRING).done(ALREADY), Command::new(IN_KEYRING).done(ALREADY).then(IN_FILE)],
    sample: calls::around_the_keyring,
};

const LOG_IN: Command = Command::new(&["login", "--user", "alice", "--password-stdin"]);
const LOG_OUT: Command = Command::new(&["logout"]);

pub const SIGN_IN: Group = Group {
    world: World::equipped,
    commands: &[
        Command::new(&["init", "--password-only", "--application-password-stdin"]),
        LOG_IN,
        LOG_OUT,
        LOG_IN.after(&["logout"]),
    ],
    sample: calls::of_each_kind,
};

pub const ROTATION: Group = Group {
    world: World::rotating,
    commands: &[Command { start: Start::WhereItStands, ..Command::new(&["account", "rotate", "ops", "--yes"]) }],
    sample: calls::of_each_kind,
};

const CREATE_ACCOUNT: Command =
    Command::new(&["account", "create", "new", "--access-key-id", "KEY", "--secret-access-key-stdin"])
        .done("error: there is already an account “new”, in ");
const EDIT_ACCOUNT: Command =
    Command::new(&["account", "edit", "spare", "--access-key-id", "KEY", "--secret-access-key-stdin"]);
const DELETE_ACCOUNT: Command =
    Command::new(&["account", "delete", "spare", "--yes"]).done("error: there is no account “spare”");

pub const ACCOUNTS: Group = Group {
    world: World::equipped,
    commands: &[
        CREATE_ACCOUNT,
        EDIT_ACCOUNT,
        DELETE_ACCOUNT,
        Command::new(&["account", "import", "legacy", "--remove"]).done("error: the profile legacy holds no key"),
        Command::new(&["account", "create", "spare", "--secret-only", "--secret-access-key-stdin"]),
        Command::new(&["account", "edit", "spare", "--mfa-serial", "arn:aws:iam::000000000000:mfa/spare"]),
    ],
    sample: calls::of_each_kind,
};

pub const KEYRING: Group = Group {
    world: World::equipped_with_keyring,
    commands: &[CREATE_ACCOUNT, DELETE_ACCOUNT, EDIT_ACCOUNT, LOG_OUT, LOG_IN.after(&["logout"])],
    sample: calls::around_the_keyring,
};

pub const CONNECTORS: Group = Group {
    world: World::equipped,
    commands: &[
        Command::new(&[
            "connector",
            "create",
            "new",
            "--account",
            "ops",
            "--principal",
            "session-token",
            "--group",
            "developers",
            "--region",
            "eu-west-1",
        ])
        .done("error: there is already a connector “new”, in "),
        Command::new(&["connector", "edit", "extra", "--region", "eu-central-1"]),
        Command::new(&["connector", "rename", "extra", "other"]).done("error: there is no connector “extra”"),
        Command::new(&["connector", "delete", "extra", "--yes"]).done("error: there is no connector “extra”"),
        Command::new(&["connector", "import", "imported.json"]).done("error: "),
    ],
    sample: calls::of_each_kind,
};

pub const PROFILES: Group = Group {
    world: World::equipped,
    commands: &[
        Command::new(&["profile", "add", "extra"]),
        Command::new(&["profile", "add", "--all"]),
        Command::new(&["profile", "remove", "kept"]).done("error: there is no profile “kept” in "),
        Command::new(&["creds", "deploy", "--write-profile", "written"]),
    ],
    sample: calls::of_each_kind,
};

pub const CREDENTIALS: Group = Group {
    world: World::equipped,
    commands: &[
        Command::new(&["creds", "deploy", "--format", "json"]).without_cache(),
        Command::new(&["exec", "--refresh", "deploy", "--", "/bin/true"]).without_cache(),
        Command::new(&["cache", "clear"]).without_cache().after(VEND),
        Command::new(&["exec", "--profile", "one=deploy", "--profile", "two=extra", "--", "/bin/true"]).without_cache(),
    ],
    sample: calls::of_each_kind,
};
