//! The names that a configuration file holds, however much else is wrong in it: what a shell offers while somebody types.
//! Nothing is checked but the names themselves, and nothing here is enough to hand anything out.

use std::borrow::Cow;
use std::collections::BTreeSet;

use clap::ValueEnum;
use toml::de::{DeTable, DeValue};

use crate::model::account::AccountType;
use crate::model::name::{AccountName, ConnectorName, GroupName};
use crate::model::principal::PrincipalType;
use crate::model::region::Region;

/// From this many bytes on, only the lines that name and describe are read: with the rest, a parser would keep somebody
/// waiting who has pressed a key.
const LARGE: usize = 512 * 1_024;
/// How such lines begin. A table that is not written under a header of its own is not seen in a large file.
const TELLING: [&str; 5] = ["[", "account ", "principal ", "type ", "aws_account_id "];

/// What one or more files name.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Outline {
    pub accounts: Vec<Named>,
    pub connectors: Vec<Named>,
    pub groups: BTreeSet<String>,
    pub regions: BTreeSet<String>,
    pub policy_arns: BTreeSet<String>,
}

/// A name, with what can be told of it in a few words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub name: String,
    pub about: Option<String>,
}

impl Outline {
    /// Adds what the text of another file names. What can't be read of it is left out.
    pub fn add(&mut self, written: &str) {
        let written = telling_lines(written);
        let (document, _faults) = DeTable::parse_recoverable(&written);
        let document = document.get_ref();
        for (name, account) in tables(document, "accounts") {
            self.accounts.extend(fit::<AccountName>(name).map(|name| Named { name, about: about_account(account) }));
        }
        for (name, connector) in tables(document, "connectors") {
            let Some(name) = fit::<ConnectorName>(name) else { continue };
            self.connectors.push(Named { name, about: about_connector(connector) });
            self.groups.extend(texts(connector, "groups").filter_map(fit::<GroupName>));
            self.regions.extend(text(connector, "region").and_then(fit::<Region>));
            self.policy_arns.extend(texts(connector, "policy_arns").map(str::to_owned));
        }
        for directory in ["crowd", "os"] {
            let table = document.get(directory).and_then(|value| value.get_ref().as_table());
            let groups = table.into_iter().flat_map(|table| texts(table, "admin_groups"));
            self.groups.extend(groups.filter_map(fit::<GroupName>));
        }
    }
}

fn telling_lines(written: &str) -> Cow<'_, str> {
    if written.len() < LARGE {
        return Cow::Borrowed(written);
    }
    let is_telling = |line: &&str| TELLING.iter().any(|start| line.starts_with(start));
    Cow::Owned(written.split_inclusive('\n').filter(is_telling).collect())
}

fn about_account(table: &DeTable<'_>) -> Option<String> {
    let account_type = AccountType::from_str(text(table, "type")?, false).ok()?;
    let id = text(table, "aws_account_id").filter(|id| id.bytes().all(|byte| byte.is_ascii_digit()));
    Some([Some(account_type.as_str()), id].into_iter().flatten().collect::<Vec<_>>().join(" of "))
}

fn about_connector(table: &DeTable<'_>) -> Option<String> {
    let principal = PrincipalType::from_str(text(table, "principal")?, false).ok()?;
    let account = text(table, "account").and_then(fit::<AccountName>);
    Some([Some(principal.as_str().to_owned()), account].into_iter().flatten().collect::<Vec<_>>().join(" by "))
}

/// The text, if it is one of these names.
fn fit<N: std::str::FromStr + ToString>(text: &str) -> Option<String> {
    text.parse::<N>().ok().map(|name| name.to_string())
}

fn tables<'a>(document: &'a DeTable<'_>, group: &str) -> impl Iterator<Item = (&'a str, &'a DeTable<'a>)> {
    let group = document.get(group).and_then(|value| value.get_ref().as_table());
    let entries = group.into_iter().flat_map(|group| group.iter());
    entries.filter_map(|(name, value)| Some((name.get_ref().as_ref(), value.get_ref().as_table()?)))
}

fn text<'a>(table: &'a DeTable<'_>, key: &str) -> Option<&'a str> {
    table.get(key).and_then(|value| value.get_ref().as_str())
}

fn texts<'a>(table: &'a DeTable<'_>, key: &str) -> impl Iterator<Item = &'a str> {
    let list = table.get(key).and_then(|value| value.get_ref().as_array());
    list.into_iter().flat_map(|list| list.iter()).filter_map(|value| DeValue::as_str(value.get_ref()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "version = 1\n[crowd]\nadmin_groups = [\"aws-admins\"]\n[accounts.ops]\ntype = \"access-key\"\n\
        aws_account_id = \"123123123123\"\n[connectors.deploy]\naccount = \"ops\"\nprincipal = \"assume-role\"\n\
        groups = [\"Ops & Devs\"]\nregion = \"eu-west-1\"\npolicy_arns = [\"arn:aws:iam::aws:policy/ReadOnlyAccess\"]\n";

    fn outline(text: &str) -> Outline {
        let mut outline = Outline::default();
        outline.add(text);
        outline
    }

    fn named(name: &str, about: Option<&str>) -> Vec<Named> {
        vec![Named { name: name.to_owned(), about: about.map(str::to_owned) }]
    }

    #[test]
    fn a_file_tells_its_names_and_what_they_are() {
        let found = outline(FILE);
        assert_eq!(found.accounts, named("ops", Some("access-key of 123123123123")));
        assert_eq!(found.connectors, named("deploy", Some("assume-role by ops")));
        assert_eq!(found.groups, ["Ops & Devs", "aws-admins"].map(str::to_owned).into());
        assert_eq!(found.regions, ["eu-west-1".to_owned()].into());
        assert_eq!(found.policy_arns, ["arn:aws:iam::aws:policy/ReadOnlyAccess".to_owned()].into());
    }

    #[test]
    fn what_is_wrong_elsewhere_hides_no_name() {
        for fault in ["wrong = \n", "[half\n", "directory = \"ldap\"\nx = 1\nx = 2\n", "= = =\n"] {
            assert_eq!(outline(&format!("{fault}{FILE}")).connectors.len(), 1, "{fault}");
            assert_eq!(outline(&format!("{FILE}{fault}")).connectors.len(), 1, "{fault}");
        }
        for nothing in ["", "\0", "connectors = 7\n", "[connectors]\ndeploy = 7\n", "[[connectors]]\naccount = \"a\"\n"]
        {
            assert_eq!(outline(nothing), Outline::default(), "{nothing:?}");
        }
    }

    #[test]
    fn a_large_file_tells_names_and_what_they_are() {
        let one = |index: usize| {
            format!(
                "[connectors.c-{index}]\naccount = \"ops\"\nprincipal = \"provided\"\npolicy = \"\"\"\n{{\n\"a\": [\n]}}\"\"\"\n"
            )
        };
        let many: String = (0..10_000).map(one).collect();
        let found = outline(&format!("{FILE}{many}"));
        assert_eq!(found.accounts, named("ops", Some("access-key of 123123123123")));
        assert_eq!(found.connectors.len(), 10_001);
        assert!(found.connectors.contains(&named("c-77", Some("provided by ops"))[0]));
    }

    #[test]
    fn what_afed_would_not_take_is_not_offered() {
        let found = outline(
            "[connectors.\"$(id)\"]\n[connectors.b]\naccount = \"$(id)\"\nprincipal = \"provided\"\nregion = \"$(id)\"\n",
        );
        assert_eq!(found.connectors, named("b", Some("provided")));
        assert_eq!(found.regions, BTreeSet::new());
    }
}
