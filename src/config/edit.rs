//! Edits of a configuration file that keep every comment, the order and the layout of what people wrote.
//! Text in, text out. What an edit returns has been read again and says exactly what was asked for; an edit that the
//! layout does not allow is refused.

mod fields;
pub mod layout;
mod put;
mod splice;

use std::path::Path;

use toml_edit::Value;

use super::error::ConfigError;
use super::file::{self, AccountTable, ConfigFile, ConnectorTable};
use crate::model::account::AccessKeyId;
use crate::model::name::{AccountName, ConnectorName};
use fields::Fields;
pub use put::{PutConnector, connectors_as_text, put_connectors};

/// Adds `[accounts.NAME]`.
pub fn add_account(path: &Path, text: &str, name: &AccountName, account: &AccountTable) -> Result<String, ConfigError> {
    let place = Place { path, group: "accounts", name: name.as_str() };
    place.refuse_taken(text, |file| file.accounts.contains_key(name.as_str()))?;
    let edited = splice::add_table(text, &place.table(), &fields::of_account(account));
    place.proved(text, edited, |file| drop(file.accounts.insert(name.to_string(), account.clone())))
}

/// Adds `[connectors.NAME]`, with only the keys that say something.
pub fn add_connector(
    path: &Path,
    text: &str,
    name: &ConnectorName,
    connector: &ConnectorTable,
) -> Result<String, ConfigError> {
    let place = Place { path, group: "connectors", name: name.as_str() };
    place.refuse_taken(text, |file| file.connectors.contains_key(name.as_str()))?;
    let edited = splice::add_table(text, &place.table(), &fields::of_connector(connector));
    place.proved(text, edited, |file| drop(file.connectors.insert(name.to_string(), connector.clone())))
}

/// Gives `[accounts.NAME]` another key in place of `old`. What has the new one already stays as it is.
pub fn replace_access_key(
    path: &Path,
    text: &str,
    name: &AccountName,
    old: &AccessKeyId,
    new: &AccessKeyId,
) -> Result<String, ConfigError> {
    let place = Place { path, group: "accounts", name: name.as_str() };
    let file = file::parse(path.to_owned(), text)?.file;
    let found = file.accounts.get(name.as_str()).and_then(|account| account.access_key_id.as_deref());
    if found == Some(new.as_str()) {
        return Ok(text.to_owned());
    }
    if found != Some(old.as_str()) {
        let (path, account) = (path.to_owned(), name.to_string());
        return Err(ConfigError::OtherKeyNow { path, account, expected: old.to_string() });
    }
    let edited = splice::set(text, &["accounts", name.as_str(), "access_key_id"], &new.as_str().into());
    place.proved(text, edited, |file| {
        if let Some(account) = file.accounts.get_mut(name.as_str()) {
            account.access_key_id = Some(new.to_string());
        }
    })
}

/// Changes the keys of an account in which `after` differs from `before`, which is what the text must say.
pub fn change_account(
    path: &Path,
    text: &str,
    name: &AccountName,
    before: &AccountTable,
    after: &AccountTable,
) -> Result<String, ConfigError> {
    let place = Place { path, group: "accounts", name: name.as_str() };
    place.refuse_changed(file::parse(path.to_owned(), text)?.file.accounts.get(name.as_str()), before)?;
    let edited = place.changed(text, &fields::of_account(before), &fields::of_account(after));
    place.proved(text, edited, |file| drop(file.accounts.insert(name.to_string(), after.clone())))
}

/// Changes the keys of a connector in which `after` differs from `before`, which is what the text must say.
pub fn change_connector(
    path: &Path,
    text: &str,
    name: &ConnectorName,
    before: &ConnectorTable,
    after: &ConnectorTable,
) -> Result<String, ConfigError> {
    let place = Place { path, group: "connectors", name: name.as_str() };
    place.refuse_changed(file::parse(path.to_owned(), text)?.file.connectors.get(name.as_str()), before)?;
    let edited = place.changed(text, &fields::of_connector(before), &fields::of_connector(after));
    place.proved(text, edited, |file| drop(file.connectors.insert(name.to_string(), after.clone())))
}

/// The keys in which two tables of a connector differ.
pub fn changed_keys(before: &ConnectorTable, after: &ConnectorTable) -> Vec<&'static str> {
    let (before, after) = (fields::of_connector(before), fields::of_connector(after));
    let says = |fields: &Fields, wanted: &str| {
        fields.iter().find(|(key, _)| *key == wanted).map(|(_, value)| value.to_string())
    };
    let mut keys: Vec<&'static str> = after.iter().chain(&before).map(|(key, _)| *key).collect();
    keys.retain(|key| says(&before, key) != says(&after, key));
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// Takes `[accounts.NAME]` out; comments above it stay.
pub fn remove_account(path: &Path, text: &str, name: &AccountName) -> Result<String, ConfigError> {
    let place = Place { path, group: "accounts", name: name.as_str() };
    place.proved(text, splice::remove(text, &place.table()), |file| drop(file.accounts.remove(name.as_str())))
}

