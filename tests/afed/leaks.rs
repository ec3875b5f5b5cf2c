//! Secrets through every command there is, in success and in failure, with everything switched on that makes programs
//! talkative. The sandbox searches what each run prints and every file; here also what the programs that afed starts are
//! given, and what is left of a process that ends badly.

use std::fs;
use std::os::unix::fs::{FileExt, PermissionsExt};
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitStatus, Stdio};

use base64::Engine;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::generated::help_tree;
use crate::iam::Iam;
use crate::patience::wait_until;
use crate::sandbox::{Sandbox, aws, aws_url};
use crate::sign_in_endpoint::{SignInEndpoint, TOKEN_CANARY};
use crate::sts_mfa::SERIAL;
use crate::sts_proxy::StsProxy;

/// No account's, though AWS shows it in its documentation.
const WRONG_KEY: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const CODE: &str = "739154";
/// A program of the configuration: it writes down all that it and afed were started with. Without an argument it is asked for
/// a code, else for a visit.
const CHILD: &str = "#!/bin/sh\n{ env; tr '\\0' '\\n' </proc/$PPID/cmdline; printf '%s\\n' \"$@\"; } >>\"$0.seen\"\n\
    case $# in 0) echo 739154;; *) exec curl -sL -o page \"$1\";; esac\n";

/// How a run must end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Success,
    /// With credentials on standard output.
    Vending,
    Failure,
}

struct Step {
    line: String,
    input: Option<String>,
    end: End,
}

fn succeeds(line: impl Into<String>) -> Step {
    Step { line: line.into(), input: None, end: End::Success }
}

fn vends(line: &str) -> Step {
    Step { line: line.to_owned(), input: None, end: End::Vending }
}

fn fails(line: impl Into<String>) -> Step {
    Step { line: line.into(), input: None, end: End::Failure }
}

impl Step {
    fn input(self, secret: &str) -> Self {
        Self { input: Some(secret.to_owned()), ..self }
    }

    fn is_of(&self, command: &[String]) -> bool {
        self.words().starts_with(command)
    }

    fn words(&self) -> Vec<String> {
        shell_words::split(&self.line).unwrap()
    }

    fn run(&self, sandbox: &Sandbox) {
        let words = self.words();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let mut run = sandbox.run(&words);
        if let Some(input) = &self.input {
            run = run.input(input);
        }
        let outcome = if self.end == End::Vending { run.vends() } else { run }.outcome();
        let told = [&outcome.stdout, &outcome.stderr];
        assert!(told.iter().all(|text| !text.contains(CODE)), "{}: {outcome:?}", self.line);
        assert_eq!(outcome.code == Some(0), self.end != End::Failure, "{}: {outcome:?}", self.line);
        assert!(self.end != End::Failure || !outcome.stderr.is_empty(), "{} fails in silence", self.line);
    }
}

/// A life of afed, in which each command has its turns.
fn life(sandbox: &Sandbox) -> Vec<Step> {
    [set_up(sandbox), accounts(sandbox), connectors(), use_of_them(), the_end(sandbox)].into_iter().flatten().collect()
}

fn set_up(sandbox: &Sandbox) -> Vec<Step> {
    let init = format!(
        "init --directory crowd --crowd-url {} --application afed --application-password-stdin --no-admin-groups \
         --secret-store file --passphrase-file passphrase",
        sandbox.crowd.url()
    );
    let population = sandbox.crowd.population();
    let password = &population.person("alice").unwrap().password;
    vec![
        fails("doctor"),
        fails(&init).input(password),
        succeeds(&init).input(&population.application.password),
        fails("whoami"),
        fails("login --user alice --password-stdin").input(&population.application.password),
        succeeds("login --user alice --password-stdin").input(password),
        succeeds("whoami"),
        succeeds("doctor"),
    ]
}

