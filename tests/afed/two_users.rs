//! Two users of one machine under one configuration: what is kept for one is of no use to the other, though both ask for
//! the same. To become two users takes root, so others see these tests left out; `tests/run` takes them in where it can.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::crowd_directory::CrowdServer;
use crate::sandbox::{Run, Sandbox};
use crate::sts_proxy::StsProxy;

const ONE: User = User { name: "daemon", id: 1 };
const OTHER: User = User { name: "bin", id: 2 };

/// A user, whose group has the same name and number.
#[derive(Clone, Copy)]
struct User {
    name: &'static str,
    id: u32,
}

/// One configuration for everybody, and a home with the key's secret for each of the two.
struct Machine {
    sandbox: Sandbox,
    proxy: StsProxy,
    /// Where everybody may start the program, and each finds a passphrase.
    beside: tempfile::TempDir,
}

impl Machine {
    fn new() -> Self {
        let proxy = StsProxy::start();
        let sandbox = Sandbox::new().env("AWS_ENDPOINT_URL_STS", &proxy.url);
        let store = ["--secret-store", "file", "--passphrase-file", "passphrase"];
        sandbox.run(&["init", "--directory", "os", "--no-admin-groups"]).args(&store).succeeds();
        sandbox.create_account();
        // These credentials say nothing of the person, so the two ask AWS for the same.
        sandbox
            .run(&["connector", "create", "shared", "--account", "ops", "--principal", "session-token"])
            .args(&["--group", ONE.name, "--group", OTHER.name])
            .succeeds();
        let passphrase = format!("passphrase_file = \"{}\"", sandbox.path("passphrase").display());
        let config = sandbox.config().replace(&passphrase, "passphrase_credential = \"passphrase\"");
        assert!(config.contains("passphrase_credential"), "{config}");
        sandbox.write_private("shared.toml", config);
        let beside = tempfile::tempdir().unwrap();
        fs::copy(env!("CARGO_BIN_EXE_afed"), beside.path().join("afed")).unwrap();
        for (path, mode) in
            [(sandbox.path(""), 0o711), (beside.path().into(), 0o711), (sandbox.path("shared.toml"), 0o644)]
        {
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        }
        let machine = Self { sandbox, proxy, beside };
        [ONE, OTHER].iter().for_each(|user| machine.settle_in(*user));
        machine.proxy.forget_asked();
        machine
    }

    fn settle_in(&self, user: User) {
        let secrets = fs::read(self.sandbox.path("home/.local/share/afed/secrets.afed")).unwrap();
        let home = self.sandbox.path(user.name);
        self.sandbox.write_private(&format!("{}/.local/share/afed/secrets.afed", user.name), secrets);
        let credentials = self.beside.path().join(user.name);
        fs::create_dir(&credentials).unwrap();
        fs::copy(self.sandbox.path("passphrase"), credentials.join("passphrase")).unwrap();
        for folder in [home, credentials] {
            below(&folder).iter().chain([&folder]).for_each(|path| chown(path, Some(user.id), Some(user.id)).unwrap());
        }
    }

    fn hook(&self, user: User) -> Run<'_> {
        self.run(user, &["creds", "shared", "--format", "process"]).vends()
    }

    fn run(&self, user: User, arguments: &[&str]) -> Run<'_> {
        let id = user.id.to_string();
        let home = self.sandbox.path(user.name).display().to_string();
        self.sandbox
            .program(Path::new("/usr/bin/setpriv"))
            .args(&["--reuid", &id, "--regid", &id, "--clear-groups", "--"])
            .args(&[self.beside.path().join("afed").to_str().unwrap(), "--config"])
            .args(&[self.sandbox.path("shared.toml").to_str().unwrap()])
            .args(arguments)
            .env("HOME", &home)
            .env("CREDENTIALS_DIRECTORY", self.beside.path().join(user.name).to_str().unwrap())
    }

    fn vends(&self, user: User) -> String {
        let outcome = self.hook(user).succeeds();
        assert_eq!(outcome.stderr, "");
        outcome.stdout
    }

    fn cache_home(&self, user: User) -> String {
        self.sandbox.path(user.name).join(".cache").display().to_string()
    }

    fn sealed(&self, user: User) -> PathBuf {
        Path::new(&self.cache_home(user)).join("afed/sealed")
    }
}

