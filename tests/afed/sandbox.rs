//! A sealed place to run the shipped binary in: a home of its own, no environment, no terminal, loopback servers.
//! Every run is searched for secrets: none may be on stderr or in a file, and on stdout only where the test says that
//! this run vends. What a run printed is compared with the sandbox's own paths and addresses taken out.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use linux_keyutils::{Key, KeyRing, KeyRingIdentifier};
use sha2::{Digest, Sha256};

use crate::crowd_directory::{CrowdServer, Population};
use crate::emulator::{Emulator, Prepared};

/// One AWS emulator serves every test of the binary; it ends with this process.
static AWS: LazyLock<(Emulator, Prepared)> = LazyLock::new(|| {
    let emulator = Emulator::start();
    let prepared = emulator.prepare();
    (emulator, prepared)
});

const APPLICATION_PASSWORD: &str = "password-of-the-application-canary";
pub const PASSPHRASE: &str = "passphrase-of-the-store-canary";

/// A home folder with nothing in it, a Crowd server, and the address of the AWS emulator.
pub struct Sandbox {
    root: tempfile::TempDir,
    pub crowd: CrowdServer,
    environment: BTreeMap<String, String>,
    canaries: RefCell<BTreeSet<String>>,
    /// Of these, what no run may print, also not where it vends.
    lasting: RefCell<BTreeSet<String>>,
}

impl Sandbox {
    /// Nothing is configured yet.
    pub fn new() -> Self {
        Self::with(CrowdServer::start(Self::population()).unwrap())
    }

    /// The demo population, with an application password that can be searched for.
    pub fn population() -> Population {
        let mut population = Population::demo();
        population.application.password = APPLICATION_PASSWORD.to_owned();
        population
    }