fn accounts(sandbox: &Sandbox) -> Vec<Step> {
    let (key, turning) = (&aws().key, Iam::at(aws_url()).user("turning"));
    [&key.secret, &turning.secret, &aws().idle_key.secret].into_iter().for_each(|secret| sandbox.keep_secret(secret));
    let create = |name: &str, id: &str| format!("account create {name} --access-key-id {id} --secret-access-key-stdin");
    vec![
        fails(create("ops", &key.id)).input(WRONG_KEY),
        succeeds(create("ops", &key.id)).input(&key.secret),
        succeeds(create("turning", &turning.id)).input(&turning.secret),
        fails("account import none"),
        succeeds("account import spare --remove"),
        fails("account list --config none"),
        succeeds("account list --json"),
        fails("account show none"),
        succeeds("account show ops"),
        fails(format!("account edit ops --access-key-id {} --secret-access-key-stdin", turning.id)).input(WRONG_KEY),
        succeeds(format!("account edit spare --mfa-serial {SERIAL}")),
        fails("account check none"),
        succeeds("account check ops"),
        fails("account rotate none --yes"),
        succeeds("account rotate turning --yes"),
        succeeds("account delete turning --yes"),
        succeeds("account delete spare --yes"),
    ]
}

fn connectors() -> Vec<Step> {
    let create = format!(
        "connector create deploy --account ops --principal assume-role --role-arn {} --group developers",
        aws().open_role
    );
    vec![
        succeeds(&create),
        fails(&create),
        fails("account delete ops --yes"),
        fails("connector list --config none"),
        succeeds("connector list"),
        fails("connector show none"),
        succeeds("connector show deploy"),
        fails("connector edit deploy --duration 1s"),
        succeeds("connector edit deploy --region eu-west-1"),
        fails("connector check none"),
        succeeds("connector check deploy"),
        fails("connector export none"),
        succeeds("connector export --all"),
        fails("connector import passphrase"),
        succeeds("connector import connectors.json"),
        fails("connector rename none other"),
        succeeds("connector rename reports other"),
        fails("connector delete none --yes"),
        succeeds("connector delete other --yes"),
        fails("policy examples none"),
        succeeds("policy examples s3-read-bucket"),
        fails("policy check passphrase"),
        succeeds("policy check policy.json"),
        fails("policy needed none"),
        succeeds("policy needed deploy --online"),
    ]
}

fn use_of_them() -> Vec<Step> {
    vec![
        fails("creds none"),
        fails("creds none --format process"),
        vends("creds deploy"),
        vends("creds deploy --format process"),
        // Another account than before, so that a code is needed.
        succeeds(format!("account edit ops --mfa-serial {SERIAL} --mfa-process ./child")),
        vends("creds deploy --format json"),
        fails("exec none -- env"),
        vends("exec deploy -- env"),
        fails("console none"),
        succeeds("console deploy"),
        vends("console deploy --print"),
        fails("profile add none"),
        succeeds("profile add deploy"),
        fails("profile list --config none"),
        succeeds("profile list"),
        fails("profile remove none"),
        succeeds("profile remove deploy"),
        // The account's key may not be told how old it is.
        fails("doctor"),
    ]
}

fn the_end(sandbox: &Sandbox) -> Vec<Step> {
    let file = sandbox.path("passphrase").display().to_string();
    vec![
        fails("shell-init none"),
        succeeds("shell-init bash"),
        fails("prompt --format"),
        succeeds("prompt"),
        fails("completions none"),
        succeeds("completions bash"),
        fails(format!("man {file}/below")),
        succeeds("man home/man"),
        fails("cache list --nothing"),
        succeeds("cache list"),
        fails("audit --nothing"),
        succeeds("audit"),
        fails("audit verify ./no-such-trail"),
        succeeds("audit verify"),
        fails("cache clear --nothing"),
        succeeds("cache clear"),
        fails("logout --config none"),
        succeeds("logout"),
    ]
}