/// All files and folders below a folder.
fn below(folder: &Path) -> Vec<PathBuf> {
    let entries: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    let deeper: Vec<PathBuf> = entries.iter().filter(|path| path.is_dir()).flat_map(|path| below(path)).collect();
    [entries, deeper].concat()
}

fn leases(folder: &Path) -> Vec<PathBuf> {
    below(folder).into_iter().filter(|path| path.extension().is_some_and(|end| end == "lease")).collect()
}

#[test]
#[ignore = "becomes two other users, which takes root"]
fn leases_never_cross() {
    let machine = Machine::new();
    let (first, second) = (machine.vends(ONE), machine.vends(OTHER));
    assert_ne!(first, second);
    assert_eq!((machine.vends(ONE), machine.vends(OTHER)), (first.clone(), second.clone()));
    assert_eq!(machine.proxy.asked().len(), 2, "each has a lease of their own");
    for user in [ONE, OTHER] {
        for path in below(&machine.sandbox.path(user.name).join(".cache")) {
            let found = fs::metadata(&path).unwrap();
            let mode = if found.is_dir() { 0o700 } else { 0o600 };
            assert_eq!((found.uid(), found.mode() & 0o777), (user.id, mode), "{}", path.display());
        }
    }
    let (mine, theirs) = (leases(&machine.sealed(ONE)), leases(&machine.sealed(OTHER)));
    assert_eq!((mine.len(), mine[0].file_name()), (1, theirs[0].file_name()), "both asked for the same");
    fs::copy(&mine[0], &theirs[0]).unwrap();
    let third = machine.vends(OTHER);
    assert!(third != first && third != second, "a lease of somebody else's was taken for one's own");
    assert_eq!((machine.proxy.asked().len(), machine.vends(ONE)), (3, first));
}

#[test]
#[ignore = "becomes two other users, which takes root"]
fn a_cache_of_somebody_else_s_is_neither_read_nor_written() {
    let machine = Machine::new();
    let shared = machine.sandbox.path("cache");
    fs::create_dir(&shared).unwrap();
    fs::set_permissions(&shared, fs::Permissions::from_mode(0o1777)).unwrap();
    let hook = |user| machine.hook(user).env("XDG_CACHE_HOME", shared.to_str().unwrap());
    let first = hook(ONE).succeeds();
    let kept = below(&shared);
    for _ in 0..2 {
        let outcome = hook(OTHER).succeeds();
        assert_ne!(outcome.stdout, first.stdout);
        assert!(outcome.stderr.starts_with("warning: the next call will ask again: "), "{outcome:?}");
    }
    assert_eq!((below(&shared), hook(ONE).succeeds().stdout), (kept, first.stdout));
    assert_eq!(machine.proxy.asked().len(), 3);
}

#[test]
#[ignore = "becomes two other users, which takes root"]
fn a_configuration_of_somebody_else_s_is_not_obeyed_not_even_by_root() {
    let machine = Machine::new();
    let config = machine.sandbox.path("shared.toml");
    chown(&config, Some(ONE.id), Some(ONE.id)).unwrap();
    machine.vends(ONE);
    let refusal = "can't be trusted: it belongs to the user with the id 1 (hint: see who has written it, then: sudo chown -h \"$(id -u)\" '$SANDBOX/shared.toml')\n";
    machine.hook(OTHER).fails(1, &format!("afed: $SANDBOX/shared.toml {refusal}"));
    let of_root = machine.sandbox.run(&["creds", "shared", "--format", "process", "--config", "shared.toml"]);
    let way_out = "(hint: run it as that user: sudo -H -u '#1' afed doctor)";
    of_root.fails(1, &format!("afed: shared.toml can't be trusted: it belongs to the user with the id 1 {way_out}\n"));
}

