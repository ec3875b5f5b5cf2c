//! Files that somebody else could have written are not obeyed, what stands in a file's place holds nobody up, and what afed
//! writes is private whatever the caller's mask is. Other users' files take other users: they are in `two_users`.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::crowd_directory::CrowdServer;
use crate::sandbox::{Run, Sandbox, aws};

const CONFIG: &str = "home/.config/afed/config.toml";
const HOOK: [&str; 4] = ["creds", "deploy", "--format", "process"];

fn permit(sandbox: &Sandbox, path: &str, mode: u32) {
    fs::set_permissions(sandbox.path(path), fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_configuration_that_others_can_write_is_refused_also_by_a_warm_call() {
    let sandbox = Sandbox::with_session_of("alice");
    sandbox.recheck_after("5m");
    sandbox.run(&HOOK).vends().succeeds();
    for mode in ["0664", "0602"] {
        permit(&sandbox, CONFIG, u32::from_str_radix(mode, 8).unwrap());
        let words = format!(
            "$SANDBOX/{CONFIG} can't be trusted: its mode is {mode}, so that others can write it (hint: see who has written it, then: chmod go-w '$SANDBOX/{CONFIG}')\n"
        );
        sandbox.run(&HOOK).fails(1, &format!("afed: {words}"));
    }
    let before = sandbox.config();
    let refused = sandbox.run(&["connector", "delete", "deploy", "--yes"]).outcome();
    assert_eq!((refused.code, sandbox.config()), (Some(1), before), "{refused:?}");
    permit(&sandbox, CONFIG, 0o644);
    sandbox.run(&HOOK).vends().succeeds();
}

#[test]
fn a_policy_that_others_can_write_is_refused() {
    let sandbox = Sandbox::with_session_of("alice");
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}]}"#;
    sandbox.write_private("home/.config/afed/deploy.json", policy);
    sandbox.edit_config(|text| text.replace("\ngroups =", "\npolicy_file = \"deploy.json\"\ngroups ="));
    permit(&sandbox, "home/.config/afed/deploy.json", 0o664);
    sandbox.run(&["creds", "deploy"]).fails(
        1,
        &format!(
            "error: $SANDBOX/{CONFIG}: policy_file in [connectors.deploy] can't be used\n\
             caused by: $SANDBOX/home/.config/afed/deploy.json can't be trusted: its mode is 0664, so that others can write it\n\n\
             hint: see who has written it, then: chmod go-w '$SANDBOX/home/.config/afed/deploy.json'\n"
        ),
    );
}

#[test]
fn a_pipe_in_the_place_of_a_file_holds_nobody_up() {
    let sandbox = Sandbox::with_session_of("alice");
    sandbox.run(&HOOK).vends().succeeds();
    let pipe = |path: &str| {
        let path = sandbox.path(path);
        fs::remove_file(&path).unwrap();
        nix::unistd::mkfifo(&path, nix::sys::stat::Mode::S_IRWXU).unwrap();
    };
    for path in sandbox.files("home/.cache/afed") {
        pipe(Path::new(&path).strip_prefix(sandbox.path("")).unwrap().to_str().unwrap());
    }
    let broken = sandbox.run(&HOOK).vends().outcome();
    assert!(broken.code == Some(0) || broken.stdout.is_empty(), "{broken:?}");
    pipe("home/.local/share/afed/secrets.afed");
    let outcome = sandbox.run(&["creds", "deploy"]).outcome();
    assert!(outcome.stderr.contains("caused by: it is not a regular file\n"), "{outcome:?}");
    pipe(CONFIG);
    sandbox
        .run(&["whoami"])
        .fails(1, &format!("error: $SANDBOX/{CONFIG} can't be read\ncaused by: it is not a regular file\n"));
}

/// afed under this mask, without the right of root to pass over modes.
fn masked<'a>(sandbox: &'a Sandbox, mask: &str, arguments: &[&str]) -> Run<'a> {
    let program = if nix::unistd::geteuid().is_root() { "/usr/bin/setpriv" } else { "/usr/bin/env" };
    let bound: &[&str] = match program {
        "/usr/bin/env" => &[],
        _ => {
            &["--bounding-set", "-dac_override,-dac_read_search", "--inh-caps", "-dac_override,-dac_read_search", "--"]
        }
    };
    let line = format!("umask {mask} && exec \"$0\" \"$@\"");
    let run = sandbox.program("/bin/sh".as_ref()).args(&["-c", &line, program]).args(bound);
    run.args(&[env!("CARGO_BIN_EXE_afed")]).args(arguments)
}

