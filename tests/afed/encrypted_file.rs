//! Secrets in the encrypted file: where its passphrase may come from, who may read it, and what it survives.

use std::fs;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::Path;

use crate::cache_faults::bound;
use crate::sandbox::{Outcome, Run, Sandbox, aws};

const FILE: &str = "home/.local/share/afed/secrets.afed";
const FOLDER: &str = "home/.local/share/afed";
const START_AGAIN: &str = "hint: if the passphrase or the file is lost, move the file away and store the secrets again: afed init --password-only, then afed account create NAME --secret-only\n";

/// A run of bash with afed as `$afed` and these variables.
fn bash<'a>(sandbox: &'a Sandbox, script: &str, variables: &[(&str, &str)]) -> Run<'a> {
    let run = sandbox.program(Path::new("bash")).args(&["-c", script]).env("afed", env!("CARGO_BIN_EXE_afed"));
    variables.iter().fold(run, |run, (name, value)| run.env(name, value))
}

fn vends(sandbox: &Sandbox, connector: &str) -> Outcome {
    sandbox.run(&["creds", connector, "--format", "process"]).vends().succeeds()
}

/// Has the passphrase come from elsewhere.
fn set_passphrase(sandbox: &Sandbox, line: &str) {
    let file = format!("passphrase_file = \"{}\"", sandbox.path("passphrase").display());
    sandbox.edit_config(|config| {
        assert!(config.contains(&file), "{config}");
        config.replace(&file, line)
    });
}

#[test]
fn a_passphrase_file_that_others_can_read_is_refused() {
    let sandbox = Sandbox::configured();
    fs::set_permissions(sandbox.path("passphrase"), fs::Permissions::from_mode(0o644)).unwrap();
    sandbox.run(&["creds", "deploy"]).fails(
        1,
        "error: the passphrase for $SANDBOX/home/.local/share/afed/secrets.afed can't be read from $SANDBOX/passphrase\n\
         caused by: others can get at it: its mode is 0644, and may be 0600 or 0400\n",
    );
    fs::set_permissions(sandbox.path("passphrase"), fs::Permissions::from_mode(0o400)).unwrap();
    sandbox.log_in("alice");
}

#[test]
fn a_passphrase_comes_through_a_descriptor() {
    let sandbox = Sandbox::with_session_of("alice");
    set_passphrase(&sandbox, "passphrase_fd = 3");
    bash(&sandbox, "exec \"$afed\" creds deploy 3<passphrase", &[]).vends().succeeds();
    sandbox.run(&["creds", "deploy"]).fails(
        1,
        "error: the passphrase for $SANDBOX/home/.local/share/afed/secrets.afed can't be read from file descriptor 3\n\
         caused by: it is not open; start afed with 3<FILE\n",
    );
}

#[test]
fn a_passphrase_comes_from_systemd() {
    let sandbox = Sandbox::with_session_of("alice");
    set_passphrase(&sandbox, "passphrase_credential = \"passphrase\"");
    let folder = sandbox.path("");
    let creds = ["creds", "deploy"];
    sandbox.run(&creds).env("CREDENTIALS_DIRECTORY", folder.to_str().unwrap()).vends().succeeds();
    sandbox.run(&creds).fails(
        1,
        "error: the passphrase for $SANDBOX/home/.local/share/afed/secrets.afed can't be read from the systemd credential “passphrase”\n\
         caused by: systemd gave this process no credentials: CREDENTIALS_DIRECTORY is not set\n",
    );
}

#[test]
fn without_a_terminal_the_settings_that_would_help_are_named() {
    let sandbox = Sandbox::configured();
    set_passphrase(&sandbox, "");
    sandbox.run(&["creds", "deploy"]).fails(
        3,
        "error: the secrets in $SANDBOX/home/.local/share/afed/secrets.afed need a passphrase, and there is no terminal to ask for one\n\n\
         hint: set passphrase_file, passphrase_fd or passphrase_credential in [secrets] (flags of afed init), or call afed at a terminal\n",
    );
}

const CUT_OR_CHANGED: &str =
    "hint: where the passphrase is right, the file was cut or changed: put a copy of it back\n";

/// What a file says of itself that does not open: with this passphrase, or at all.
fn wrong() -> String {
    format!("error: $SANDBOX/{FILE} does not open with this passphrase\n\n{CUT_OR_CHANGED}{START_AGAIN}")
}