#[test]
#[ignore = "becomes two other users, which takes root"]
fn what_is_kept_is_listed_and_cleared_by_its_owner_only() {
    let machine = Machine::new();
    machine.vends(ONE);
    let theirs = machine.sealed(ONE);
    for arguments in [&["cache", "list"][..], &["cache", "clear"]] {
        let run = machine.run(OTHER, arguments).env("XDG_CACHE_HOME", &machine.cache_home(ONE));
        let outcome = run.outcome();
        assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(1), ""), "{outcome:?}");
        assert!(outcome.stderr.contains("/sealed can't be read\n"), "{outcome:?}");
    }
    let lease = leases(&theirs).remove(0);
    chown(&lease, Some(OTHER.id), Some(OTHER.id)).unwrap();
    let listed = machine.run(ONE, &["cache", "list", "--json"]).succeeds().json();
    assert_eq!((&listed[0]["connector"], &listed[0]["state"]), (&"shared".into(), &"unreadable".into()));
    machine.run(ONE, &["cache", "clear", "--expired"]).prints("", "Took away 1 lease, 1 pass, 2 locks\n");
    assert!(below(&theirs).is_empty());
}

#[test]
#[ignore = "makes files of another user, which takes root"]
fn no_page_is_written_through_a_link_or_into_a_folder_of_somebody_else() {
    let sandbox = Sandbox::new();
    let theirs = |path: &str| std::os::unix::fs::lchown(sandbox.path(path), Some(ONE.id), Some(ONE.id)).unwrap();
    for folder in ["mine", "theirs"] {
        fs::create_dir(sandbox.path(folder)).unwrap();
    }
    theirs("theirs");
    for link in ["link", "own"] {
        std::os::unix::fs::symlink("mine", sandbox.path(link)).unwrap();
    }
    theirs("link");
    for (folder, whose) in [("link", "link"), ("link/man1", "link"), ("theirs", "theirs"), ("theirs/man1", "theirs")] {
        sandbox.run(&["man", folder]).fails(
            1,
            &format!(
                "error: {folder}/afed.1 can't be written\n\
                 caused by: {whose} can't be trusted: it belongs to the user with the id 1\n\n{WAYS_OUT_OF_THEIRS}"
            ),
        );
    }
    assert!(below(&sandbox.path("mine")).is_empty() && below(&sandbox.path("theirs")).is_empty());
    sandbox.run(&["man", "own/man1"]).succeeds();
    assert!(sandbox.path("mine/man1/afed.1").is_file());
}

#[test]
#[ignore = "makes links of another user, which takes root"]
fn a_trail_that_has_a_place_of_its_own_is_not_led_into_another() {
    let sandbox = Sandbox::with_session_of("alice");
    let usual = sandbox.path("home/.local/state/afed");
    std::os::unix::fs::symlink(&usual, sandbox.path("trail")).unwrap();
    std::os::unix::fs::lchown(sandbox.path("trail"), Some(ONE.id), Some(ONE.id)).unwrap();
    let file = sandbox.path("trail/audit.jsonl");
    sandbox.edit_config(|text| format!("{text}\n[audit]\nrequired = true\nfile = \"{}\"\n", file.display()));
    let before = sandbox.read("home/.local/state/afed/audit.jsonl");
    let outcome = sandbox.run(&["creds", "deploy", "--format", "bash"]).outcome();
    let told = "caused by: the audit trail $SANDBOX/trail/audit.jsonl can't be opened\n\
                caused by: $SANDBOX/trail can't be trusted: it belongs to the user with the id 1\n";
    assert!(outcome.code == Some(4) && outcome.stderr.contains(told), "{outcome:?}");
    assert_eq!(sandbox.read("home/.local/state/afed/audit.jsonl"), before);
}