/// Takes `[connectors.NAME]` out; comments above it stay.
pub fn remove_connector(path: &Path, text: &str, name: &ConnectorName) -> Result<String, ConfigError> {
    let place = Place { path, group: "connectors", name: name.as_str() };
    place.proved(text, splice::remove(text, &place.table()), |file| drop(file.connectors.remove(name.as_str())))
}

/// Gives a connector another name; nothing else of it changes.
pub fn rename_connector(
    path: &Path,
    text: &str,
    old: &ConnectorName,
    new: &ConnectorName,
) -> Result<String, ConfigError> {
    let taken = Place { path, group: "connectors", name: new.as_str() };
    taken.refuse_taken(text, |file| file.connectors.contains_key(new.as_str()))?;
    let place = Place { path, group: "connectors", name: old.as_str() };
    place.proved(text, splice::rename(text, &place.table(), new.as_str()), |file| {
        if let Some(connector) = file.connectors.remove(old.as_str()) {
            file.connectors.insert(new.to_string(), connector);
        }
    })
}

/// The table that is edited, and its file for the words of faults.
#[derive(Clone, Copy)]
struct Place<'a> {
    path: &'a Path,
    group: &'static str,
    name: &'a str,
}

impl<'a> Place<'a> {
    const fn table(self) -> [&'a str; 2] {
        [self.group, self.name]
    }

    fn refuse_taken(self, text: &str, is_there: impl Fn(&ConfigFile) -> bool) -> Result<(), ConfigError> {
        if !is_there(&file::parse(self.path.to_owned(), text)?.file) {
            return Ok(());
        }
        let what = if self.group == "accounts" { "an account" } else { "a connector" };
        Err(ConfigError::NameTaken { what, name: self.name.to_owned(), path: self.path.to_owned() })
    }

    /// Two people may edit at once; the second starts again from what the first has written.
    fn refuse_changed<T: PartialEq>(self, found: Option<&T>, before: &T) -> Result<(), ConfigError> {
        if found == Some(before) {
            return Ok(());
        }
        Err(ConfigError::ChangedMeanwhile { path: self.path.to_owned(), table: self.table().join(".") })
    }

    fn changed(self, text: &str, before: &Fields, after: &Fields) -> String {
        let value_in = |fields: &'_ Fields, wanted: &str| -> Option<Value> {
            fields.iter().find(|(key, _)| *key == wanted).map(|(_, value)| value.clone())
        };
        let mut edited = text.to_owned();
        for (key, _) in before.iter().filter(|(key, _)| value_in(after, key).is_none()) {
            edited = splice::remove(&edited, &[self.group, self.name, key]);
        }
        for (key, new) in after {
            let path = [self.group, self.name, key];
            edited = match value_in(before, key) {
                Some(old) if old.to_string() == new.to_string() => edited,
                Some(old) => replace(&edited, &path, &old, new),
                None => splice::set(&edited, &path, new),
            };
        }
        edited
    }

    /// The edited text, if all that it says differently is what `change` does.
    fn proved(self, text: &str, edited: String, change: impl FnOnce(&mut ConfigFile)) -> Result<String, ConfigError> {
        let mut expected = file::parse(self.path.to_owned(), text)?.file;
        change(&mut expected);
        match file::parse(self.path.to_owned(), &edited) {
            Ok(found) if found.file == expected => Ok(edited),
            _ => Err(ConfigError::NotEditable { path: self.path.to_owned(), table: self.table().join(".") }),
        }
    }
}

