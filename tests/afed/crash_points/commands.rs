//! Every command that writes, in a world in which it has something to do. What one run changes at Crowd or AWS does not
//! matter to the next, or is made again before it.

use std::fs;

use super::state::Places;
use crate::iam::Iam;
use crate::sandbox::{Run, Sandbox, aws, aws_url};

/// A sandbox, and AWS's files outside of it, as they hold secrets in plain.
pub struct World {
    pub sandbox: Sandbox,
    pub places: Places,
    _aws: tempfile::TempDir,
}

impl World {
    /// Nothing is configured.
    pub fn empty() -> Self {
        let aws = tempfile::tempdir().unwrap();
        let places = Places { home: std::path::PathBuf::new(), aws: aws.path().join("aws") };
        fs::create_dir(&places.aws).unwrap();
        let at = |name: &str| places.aws.join(name).to_str().unwrap().to_owned();
        let sandbox = Sandbox::new()
            .env("AWS_SHARED_CREDENTIALS_FILE", &at("credentials"))
            .env("AWS_CONFIG_FILE", &at("config"))
            .env("AWS_ENDPOINT_URL", aws_url());
        [&aws_key().secret, &self::aws().idle_key.secret].iter().for_each(|secret| sandbox.keep_secret(secret));
        let places = Places { home: sandbox.path("home"), ..places };
        Self { sandbox, places, _aws: aws }
    }

    /// There is something of everything: accounts, connectors, a session, a lease, profiles of afed and of others.
    pub fn equipped() -> Self {
        let world = Self::empty();
        let sandbox = &world.sandbox;
        sandbox.configure();
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
        fs::write(world.places.aws.join("credentials"), format!("# mine\n[legacy]\n{key}region = eu-west-1\n"))
            .unwrap();
        fs::write(world.places.aws.join("config"), "[profile theirs]\nregion = eu-west-1\n").unwrap();
        sandbox.run(&["profile", "add", "kept", "--connector", "deploy"]).succeeds();
        sandbox.run(&["creds", "deploy", "--format", "process"]).vends().succeeds();
        world
    }

    /// The account `ops` has a key of its own that it may replace.
    pub fn rotating() -> Self {
        let world = Self::empty();
        let sandbox = &world.sandbox;
        sandbox.init();
        let key = Iam::at(aws_url()).user("crashing");
        sandbox
            .run(&["account", "create", "ops", "--access-key-id", &key.id, "--secret-access-key-stdin"])
            .input(&key.secret)
            .succeeds();
        world
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

/// A command that writes.
pub struct Command {
    pub words: &'static [&'static str],
    pub start: Start,
    /// Run before it each time.
    pub first: &'static [&'static str],
    /// What a run says that finds all done; nothing where it succeeds again.
    pub done: &'static str,
}

impl Command {
    const fn new(words: &'static [&'static str]) -> Self {
        Self { words, start: Start::Same, first: &[], done: "" }
    }

    const fn done(self, done: &'static str) -> Self {
        Self { done, ..self }
    }

    /// How it is named in reports.
    pub fn name(&self) -> String {
        self.words.iter().take_while(|word| !word.starts_with("AKIA")).take(4).copied().collect::<Vec<_>>().join(" ")
    }

    /// The command's words and what it reads, for this world.
    pub fn words_and_input(&self, sandbox: &Sandbox) -> (Vec<String>, String) {
        let key = if self.words.contains(&"edit") { &aws().idle_key } else { aws_key() };
        let words = self.words.iter().map(|word| match *word {
            "KEY" => key.id.clone(),
            "CROWD" => sandbox.crowd.url().to_owned(),
            word => word.to_owned(),
        });
        let population = sandbox.crowd.population();
        let input = match self.words[0] {
            "init" => population.application.password,
            "login" => population.person("alice").unwrap().password.clone(),
            _ => key.secret.clone(),
        };
        (words.collect(), input)
    }

    /// Whether its stdout holds credentials.
    pub fn vends(&self) -> bool {
        self.words[0] == "creds"
    }

    pub fn as_it_vends<'a>(&self, run: Run<'a>) -> Run<'a> {
        if self.vends() { run.vends() } else { run }
    }
}

pub const INIT: [Command; 1] = [Command::new(&[
    "init",
    "--directory",
    "crowd",
    "--crowd-url",
    "CROWD",
    "--application",
    "afed",
    "--application-password-stdin",
    "--admin-group",
    "aws-admins",
    "--secret-store",
    "file",
    "--passphrase-file",
    "passphrase",
])
.done("error: there is already a configuration: ")];

pub const SIGN_IN: [Command; 2] =
    [Command::new(&["login", "--user", "alice", "--password-stdin"]), Command::new(&["logout"])];

pub const ROTATION: [Command; 1] =
    [Command { start: Start::WhereItStands, ..Command::new(&["account", "rotate", "ops", "--yes"]) }];

pub const ACCOUNTS: [Command; 4] = [
    Command::new(&["account", "create", "new", "--access-key-id", "KEY", "--secret-access-key-stdin"])
        .done("error: there is already an account “new”, in "),
    Command::new(&["account", "edit", "spare", "--access-key-id", "KEY", "--secret-access-key-stdin"]),
    Command::new(&["account", "delete", "spare", "--yes"]).done("error: there is no account “spare”"),
    Command::new(&["account", "import", "legacy", "--remove"]).done("error: the profile legacy holds no key"),
];

pub const CONNECTORS: [Command; 5] = [
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
];

pub const PROFILES: [Command; 4] = [
    Command::new(&["profile", "add", "extra"]),
    Command::new(&["profile", "add", "--all"]),
    Command::new(&["profile", "remove", "kept"]).done("error: there is no profile “kept” in "),
    Command::new(&["creds", "deploy", "--write-profile", "written"]),
];

pub const CREDENTIALS: [Command; 3] = [
    Command { start: Start::WithoutCache, ..Command::new(&["creds", "deploy", "--format", "json"]) },
    Command { start: Start::WithoutCache, ..Command::new(&["exec", "--refresh", "deploy", "--", "/bin/true"]) },
    Command { first: &["creds", "deploy", "--format", "process"], ..Command::new(&["cache", "clear"]) },
];
