//! Configuration files and lists of connectors that anybody may have written. What is found faultless can be used; what an
//! edit returns says what was asked for and can be taken back.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use super::ConfigError;
use super::edit;
use super::examination::examine;
use super::exchange;
use super::file::{self, ConfigFile, ConnectorTable};
use super::outline::Outline;
use super::settings::{Settings, check_connector};
use crate::fuzz::{Target, case, text};
use crate::model::name::ConnectorName;

/// What an edit may add to a file besides names that it writes again.
const ROOM: usize = 400;

const WORDS: &[&str] = &[
    "version = 1\n",
    "directory = \"os\"\n",
    "directory = \"crowd\"\n",
    "[crowd]\n",
    "url = \"https://crowd.example.com\"\n",
    "application = \"afed\"\n",
    "[os]\n",
    "admin_groups = [\"a\"]\n",
    "recheck_after = \"5m\"\n",
    "[secrets]\n",
    "store = \"file\"\n",
    "[cache]\n",
    "wait = \"10s\"\n",
    "[console]\n",
    "session_duration = \"1h\"\n",
    "[accounts.ops]\n",
    "[accounts.\"o\\u0070s\"]\n",
    "type = \"access-key\"\n",
    "type = \"host-role\"\n",
    "access_key_id = \"AKIAIOSFODNN7EXAMPLE\"\n",
    "[connectors.deploy]\n",
    "[connectors]\n",
    "deploy.",
    "account = \"ops\"\n",
    "principal = \"assume-role\"\n",
    "principal = \"session-token\"\n",
    "principal = \"federated-user\"\n",
    "principal = \"provided\"\n",
    "role_arn = \"arn:aws:iam::123123123123:role/UpdateAPP\"\n",
    "groups = [\"developers\"]\n",
    "groups = []\n",
    "system_scope = true\n",
    "system_name = \"host\"\n",
    "duration = 3600\n",
    "duration = \"1h30m\"\n",
    "policy = '''\n{}\n'''\n",
    "policy_file = \"p.json\"\n",
    "omit_policy = true\n",
    "tags = { a = \"{user.name}\" }\n",
    "[connectors.deploy.tags]\n",
    "transitive_tags = [\"a\"]\n",
    "source_identity = \"{user.name}\"\n",
    "[[connectors]]\n",
    "#",
    "=",
    "[",
    "]",
    "{",
    "}",
    "\"\"\"",
    "'''",
    "\\u0000",
    "\u{feff}",
    "inf",
    "1979-05-27",
    ".",
];

const JSON_WORDS: &[&str] = &[
    "\"name\":\"x\",",
    "\"type\":\"ASSUME_ROLE\",",
    "\"type\":\"FEDERATION_TOKEN\",",
    "\"type\":\"SESSION_TOKEN\",",
    "\"type\":\"PROVIDED\",",
    "\"scope\":\"SYSTEM\",",
    "\"partition\":\"aws\",",
    "\"accountId\":17,",
    "\"roleArn\":\"arn:aws:iam::123123123123:role/UpdateAPP\",",
    "\"externalId\":\"e\",",
    "\"iamPolicy\":{\"Version\":\"2012-10-17\"},",
    "\"groups\":[\"developers\"],",
    "\"afed\":{\"tags\":{\"a\":\"b\"}},",
    "\"duration\":\"1h\",",
    "\"region\":\"eu-west-1\",",
    "\"policy_arns\":[],",
    "null",
    "true",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\u0000",
    "\\ud800",
    "1e400",
    "\u{feff}",
];

#[test]
fn any_configuration_is_used_or_refused() {
    Target { name: "config", words: WORDS, judge: settings }.run();
}

#[test]
fn any_configuration_is_edited_as_asked_or_left() {
    Target { name: "config-edit", words: WORDS, judge: edits }.run();
}

#[test]
fn any_list_of_connectors_is_read_whole_or_refused() {
    Target { name: "connectors-json", words: JSON_WORDS, judge: connectors }.run();
}

fn path() -> PathBuf {
    PathBuf::from("c.toml")
}

fn no_file(_: &Path) -> io::Result<Vec<u8>> {
    Err(io::Error::other("no file is read here"))
}

fn settings(input: &[u8]) -> String {
    let Some(text) = text(input) else { return "no text".to_owned() };
    let (flaws, used) = (examine(&[(path(), text.to_owned())], &no_file), use_all(text));
    assert_eq!(flaws.is_empty(), used.is_ok(), "{flaws:?} and {used:?}");
    assert!(
        flaws.iter().filter_map(|flaw| flaw.line).all(|line| (1..=text.lines().count().max(1) + 1).contains(&line)),
        "{flaws:?}"
    );
    let mut outline = Outline::default();
    outline.add(text);
    match used {
        Ok(settings) => {
            let offered: BTreeSet<&str> = outline.connectors.iter().map(|named| named.name.as_str()).collect();
            assert_eq!(offered, settings.connector_names().collect());
            format!("{} {}", settings.account_names().count().min(3), settings.connector_names().count().min(3))
        }
        Err(error) => {
            flaws.iter().take(3).map(|flaw| case(&flaw.error)).chain([case(&error)]).collect::<Vec<_>>().join(" ")
        }
    }
}

