//! AWS's two files as any program may have left them. What is not edited stays byte for byte, an edit changes one profile, can
//! be repeated without effect, and what is added can be taken back; and no secret is shown.

use super::edit::{Change, Removal};
use super::temporary::{TemporaryKeys, has_temporary, make_room, remove_temporary, set_keys};
use super::{
    AwsConfig, Family, Hook, Overwrite, ProfileName, difference, hooks, key_of, keyed_profiles, listing, remove_hook,
    remove_key,
};
use crate::fuzz::{Target, case, text};
use crate::model::secret::Secret;

const CANARY: &str = "canary/wJalrXUtnFEMI/K7MDENG";
/// What an edit may add, with line ends.
const ROOM: usize = 400;

const WORDS: &[&str] = &[
    "[default]\n",
    "[profile x]\n",
    "[x]\n",
    "[profile \"x\"]\n",
    "[profile x] # c\n",
    "[DEFAULT]\n",
    "[profile default]\n",
    "  [profile x]\n",
    "[profile x\n",
    "[sso-session s]\n",
    "[services s]\n",
    "[plugins]\n",
    "region = eu-west-1\n",
    "REGION=r\n",
    "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\n",
    "aws_secret_access_key = canary\n",
    "aws_session_token = canary\n",
    "x_security_token_expires = 2026-11-22T03:29:02Z\n",
    "credential_process = /usr/bin/afed creds deploy --format process\n",
    "credential_process = \"/a b/afed\" --config /c creds x --system --format process\n",
    "role_arn = r\n",
    "source_profile = x\n",
    "sso_start_url = u\n",
    "s3 =\n  k = 1\n",
    "  more\n",
    "\tmore\n",
    "# c\n",
    "; c\n",
    "  # c\n",
    " # ",
    " ; ",
    "\r\n",
    "\r",
    "=",
    ":",
    "[",
    "]",
    "\u{c}",
    "\u{b}",
    "\u{a0}",
    "\u{2028}",
    "junk\n",
];

#[test]
fn any_aws_file_keeps_what_was_not_asked_for() {
    Target { name: "aws-ini", words: WORDS, judge }.run();
}

#[test]
fn a_hook_that_is_recognised_is_written_alike() {
    Target { name: "aws-hook", words: HOOK_WORDS, judge: hook }.run();
}

const HOOK_WORDS: &[&str] = &[
    "/usr/bin/afed",
    "afed.exe",
    "C:\\afed",
    "--config",
    "creds",
    "deploy",
    "--system",
    "--format",
    "process",
    "\"",
    " ",
    "/a b/",
    "$(id)",
    ";",
    "'",
];

fn judge(input: &[u8]) -> String {
    let told = [Family::Config, Family::Credentials].map(|family| match AwsConfig::parse(family, input) {
        Ok(file) => {
            assert_eq!(file.to_bytes(), input);
            edits(family, &file)
        }
        Err(error) => case(&error),
    });
    told.join(" / ")
}

fn edits(family: Family, file: &AwsConfig) -> String {
    let faults = file.faults();
    let lines = file.lines.len();
    assert!(faults.iter().all(|fault| (1..=lines).contains(&fault.line)));
    drop((hooks(file), keyed_profiles(file), listing(file, file)));
    let mut told = vec![faults.len().min(3).to_string()];
    told.push(added_and_removed(family, file));
    for profile in file.profiles().iter().take(2) {
        let Ok(name) = profile.name.parse::<ProfileName>() else { continue };
        told.push(set(family, file, &name));
        told.push(rid_of(file, &name));
        told.push(with_keys(family, file, &name));
    }
    told.join(" ")
}

fn added_and_removed(family: Family, file: &AwsConfig) -> String {
    let name: ProfileName = "a-new-one".parse().unwrap();
    if file.profile(name.as_str()).is_some() {
        return "taken".to_owned();
    }
    let mut edited = file.clone();
    match edited.set_profile(&name, &[("region", "eu-west-1")]) {
        Ok(change) => assert_eq!(change, Change::Added),
        Err(error) => return case(&error),
    }
    let bytes = edited.to_bytes();
    assert!(bytes.len() <= file.to_bytes().len() + ROOM);
    assert!(AwsConfig::parse(family, &bytes).as_ref() == Ok(&edited));
    assert_eq!(edited.profile(name.as_str()).unwrap().get("region"), Some("eu-west-1"));
    assert_same_but(file, &edited, &name);
    assert_eq!(edited.remove_profile(&name), Ok(Removal::Removed));
    assert_eq!(edited.to_bytes(), file.to_bytes());
    "added".to_owned()
}