/// The commands that have none below them.
fn commands() -> Vec<Vec<String>> {
    let all: Vec<Vec<String>> = help_tree().into_iter().map(|(command, _)| command).collect();
    let has_none_below =
        |command: &&Vec<String>| !all.iter().any(|other| other != *command && other.starts_with(command));
    all.iter().filter(has_none_below).cloned().collect()
}

/// A sandbox before anything is configured but the console, which only `init` must not find.
fn world(aws_files: &tempfile::TempDir) -> Sandbox {
    let credentials = aws_files.path().join("credentials");
    let key = &aws().idle_key;
    let text = format!("[spare]\naws_access_key_id = {}\naws_secret_access_key = {}\n", key.id, key.secret);
    fs::write(&credentials, text).unwrap();
    fs::set_permissions(&credentials, fs::Permissions::from_mode(0o600)).unwrap();
    let sandbox = Sandbox::new()
        .env("AWS_SHARED_CREDENTIALS_FILE", credentials.to_str().unwrap())
        .env("AWS_ENDPOINT_URL_IAM", aws_url())
        .env("RUST_LOG", "trace")
        .env("RUST_BACKTRACE", "full");
    [WRONG_KEY, TOKEN_CANARY].into_iter().for_each(|secret| sandbox.keep_secret(secret));
    sandbox.write_private("child", CHILD);
    fs::set_permissions(sandbox.path("child"), fs::Permissions::from_mode(0o700)).unwrap();
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}]}"#;
    sandbox.write_private("policy.json", policy);
    let reports =
        serde_json::json!([{"name": "reports", "type": "FEDERATION_TOKEN", "accountId": "ops", "iamPolicy": policy}]);
    sandbox.write_private("connectors.json", reports.to_string());
    sandbox
}

#[test]
fn no_command_leaks_a_secret_whether_it_succeeds_or_fails() {
    let aws_files = tempfile::tempdir().unwrap();
    let (sandbox, endpoint) = (world(&aws_files), SignInEndpoint::start());
    let life = life(&sandbox);
    for command in commands() {
        for fails in [true, false] {
            let is_there = life.iter().any(|step| step.is_of(&command) && (step.end == End::Failure) == fails);
            assert!(is_there, "no step is for {command:?} where it {}", if fails { "fails" } else { "succeeds" });
        }
    }
    for step in life {
        step.run(&sandbox);
        sandbox.crowd.session_tokens().iter().for_each(|token| sandbox.keep_secret(token));
        if step.is_of(&["login".to_owned()]) && step.end == End::Success {
            let console = format!("\n[console]\nsign_in_url = \"{}\"\nbrowser = \"./child {{url}}\"\n", endpoint.url);
            sandbox.edit_config(|text| text + &console);
        }
    }
    let seen = sandbox.read("child.seen");
    let of_both = seen.contains("AFED_CHAIN=vend:deploy\n") && seen.contains("http://127.0.0.1:");
    assert!(of_both, "{seen}");
}

/// How a process that may leave as large an image of its memory as it likes ends by a signal.
fn aborted(mut command: Command, wait: impl FnOnce(u32)) -> ExitStatus {
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    wait(child.id());
    kill(Pid::from_raw(i32::try_from(child.id()).unwrap()), Signal::SIGABRT).unwrap();
    child.wait().unwrap()
}

#[test]
fn no_image_of_the_memory_is_left() {
    const UNLIMITED: &str = "ulimit -c unlimited && exec \"$0\" \"$@\"";
    let proxy = StsProxy::start();
    let sandbox = Sandbox::with_session_of("alice").env("AWS_ENDPOINT_URL_STS", &proxy.url);
    let shell = |words: &[&str]| sandbox.program("/bin/sh".as_ref()).args(&["-c", UNLIMITED]).args(words).command();
    let has_begun = |id| fs::read_to_string(format!("/proc/{id}/comm")).is_ok_and(|name| name == "tail\n");
    let other = shell(&["/usr/bin/tail", "-f", "/dev/null"]);
    let other = aborted(other, |id| wait_until("another program", || has_begun(id)));
    assert!(other.core_dumped(), "other programs leave theirs: {other:?}");
    proxy.hold();
    let status = aborted(shell(&[env!("CARGO_BIN_EXE_afed"), "creds", "deploy"]), |_| proxy.wait_for_calls(1));
    proxy.release();
    assert_eq!((status.signal(), status.core_dumped()), (Some(Signal::SIGABRT as i32), false));
}

