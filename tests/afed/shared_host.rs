//! The shared host of `examples/shared-host`, with the real sudo: people who run afed as the keys' user and as nobody else,
//! and who reach neither its keys nor another's credentials. To be several users, with an `/etc` and a `/home` that only
//! they see, takes root; `tests/run` takes these tests in where it can.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::emulator::parts;
use crate::sandbox::{Outcome, Run, Sandbox, aws, aws_url};

/// These are on no machine.
const USERS: [(&str, u32); 3] = [("alice", 61_001), ("bob", 61_002), ("afed-alice", 61_010)];
const DEVELOPERS: &str = "developers:x:61100:alice\n";
/// Takes the machine's folder, the user, and a line; sees to it that the line finds the folder's etc, home and programs.
const ENTER: &str = "cd / && mount --bind \"$0/etc\" /etc && mount --bind \"$0/home\" /home && \
     mount --bind \"$0/bin\" /usr/local/bin && \
     exec setpriv --reuid \"$1\" --regid \"$1\" --init-groups --reset-env -- /bin/sh -c \"$2\"";
const GROUP: &str = "sudo -n -u afed-keys /usr/local/bin/afed creds deploy --system --format process";

struct Machine {
    sandbox: Sandbox,
    root: tempfile::TempDir,
}

/// A file with a line for each of the users.
fn users(start: &str, line: fn(&str, u32) -> String) -> String {
    start.to_owned() + &USERS.map(|(name, id)| line(name, id)).concat()
}

fn example(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/shared-host").join(name);
    fs::read_to_string(path).unwrap()
}

impl Machine {
    /// With the people, their homes, and sudo as it came.
    fn new() -> Self {
        let machine = Self { sandbox: Sandbox::new(), root: tempfile::tempdir().unwrap() };
        let etc = machine.path("etc");
        fs::create_dir_all(machine.path("bin")).unwrap();
        fs::create_dir_all(etc.join("sudoers.d")).unwrap();
        let own = ["pam.d", "security", "nsswitch.conf", "login.defs", "hosts", "hostname", "sudoers"];
        for name in own.iter().chain(&["sudo.conf", "ld.so.cache"]) {
            let copied = Command::new("cp").args(["-a", &format!("/etc/{name}")]).arg(&etc).status().unwrap();
            assert!(copied.success(), "{name}");
        }
        machine.write(
            "etc/passwd",
            &users("root:*:0:0::/root:/bin/sh\n", |name, id| format!("{name}:*:{id}:{id}::/home/{name}:/bin/sh\n")),
        );
        machine.write("etc/group", &users(&format!("root:x:0:\n{DEVELOPERS}"), |name, id| format!("{name}:x:{id}:\n")));
        machine.write("etc/shadow", &users("root:*:1::::::\n", |name, _| format!("{name}:*:1::::::\n")));
        for (name, id) in USERS {
            let home = machine.path("home").join(name);
            fs::create_dir_all(&home).unwrap();
            chown(&home, Some(id), Some(id)).unwrap();
            fs::set_permissions(&home, fs::Permissions::from_mode(0o700)).unwrap();
        }
        fs::set_permissions(machine.root.path(), fs::Permissions::from_mode(0o755)).unwrap();
        // What the people may not change, the machine's own administrator can: afed is to find the emulator.
        machine.write("etc/environment-of-afed", &format!("AWS_ENDPOINT_URL_STS={}\n", aws_url()));
        for keys_user in ["afed-keys", "afed-alice"] {
            let rule = format!("Defaults>{keys_user} env_file = /etc/environment-of-afed\n");
            machine.sudoers(&format!("environment-{keys_user}"), &rule);
        }
        machine
    }

    /// Set up by the very lines of the example's README.
    fn with_group_rules() -> Self {
        let (machine, key) = (Self::new(), &aws().key);
        for name in ["config.toml", "alice.toml", "sudoers"] {
            let text = example(name)
                .replace("AKIAIOSFODNN7EXAMPLE", &key.id)
                .replace("arn:aws:iam::123123123123:role/UpdateAPP", &aws().open_role);
            machine.write(&format!("example/{name}"), &text);
        }
        let readme = example("README.md");
        let lines = readme.split_once("```sh\n").unwrap().1.split_once("```").unwrap().0;
        let lines = lines
            .replace("~/.cargo/bin/afed", env!("CARGO_BIN_EXE_afed"))
            .replace("AKIAIOSFODNN7EXAMPLE", &key.id)
            .replace("--secret-only", "--secret-only --secret-access-key-stdin");
        machine.sandbox.keep_secret(&key.secret);
        let folder = machine.path("example").display().to_string();
        machine.line("root", &format!("set -e; umask 022; cd '{folder}'; {lines}")).input(&key.secret).succeeds();
        machine
    }

