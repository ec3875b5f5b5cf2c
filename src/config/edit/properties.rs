//! Edits of files as people write them: whatever the layout, the bytes that were not asked for stay.

use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::config::file::DurationValue;

/// A file with a comment at each place, in one of the layouts that TOML has for a table.
const LAYOUTS: [&str; 7] = [
    "# a\nversion = 1 # b\n\n# c\n[accounts.ops] # d\ntype = \"access-key\" # e\naccess_key_id = \"AKIAIOSFODNN7EXAMPLE\"\n# f\n\n# g\n[connectors.deploy] # h\n# i\naccount = \"ops\" # j\n  principal   =  'session-token'   # k\n# l\ngroups = [ # m\n  \"developers\", # n\n] # o\n# p\n\n# q\n[connectors.deploy.tags] # r\n# s\nteam = \"a\" # t\n# u\n",
    "version = 1\n[connectors.deploy.tags]\nteam = \"a\"\n[accounts.ops]\ntype = \"access-key\"\n[connectors.deploy]\naccount = \"ops\"\nprincipal = \"session-token\"\ngroups = [\"developers\"]\n",
    "version = 1\n\n[connectors]\n# i\ndeploy.account = \"ops\" # j\ndeploy.principal = \"session-token\"\n\"deploy\".groups = [\"developers\"]\ndeploy . tags . team = \"a\" # t\n# u\n[accounts]\nops = { type = \"access-key\" } # v\n",
    "version = 1\n\n[connectors]\nother = { account = \"ops\" } # x\ndeploy = { account = \"ops\", principal = \"session-token\", groups = [ \"developers\" ], tags = { team = \"a\" } } # y\n",
    "version = 1\nconnectors.'deploy'.account = \"ops\"\nconnectors.deploy.principal = \"session-token\" # z\nconnectors.deploy.groups = [\"developers\"]\nconnectors.deploy.tags = { team = \"a\" }\n",
    "version = 1\n[connectors.\"de\\u0070loy\"]\naccount = \"ops\"\nprincipal = \"session-token\"\ngroups = [\"developers\"]\ntags = {team=\"a\"}\npolicy = '''\n[connectors.deploy]\n# no comment\naccount = 1\n'''\n# end",
    "version = 1\n[ connectors . deploy ]\naccount=\"ops\"\nprincipal=\"session-token\"\ngroups=[\"developers\"]\ntags.team=\"a\"",
];

fn deploy() -> ConnectorName {
    "deploy".parse().unwrap()
}

fn read(text: &str) -> ConnectorTable {
    file::parse(Path::new("c.toml").to_owned(), text).unwrap().file.connectors.remove("deploy").unwrap()
}