/// What the process has in its memory while it waits, where the kernel lets it be read: which it lets root, and nobody else.
pub fn memory_of(process: u32) -> Option<Vec<u8>> {
    let maps = fs::read_to_string(format!("/proc/{process}/maps")).ok()?;
    let memory = fs::File::open(format!("/proc/{process}/mem")).ok()?;
    let writable = maps.lines().filter(|line| line.split(' ').nth(1).is_some_and(|rights| rights.starts_with("rw")));
    let mut found = Vec::new();
    for line in writable {
        let (from, to) = line.split(' ').next().unwrap().split_once('-').unwrap();
        let [from, to] = [from, to].map(|address| u64::from_str_radix(address, 16).unwrap());
        let mut bytes = vec![0; usize::try_from(to - from).unwrap()];
        // What can't be read is no memory of the program's own, such as the kernel's clock.
        if memory.read_exact_at(&mut bytes, from).is_ok() {
            found.extend(bytes);
        }
    }
    Some(found)
}

/// Whether this process may look into all others, as root may where nothing is taken from it.
pub fn may_trace_all() -> bool {
    const CAP_SYS_PTRACE: u32 = 19;
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let rights = status.lines().find_map(|line| line.strip_prefix("CapEff:")).unwrap().trim();
    u64::from_str_radix(rights, 16).unwrap() >> CAP_SYS_PTRACE & 1 == 1
}

#[test]
fn memory_is_shown_to_root_alone_and_holds_no_secret_that_is_not_needed_any_more() {
    const RUNS: usize = 3;
    let proxy = StsProxy::start();
    let sandbox = Sandbox::with_session_of("alice").env("AWS_ENDPOINT_URL_STS", &proxy.url);
    let left: Vec<Vec<String>> = (1..=RUNS).map_while(|run| left_in_memory(&sandbox, &proxy, run)).collect();
    assert_eq!(left.len(), if may_trace_all() { RUNS } else { 0 });
    // What passed through the buffers of the network is written over by chance, as the pieces of an answer come.
    assert!(left.is_empty() || left.iter().any(Vec::is_empty), "not wiped in any run: {left:?}");
}

/// The secrets that are over and still in the memory of a call that waits for STS; nothing where nobody may look.
fn left_in_memory(sandbox: &Sandbox, proxy: &StsProxy, run: usize) -> Option<Vec<String>> {
    proxy.hold();
    let child = sandbox.run(&["creds", "deploy", "--duration", &format!("{}m", 15 + run)]).command().spawn().unwrap();
    proxy.wait_for_calls(run);
    let memory = memory_of(child.id());
    proxy.release();
    assert!(child.wait_with_output().unwrap().status.success());
    let memory = memory?;
    let holds = |text: &str| memory.windows(text.len()).filter(|window| *window == text.as_bytes()).count();
    assert!(holds("assumed-role") + holds(&aws().key.id) > 0, "this is not the memory of afed at work");
    assert!(holds(&sandbox.read("passphrase")) <= 1, "the store has it, and there are copies");
    let population = sandbox.crowd.population();
    let header = base64::engine::general_purpose::STANDARD.encode(format!("afed:{}", population.application.password));
    let over = [population.application.password, header].into_iter().chain(sandbox.crowd.session_tokens());
    Some(over.filter(|secret| holds(secret) > 0).collect())
}
