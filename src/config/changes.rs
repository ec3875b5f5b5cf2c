//! Which tables of a configuration file an edit changes, by name. Pure.

use std::collections::BTreeMap;

use super::file::ConfigFile;

/// The names of all tables and keys of the top level that differ, such as `crowd` or `connectors.deploy`.
pub fn changes(before: &ConfigFile, after: &ConfigFile) -> Vec<String> {
    let mut changed = Vec::new();
    let mut note = |name: &str, differs: bool| {
        if differs {
            changed.push(name.to_owned());
        }
    };
    note("directory", before.directory != after.directory);
    note("system_name", before.system_name != after.system_name);
    note("crowd", before.crowd != after.crowd);
    note("os", before.os != after.os);
    note("secrets", before.secrets != after.secrets);
    note("cache", before.cache != after.cache);
    note("console", before.console != after.console);
    note("audit", before.audit != after.audit);
    changed.extend(named("accounts", &before.accounts, &after.accounts));
    changed.extend(named("connectors", &before.connectors, &after.connectors));
    changed
}

fn named<T: PartialEq>(group: &str, before: &BTreeMap<String, T>, after: &BTreeMap<String, T>) -> Vec<String> {
    let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
    names.sort_unstable();
    names.dedup();
    let changed = names.into_iter().filter(|name| before.get(*name) != after.get(*name));
    changed.map(|name| format!("{group}.{name}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> ConfigFile {
        toml::from_str(&format!("version = 1\n{text}")).unwrap()
    }

    #[test]
    fn every_table_that_differs_is_named() {
        let before = file("[connectors.a]\n[connectors.b]\nregion = \"eu-west-1\"\n[connectors.c]\n");
        let after = file(
            "directory = \"os\"\nsystem_name = \"s\"\n[os]\n[secrets]\n[cache]\n[console]\n[audit]\n[connectors.b]\n\
             [connectors.c]\n[connectors.d]\n[accounts.ops]\ntype = \"access-key\"\n[crowd]\nurl = \"u\"\n\
             application = \"a\"\n",
        );
        let all = [
            "directory",
            "system_name",
            "crowd",
            "os",
            "secrets",
            "cache",
            "console",
            "audit",
            "accounts.ops",
            "connectors.a",
            "connectors.b",
            "connectors.d",
        ];
        assert_eq!(changes(&before, &after), all);
        assert_eq!(changes(&after, &before), all);
        assert!(changes(&after, &after).is_empty());
    }
}
