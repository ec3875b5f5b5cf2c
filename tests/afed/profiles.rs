//! `afed profile` on files as people have them: what is not afed's stays as it is, to the byte, and the hook works from
//! wherever afed and its configuration are.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use crate::emulator::parts;
use crate::sandbox::{Outcome, Run, Sandbox, aws_url};

/// Other people's comments, line ends, sections and bytes, with nothing at the end of the last line.
const NASTY: &[u8] = b"# caf\xe9\r\n\r\n[default]\r\nregion=us-east-1\r\n  ; indented\r\ns3 =\r\n  max_queue_size = 10\r\n\r\n\
    [sso-session corp]\r\nsso_region = eu-west-1\r\n[plugins]\r\n\r\n[profile other]\r\ncredential_process = \"/opt/o t/her\" --x\r\noutput\t=json";

const HOOK: &str = "credential_process = $AFED creds deploy --format process";

/// What would become of the profile “other”, behind which “work” stands.
const DIFFERENCE: &str = "\
--- $SANDBOX/home/aws/config
+++ $SANDBOX/home/aws/config
@@ -11,8 +11,9 @@
 [plugins]
\x20
 [profile other]
-credential_process = \"/opt/o t/her\" --x
+credential_process = $AFED creds deploy --format process
 output\\t=json
+region = eu-west-1
\x20
 [profile work]
 credential_process = $AFED creds deploy --format process
";

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn add<'a>(sandbox: &'a Sandbox, name: &str) -> Run<'a> {
    sandbox.run(&["profile", "add", name, "--connector", "deploy"])
}

fn afed() -> &'static str {
    env!("CARGO_BIN_EXE_afed")
}

#[test]
fn profile_and_connector_share_a_name_unless_both_are_given() {
    let sandbox = Sandbox::configured();
    sandbox.run(&["profile", "add", "deploy"]).prints(
        "",
        "The profile “deploy” was added in $SANDBOX/home/.aws/config\nhint: use it: aws --profile deploy sts get-caller-identity\n",
    );
    sandbox.run(&["profile", "add", "--connector", "deploy"]).prints(
        "",
        "The profile “deploy” is there already, as it should be, in $SANDBOX/home/.aws/config\nhint: use it: aws --profile deploy sts get-caller-identity\n",
    );
    sandbox.run(&["profile", "add", "deplyo"]).fails(
        1,
        "error: there is no connector “deplyo”\n\nhint: did you mean “deploy”? All of them: afed connector list\n",
    );
    assert_eq!(sandbox.run(&["profile", "add"]).outcome().code, Some(2));
    assert_eq!(
        sandbox.files("home/.aws"),
        [sandbox.path("home/.aws/config").display().to_string()],
        "a lock was left in a folder that is not afed's"
    );
}

#[test]
fn a_new_file_is_private_and_holds_the_hook() {
    let sandbox = Sandbox::configured();
    add(&sandbox, "work").prints(
        "",
        "The profile “work” was added in $SANDBOX/home/.aws/config\nhint: use it: aws --profile work sts get-caller-identity\n",
    );
    let hook = HOOK.replace("$AFED", afed());
    assert_eq!(sandbox.read("home/.aws/config"), format!("[profile work]\n{hook}\nregion = eu-west-1\n"));
    assert_eq!((mode(&sandbox.path("home/.aws/config")), mode(&sandbox.path("home/.aws"))), (0o600, 0o700));
    sandbox
        .run(&["profile", "list"])
        .prints("PROFILE  CONNECTOR  REGION     STATE\nwork     deploy     eu-west-1  works\n", "");
    let listed = sandbox.run(&["profile", "list", "--json"]).succeeds().json();
    let expected = serde_json::json!([{
        "name": "work", "connector": "deploy", "region": "eu-west-1", "program": "$AFED", "scope": "person", "state": "works",
        "source": "hook", "config": null, "expires": null, "problems": [],
    }]);
    assert_eq!(listed, expected);
}