#[test]
fn what_is_written_is_private_whatever_the_mask() {
    for mask in ["0", "0777"] {
        let sandbox = Sandbox::new();
        let password = sandbox.crowd.population().application.password;
        masked(&sandbox, mask, &["init", "--directory", "crowd", "--crowd-url", sandbox.crowd.url()])
            .args(&["--application", "afed", "--application-password-stdin", "--no-admin-groups"])
            .args(&["--secret-store", "file", "--passphrase-file", "passphrase"])
            .input(&password)
            .succeeds();
        sandbox.create_account();
        let create = ["connector", "create", "deploy", "--account", "ops", "--principal", "session-token"];
        masked(&sandbox, mask, &create).args(&["--group", "developers"]).succeeds();
        let password = sandbox.crowd.population().person("alice").unwrap().password.clone();
        masked(&sandbox, mask, &["login", "--user", "alice", "--password-stdin"]).input(&password).succeeds();
        masked(&sandbox, mask, &["creds", "deploy"]).vends().succeeds();
        masked(&sandbox, mask, &["profile", "add", "deploy"]).succeeds();
        // Where a secret is meant to be, outside of what is searched for secrets.
        let outside = tempfile::tempdir().unwrap();
        masked(&sandbox, mask, &["creds", "deploy", "--write-profile", "keys"])
            .env("AWS_SHARED_CREDENTIALS_FILE", outside.path().join("aws/credentials").to_str().unwrap())
            .succeeds();
        assert_private(outside.path(), mask);
        let key = &aws().idle_key;
        masked(&sandbox, mask, &["account", "create", "idle", "--access-key-id", &key.id, "--secret-access-key-stdin"])
            .input(&key.secret)
            .succeeds();
        masked(&sandbox, mask, &["account", "delete", "idle", "--yes"]).succeeds();
        masked(&sandbox, mask, &["connector", "edit", "deploy", "--region", "eu-west-1"]).succeeds();
        let look = "cd \"${AWS_CONFIG_FILE%/config}\" && stat -c '%a %n' . *";
        masked(&sandbox, mask, &["exec", "--refresh", "deploy", "--", "sh", "-c", look])
            .prints("700 .\n600 config\n600 credentials\n600 held\n", "");
        masked(&sandbox, mask, &["logout"]).succeeds();
        assert_private(&sandbox.path("home"), mask);
    }
}

#[test]
fn pages_are_for_others_as_the_mask_says_and_always_for_their_owner() {
    for (mask, folder, page) in [("022", 0o755, 0o644), ("0777", 0o700, 0o600)] {
        let sandbox = Sandbox::new();
        masked(&sandbox, mask, &["man", "deep/pages"]).succeeds();
        for (path, mode) in [("deep", folder), ("deep/pages", folder), ("deep/pages/afed.1", page)] {
            assert_eq!(fs::metadata(sandbox.path(path)).unwrap().permissions().mode() & 0o777, mode, "{mask} {path}");
        }
    }
}

#[test]
fn what_this_user_may_not_open_is_named_and_nothing_else() {
    let sandbox = Sandbox::configured();
    fs::create_dir(sandbox.path("closed")).unwrap();
    fs::set_permissions(sandbox.path("closed"), fs::Permissions::from_mode(0o500)).unwrap();
    masked(&sandbox, "022", &["man", "closed"]).fails(
        1,
        "error: closed/afed.1 can't be written\ncaused by: Permission denied (os error 13)\n\n\
         hint: run it as the user who may write there: ls -ld 'closed'\n",
    );
    fs::set_permissions(sandbox.path(CONFIG), fs::Permissions::from_mode(0o000)).unwrap();
    masked(&sandbox, "022", &["creds", "deploy"]).fails(
        1,
        &format!(
            "error: $SANDBOX/{CONFIG} can't be read\ncaused by: Permission denied (os error 13)\n\n\
             hint: see whose it is, and run it as the user who may read it: ls -ld '$SANDBOX/{CONFIG}'\n"
        ),
    );
}