    /// The same over a Crowd server of the test's own.
    pub fn with(crowd: CrowdServer) -> Self {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("home")).unwrap();
        let sandbox = Self {
            root,
            crowd,
            environment: BTreeMap::new(),
            canaries: RefCell::default(),
            lasting: RefCell::default(),
        };
        sandbox.keep_for_good(PASSPHRASE);
        let population = sandbox.crowd.population();
        sandbox.keep_for_good(&population.application.password);
        population.people.iter().for_each(|person| sandbox.keep_for_good(&person.password));
        sandbox.write_private("passphrase", PASSPHRASE);
        let sandbox = sandbox.env("HOME", "$SANDBOX/home").env("PATH", "/usr/bin:/bin").env("SHELL", "/bin/bash");
        sandbox.env("AWS_ENDPOINT_URL_STS", aws_url())
    }

    /// A day later: Crowd, the account `ops` and the connector `deploy` (open to developers) are set up.
    pub fn configured() -> Self {
        let sandbox = Self::new();
        sandbox.configure();
        sandbox
    }

    /// The same, and this person of the demo population has logged in.
    pub fn with_session_of(person: &str) -> Self {
        let sandbox = Self::configured();
        sandbox.log_in(person);
        sandbox
    }

    /// Sets up directory, account and connector by afed's own commands. The directory is asked at every call, unless
    /// the test lets answers be used again with [`Sandbox::recheck_after`].
    pub fn configure(&self) {
        self.init();
        self.configure_uses();
    }

    /// What comes after `init`: account and connector.
    pub fn configure_uses(&self) {
        self.edit_config(|text| text.replace("[crowd]\n", "[crowd]\nrecheck_after = \"0s\"\n"));
        self.create_account();
        let role = &aws().open_role;
        self.run(&["connector", "create", "deploy", "--account", "ops", "--principal", "assume-role"])
            .args(&["--role-arn", role, "--group", "developers", "--region", "eu-west-1"])
            .succeeds();
    }

    /// `afed init` for the Crowd server, with an encrypted file as secret store.
    pub fn init(&self) -> Outcome {
        let password = self.crowd.population().application.password;
        self.run(&["init", "--directory", "crowd", "--crowd-url", self.crowd.url(), "--application", "afed"])
            .args(&["--application-password-stdin", "--admin-group", "aws-admins"])
            .args(&["--secret-store", "file", "--passphrase-file", "passphrase"])
            .input(&password)
            .succeeds()
    }

    /// `afed account create ops`, with the emulator's key.
    pub fn create_account(&self) -> Outcome {
        let key = &aws().key;
        self.keep_for_good(&key.secret);
        self.run(&["account", "create", "ops", "--access-key-id", &key.id, "--secret-access-key-stdin"])
            .input(&key.secret)
            .succeeds()
    }

    /// `afed login` with the person's password of the demo population.
    pub fn log_in(&self, person: &str) -> Outcome {
        let password = self.crowd.population().person(person).unwrap().password.clone();
        let outcome = self.run(&["login", "--user", person, "--password-stdin"]).input(&password).succeeds();
        self.crowd.session_tokens().iter().for_each(|token| self.keep_for_good(token));
        outcome
    }

    /// Sets a variable for all runs; `$SANDBOX` in it is this sandbox's folder.
    pub fn env(mut self, name: &str, value: &str) -> Self {
        let value = value.replace("$SANDBOX", self.path("").to_str().unwrap().trim_end_matches('/'));
        self.environment.insert(name.to_owned(), value);
        self
    }

    /// A variable of all runs.
    pub fn variable(&self, name: &str) -> &str {
        &self.environment[name]
    }

    /// What must not show itself anywhere from now on.
    pub fn keep_secret(&self, secret: &str) {
        assert!(secret.len() >= 8, "too short to be searched for: {secret}");
        self.canaries.borrow_mut().insert(secret.to_owned());
    }

    /// All that must not show itself now.
    pub fn secrets(&self) -> BTreeSet<String> {
        self.canaries.borrow().clone()
    }

    /// Searches for these alone from now on, where all files are again what they were when only these were known.
    pub fn keep_only(&self, secrets: &BTreeSet<String>) {
        self.canaries.borrow_mut().clone_from(secrets);
    }

    /// What nobody is given, not even with credentials.
    fn keep_for_good(&self, secret: &str) {
        self.keep_secret(secret);
        self.lasting.borrow_mut().insert(secret.to_owned());
    }

    /// A path inside the sandbox.
    pub fn path(&self, relative: &str) -> PathBuf {
        self.root.path().join(relative)
    }

    pub fn read(&self, relative: &str) -> String {
        fs::read_to_string(self.path(relative)).unwrap_or_else(|error| panic!("{relative}: {error}"))
    }

    /// The paths of all files below a folder of the sandbox.
    pub fn files(&self, relative: &str) -> Vec<String> {
        fn walk(folder: &Path, found: &mut Vec<String>) {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() { walk(&path, found) } else { found.push(path.display().to_string()) }
            }
        }
        let mut found = Vec::new();
        walk(&self.path(relative), &mut found);
        found
    }

    /// Writes a file that only its owner can read.
    pub fn write_private(&self, relative: &str, text: impl AsRef<[u8]>) {
        let path = self.path(relative);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    }

    /// The configuration that `init` wrote.
    pub fn config(&self) -> String {
        self.read("home/.config/afed/config.toml")
    }

    /// Changes the configuration as a person would in an editor.
    pub fn edit_config(&self, edit: impl FnOnce(String) -> String) {
        self.write_private("home/.config/afed/config.toml", edit(self.config()));
    }

    /// Lets a positive answer of the directory be used again for this long.
    pub fn recheck_after(&self, duration: &str) {
        let with = format!("recheck_after = \"{duration}\"");
        self.edit_config(|text| text.replace("recheck_after = \"0s\"", &with));
        self.settle();
    }

    /// Waits until the files have rested long enough for a pass to be derived from them.
    pub fn settle(&self) {
        std::thread::sleep(std::time::Duration::from_millis(60));
    }

    /// Takes the key of the cache out of the kernel's keyring, if it is there.
    pub fn forget_cache_key(&self) {
        if let Some((ring, key)) = self.cache_key() {
            let _ = ring.unlink_key(key);
        }
    }

    /// The key of the cache in the kernel's keyring, and that keyring.
    pub fn cache_key(&self) -> Option<(KeyRing, Key)> {
        let digest = Sha256::digest(self.path("home/.cache/afed/sealed").as_os_str().as_encoded_bytes());
        let name: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        let ring = KeyRing::from_special_id(KeyRingIdentifier::User, false).ok()?;
        KeyRing::from_special_id(KeyRingIdentifier::Thread, true).ok()?.link_keyring(ring).ok()?;
        Some((ring, ring.search(&format!("afed:cache-key {name}")).ok()?))
    }

    /// A run of afed with these arguments, in the sandbox's folder.
    pub fn run<'a>(&'a self, arguments: &[&str]) -> Run<'a> {
        let mut run = self.program(Path::new(env!("CARGO_BIN_EXE_afed")));
        run.arguments.extend(arguments.iter().map(|argument| (*argument).to_owned()));
        run
    }

    /// A run of another program in the same surroundings.
    pub fn program(&self, program: &Path) -> Run<'_> {
        Run {
            sandbox: self,
            program: program.to_owned(),
            arguments: Vec::new(),
            environment: self.environment.clone(),
            input: None,
            vends: false,
        }
    }

    /// The text with this sandbox's paths and addresses replaced by names.
    fn normalised(&self, text: &str) -> String {
        text.replace(env!("CARGO_BIN_EXE_afed"), "$AFED")
            .replace(self.root.path().to_str().unwrap(), "$SANDBOX")
            .replace(self.crowd.url(), "$CROWD")
            .replace(aws_url(), "$STS")
    }

    fn assert_no_leak(&self, place: &str, text: &[u8]) {
        for canary in self.canaries.borrow().iter() {
            let found = text.windows(canary.len()).any(|window| window == canary.as_bytes());
            assert!(!found, "the secret “{canary}” is in {place}");
        }
    }

    fn assert_nothing_lasting(&self, stdout: &[u8]) {
        for canary in self.lasting.borrow().iter() {
            let found = stdout.windows(canary.len()).any(|window| window == canary.as_bytes());
            assert!(!found, "the lasting secret “{canary}” is vended");
        }
    }

    fn assert_no_leak_in_files(&self, folder: &Path) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                self.assert_no_leak_in_files(&path);
            } else if path.is_file() && path != self.path("passphrase") {
                self.assert_no_leak(&path.display().to_string(), &fs::read(&path).unwrap());
            }
        }
    }
}