#[test]
#[ignore = "makes links of another user, which takes root"]
fn nothing_is_swept_away_behind_a_link_of_somebody_else() {
    let sandbox = Sandbox::with_session_of("alice");
    sandbox.run(&["creds", "deploy", "--format", "process"]).vends().succeeds();
    let left = "afed/.afed-abcdefabcdef";
    sandbox.write_private(&format!("home/.cache/{left}"), "");
    lead_away(&sandbox, "home/.cache");
    let outcome = sandbox.run(&["logout"]).outcome();
    let told = "caused by: $SANDBOX/home/.cache can't be trusted: it belongs to the user with the id 1\n";
    assert!(outcome.code == Some(1) && outcome.stderr.contains(told), "{outcome:?}");
    assert!(sandbox.path("elsewhere").join(left).is_file());
    fs::remove_file(sandbox.path("home/.cache")).unwrap();
    std::os::unix::fs::symlink(sandbox.path("elsewhere"), sandbox.path("home/.cache")).unwrap();
    sandbox.run(&["logout"]).prints("", "Nobody was logged in\n");
    assert!(!sandbox.path("elsewhere").join(left).exists());
}

/// Puts somebody else's link in the place of a folder of the home, which leads to where the folder is now.
fn lead_away(sandbox: &Sandbox, folder: &str) {
    let (place, elsewhere) = (sandbox.path(folder), sandbox.path("elsewhere"));
    fs::rename(&place, &elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, &place).unwrap();
    std::os::unix::fs::lchown(&place, Some(ONE.id), Some(ONE.id)).unwrap();
}

#[test]
#[ignore = "keeps a file of AWS's from another user, which takes root"]
fn a_file_of_aws_keeps_its_owner_and_whom_it_is_shared_with_or_stays_as_it_is() {
    const THEIRS: &str = "# root's\n";
    let machine = Machine::new();
    let file = machine.sandbox.path(ONE.name).join(".aws/config");
    let shown = format!("$SANDBOX/{}/.aws/config", ONE.name);
    machine.sandbox.write_private(&format!("{}/.aws/config", ONE.name), THEIRS);
    chown(file.parent().unwrap(), Some(ONE.id), Some(ONE.id)).unwrap();
    let add = |owner, mode| {
        chown(&file, Some(owner), Some(OTHER.id)).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
        machine.run(ONE, &["profile", "add", "shared"])
    };
    let refused = |why: &str| {
        format!(
            "error: {shown} can't be written\ncaused by: {why}\n\n\
             hint: run it as the user who may write there: ls -ld '{shown}'\n"
        )
    };
    let owned = "it belongs to the user with the id 2, and what replaces it would not";
    add(OTHER.id, 0o644).fails(1, &refused(owned));
    let shared = "the group with the id 2 may use it, and could not use what replaces it, as you are not in it";
    add(ONE.id, 0o640).fails(1, &refused(shared));
    assert_eq!(fs::read_to_string(&file).unwrap(), THEIRS);
    add(ONE.id, 0o600).succeeds();
    let found = fs::metadata(&file).unwrap();
    assert_eq!((found.uid(), found.gid(), found.mode() & 0o777), (ONE.id, ONE.id, 0o600));
    assert!(fs::read_to_string(&file).unwrap().starts_with(THEIRS));
}

/// What root is told who has come upon something of the first user's.
const WAYS_OUT_OF_THEIRS: &str = "hint: run it as that user: sudo -H -u '#1' afed doctor\n\
    hint: or as root with nothing of theirs: env -i PATH=\"$PATH\" HOME=/root afed doctor\n";