/// A table inside the table changes key by key, so that the rest of it stays as it is written.
fn replace(text: &str, path: &[&str; 3], old: &Value, new: &Value) -> String {
    let (Some(old), Some(new_table)) = (old.as_inline_table(), new.as_inline_table()) else {
        return splice::set(text, path, new);
    };
    let [group, name, field] = *path;
    let mut edited = text.to_owned();
    for (key, _) in old.iter().filter(|(key, _)| !new_table.contains_key(key)) {
        edited = splice::remove(&edited, &[group, name, field, key]);
    }
    for (key, value) in new_table {
        let is_same = old.get(key).is_some_and(|old| old.to_string().trim() == value.to_string().trim());
        if !is_same {
            let mut plain = value.clone();
            plain.decor_mut().clear();
            edited = splice::set(&edited, &[group, name, field, key], &plain);
        }
    }
    edited
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::file::DurationValue;
    use crate::model::principal::PrincipalType;
    use std::path::PathBuf;

    const WRITTEN: &str = "# ours\nversion = 1   # the only one\ndirectory = \"os\"\n\n[accounts.ops] # the old key\ntype = \"access-key\"\naccess_key_id = \"AKIAIOSFODNN7EXAMPLE\"\n\n# what people use\n[connectors.deploy]\naccount = \"ops\"\nprincipal = \"session-token\"\n   groups = [ \"developers\" ]  # indented on purpose\n# the end\n";

    fn account() -> AccountTable {
        AccountTable {
            account_type: crate::model::account::AccountType::AccessKey,
            access_key_id: Some("AKIAI44QH8DHBEXAMPLE".to_owned()),
            aws_account_id: Some("123123123123".to_owned()),
            mfa_serial: None,
            mfa_process: None,
        }
    }

    fn add(text: &str, name: &str) -> Result<String, ConfigError> {
        add_account(Path::new("c.toml"), text, &name.parse().unwrap(), &account())
    }

    /// What remains of `edited` when the lines of `original` are taken out in order.
    fn added_lines(original: &str, edited: &str) -> Vec<String> {
        let mut expected = original.lines().peekable();
        let added = edited.lines().filter(|line| expected.next_if_eq(line).is_none()).map(str::to_owned).collect();
        assert_eq!(expected.next(), None, "a line was lost or changed in:\n{edited}");
        added
    }

    #[test]
    fn an_account_joins_its_kind_and_nothing_else_changes() {
        let edited = add(WRITTEN, "dev").unwrap();
        assert_eq!(
            added_lines(WRITTEN, &edited),
            [
                "[accounts.dev]",
                "type = \"access-key\"",
                "access_key_id = \"AKIAI44QH8DHBEXAMPLE\"",
                "aws_account_id = \"123123123123\"",
                ""
            ]
        );
        assert!(edited.find("[accounts.dev]").unwrap() < edited.find("# what people use").unwrap(), "{edited}");
    }

    #[test]
    fn the_first_of_a_kind_goes_to_the_end() {
        let text = "version = 1\ndirectory = \"os\"\n";
        let edited = add(text, "dev").unwrap();
        assert!(edited.starts_with(&format!("{text}\n[accounts.dev]\n")), "{edited}");
    }

    #[test]
    fn a_connector_is_written_with_what_it_says_only() {
        let connector = ConnectorTable {
            account: Some("ops".to_owned()),
            principal: Some(PrincipalType::AssumeRole),
            role_arn: Some("arn:aws:iam::123123123123:role/UpdateAPP".to_owned()),
            duration: Some(DurationValue::Text("1h".to_owned())),
            groups: vec!["developers".to_owned()],
            tags: [("team".to_owned(), "{user.name}".to_owned())].into(),
            ..ConnectorTable::default()
        };
        let edited = add_connector(Path::new("c.toml"), WRITTEN, &"prod".parse().unwrap(), &connector).unwrap();
        assert_eq!(
            added_lines(WRITTEN, &edited),
            [
                "",
                "[connectors.prod]",
                "account = \"ops\"",
                "principal = \"assume-role\"",
                "role_arn = \"arn:aws:iam::123123123123:role/UpdateAPP\"",
                "duration = \"1h\"",
                "groups = [\"developers\"]",
                "tags = { team = \"{user.name}\" }"
            ]
        );
        let read = file::parse(PathBuf::from("c.toml"), &edited).unwrap();
        assert_eq!(read.file.connectors["prod"].groups, ["developers"]);
    }

    #[test]
    fn a_key_is_replaced_where_it_stands() {
        let (old, new) = ("AKIAIOSFODNN7EXAMPLE".parse().unwrap(), "AKIAI44QH8DHBEXAMPLE".parse().unwrap());
        let replace =
            |text: &str, name: &str| replace_access_key(Path::new("c.toml"), text, &name.parse().unwrap(), &old, &new);
        let inline =
            "version = 1\naccounts = { ops = { type = \"access-key\", access_key_id = \"AKIAIOSFODNN7EXAMPLE\" } }\n";
        let odd = WRITTEN
            .replace("access_key_id = \"AKIAIOSFODNN7EXAMPLE\"", "access_key_id   =  'AKIAIOSFODNN7EXAMPLE' # of 2025");
        for text in [WRITTEN, inline, &odd] {
            let edited = replace(text, "ops").unwrap();
            let expected = text.replace("'AKIAIOSFODNN7EXAMPLE'", "\"AKIAIOSFODNN7EXAMPLE\"");
            assert_eq!(edited, expected.replace(old.as_str(), new.as_str()));
            assert_eq!(replace(&edited, "ops").unwrap(), edited);
        }
        let other = WRITTEN.replace(old.as_str(), "AKIAIOSFODNN7EXAMPLF");
        for (text, name) in [(other.as_str(), "ops"), (WRITTEN, "dev"), ("version = 1\n", "ops")] {
            assert!(matches!(replace(text, name), Err(ConfigError::OtherKeyNow { .. })), "{text}");
        }
    }

    #[test]
    fn a_taken_name_and_an_inline_table_are_refused() {
        assert!(matches!(add(WRITTEN, "ops"), Err(ConfigError::NameTaken { .. })));
        let inline = "version = 1\naccounts = {}\n";
        assert!(matches!(add(inline, "dev"), Err(ConfigError::NotEditable { .. })));
        assert!(matches!(add("version = 1\n[crowd\n", "dev"), Err(ConfigError::Syntax { line: 2, .. })));
    }
}