/// The settings, if nothing of them is wrong.
fn use_all(text: &str) -> Result<Settings, ConfigError> {
    let settings = Settings::resolve(vec![file::parse(path(), text)?])?;
    for name in settings.account_names() {
        settings.account(name)?;
    }
    for name in settings.connector_names() {
        settings.groups_of(name)?;
        settings.connector(name, &no_file)?;
    }
    Ok(settings)
}

fn read(text: &str) -> ConfigFile {
    file::parse(path(), text).unwrap().file
}

fn edits(input: &[u8]) -> String {
    let Some(text) = text(input) else { return "no text".to_owned() };
    let Ok(found) = file::parse(path(), text) else { return "refused".to_owned() };
    let new: ConnectorName = "a-new-one".parse().unwrap();
    let mut told = vec![added_and_removed(text, &found.file, &new)];
    for (name, table) in found.file.connectors.iter().take(2) {
        let Ok(name) = name.parse::<ConnectorName>() else { continue };
        told.push(removed(text, &found.file, &name));
        told.push(renamed(text, &found.file, &name, &new));
        told.push(changed(text, &found.file, &name, table));
    }
    told.join(" ")
}

fn added_and_removed(text: &str, before: &ConfigFile, new: &ConnectorName) -> String {
    let table = ConnectorTable {
        account: Some("ops".to_owned()),
        groups: vec!["a\"b".to_owned()],
        ..ConnectorTable::default()
    };
    let added = match edit::add_connector(&path(), text, new, &table) {
        Ok(added) => added,
        Err(error) => return case(&error),
    };
    assert!(added.len() <= text.len() + ROOM, "{added}");
    assert_eq!(read(&added).connectors.get(new.as_str()), Some(&table));
    let back = edit::remove_connector(&path(), &added, new).unwrap_or_else(|error| panic!("{error} in {added}"));
    assert_eq!(read(&back), *before);
    "added".to_owned()
}

fn removed(text: &str, before: &ConfigFile, name: &ConnectorName) -> String {
    match edit::remove_connector(&path(), text, name) {
        Ok(removed) => {
            assert!(removed.len() <= text.len(), "{removed}");
            let mut expected = before.clone();
            expected.connectors.remove(name.as_str());
            assert_eq!(read(&removed), expected);
            "removed".to_owned()
        }
        Err(error) => case(&error),
    }
}

fn renamed(text: &str, before: &ConfigFile, name: &ConnectorName, new: &ConnectorName) -> String {
    match edit::rename_connector(&path(), text, name, new) {
        Ok(renamed) => {
            assert!(renamed.len() <= 10 * text.len() + ROOM, "{renamed}");
            let back = edit::rename_connector(&path(), &renamed, new, name)
                .unwrap_or_else(|error| panic!("{error} in {renamed}"));
            assert_eq!(read(&back), *before);
            "renamed".to_owned()
        }
        Err(error) => case(&error),
    }
}

fn changed(text: &str, before: &ConfigFile, name: &ConnectorName, table: &ConnectorTable) -> String {
    let mut after = table.clone();
    after.account = Some("it's \"another\"\n# one".to_owned());
    after.groups = Vec::new();
    after.tags.insert("a.b c".to_owned(), "\u{7f}'''".to_owned());
    match edit::change_connector(&path(), text, name, table, &after) {
        Ok(changed) => {
            assert!(changed.len() <= text.len() + ROOM, "{changed}");
            let mut expected = before.clone();
            expected.connectors.insert(name.to_string(), after.clone());
            assert_eq!(read(&changed), expected);
            "changed".to_owned()
        }
        Err(error) => case(&error),
    }
}

fn connectors(input: &[u8]) -> String {
    let Some(text) = text(input) else { return "no text".to_owned() };
    let found = match exchange::read(text, &BTreeSet::new()) {
        Ok(found) => found,
        Err(flaw) => {
            assert!(flaw.place.line <= text.split('\n').count() && flaw.place.column > 0, "{flaw:?}");
            return case(&flaw.flaw);
        }
    };
    let check = |record: &exchange::ConnectorRecord| {
        check_connector(&record.name.parse().ok()?, record.table("ops"), &path(), &no_file).ok()
    };
    let usable: Vec<_> = found.connectors.iter().filter_map(check).collect();
    let again = exchange::read(&exchange::write(&usable).unwrap(), &BTreeSet::new()).unwrap().connectors;
    assert_eq!(again.iter().filter_map(check).collect::<Vec<_>>(), usable);
    format!("{} of {}", usable.len().min(2), found.connectors.len().min(3))
}
