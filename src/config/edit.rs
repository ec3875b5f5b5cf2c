//! Edits of a configuration file that keep every comment, the order and the layout of what people wrote.
//! Text in, text out. A result that would not parse again is never returned.

use std::path::Path;

use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, Value};

use super::error::ConfigError;
use super::file::{self, AccountTable, ConnectorTable, DurationValue};
use crate::model::account::AccessKeyId;
use crate::model::name::{AccountName, ConnectorName};

/// Adds `[accounts.NAME]`.
pub fn add_account(path: &Path, text: &str, name: &AccountName, account: &AccountTable) -> Result<String, ConfigError> {
    let mut table = Table::new();
    let account_type = match account.account_type {
        file::AccountType::AccessKey => "access-key",
    };
    table.insert("type", toml_edit::value(account_type));
    insert_text(&mut table, "access_key_id", account.access_key_id.as_deref());
    insert_text(&mut table, "aws_account_id", account.aws_account_id.as_deref());
    add_table(path, text, "accounts", name.as_str(), table)
}

/// Adds `[connectors.NAME]`, with only the keys that say something.
pub fn add_connector(
    path: &Path,
    text: &str,
    name: &ConnectorName,
    connector: &ConnectorTable,
) -> Result<String, ConfigError> {
    add_table(path, text, "connectors", name.as_str(), connector_table(connector))
}

/// Gives `[accounts.NAME]` another key in place of `old`. What has the new one already stays as it is.
pub fn replace_access_key(
    path: &Path,
    text: &str,
    name: &AccountName,
    old: &AccessKeyId,
    new: &AccessKeyId,
) -> Result<String, ConfigError> {
    let mut document: DocumentMut = text.parse().map_err(|_| why_unreadable(path, text))?;
    let account = document.get_mut("accounts").and_then(|accounts| accounts.get_mut(name.as_str()));
    let key = account.and_then(|account| account.get_mut("access_key_id")).and_then(Item::as_value_mut);
    let found = key.as_ref().and_then(|key| key.as_str()).unwrap_or_default();
    match key {
        Some(_) if found == new.as_str() => return Ok(text.to_owned()),
        Some(key) if found == old.as_str() => {
            let decor = key.decor().clone();
            *key = Value::from(new.as_str());
            *key.decor_mut() = decor;
        }
        _ => {
            let (path, account) = (path.to_owned(), name.to_string());
            return Err(ConfigError::OtherKeyNow { path, account, expected: old.to_string() });
        }
    }
    let edited = document.to_string();
    file::parse(path.to_owned(), &edited)?;
    Ok(edited)
}

fn connector_table(connector: &ConnectorTable) -> Table {
    let mut table = Table::new();
    insert_text(&mut table, "account", connector.account.as_deref());
    insert_text(&mut table, "principal", connector.principal.map(|principal| principal.as_str()));
    insert_text(&mut table, "role_arn", connector.role_arn.as_deref());
    insert_text(&mut table, "external_id", connector.external_id.as_deref());
    match &connector.duration {
        Some(DurationValue::Seconds(seconds)) => drop(table.insert("duration", toml_edit::value(i64::from(*seconds)))),
        Some(DurationValue::Text(text)) => insert_text(&mut table, "duration", Some(text)),
        None => {}
    }
    table.insert("groups", toml_edit::value(connector.groups.iter().collect::<Array>()));
    insert_text(&mut table, "region", connector.region.as_deref());
    insert_text(&mut table, "policy", connector.policy.as_deref());
    insert_text(&mut table, "policy_file", connector.policy_file.as_deref().and_then(Path::to_str));
    insert_list(&mut table, "policy_arns", &connector.policy_arns);
    if connector.omit_policy == Some(true) {
        table.insert("omit_policy", toml_edit::value(true));
    }
    if !connector.tags.is_empty() {
        let tags: InlineTable = connector.tags.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        table.insert("tags", toml_edit::value(tags));
    }
    insert_list(&mut table, "transitive_tags", &connector.transitive_tags);
    insert_text(&mut table, "source_identity", connector.source_identity.as_deref());
    table
}

fn insert_text(table: &mut Table, key: &str, text: Option<&str>) {
    if let Some(text) = text {
        table.insert(key, toml_edit::value(text));
    }
}

fn insert_list(table: &mut Table, key: &str, items: &[String]) {
    if !items.is_empty() {
        table.insert(key, toml_edit::value(items.iter().map(Value::from).collect::<Array>()));
    }
}

fn add_table(path: &Path, text: &str, group: &str, name: &str, mut table: Table) -> Result<String, ConfigError> {
    let mut document: DocumentMut = match text.parse() {
        Ok(document) => document,
        Err(_) => return Err(why_unreadable(path, text)),
    };
    let position = position_in(&document, group);
    let tables = document.entry(group).or_insert_with(|| Item::Table(implicit()));
    let Some(tables) = tables.as_table_mut() else {
        return Err(ConfigError::NotEditable { path: path.to_owned(), table: group.to_owned() });
    };
    if tables.contains_key(name) {
        let what = if group == "accounts" { "an account" } else { "a connector" };
        return Err(ConfigError::NameTaken { what, name: name.to_owned(), path: path.to_owned() });
    }
    table.set_position(position);
    table.decor_mut().set_prefix(if text.is_empty() { "" } else { "\n" });
    tables.insert(name, Item::Table(table));
    let edited = document.to_string();
    file::parse(path.to_owned(), &edited)?;
    Ok(edited)
}

fn why_unreadable(path: &Path, text: &str) -> ConfigError {
    match file::parse(path.to_owned(), text) {
        Err(fault) => fault,
        Ok(_) => ConfigError::Syntax { path: path.to_owned(), line: 1, message: "the file can't be edited".to_owned() },
    }
}

fn implicit() -> Table {
    let mut table = Table::new();
    table.set_implicit(true);
    table
}

/// Right behind the last table of the same group; at the end of the file where there is none.
fn position_in(document: &DocumentMut, group: &str) -> Option<isize> {
    let tables = document.get(group)?.as_table()?;
    tables.iter().filter_map(|(_, item)| last_position(item)).max()
}

fn last_position(item: &Item) -> Option<isize> {
    let table = item.as_table()?;
    table.iter().filter_map(|(_, inner)| last_position(inner)).chain(table.position()).max()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::principal::PrincipalType;
    use std::path::PathBuf;

    const WRITTEN: &str = "# ours\nversion = 1   # the only one\ndirectory = \"os\"\n\n[accounts.ops] # the old key\ntype = \"access-key\"\naccess_key_id = \"AKIAIOSFODNN7EXAMPLE\"\n\n# what people use\n[connectors.deploy]\naccount = \"ops\"\nprincipal = \"session-token\"\n   groups = [ \"developers\" ]  # indented on purpose\n# the end\n";

    fn account() -> AccountTable {
        AccountTable {
            account_type: file::AccountType::AccessKey,
            access_key_id: Some("AKIAI44QH8DHBEXAMPLE".to_owned()),
            aws_account_id: Some("123123123123".to_owned()),
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