fn set(family: Family, file: &AwsConfig, name: &ProfileName) -> String {
    let mut edited = file.clone();
    let change = match edited.set_profile(name, &[("region", "eu-west-9")]) {
        Ok(change) => change,
        Err(error) => return case(&error),
    };
    assert!(AwsConfig::parse(family, &edited.to_bytes()).as_ref() == Ok(&edited));
    assert_eq!(edited.profile(name.as_str()).unwrap().get("region"), Some("eu-west-9"));
    assert_same_but(file, &edited, name);
    assert_eq!(edited.set_profile(name, &[("region", "eu-west-9")]), Ok(Change::Unchanged));
    case(&change)
}

fn rid_of(file: &AwsConfig, name: &ProfileName) -> String {
    let mut outcomes = Vec::new();
    for how in [0, 1, 2, 3, 4] {
        let mut edited = file.clone();
        let outcome = match how {
            0 => edited.remove_profile(name).map(|removal| case(&removal)),
            1 => remove_hook(&mut edited, name, Overwrite::Refuse).map(|outcome| case(&outcome)),
            2 => remove_key(&mut edited, name).map(|removal| case(&removal)),
            3 => make_room(&mut edited, name, Overwrite::Force).map(|room| case(&room)),
            _ => key_of(file, name).map(|key| case(&key.is_some())),
        };
        assert_same_but(file, &edited, name);
        assert!(edited.lines.len() <= file.lines.len());
        if let Err(error) = &outcome {
            assert!(edited == *file, "{error}");
        }
        outcomes.push(outcome.unwrap_or_else(|error| case(&error)));
    }
    outcomes.join(" ")
}

/// Temporary keys come and go, and their secrets are in no difference that is shown.
fn with_keys(family: Family, file: &AwsConfig, name: &ProfileName) -> String {
    let keys = TemporaryKeys {
        access_key_id: "ASIAIOSFODNN7EXAMPLE",
        secret_access_key: &Secret::new(CANARY.to_owned()),
        session_token: &Secret::new(CANARY.to_owned()),
        expires: "2026-11-22T03:29:02Z".to_owned(),
    };
    let mut edited = file.clone();
    if let Err(error) = set_keys(&mut edited, name, &keys) {
        assert!(edited == *file);
        return case(&error);
    }
    assert_same_but(file, &edited, name);
    assert!(AwsConfig::parse(family, &edited.to_bytes()).as_ref() == Ok(&edited));
    for lines in [difference(file, &edited), difference(&edited, file)] {
        assert!(!lines.iter().any(|line| line.contains(CANARY)), "{lines:?}");
    }
    assert!(has_temporary(&edited, name));
    match remove_temporary(&mut edited, name) {
        Ok(was_there) => assert!(was_there && !has_temporary(&edited, name)),
        Err(error) => return case(&error),
    }
    "keys".to_owned()
}

/// Every other profile says what it said.
fn assert_same_but(before: &AwsConfig, after: &AwsConfig, name: &ProfileName) {
    let others = |file: &AwsConfig| {
        let says = |profile: super::document::Profile| {
            let settings = profile.settings.into_iter().map(|setting| (setting.key, setting.value));
            (profile.name, settings.collect::<Vec<_>>())
        };
        file.profiles().into_iter().filter(|profile| profile.name != name.as_str()).map(says).collect::<Vec<_>>()
    };
    assert_eq!(others(before), others(after));
}

fn hook(input: &[u8]) -> String {
    let Some(text) = text(input) else { return "no text".to_owned() };
    let Some(hook) = Hook::recognise(text) else { return "foreign".to_owned() };
    let line = hook.command_line();
    assert_eq!(Hook::recognise(&line).as_ref(), Some(&hook), "{line}");
    let program = hook.program().to_owned();
    let words = shell_words::split(&line).unwrap();
    assert!(words.contains(&program) && words.contains(&hook.connector().to_string()), "{words:?}");
    assert!(super::edit::unsafe_in_value(&line).is_none() || line.len() > 1 && line.starts_with('"'), "{line}");
    format!("{:?} {}", hook.scope(), hook.config().is_some())
}