#[test]
#[ignore = "takes the home of another user, which takes root"]
fn root_with_a_home_of_somebody_else_is_told_ways_out_and_no_command_sends_it_to_another() {
    let sandbox = Sandbox::new();
    chown(sandbox.path("home"), Some(ONE.id), Some(ONE.id)).unwrap();
    let theirs = "$SANDBOX/home can't be trusted: it belongs to the user with the id 1";
    let missing = format!(
        "error: there is no configuration: $SANDBOX/home/.config/afed/config.toml does not exist\n\
         caused by: $SANDBOX/home/.config/afed/config.toml can't be written\ncaused by: {theirs}\n\n{WAYS_OUT_OF_THEIRS}"
    );
    for line in ["whoami", "login", "logout", "account list", "connector list", "profile list", "audit"] {
        sandbox.run(&line.split(' ').collect::<Vec<_>>()).fails(1, &missing);
    }
    let trail = "$SANDBOX/home/.local/state/afed/audit.jsonl";
    let unrecorded = format!("warning: the audit trail {trail} can't be made: {theirs}\n");
    sandbox.run(&["init", "--password-only"]).fails(1, &format!("{unrecorded}{missing}"));
    let init = ["init", "--directory", "os", "--no-admin-groups", "--secret-store", "file"];
    for line in [&init[..], &["account", "rotate", "ops"], &["profile", "remove", "p"]] {
        let stderr = sandbox.run(line).outcome().stderr;
        assert!(stderr.ends_with(&format!("caused by: {theirs}\n\n{WAYS_OUT_OF_THEIRS}")), "{line:?}: {stderr}");
    }
    sandbox.write_private("home/.config/afed/config.toml", "version = 1\ndirectory = \"os\"\n");
    let home = sandbox.path("home");
    below(&home).iter().for_each(|path| chown(path, Some(ONE.id), Some(ONE.id)).unwrap());
    let findings = sandbox.run(&["doctor", "--json"]).outcome().json();
    let of_modes: Vec<_> = findings.as_array().unwrap().iter().filter(|found| found["check"] == "file modes").collect();
    let mends: Vec<&str> = WAYS_OUT_OF_THEIRS.lines().map(|hint| hint.strip_prefix("hint: ").unwrap()).collect();
    assert_eq!(of_modes.len(), 1, "{findings}");
    assert_eq!((&of_modes[0]["about"], &of_modes[0]["mend"]), (&"$SANDBOX/home".into(), &mends.into()));
    assert!(!findings.to_string().contains("chown") && !findings.to_string().contains("afed init"), "{findings}");
}

#[test]
#[ignore = "makes files and links of another user, which takes root"]
fn no_key_and_no_passphrase_is_taken_from_where_a_link_of_somebody_else_leads() {
    let sandbox = Sandbox::configured();
    let stranger = "[x]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n";
    for (file, text) in [("theirs", stranger), ("home/.aws/config", "[profile own]\nregion = eu-west-1\n")] {
        sandbox.write_private(file, text);
    }
    let link = sandbox.path("home/.aws/credentials");
    std::os::unix::fs::symlink(sandbox.path("theirs"), &link).unwrap();
    let give_away = |path: &Path| std::os::unix::fs::lchown(path, Some(OTHER.id), Some(OTHER.id)).unwrap();
    [&link, &sandbox.path("theirs")].into_iter().for_each(|path| give_away(path));
    let distrusted = "$SANDBOX/home/.aws/credentials can't be trusted: it belongs to the user with the id 2";
    let ways_out = WAYS_OUT_OF_THEIRS.replace("#1", "#2");
    let unread = "$SANDBOX/home/.aws/credentials can't be read";
    for keep in ["--keep", "--remove"] {
        sandbox
            .run(&["account", "import", "x", keep])
            .fails(1, &format!("error: {unread}\ncaused by: {distrusted}\n\n{ways_out}"));
    }
    let list = || sandbox.run(&["profile", "list"]).succeeds().stderr;
    let warning = format!("warning: not looked at: {unread}: {distrusted}\n");
    assert!(list().starts_with(&warning), "{}", list());
    // One's own link may lead anywhere, such as to what root keeps for everybody.
    std::os::unix::fs::lchown(&link, Some(0), Some(0)).unwrap();
    chown(sandbox.path("theirs"), Some(0), Some(0)).unwrap();
    assert!(!list().contains("not looked at"), "{}", list());

    sandbox.run(&["profile", "add", "deploy"]).succeeds();
    let prompt = || sandbox.run(&["prompt"]).env("AWS_PROFILE", "deploy").succeeds().stdout;
    assert!(prompt().starts_with("deploy"), "{}", prompt());
    lead_away(&sandbox, "home/.aws");
    assert_eq!(prompt(), "");

    // Links that lead to a secret are kept outside of what is searched for secrets.
    let outside = tempfile::tempdir().unwrap();
    let (passphrase, way) = (sandbox.path("passphrase"), outside.path().join("way"));
    std::os::unix::fs::symlink(&passphrase, &way).unwrap();
    sandbox.edit_config(|text| text.replace(&*passphrase.to_string_lossy(), &way.to_string_lossy()));
    sandbox.log_in("alice");
    let refused = format!(
        "error: the passphrase for $SANDBOX/home/.local/share/afed/secrets.afed can't be read from {way}\n\
         caused by: {way} can't be trusted: it belongs to the user with the id 2\n\n{ways_out}",
        way = way.display()
    );
    let refuses = || sandbox.run(&["whoami"]).fails(1, &refused);
    give_away(&way);
    refuses();
    std::os::unix::fs::lchown(&way, Some(0), Some(0)).unwrap();
    give_away(&passphrase);
    refuses();
}