fn damaged() -> String {
    format!("error: $SANDBOX/{FILE} is damaged or not a secret file of afed\n\n{START_AGAIN}")
}

#[test]
fn a_file_that_does_not_open_stays_as_it_is() {
    let sandbox = Sandbox::configured();
    let whole = fs::read(sandbox.path(FILE)).unwrap();
    sandbox.write_private("passphrase", "not-the-passphrase");
    refuses_to_open(&sandbox, &whole, &wrong());
    sandbox.write_private("passphrase", "passphrase-of-the-store-canary");
    let header = whole.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    for length in [0, 1, 10, header - 1, header, header + 15] {
        refuses_to_open(&sandbox, &whole[..length], &damaged());
    }
    for length in [header + 16, whole.len() / 2 + header / 2, whole.len() - 1] {
        refuses_to_open(&sandbox, &whole[..length], &wrong());
    }
    for (position, said) in [(3, damaged()), (header - 2, wrong()), (header, wrong()), (whole.len() - 1, wrong())] {
        let mut flipped = whole.clone();
        // In the header, another digit of base64; elsewhere any other byte.
        flipped[position] = if flipped[position] == b'A' { b'Q' } else { b'A' };
        refuses_to_open(&sandbox, &flipped, &said);
    }
    let of_format = |number: &str| [b"afed-secrets ", number.as_bytes(), &whole[b"afed-secrets 1".len()..]].concat();
    let newer = format!(
        "error: $SANDBOX/{FILE} was written by a newer afed: it has the format 2\n\n\
         hint: use the newer afed; this one changes nothing in the file\n"
    );
    refuses_to_open(&sandbox, &of_format("2"), &newer);
    refuses_to_open(&sandbox, b"afed-secrets 2\nin words of the future", &newer);
    refuses_to_open(&sandbox, &of_format("0"), &damaged());
    refuses_to_open(&sandbox, b"somebody else's file\n", &damaged());
    sandbox.write_private(FILE, whole);
    sandbox.log_in("alice");
}

fn refuses_to_open(sandbox: &Sandbox, content: &[u8], said: &str) {
    sandbox.write_private(FILE, content);
    neither_reads_nor_stores(sandbox, said);
    assert_eq!(fs::read(sandbox.path(FILE)).unwrap(), content);
}

fn neither_reads_nor_stores(sandbox: &Sandbox, said: &str) {
    sandbox.run(&["creds", "deploy"]).fails(1, said);
    sandbox.run(&["login", "--user", "alice", "--password-stdin"]).input("anything").fails(1, said);
}

#[test]
fn what_lies_in_the_place_of_the_file_is_neither_waited_for_nor_replaced() {
    let sandbox = Sandbox::configured();
    let path = sandbox.path(FILE);
    fs::rename(&path, sandbox.path("aside")).unwrap();
    let said = |cause: &str| {
        format!(
            "error: $SANDBOX/{FILE} can't be read\ncaused by: {cause}\n\nhint: see what is there, and whose it is: ls -la '$SANDBOX/{FOLDER}'\n"
        )
    };
    fs::create_dir(&path).unwrap();
    neither_reads_nor_stores(&sandbox, &said("it is a folder"));
    fs::remove_dir(&path).unwrap();
    bash(&sandbox, &format!("mkfifo '{}'", path.display()), &[]).succeeds();
    neither_reads_nor_stores(&sandbox, &said("it is not a regular file"));
    assert!(fs::symlink_metadata(&path).unwrap().file_type().is_fifo());
    fs::rename(sandbox.path("aside"), &path).unwrap();
    sandbox.log_in("alice");
}

#[test]
fn a_file_that_can_only_be_read_is_read_and_not_lost() {
    let sandbox = Sandbox::with_session_of("alice");
    let (folder, whole) = (sandbox.path(FOLDER), fs::read(sandbox.path(FILE)).unwrap());
    fs::remove_file(sandbox.path(&format!("{FILE}.lock"))).unwrap();
    let permit = |mode| fs::set_permissions(&folder, fs::Permissions::from_mode(mode)).unwrap();
    permit(0o500);
    bound(&sandbox, &["creds", "deploy"]).vends().succeeds();
    let outcome = bound(&sandbox, &["logout"]).outcome();
    let said = format!(
        "error: $SANDBOX/{FILE}.lock can't be locked\ncaused by: Permission denied (os error 13)\n\n\
         hint: see what is there, and whose it is: ls -la '$SANDBOX/{FOLDER}'\n"
    );
    assert_eq!((outcome.code, outcome.stderr), (Some(1), said));
    assert_eq!(fs::read(sandbox.path(FILE)).unwrap(), whole);
    permit(0o700);
    sandbox.run(&["logout"]).succeeds();
}

