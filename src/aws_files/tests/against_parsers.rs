//! After each edit, every real parser that could read the files before reads every other profile as before, and the edited
//! one as written; an edit that can't promise that is refused. Tried on the known oddities and on random documents.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::Value;

use super::parsers::{Files, Parser, Reading};
use super::properties::document;
use crate::aws_files::{
    AwsConfig, Family, Hook, Overwrite, ProfileName, RemoveOutcome, Room, TemporaryKeys, add_hook, make_room,
    remove_hook, set_keys,
};
use crate::model::actor::Scope;
use crate::model::secret::Secret;

const LINE: &str = "/usr/bin/afed creds deploy --format process";
const ID: &str = "ASIAIOSFODNN7EXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const TOKEN: &str = "IQoJb3JpZ2luX2VjEXAMPLE//token==";

/// Files before and after an edit of one profile, and what it must have then; nothing where it is to be gone.
struct Edit {
    profile: &'static str,
    family: Family,
    before: Files,
    after: Files,
    written: Vec<(&'static str, &'static str)>,
}

/// Every edit of these files that is not refused; the other file is empty then, as parsers mix what both say of a profile.
fn edits(files: &Files) -> Vec<Edit> {
    ["x", "new", "default"].into_iter().flat_map(|profile| edits_of(profile, files)).collect()
}

fn edits_of(profile: &'static str, files: &Files) -> Vec<Edit> {
    let name: ProfileName = profile.parse().unwrap();
    let mut edits = Vec::new();
    let config = |bytes: &[u8]| Files { config: bytes.to_vec(), credentials: Vec::new() };
    let credentials = |bytes: &[u8]| Files { config: Vec::new(), credentials: bytes.to_vec() };
    if let Some(after) = with_hook(&files.config, &name) {
        let (before, after) = (config(&files.config), config(&after));
        let written = vec![("credential_process", LINE), ("region", "eu-west-1")];
        edits.push(Edit { profile, family: Family::Config, before, after, written });
    }
    if let Some(after) = without(&files.config, &name) {
        let (before, after) = (config(&files.config), config(&after));
        edits.push(Edit { profile, family: Family::Config, before, after, written: Vec::new() });
    }
    if let Some(after) = with_keys(&files.credentials, &name) {
        let (before, after) = (credentials(&files.credentials), credentials(&after));
        let written = vec![("aws_access_key_id", ID), ("aws_secret_access_key", SECRET), ("aws_session_token", TOKEN)];
        edits.push(Edit { profile, family: Family::Credentials, before, after, written });
    }
    edits
}

fn with_hook(bytes: &[u8], name: &ProfileName) -> Option<Vec<u8>> {
    let mut file = AwsConfig::parse(Family::Config, bytes).ok()?;
    let program = std::path::Path::new("/usr/bin/afed");
    let hook = Hook::new(program, None, "deploy".parse().unwrap(), Scope::Person).unwrap();
    add_hook(&mut file, name, &hook, &"eu-west-1".parse().unwrap(), Overwrite::Force).ok()?;
    Some(file.to_bytes())
}

fn without(bytes: &[u8], name: &ProfileName) -> Option<Vec<u8>> {
    let mut file = AwsConfig::parse(Family::Config, bytes).ok()?;
    let outcome = remove_hook(&mut file, name, Overwrite::Force).ok()?;
    (outcome == RemoveOutcome::Removed).then(|| file.to_bytes())
}

fn with_keys(bytes: &[u8], name: &ProfileName) -> Option<Vec<u8>> {
    let mut file = AwsConfig::parse(Family::Credentials, bytes).ok()?;
    let room = make_room(&mut file, name, Overwrite::Force).ok()?;
    assert!(!matches!(room, Room::Refused { .. }));
    let keys = TemporaryKeys {
        access_key_id: ID,
        secret_access_key: &Secret::new(SECRET.to_owned()),
        session_token: &Secret::new(TOKEN.to_owned()),
        expires: "2026-11-22T03:29:02Z".to_owned(),
    };
    set_keys(&mut file, name, &keys).ok()?;
    Some(file.to_bytes())
}