    fn path(&self, relative: &str) -> PathBuf {
        self.root.path().join(relative)
    }

    fn write(&self, relative: &str, text: &str) {
        let path = self.path(relative);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn sudoers(&self, name: &str, text: &str) {
        self.write(&format!("etc/sudoers.d/{name}"), text);
        let path = self.path("etc/sudoers.d").join(name);
        fs::set_permissions(path, fs::Permissions::from_mode(0o440)).unwrap();
    }

    /// The arguments of `unshare` for a line of the user's.
    fn arguments(&self, user: &str, line: &str) -> Vec<String> {
        let root = self.root.path().to_str().unwrap();
        let words = ["--mount", "--propagation", "private", "/bin/sh", "-c", ENTER, root, user, line];
        words.map(str::to_owned).to_vec()
    }

    /// A line that the user types.
    fn line(&self, user: &str, line: &str) -> Run<'_> {
        let arguments = self.arguments(user, line);
        let run = self.sandbox.program(Path::new("/usr/bin/unshare"));
        run.args(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// Who AWS says the user is with the credentials that the line prints.
    fn identity(&self, user: &str, line: &str) -> String {
        let credentials = self.line(user, line).vends().succeeds().json();
        let variable = |name: &str| credentials[name].as_str().unwrap().to_owned();
        let run = self.sandbox.program(&parts().join("emulator/bin/aws"));
        run.args(&["sts", "get-caller-identity", "--output", "json"])
            .env("AWS_ACCESS_KEY_ID", &variable("AccessKeyId"))
            .env("AWS_SECRET_ACCESS_KEY", &variable("SecretAccessKey"))
            .env("AWS_SESSION_TOKEN", &variable("SessionToken"))
            .env("AWS_DEFAULT_REGION", "eu-west-1")
            .succeeds()
            .json()["Arn"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// The line fails before afed is run, because of sudo.
    fn is_refused(&self, user: &str, line: &str) {
        let Outcome { code, stdout, stderr } = self.line(user, line).outcome();
        assert_eq!((code, stdout.as_str()), (Some(1), ""), "{line}: {stderr}");
        assert!(stderr.lines().all(|line| line.starts_with("sudo: ")) && !stderr.is_empty(), "{line}: {stderr}");
    }
}

fn with_emulator(line: &str) -> String {
    format!("AWS_ENDPOINT_URL_STS={} PATH=/usr/local/bin:/usr/bin:/bin {line}", aws_url())
}

/// The command of the profile in the example's AWS configuration.
fn hook() -> String {
    let text = example("aws-config");
    text.lines().find_map(|line| line.strip_prefix("credential_process = ")).unwrap().to_owned()
}

#[test]
#[ignore = "becomes several users with an /etc of their own, which takes root"]
fn sudo_decides_who_gets_what_and_only_that() {
    let machine = Machine::with_group_rules();
    assert!(machine.identity("alice", &hook()).ends_with(":assumed-role/open/alice"));
    let of_the_host = machine.identity("alice", GROUP);
    assert!(of_the_host.contains(":assumed-role/open/") && !of_the_host.ends_with("/alice"), "{of_the_host}");
    for line in [GROUP, &hook()] {
        machine.is_refused("bob", line);
    }
    for line in [
        "sudo -n -u afed-keys /usr/local/bin/afed creds deploy --format process",
        "sudo -n -u afed-keys /usr/local/bin/afed creds deploy --system --format json",
        "sudo -n -u afed-keys /usr/local/bin/afed --config /home/alice/mine.toml creds deploy --system --format process",
        "sudo -n -u afed-keys /usr/local/bin/afed account list",
        "sudo -n -u afed-keys /usr/bin/cat /home/afed-keys/passphrase",
        "sudo -n -u root /usr/local/bin/afed creds deploy --system --format process",
    ] {
        machine.is_refused("alice", line);
    }
    machine.is_refused("alice", &GROUP.replace("/usr/local", "AFED_CONFIG=/home/alice/mine.toml /usr/local"));
    machine.is_refused("alice", &GROUP.replace("sudo", "sudo --preserve-env"));
    for path in ["passphrase", ".local/share/afed/secrets.afed", ".cache/afed/sealed"] {
        let outcome = machine.line("alice", &format!("cat /home/afed-keys/{path}")).outcome();
        assert!(outcome.stderr.ends_with("Permission denied\n"), "{outcome:?}");
    }
}

#[test]
#[ignore = "becomes several users with an /etc of their own, which takes root"]
fn nothing_of_the_caller_s_surroundings_reaches_the_keys_user() {
    let machine = Machine::with_group_rules();
    let first = machine.line("alice", GROUP).vends().succeeds().stdout;
    let lies = "export AFED_CONFIG=/nowhere HOME=/home/alice XDG_CONFIG_HOME=/home/alice XDG_CACHE_HOME=/home/alice \
         XDG_DATA_HOME=/home/alice AWS_ENDPOINT_URL_STS=http://127.0.0.1:9 AWS_CA_BUNDLE=/nowhere \
         HTTPS_PROXY=http://127.0.0.1:9 PATH=/home/alice:$PATH LD_PRELOAD=/nowhere.so TERM=/ TZ=:/nowhere; cd /home/alice; ";
    let second = machine.line("alice", &format!("{lies}{GROUP} 2>/dev/null")).vends().succeeds().stdout;
    assert_eq!(second, first, "these are the credentials that are kept in the keys' user's home");
    assert!(fs::read_dir(machine.path("home/alice")).unwrap().next().is_none());
    let recorded = || {
        let trail = machine.path("home/afed-keys/.local/state/afed/audit.jsonl");
        fs::read_to_string(trail).unwrap().lines().count()
    };
    // Where root itself can't raise a hard limit, as in some containers, what can't be recorded is denied.
    for limits in ["ulimit -S -f 0; ", "trap '' XFSZ; ulimit -S -f 0; ", "ulimit -f 0; ", "trap '' XFSZ; ulimit -f 0; "]
    {
        let before = recorded();
        let outcome = machine.line("alice", &format!("{limits}{GROUP}")).vends().outcome();
        let is_denied = outcome.stdout.is_empty() && outcome.stderr.starts_with("afed: it can't be recorded, ");
        assert!(outcome.code == Some(0) || !limits.contains("-S") && is_denied, "{limits}: {outcome:?}");
        assert_eq!(recorded() - before, usize::from(!outcome.stdout.is_empty()), "{limits}: {outcome:?}");
    }
}

#[test]
#[ignore = "becomes several users with an /etc of their own, which takes root"]
fn a_keys_user_for_each_person_lets_crowd_decide() {
    let machine = Machine::new();
    machine.sudoers("afed-crowd", &example("sudoers-crowd"));
    fs::copy(env!("CARGO_BIN_EXE_afed"), machine.path("bin/afed")).unwrap();
    let (key, crowd) = (&aws().key, &machine.sandbox.crowd);
    machine.sandbox.keep_secret(&key.secret);
    machine.line("afed-alice", "umask 077 && echo passphrase-of-afed-alice >~/passphrase").succeeds();
    let set_up = |line: &str, secret: &str| machine.line("afed-alice", &with_emulator(line)).input(secret).succeeds();
    let directory = format!("--directory crowd --crowd-url {} --application afed --no-admin-groups", crowd.url());
    let store = "--secret-store file --passphrase-file /home/afed-alice/passphrase --application-password-stdin";
    set_up(&format!("afed init {directory} {store}"), &crowd.population().application.password);
    set_up(&format!("afed account create ops --access-key-id {} --secret-access-key-stdin", key.id), &key.secret);
    let role = format!("--principal assume-role --role-arn {}", aws().open_role);
    set_up(&format!("afed connector create deploy --account ops {role} --group developers"), "");
    let config = machine.path("home/afed-alice/.config/afed/config.toml");
    let text = fs::read_to_string(&config).unwrap().replace("[crowd]\n", "[crowd]\nrecheck_after = \"0s\"\n");
    fs::write(&config, text).unwrap();

    let log_in = "sudo -u afed-alice /usr/local/bin/afed login --user alice";
    let arguments = machine.arguments("alice", log_in);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let conversation = machine.sandbox.converse_with(Path::new("/usr/bin/unshare"), &arguments);
    let ended = conversation.hidden_line("Password", "alice-password").succeeds();
    assert!(ended.transcript.contains("Logged in as alice, until "), "{ended:?}");
    let hook = "sudo -n -u afed-alice /usr/local/bin/afed creds deploy --format process";
    assert!(example("README.md").contains(&format!("`credential_process = {hook}`")));
    assert!(machine.identity("alice", hook).ends_with(":assumed-role/open/alice"));
    machine.is_refused("bob", hook);
    machine.is_refused("alice", &log_in.replace("--user alice", "--user bob").replace("sudo", "sudo -n"));
    crowd.change(|population| assert!(population.leave("alice", "developers")));
    let denial = "afed: “alice” may not use the connector “deploy” (hint: it is open to: developers; ask for membership in one of them)\n";
    machine.line("alice", hook).fails(4, denial);
}

/// Everything below a folder, with its owner.
fn owned(folder: &Path) -> Vec<String> {
    let output = Command::new("find").arg(folder).args(["-printf", "%U %P\\n"]).output().unwrap();
    let mut lines: Vec<String> = String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect();
    lines.sort();
    lines
}

#[test]
#[ignore = "becomes several users with an /etc of their own, which takes root"]
fn root_with_the_home_of_somebody_else_neither_obeys_it_nor_writes_there() {
    let machine = Machine::new();
    machine.sudoers("all", "alice ALL=(root, bob) NOPASSWD:SETENV: /usr/local/bin/afed\n");
    fs::copy(env!("CARGO_BIN_EXE_afed"), machine.path("bin/afed")).unwrap();
    let home = machine.path("home/alice");
    let (before, belongs) = (owned(&home), "can't be trusted: it belongs to the user with the id 61001");
    let init =
        "/usr/local/bin/afed init --directory os --no-admin-groups --secret-store file --passphrase-file /home/p";
    let refused = |line: &str, told: &str| {
        let outcome = machine.line("alice", line).outcome();
        assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(1), ""), "{line}: {outcome:?}");
        assert!(outcome.stderr.contains(told), "{line}: {outcome:?}");
    };
    let with_env = format!("HOME=/home/alice sudo -n --preserve-env=HOME {init}");
    refused(&with_env, &format!("caused by: /home/alice {belongs}\n"));
    assert_eq!(owned(&home), before, "root has written there");
    let every_folder =
        "export XDG_CACHE_HOME=/home/alice/c XDG_CONFIG_HOME=/home/alice/f XDG_DATA_HOME=/home/alice/d; ";
    refused(&format!("{every_folder}HOME=/home/alice sudo -n -E {init}"), &format!("/home/alice {belongs}\n"));
    assert_eq!(owned(&home), before, "root has written there");

    machine.line("alice", "umask 077 && echo passphrase-of-alice >~/passphrase").succeeds();
    machine.line("alice", &init.replace("/home/p", "/home/alice/passphrase")).succeeds();
    let before = owned(&home);
    for verb in ["whoami", "creds none", "account list", "logout", "profile add none"] {
        let line = format!("HOME=/home/alice sudo -n --preserve-env=HOME /usr/local/bin/afed {verb}");
        refused(&line, &format!("/home/alice/.config/afed/config.toml {belongs}\n"));
    }
    assert_eq!(owned(&home), before, "root has written there");

    // Without -E it is root, with root's own home, whoever has called.
    refused("sudo -n /usr/local/bin/afed whoami", "/root/.config/afed/config.toml does not exist");
    // As another user it is that one, whatever SUDO_USER, USER and LOGNAME say.
    let theirs = "sudo -n -H -u bob SUDO_USER=alice USER=alice LOGNAME=alice /usr/local/bin/afed";
    machine.line("bob", "umask 077 && echo passphrase-of-bob >~/passphrase").succeeds();
    machine.line("bob", &init.replace("/home/p", "/home/bob/passphrase")).succeeds();
    let told = machine.line("alice", &format!("{theirs} whoami")).succeeds().stdout;
    assert!(told.contains("bob") && !told.contains("alice"), "{told}");
}