/// Adds a connector that shows whether the account's secret is kept.
fn add_connector(sandbox: &Sandbox, account: &str) {
    let connector = format!(
        "\n[connectors.of-{account}]\naccount = \"{account}\"\nprincipal = \"session-token\"\ngroups = [\"developers\"]\n"
    );
    sandbox.edit_config(|config| config + &connector);
}

#[test]
fn accounts_created_at_once_are_all_kept() {
    let sandbox = Sandbox::with_session_of("alice");
    let create = "
        for account in $accounts; do
            printf %s \"$secret\" |
                \"$afed\" account create $account --access-key-id $id --secret-access-key-stdin --skip-verify 2>/dev/null &
            started+=($!)
        done
        for each in ${started[@]}; do wait $each || exit; done";
    let accounts = ["one", "two", "three", "four", "five", "six"];
    let variables = [("accounts", &*accounts.join(" ")), ("id", &aws().key.id), ("secret", &aws().key.secret)];
    bash(&sandbox, create, &variables).succeeds();
    for account in accounts {
        add_connector(&sandbox, account);
        vends(&sandbox, &format!("of-{account}"));
    }
}

#[test]
fn a_run_that_is_killed_leaves_the_old_or_the_new() {
    const RUNS: u32 = 8;
    const STEP_IN_MILLISECONDS: u32 = 40;
    let sandbox = Sandbox::with_session_of("alice");
    let create = "
        printf %s \"$secret\" |
            \"$afed\" account create $account --access-key-id $id --secret-access-key-stdin --skip-verify 2>/dev/null &
        sleep $delay
        kill -KILL $!
        wait";
    for run in 0..RUNS {
        let (account, delay) = (format!("victim-{run}"), format!("0.{:03}", run * STEP_IN_MILLISECONDS));
        let variables =
            [("id", &*aws().key.id), ("secret", &aws().key.secret), ("account", &account), ("delay", &delay)];
        bash(&sandbox, create, &variables).outcome();
        vends(&sandbox, "deploy");
        if sandbox.config().contains(&format!("[accounts.{account}]")) {
            add_connector(&sandbox, &account);
            vends(&sandbox, &format!("of-{account}"));
        }
    }
}

#[test]
fn nobody_else_may_read_what_afed_writes_whatever_the_umask() {
    let sandbox = Sandbox::new();
    let day = "
        umask 000
        printf %s \"$password\" | \"$afed\" init --directory crowd --crowd-url \"$url\" --application afed \\
            --application-password-stdin --no-admin-groups --secret-store file --passphrase-file passphrase &&
        printf %s \"$secret\" | \"$afed\" account create ops --access-key-id $id --secret-access-key-stdin &&
        \"$afed\" connector create deploy --account ops --principal session-token --group developers &&
        printf %s \"$own\" | \"$afed\" login --user alice --password-stdin &&
        \"$afed\" profile add deploy --connector deploy &&
        \"$afed\" creds deploy >/dev/null";
    let population = sandbox.crowd.population();
    let variables = [
        ("password", &*population.application.password),
        ("url", sandbox.crowd.url()),
        ("id", &aws().key.id),
        ("secret", &aws().key.secret),
        ("own", &population.person("alice").unwrap().password),
    ];
    bash(&sandbox, day, &variables).succeeds();
    let written = modes(&sandbox.path("home"));
    let files = written.iter().filter(|(_, mode)| *mode == 0o600).count();
    let open: Vec<_> = written.iter().filter(|(_, mode)| ![0o600, 0o700].contains(mode)).collect();
    assert_eq!(open, Vec::<&(String, u32)>::new());
    assert!(files >= 5, "{written:?}");
}

/// The modes of all that is below a folder.
fn modes(folder: &Path) -> Vec<(String, u32)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        found.push((path.display().to_string(), fs::metadata(&path).unwrap().permissions().mode() & 0o777));
        if path.is_dir() {
            found.extend(modes(&path));
        }
    }
    found
}