#[test]
fn what_nobody_keeps_elsewhere_is_not_written_through_a_link() {
    let sandbox = Sandbox::configured();
    sandbox.write_private("precious", "precious");
    for (target, left) in [("precious", Some("precious")), ("nowhere", None)] {
        let mark = sandbox.path("home/.cache/afed/session");
        fs::remove_file(&mark).unwrap_or_default();
        std::os::unix::fs::symlink(sandbox.path(target), &mark).unwrap();
        sandbox.log_in("alice");
        assert_eq!(fs::read_to_string(sandbox.path(target)).ok().as_deref(), left);
        assert!(fs::symlink_metadata(&mark).unwrap().is_file());
    }
}

/// Each file and folder that afed makes, and what a command says where something else stands in its place.
#[test]
fn whatever_stands_in_a_file_s_place_is_told_by_name_and_holds_nobody_up() {
    let sandbox = Sandbox::with_session_of("alice");
    sandbox.run(&["profile", "add", "deploy"]).succeeds();
    type Obstacle = fn(&Path);
    let obstacles: [(&str, Obstacle); 4] = [
        ("pipe", |path| nix::unistd::mkfifo(path, nix::sys::stat::Mode::S_IRWXU).unwrap()),
        ("socket", |path| drop(std::os::unix::net::UnixListener::bind(path).unwrap())),
        ("folder", |path| fs::create_dir(path).unwrap()),
        ("device", |path| std::os::unix::fs::symlink("/dev/zero", path).unwrap()),
    ];
    let edit = ["connector", "edit", "deploy", "--region", "eu-west-1"];
    for (path, arguments) in [
        (CONFIG, &edit[..]),
        ("home/.cache/afed/runs", &["exec", "--refresh", "deploy", "--", "true"]),
        // Even where it can't forget the session here, a log-out may have ended it.
        ("home/.local/share/afed/secrets.afed", &["logout"]),
        ("home/.local/share/afed/secrets.afed.lock", &["logout"]),
        ("home/.aws/config", &["profile", "add", "deploy"]),
    ] {
        let (place, aside) = (sandbox.path(path), sandbox.path("aside"));
        let was_there = fs::rename(&place, &aside).is_ok();
        for (what, put) in obstacles {
            put(&place);
            let outcome = sandbox.run(arguments).outcome();
            let is_told = outcome.stderr.contains(&format!("$SANDBOX/{path}"));
            // A private folder is what belongs there.
            let is_fit = what == "folder" && path.ends_with("runs");
            assert!(is_fit || (outcome.code, is_told) == (Some(1), true), "{what} at {path}: {outcome:?}");
            if fs::remove_file(&place).is_err() {
                fs::remove_dir_all(&place).unwrap();
            }
        }
        if was_there {
            fs::rename(&aside, &place).unwrap();
        }
    }
}

fn assert_private(folder: &Path, mask: &str) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let expected = if path.is_dir() { 0o700 } else { 0o600 };
        let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o7777;
        assert_eq!(mode, expected, "{} under the mask {mask}", path.display());
        if path.is_dir() {
            assert_private(&path, mask);
        }
    }
}

/// What is said of the certificates at this path of the sandbox, which others can write.
fn writable_bundle(path: &str) -> String {
    let path = format!("$SANDBOX/{path}");
    format!(
        "caused by: {path} can't be trusted: its mode is 0664, so that others can write it\n\n\
         hint: see who has written it, then: chmod go-w '{path}'\n"
    )
}