fn change(text: &str, after: &ConnectorTable) -> String {
    change_connector(Path::new("c.toml"), text, &deploy(), &read(text), after)
        .unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// Every layout, with the line ends of Unix and of Windows.
fn texts() -> impl Iterator<Item = String> {
    LAYOUTS.into_iter().flat_map(|text| [text.to_owned(), text.replace('\n', "\r\n")])
}

fn lone_line_feeds(text: &str) -> usize {
    text.matches('\n').count() - text.matches("\r\n").count()
}

#[test]
fn a_value_changes_in_its_place() {
    for text in texts() {
        let edited = change(&text, &ConnectorTable { account: Some("dev".to_owned()), ..read(&text) });
        assert_eq!(edited.len(), text.len(), "{edited}");
        assert_eq!(edited.matches("\"dev\"").count(), 1, "{edited}");
        assert_eq!(edited.replace("\"dev\"", "\"ops\""), text);
    }
}

#[test]
fn what_is_added_can_be_taken_back() {
    for text in texts() {
        let before = read(&text);
        let mut after = before.clone();
        after.duration = Some(DurationValue::Text("1h".to_owned()));
        after.tags.insert("e mail".to_owned(), "{user.email}".to_owned());
        let edited = change(&text, &after);
        let added: usize = edited.len() - text.len();
        assert!(added < 90, "{edited}");
        assert!(lone_line_feeds(&edited) == 0 || !text.contains("\r\n"), "{edited:?}");
        // A last line without an end is given one.
        assert_eq!(change(&edited, &before).trim_end(), text.trim_end());
    }
}

#[test]
fn what_is_removed_takes_no_comment_line_with_it() {
    let edited = change(LAYOUTS[0], &ConnectorTable { tags: [].into(), ..read(LAYOUTS[0]) });
    let gone = "\n[connectors.deploy.tags] # r\n# s\nteam = \"a\" # t\n";
    assert_eq!(edited, LAYOUTS[0].replace(gone, "\n"));
    for text in texts() {
        let edited = change(&text, &ConnectorTable { tags: [].into(), groups: Vec::new(), ..read(&text) });
        assert_eq!(read(&edited).tags.len(), 0);
    }
}

#[test]
fn a_connector_is_renamed_wherever_its_name_stands() {
    for text in texts() {
        let renamed = rename_connector(Path::new("c.toml"), &text, &deploy(), &"pr.od".parse().unwrap())
            .unwrap_or_else(|error| panic!("{error}\n{text}"));
        let back = rename_connector(Path::new("c.toml"), &renamed, &"pr.od".parse().unwrap(), &deploy()).unwrap();
        let plain = text
            .replace("\"de\\u0070loy\"", "deploy")
            .replace("\"deploy\".", "deploy.")
            .replace("'deploy'.", "deploy.");
        assert_eq!(back, plain);
    }
}

#[test]
fn many_at_once_are_changed_as_one_by_one() {
    for text in texts() {
        let before = read(&text);
        let after =
            ConnectorTable { account: Some("dev".to_owned()), groups: Vec::new(), tags: [].into(), ..before.clone() };
        let put = PutConnector { name: deploy(), before: Some(before), after: after.clone() };
        let edited = put_connectors(Path::new("c.toml"), &text, std::slice::from_ref(&put)).unwrap();
        assert_eq!(edited, change(&text, &after));
        let again = PutConnector { before: None, ..put };
        let taken = put_connectors(Path::new("c.toml"), &text, &[again]);
        assert!(matches!(taken, Err(ConfigError::NameTaken { .. })));
    }
    let new = |name: &str| PutConnector { name: name.parse().unwrap(), before: None, after: read(LAYOUTS[6]) };
    let edited = put_connectors(Path::new("c.toml"), LAYOUTS[6], &[new("b"), new("a")]).unwrap();
    let table =
        "account = \"ops\"\nprincipal = \"session-token\"\ngroups = [\"developers\"]\ntags = { team = \"a\" }\n";
    assert_eq!(edited, format!("{}\n\n[connectors.b]\n{table}\n[connectors.a]\n{table}", LAYOUTS[6]));
}

#[test]
fn a_connector_goes_whole_and_alone() {
    for text in texts() {
        let edited =
            remove_connector(Path::new("c.toml"), &text, &deploy()).unwrap_or_else(|error| panic!("{error}\n{text}"));
        assert!(!edited.contains("developers"), "{edited}");
        let lines: Vec<&str> = edited.lines().collect();
        assert!(lines.iter().all(|line| text.contains(line)), "{edited}");
    }
    let edited = remove_connector(Path::new("c.toml"), LAYOUTS[0], &deploy()).unwrap();
    assert!(edited.ends_with("EXAMPLE\"\n# f\n\n# g\n# p\n\n# q\n# u\n"), "{edited}");
}

#[test]
fn a_table_of_tables_written_inline_is_left_alone() {
    let text = "version = 1\nconnectors = { deploy = { account = \"ops\" } }\n";
    let renamed = rename_connector(Path::new("c.toml"), text, &deploy(), &"x".parse().unwrap());
    assert!(matches!(renamed, Err(ConfigError::NotEditable { .. })));
    let edited = change(text, &ConnectorTable { account: Some("dev".to_owned()), ..read(text) });
    assert_eq!(edited, text.replace("\"ops\"", "\"dev\""));
    assert_eq!(remove_connector(Path::new("c.toml"), text, &deploy()).unwrap(), "version = 1\nconnectors = {}\n");
}

proptest! {
    #[test]
    fn any_values_arrive_in_every_layout(
        layout in 0..LAYOUTS.len(),
        role_arn in proptest::option::of(any::<String>()),
        groups in proptest::collection::vec(any::<String>(), 0..3),
        tags in proptest::collection::btree_map(any::<String>(), any::<String>(), 0..3),
        windows in any::<bool>(),
    ) {
        let text = if windows { LAYOUTS[layout].replace('\n', "\r\n") } else { LAYOUTS[layout].to_owned() };
        let before = read(&text);
        let after = ConnectorTable { role_arn, groups, tags, ..before };
        let edited = change(&text, &after);
        prop_assert_eq!(read(&edited), after);
        let comments = |text: &str| text.lines().filter(|line| line.trim_start().starts_with("# ")).map(str::to_owned).collect::<Vec<_>>();
        let lost = comments(&text).into_iter().filter(|comment| !edited.contains(comment.as_str())).collect::<Vec<_>>();
        prop_assert!(lost.is_empty() || lost == ["# s"], "{lost:?} lost in {edited}");
    }
}