/// The key of the sandbox's cache would stay in the kernel for as long as its leases live, and room there is short.
impl Drop for Sandbox {
    fn drop(&mut self) {
        self.forget_cache_key();
    }
}

/// What the emulator was prepared with: keys and roles.
pub fn aws() -> &'static Prepared {
    &AWS.1
}

/// Where the emulator listens.
pub fn aws_url() -> &'static str {
    &AWS.0.url
}

/// One run, not yet started.
pub struct Run<'a> {
    sandbox: &'a Sandbox,
    program: PathBuf,
    arguments: Vec<String>,
    environment: BTreeMap<String, String>,
    input: Option<String>,
    vends: bool,
}

impl Run<'_> {
    pub fn args(mut self, arguments: &[&str]) -> Self {
        self.arguments.extend(arguments.iter().map(|argument| (*argument).to_owned()));
        self
    }

    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.insert(name.to_owned(), value.to_owned());
        self
    }

    pub fn input(mut self, text: &str) -> Self {
        self.input = Some(text.to_owned());
        self
    }

    /// This run may print temporary credentials, which are secret everywhere else from then on.
    pub fn vends(mut self) -> Self {
        self.vends = true;
        self
    }

    /// The run as a command, for tests that start several at once.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(&self.arguments)
            .env_clear()
            .envs(&self.environment)
            .current_dir(self.sandbox.root.path())
            // Not in the foreground of any terminal: nothing can be asked there.
            .process_group(0)
            .stdin(if self.input.is_some() { Stdio::piped() } else { Stdio::null() })
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs it to its end and searches what it left for secrets.
    pub fn outcome(self) -> Outcome {
        let mut child = self
            .command()
            .spawn()
            .unwrap_or_else(|error| panic!("{} can't be started: {error}", self.program.display()));
        if let Some(input) = &self.input {
            // A program that fails early does not read to the end, which is its right.
            drop(child.stdin.take().unwrap().write_all(input.as_bytes()));
        }
        let output = child.wait_with_output().unwrap();
        let sandbox = self.sandbox;
        if self.vends {
            sandbox.assert_nothing_lasting(&output.stdout);
            sandbox.remember_credentials(&output.stdout);
        } else {
            sandbox.assert_no_leak("stdout", &output.stdout);
        }
        sandbox.assert_no_leak("stderr", &output.stderr);
        sandbox.assert_no_leak_in_files(sandbox.root.path());
        Outcome {
            code: output.status.code(),
            stdout: sandbox.normalised(&String::from_utf8(output.stdout).unwrap()),
            stderr: sandbox.normalised(&String::from_utf8_lossy(&output.stderr)),
        }
    }

    /// Runs it and expects exit code 0.
    pub fn succeeds(self) -> Outcome {
        let outcome = self.outcome();
        assert_eq!(outcome.code, Some(0), "{outcome:?}");
        outcome
    }

    /// Runs it and expects this exit code, nothing on stdout and exactly this on stderr.
    pub fn fails(self, code: i32, stderr: &str) {
        let outcome = self.outcome();
        assert_eq!((outcome.code, outcome.stdout.as_str(), outcome.stderr.as_str()), (Some(code), "", stderr));
    }

    /// Runs it and expects exit code 0 and exactly this on stdout and on stderr.
    pub fn prints(self, stdout: &str, stderr: &str) {
        let outcome = self.outcome();
        assert_eq!((outcome.code, outcome.stdout.as_str(), outcome.stderr.as_str()), (Some(0), stdout, stderr));
    }
}

impl Sandbox {
    /// Credentials in any format are told from the rest by where they stand: in quotes or behind an equals sign.
    fn remember_credentials(&self, stdout: &[u8]) {
        let text = String::from_utf8_lossy(stdout);
        for word in text.split(['"', '\'', '=', ' ', '\n']) {
            let secret =
                word.len() >= 40 && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte));
            if secret {
                self.keep_secret(word);
            }
        }
    }
}

/// How a run ended, with the sandbox's paths and addresses named.
#[derive(Debug)]
pub struct Outcome {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Outcome {
    /// stdout as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}", self.stdout))
    }
}