#[test]
#[ignore = "makes files and links of another user, which takes root"]
fn certificates_of_somebody_else_vouch_for_nobody() {
    let sandbox = Sandbox::with(CrowdServer::start_tls(Sandbox::population()).unwrap());
    sandbox.write_private("authority.pem", sandbox.crowd.authority_pem().unwrap());
    let sandbox = sandbox.env("AWS_CA_BUNDLE", "$SANDBOX/authority.pem");
    sandbox.configure();
    sandbox.log_in("alice");
    sandbox.run(&["whoami"]).succeeds();
    std::os::unix::fs::symlink("authority.pem", sandbox.path("link.pem")).unwrap();
    std::os::unix::fs::lchown(sandbox.path("link.pem"), Some(ONE.id), Some(ONE.id)).unwrap();
    sandbox.write_private("theirs.pem", sandbox.crowd.authority_pem().unwrap());
    chown(sandbox.path("theirs.pem"), Some(ONE.id), Some(ONE.id)).unwrap();
    for (variable, led) in [("AWS_CA_BUNDLE", ""), ("SSL_CERT_FILE", "caused by: SSL_CERT_FILE leads there\n")] {
        for name in ["link.pem", "theirs.pem"] {
            let path = format!("$SANDBOX/{name}");
            let told = format!(
                "error: the certificates in {path} can't be used\n{led}\
                 caused by: {path} can't be trusted: it belongs to the user with the id 1\n\n{WAYS_OUT_OF_THEIRS}"
            );
            let named = sandbox.path(name).display().to_string();
            sandbox.run(&["whoami"]).env("AWS_CA_BUNDLE", "").env(variable, &named).fails(1, &told);
        }
    }
}