#[test]
fn certificates_that_others_can_write_vouch_for_nobody() {
    let sandbox = Sandbox::with(CrowdServer::start_tls(Sandbox::population()).unwrap());
    sandbox.write_private("authority.pem", sandbox.crowd.authority_pem().unwrap());
    let bundle = sandbox.path("authority.pem").display().to_string();
    let sandbox = sandbox.env("AWS_CA_BUNDLE", &bundle);
    sandbox.configure();
    sandbox.log_in("alice");
    permit(&sandbox, "authority.pem", 0o664);
    let told = format!(
        "error: the certificates in $SANDBOX/authority.pem can't be used\n{}",
        writable_bundle("authority.pem")
    );
    sandbox.run(&["whoami"]).fails(1, &told);
    sandbox.edit_config(|text| text.replace("\napplication =", &format!("\nca_bundle = \"{bundle}\"\napplication =")));
    sandbox.run(&["whoami"]).env("AWS_CA_BUNDLE", "/nowhere").fails(1, &told);
    permit(&sandbox, "authority.pem", 0o644);
    sandbox.run(&["whoami"]).env("AWS_CA_BUNDLE", "/nowhere").succeeds();
}

#[test]
fn certificates_that_others_can_write_vouch_for_nobody_of_aws_either() {
    let sandbox = Sandbox::with_session_of("alice");
    let away = "https://127.0.0.1:9";
    sandbox.edit_config(|text| format!("{text}\n[console]\nsign_in_url = \"{away}\"\n"));
    sandbox.write_private("authority.pem", "");
    permit(&sandbox, "authority.pem", 0o664);
    let bundle = sandbox.path("authority.pem").display().to_string();
    let sandbox = sandbox.env("AWS_CA_BUNDLE", &bundle);
    let refused =
        format!("the certificates in $SANDBOX/authority.pem can't be used\n{}", writable_bundle("authority.pem"));
    sandbox.run(&["console", "deploy", "--print"]).vends().fails(1, &format!("error: {refused}"));
    let creds = sandbox.run(&["creds", "deploy", "--duration", "20m"]).env("AWS_ENDPOINT_URL_STS", away);
    creds.fails(1, &format!("error: {refused}"));
}

#[test]
fn certificates_of_the_environment_hold_nobody_up_and_fill_no_memory() {
    let sandbox = Sandbox::with(CrowdServer::start_tls(Sandbox::population()).unwrap());
    sandbox.write_private("authorities/authority.pem", sandbox.crowd.authority_pem().unwrap());
    let folder = sandbox.path("authorities").display().to_string();
    let sandbox = sandbox.env("SSL_CERT_FILE", &format!("{folder}/authority.pem"));
    sandbox.configure();
    sandbox.log_in("alice");
    nix::unistd::mkfifo(&sandbox.path("authorities/pipe"), nix::sys::stat::Mode::S_IRWXU).unwrap();
    std::os::unix::fs::symlink("/dev/zero", sandbox.path("authorities/device")).unwrap();
    std::os::unix::fs::symlink("/dev/null", sandbox.path("authorities/nothing")).unwrap();
    for (name, cause) in [
        ("pipe", "it is not a regular file"),
        ("device", "it is not a regular file"),
        ("nothing", "it is not a regular file"),
        ("missing", "No such file or directory (os error 2)"),
    ] {
        let path = format!("$SANDBOX/authorities/{name}");
        let told = format!(
            "error: the certificates in {path} can't be used\ncaused by: SSL_CERT_FILE leads there\ncaused by: {cause}\n\n\
             hint: name a file of PEM certificates as ca_bundle in [crowd] or in AWS_CA_BUNDLE; see what this one holds: openssl storeutl -noout -certs '{path}'\n"
        );
        sandbox.run(&["whoami"]).env("SSL_CERT_FILE", &format!("{folder}/{name}")).fails(1, &told);
    }
    sandbox.run(&["whoami"]).env("SSL_CERT_FILE", "").env("SSL_CERT_DIR", &folder).succeeds();
    permit(&sandbox, "authorities/authority.pem", 0o664);
    let refused = |variable: &str, value: &str, others: &str| {
        let told = format!(
            "error: the certificates in $SANDBOX/authorities/authority.pem can't be used\ncaused by: {variable} leads there\n{}",
            writable_bundle("authorities/authority.pem")
        );
        sandbox.run(&["whoami"]).env(others, "").env(variable, value).fails(1, &told);
    };
    refused("SSL_CERT_FILE", &format!("{folder}/authority.pem"), "SSL_CERT_DIR");
    refused("SSL_CERT_DIR", &folder, "SSL_CERT_FILE");
}