/// What is wrong with these edits, if something is.
fn complaint(edits: &[Edit]) -> Option<String> {
    let before: Vec<Files> = edits.iter().map(|edit| edit.before.clone()).collect();
    let after: Vec<Files> = edits.iter().map(|edit| edit.after.clone()).collect();
    Parser::ALL.into_iter().find_map(|parser| {
        let readings = parser.read(&before).into_iter().zip(parser.read(&after));
        edits.iter().zip(readings).find_map(|(edit, (before, after))| {
            let complaint = complaint_of(parser, edit, before?, after)?;
            let text =
                |files: &Files| format!("{}\n---\n{}", files.config.escape_ascii(), files.credentials.escape_ascii());
            let (was, is) = (text(&edit.before), text(&edit.after));
            Some(format!("{parser:?}, {} in {:?}: {complaint}\n{was}\nbecame\n{is}", edit.profile, edit.family))
        })
    })
}

type Profiles = BTreeMap<String, BTreeMap<String, Value>>;

fn complaint_of(parser: Parser, edit: &Edit, mut before: Profiles, after: Reading) -> Option<String> {
    let Some(mut after) = after else { return Some("can't be read any more".to_owned()) };
    let [in_config, in_credentials] = parser.names(edit.profile);
    let edited = if edit.family == Family::Config { in_config } else { in_credentials };
    let is = after.remove(&edited);
    before.remove(&edited);
    if before != after {
        return Some(format!("other profiles were {before:?} and are {after:?}"));
    }
    let found = |key: &str| is.as_ref().and_then(|settings| settings.get(key)).and_then(Value::as_str);
    let missing = edit.written.iter().find(|(key, value)| found(key) != Some(value));
    missing.map(|(key, _)| format!("{key} is {:?}", found(key)))
}

#[derive(serde::Deserialize)]
struct Construct {
    config: Option<String>,
    config_in_latin_1: Option<String>,
    #[serde(default)]
    credentials: String,
}

fn constructs() -> BTreeMap<String, Files> {
    let all: BTreeMap<String, Construct> = serde_json::from_str(include_str!("constructs.json")).unwrap();
    let files = |construct: Construct| {
        let latin_1 = construct.config_in_latin_1.map(|text| text.chars().map(|byte| byte as u8).collect());
        let config = latin_1.unwrap_or_else(|| construct.config.unwrap_or_default().into_bytes());
        Files { config, credentials: construct.credentials.into_bytes() }
    };
    all.into_iter().map(|(name, construct)| (name, files(construct))).collect()
}

/// Each as it is, and as the credentials file, where sections are named otherwise.
#[test]
fn the_oddities_of_these_files_are_edited_as_all_parsers_understand_or_refused() {
    let constructs = constructs();
    assert_eq!(constructs.len(), 66);
    let in_credentials = constructs.values().map(|files| {
        let text: Vec<u8> =
            String::from_utf8(files.config.clone()).unwrap_or_default().replace("[profile ", "[").into();
        Files { config: Vec::new(), credentials: text }
    });
    let all: Vec<Edit> = constructs.values().cloned().chain(in_credentials).flat_map(|files| edits(&files)).collect();
    assert_eq!(complaint(&all), None);
}

/// Where parsers disagree about the profile x itself; each of these files takes further profiles, but for the first three.
#[test]
fn only_what_parsers_disagree_about_is_refused() {
    let constructs = constructs();
    let refusing = |profile: &'static str| -> Vec<&str> {
        let name: ProfileName = profile.parse().unwrap();
        let refused = constructs.iter().filter(|(_, files)| with_hook(&files.config, &name).is_none());
        refused.map(|(construct, _)| construct.as_str()).collect()
    };
    assert_eq!(refusing("new"), ["bom", "bom-comment-first", "cr-only"]);
    assert_eq!(
        refusing("x").join(" "),
        "bom bom-comment-first colon-before-equals colon-delimiter cr-only dup-key dup-key-case dup-section empty-key \
         form-feed indented-comment-after-key indented-comment-first indented-key-first indented-section no-equals \
         quoted-name-no-space section-adjacent-comment section-then-indented-section section-trailing-junk \
         single-quoted-name spaces-in-brackets two-spaces"
    );
}

#[test]
fn random_files_are_edited_as_all_parsers_understand_or_refused() {
    const FILES: usize = 100;
    let pair = (document(), document()).prop_map(|(config, credentials)| Files { config, credentials });
    let config = Config { cases: 1, max_shrink_iters: 0, failure_persistence: None, ..Config::default() };
    let outcome = TestRunner::new(config).run(&vec(pair, FILES), |pairs| {
        let all: Vec<Edit> = pairs.iter().flat_map(edits).collect();
        complaint(&all).map_or(Ok(()), |complaint| Err(TestCaseError::fail(complaint)))
    });
    if let Err(proptest::test_runner::TestError::Fail(complaint, _)) = outcome {
        panic!("{complaint}");
    }
}