#[test]
#[ignore = "makes links of another user, which takes root"]
fn no_link_of_somebody_else_leads_anywhere() {
    let edit = ["connector", "edit", "deploy", "--duration", "20m"];
    for (folder, link, refused) in [
        ("home/.config", "home/.config", &[&edit[..], &["account", "list"]][..]),
        ("home/.cache", "home/.cache", &[&edit[..], &["cache", "list"], &["cache", "clear"]]),
        ("home/.cache/afed", "home/.cache/afed", &[&["cache", "clear"][..]]),
        ("home/.aws", "home/.aws", &[&["profile", "list"][..], &["profile", "remove", "deploy"]]),
    ] {
        let sandbox = Sandbox::with_session_of("alice");
        sandbox.run(&["profile", "add", "deploy"]).succeeds();
        sandbox.run(&["creds", "deploy", "--format", "process"]).vends().succeeds();
        lead_away(&sandbox, folder);
        // No command that would follow the link is to be told for this.
        fs::set_permissions(sandbox.path("elsewhere"), fs::Permissions::from_mode(0o777)).unwrap();
        let before = below(&sandbox.path("elsewhere"));
        let told = format!("{link} can't be trusted: it belongs to the user with the id 1");
        for line in refused {
            let outcome = sandbox.run(line).outcome();
            assert!(outcome.code == Some(1) && outcome.stderr.contains(&told), "{line:?}: {outcome:?}");
            assert!(outcome.stderr.ends_with(WAYS_OUT_OF_THEIRS), "{line:?}: {outcome:?}");
        }
        let findings = sandbox.run(&["doctor", "--json"]).outcome().json();
        let of_modes: Vec<_> =
            findings.as_array().unwrap().iter().filter(|found| found["check"] == "file modes").collect();
        let about = of_modes.iter().map(|found| (found["about"].as_str().unwrap(), found["finding"].as_str().unwrap()));
        let told = format!("$SANDBOX/{link}");
        assert_eq!(about.collect::<Vec<_>>(), [(&*told, "it belongs to the user with the id 1")], "{findings}");
        assert_eq!(below(&sandbox.path("elsewhere")), before);
    }
}

#[test]
#[ignore = "becomes another user, which takes root"]
fn a_configuration_that_root_lets_a_group_read_is_nobody_s_to_take() {
    let machine = Machine::new();
    let config = machine.sandbox.path("shared.toml");
    chown(&config, None, Some(ONE.id)).unwrap();
    for (mode, expected) in [(0o640, None), (0o600, Some("it belongs to root, and keeps this user out"))] {
        fs::set_permissions(&config, fs::Permissions::from_mode(mode)).unwrap();
        let findings = machine.run(ONE, &["doctor", "--json"]).outcome().json();
        let of_config = findings
            .as_array()
            .unwrap()
            .iter()
            .find(|found| found["check"] == "file modes" && found["about"] == "$SANDBOX/shared.toml");
        assert_eq!(of_config.and_then(|found| found["finding"].as_str()), expected, "{mode:o}: {findings}");
    }
}

#[test]
#[ignore = "starts a bus of another user, which takes root"]
fn a_bus_of_another_user_is_told_from_one_that_has_ended() {
    let sandbox = Sandbox::new();
    let folder = tempfile::tempdir().unwrap();
    chown(folder.path(), Some(ONE.id), Some(ONE.id)).unwrap();
    let (id, path) = (ONE.id.to_string(), folder.path().join("bus"));
    let mut bus = Command::new("setpriv")
        .args([
            "--reuid",
            &id,
            "--regid",
            &id,
            "--clear-groups",
            "dbus-daemon",
            "--session",
            "--nofork",
            "--print-address",
        ])
        .arg(format!("--address=unix:path={}", path.display()))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut address = String::new();
    BufReader::new(bus.stdout.take().unwrap()).read_line(&mut address).unwrap();
    let init = sandbox.run(&["init", "--directory", "os", "--no-admin-groups", "--secret-store", "secret-service"]);
    let outcome = init.env("DBUS_SESSION_BUS_ADDRESS", address.trim()).outcome();
    bus.kill().unwrap();
    bus.wait().unwrap();
    let said = "error: the Secret Service can't be reached: the D-Bus session bus is of the user with the id 1, and lets no other in\n";
    let hints = "\n\nhint: run it as that user: sudo -H -u '#1' afed doctor\nhint: or without their bus: unset DBUS_SESSION_BUS_ADDRESS\n";
    assert_eq!(outcome.code, Some(5), "{outcome:?}");
    assert!(outcome.stderr.starts_with(said) && outcome.stderr.ends_with(hints), "{outcome:?}");
}