#[test]
fn what_is_not_afed_s_stays_to_the_byte() {
    let sandbox = Sandbox::configured().env("AWS_CONFIG_FILE", "~/aws/config");
    let (target, link) = (sandbox.path("home/dotfiles/aws-config"), sandbox.path("home/aws/config"));
    for folder in ["home/dotfiles", "home/aws"] {
        fs::create_dir(sandbox.path(folder)).unwrap();
    }
    fs::File::create(&target).unwrap().write_all(NASTY).unwrap();
    fs::set_permissions(&target, fs::Permissions::from_mode(0o640)).unwrap();
    symlink("../dotfiles/aws-config", &link).unwrap();

    let outcome: Outcome = add(&sandbox, "work").succeeds();
    assert_eq!(
        outcome.stderr,
        "The profile “work” was added in $SANDBOX/home/aws/config\n\
         warning: some AWS tools can't read $SANDBOX/home/aws/config: line 1 is not UTF-8\n\
         hint: use it: aws --profile work sts get-caller-identity\n"
    );
    let hook = HOOK.replace("$AFED", afed());
    let added = format!("\r\n\r\n[profile work]\r\n{hook}\r\nregion = eu-west-1");
    let with_hook = [NASTY, added.as_bytes()].concat();
    assert_eq!(String::from_utf8_lossy(&fs::read(&target).unwrap()), String::from_utf8_lossy(&with_hook));
    assert_eq!(fs::read(&target).unwrap(), with_hook);
    assert_eq!((mode(&target), fs::read_link(&link).unwrap()), (0o640, PathBuf::from("../dotfiles/aws-config")));

    let outcome = add(&sandbox, "work").succeeds();
    assert!(outcome.stderr.starts_with("The profile “work” is there already, as it should be, in "), "{outcome:?}");
    assert_eq!(fs::read(&target).unwrap(), with_hook);

    let refusal = "error: the profile “other” in $SANDBOX/home/aws/config is somebody else's: it has credential_process, \
         output\n\nhint: take another name for the profile, or add --force to make this one afed's\n";
    add(&sandbox, "other").fails(1, &format!("{DIFFERENCE}{refusal}"));
    let outcome = sandbox.run(&["profile", "remove", "other"]).outcome();
    assert!(outcome.stderr.contains("\n-[profile other]\n") && outcome.stderr.ends_with(refusal), "{outcome:?}");
    assert_eq!(fs::read(&target).unwrap(), with_hook);

    sandbox
        .run(&["profile", "remove", "work"])
        .prints("", "The profile “work” was removed from $SANDBOX/home/aws/config\n");
    assert_eq!(fs::read(&target).unwrap(), NASTY);
    assert_eq!((mode(&target), fs::symlink_metadata(&link).unwrap().is_symlink()), (0o640, true));
    sandbox.run(&["profile", "remove", "work"]).fails(
        1,
        "error: there is no profile “work” in $SANDBOX/home/aws/config\n\nhint: see which there are: afed profile list\n",
    );
}

#[test]
fn somebody_else_s_profile_becomes_afed_s_by_force() {
    let sandbox = Sandbox::configured();
    let before =
        "[profile work]\n# mine\nsso_session = corp\noutput = json\naws_access_key_id = AKIAI44QH8DHBEXAMPLE\n";
    sandbox.write_private("home/.aws/config", before);
    let outcome = add(&sandbox, "work").args(&["--force"]).succeeds();
    assert!(outcome.stderr.starts_with("The profile “work” was updated in "), "{outcome:?}");
    let hook = HOOK.replace("$AFED", afed());
    let expected = format!("[profile work]\n# mine\noutput = json\n{hook}\nregion = eu-west-1\n");
    assert_eq!(sandbox.read("home/.aws/config"), expected);
}

/// Folders for programs, outside the sandbox: nobody searches them for secrets.
fn folders_with_afed_in(name: &str) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join(name)).unwrap();
    let program = root.path().join(name).join("afed");
    // A link would be followed to where it leads.
    fs::hard_link(afed(), &program).or_else(|_| fs::copy(afed(), &program).map(drop)).unwrap();
    root
}

#[test]
fn the_hook_is_the_path_that_afed_was_called_by() {
    let sandbox = Sandbox::configured();
    let folders = folders_with_afed_in("release 1");
    let root = folders.path().to_str().unwrap();
    fs::create_dir(folders.path().join("bin")).unwrap();
    symlink("../release 1/afed", folders.path().join("bin/afed")).unwrap();
    for (program, written) in [
        // A shell finds it on PATH and hands the bare name on.
        ("afed".to_owned(), format!("{root}/bin/afed")),
        (format!("{root}/bin/afed"), format!("{root}/bin/afed")),
        (format!("cd {root} && ./bin/afed"), format!("{root}/bin/afed")),
        (format!("'{root}/release 1/afed'"), format!("\"{root}/release 1/afed\"")),
    ] {
        let line = format!("{program} profile add work --connector deploy");
        let run = sandbox.program(Path::new("/bin/bash")).args(&["-c", &line]);
        run.env("PATH", &format!("{root}/bin:/usr/bin:/bin")).succeeds();
        let expected = format!("[profile work]\ncredential_process = {written} creds deploy --format process\n");
        let config = sandbox.read("home/.aws/config");
        assert!(config.starts_with(&expected), "{program}: {config}");
    }
}

#[test]
fn the_hook_works_from_folders_with_spaces_and_carries_its_configuration() {
    let sandbox = Sandbox::with_session_of("alice").env("AWS_ENDPOINT_URL", aws_url());
    let folders = folders_with_afed_in("my programs");
    let program = folders.path().join("my programs/afed");
    fs::create_dir(sandbox.path("my settings")).unwrap();
    fs::rename(sandbox.path("home/.config/afed/config.toml"), sandbox.path("my settings/afed.toml")).unwrap();
    let add = |name: &str| sandbox.program(&program).args(&["profile", "add", name, "--connector", "deploy"]);
    add("by-flag").args(&["--config", "my settings/afed.toml"]).succeeds();
    add("by-variable").env("AFED_CONFIG", sandbox.path("my settings/afed.toml").to_str().unwrap()).succeeds();
    for profile in ["by-flag", "by-variable"] {
        let aws = sandbox.program(&parts().join("emulator/bin/aws")).args(&["--profile", profile, "--output", "json"]);
        let identity = aws.args(&["sts", "get-caller-identity"]).succeeds().json();
        assert_eq!(identity["Arn"], "arn:aws:sts::000000000000:assumed-role/open/alice");
    }
    let hook = format!(
        "credential_process = \"{}\" --config \"{}\" creds deploy --format process\n",
        program.display(),
        sandbox.path("my settings/afed.toml").display()
    );
    assert_eq!(sandbox.read("home/.aws/config").matches(&hook).count(), 2, "{}", sandbox.read("home/.aws/config"));
}

#[test]
fn a_hook_that_no_longer_works_is_listed_as_such() {
    let sandbox = Sandbox::configured();
    sandbox.run(&["profile", "list"]).prints(
        "",
        "No profile in $SANDBOX/home/.aws/config comes from afed\nhint: add one: afed profile add CONNECTOR\n",
    );
    sandbox.write_private(
        "home/.aws/config",
        format!(
            "[profile gone]\ncredential_process = /gone/afed creds deploy --format process\n\
             [profile none]\ncredential_process = {} creds none --format process\nregion = eu-west-1\n",
            afed()
        ),
    );
    sandbox.run(&["profile", "list"]).prints(
        "PROFILE  CONNECTOR  REGION     STATE\n\
         gone     deploy     none       the program is gone; no region\n\
         none     none       eu-west-1  no such connector\n",
        "",
    );
}
