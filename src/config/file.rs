//! The configuration file as written: tables and keys, before any of it is understood.
//! Every key is in one of the `*_KEYS` lists too, which tell a misspelt key from a misplaced one.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;

use super::diagnosis;
use super::error::ConfigError;
use crate::model::account::AccountType;
use crate::model::audit::settings::SecondTarget;
use crate::model::principal::PrincipalType;

/// One `config.toml`.
#[derive(Debug, Default, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfigFile {
    pub version: u32,
    pub directory: Option<DirectoryChoice>,
    pub system_name: Option<String>,
    pub crowd: Option<CrowdTable>,
    pub os: Option<OsTable>,
    pub secrets: Option<SecretsTable>,
    pub cache: Option<CacheTable>,
    pub console: Option<ConsoleTable>,
    pub audit: Option<AuditTable>,
    #[serde(default)]
    pub accounts: BTreeMap<String, AccountTable>,
    #[serde(default)]
    pub connectors: BTreeMap<String, ConnectorTable>,
}

/// Who says who people are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum DirectoryChoice {
    /// Atlassian Crowd, or Jira acting as a Crowd server
    Crowd,
    /// The users and groups of this machine
    Os,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CrowdTable {
    pub url: String,
    pub application: String,
    #[serde(default)]
    pub admin_groups: Vec<String>,
    pub admins_use_every_connector: Option<bool>,
    pub recheck_after: Option<String>,
    pub connect_timeout: Option<String>,
    pub timeout: Option<String>,
    pub ca_bundle: Option<PathBuf>,
    pub allow_http: Option<bool>,
}

#[derive(Debug, Default, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OsTable {
    #[serde(default)]
    pub admin_groups: Vec<String>,
    pub admins_use_every_connector: Option<bool>,
    pub recheck_after: Option<String>,
}

#[derive(Debug, Default, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecretsTable {
    pub store: Option<crate::model::secret_store_choice::SecretStoreChoice>,
    pub timeout: Option<String>,
    pub file: Option<PathBuf>,
    pub passphrase_file: Option<PathBuf>,
    pub passphrase_fd: Option<i32>,
    pub passphrase_credential: Option<String>,
}

#[derive(Debug, Default, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CacheTable {
    pub wait: Option<String>,
}

#[derive(Debug, Default, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsoleTable {
    pub sign_in_url: Option<String>,
    pub console_url: Option<String>,
    pub issuer: Option<String>,
    pub session_duration: Option<DurationValue>,
    pub browser: Option<String>,
    pub browser_wait: Option<String>,
}

#[derive(Debug, Default, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditTable {
    pub enabled: Option<bool>,
    pub file: Option<PathBuf>,
    pub required: Option<bool>,
    pub max_size: Option<String>,
    pub keep: Option<u32>,
    pub also: Option<SecondTarget>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountTable {
    #[serde(rename = "type")]
    pub account_type: AccountType,
    pub access_key_id: Option<String>,
    pub aws_account_id: Option<String>,
    pub mfa_serial: Option<String>,
    pub mfa_process: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConnectorTable {
    pub account: Option<String>,
    pub principal: Option<PrincipalType>,
    pub role_arn: Option<String>,
    pub external_id: Option<String>,
    pub duration: Option<DurationValue>,
    #[serde(default)]
    pub groups: Vec<String>,
    pub system_scope: Option<bool>,
    pub region: Option<String>,
    pub policy: Option<String>,
    pub policy_file: Option<PathBuf>,
    #[serde(default)]
    pub policy_arns: Vec<String>,
    pub omit_policy: Option<bool>,
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
    #[serde(default)]
    pub transitive_tags: Vec<String>,
    pub source_identity: Option<String>,
}

/// A duration in seconds (`3600`) or as text (`"1h30m"`).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum DurationValue {
    Seconds(u32),
    Text(String),
}

pub(super) const TOP_KEYS: &[&str] = &[
    "version",
    "directory",
    "system_name",
    "crowd",
    "os",
    "secrets",
    "cache",
    "console",
    "audit",
    "accounts",
    "connectors",
];
pub(super) const CROWD_KEYS: &[&str] = &[
    "url",
    "application",
    "admin_groups",
    "admins_use_every_connector",
    "recheck_after",
    "connect_timeout",
    "timeout",
    "ca_bundle",
    "allow_http",
];
pub(super) const OS_KEYS: &[&str] = &["admin_groups", "admins_use_every_connector", "recheck_after"];
pub(super) const CACHE_KEYS: &[&str] = &["wait"];
pub(super) const CONSOLE_KEYS: &[&str] =
    &["sign_in_url", "console_url", "issuer", "session_duration", "browser", "browser_wait"];
pub(super) const AUDIT_KEYS: &[&str] = &["enabled", "file", "required", "max_size", "keep", "also"];
pub(super) const SECRETS_KEYS: &[&str] =
    &["store", "timeout", "file", "passphrase_file", "passphrase_fd", "passphrase_credential"];
pub(super) const ACCOUNT_KEYS: &[&str] = &["type", "access_key_id", "aws_account_id", "mfa_serial", "mfa_process"];
pub(super) const CONNECTOR_KEYS: &[&str] = &[
    "account",
    "principal",
    "role_arn",
    "external_id",
    "duration",
    "groups",
    "system_scope",
    "region",
    "policy",
    "policy_file",
    "policy_arns",
    "omit_policy",
    "tags",
    "transitive_tags",
    "source_identity",
];

/// A file's tables together with where they were read.
#[derive(Debug, Clone)]
pub struct SourcedFile {
    pub path: PathBuf,
    pub file: ConfigFile,
}

/// Reads the text of the file at `path`.
pub fn parse(path: PathBuf, text: &str) -> Result<SourcedFile, ConfigError> {
    let file: ConfigFile = toml::from_str(text).map_err(|error| diagnosis::explain(&path, text, &error))?;
    if file.version != 1 {
        return Err(ConfigError::Version { path, found: file.version });
    }
    Ok(SourcedFile { path, file })
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(crate) const EVERY_KEY: &str = r#"
version = 1
directory = "crowd"
system_name = "build-1"
[crowd]
url = "https://crowd.example.com/crowd"
application = "afed"
admin_groups = ["aws-admins"]
admins_use_every_connector = true
recheck_after = "5m"
connect_timeout = "5s"
timeout = "15s"
ca_bundle = "/etc/ssl/crowd.pem"
allow_http = false
[os]
admin_groups = ["wheel"]
admins_use_every_connector = true
recheck_after = "0s"
[cache]
wait = "60s"
[console]
sign_in_url = "https://signin.aws.amazon.com"
console_url = "https://console.aws.amazon.com"
issuer = "afed"
session_duration = "8h"
browser = "firefox --new-tab {url}"
browser_wait = "60s"
[audit]
enabled = true
file = "/var/log/afed/audit.jsonl"
required = false
max_size = "8M"
keep = 8
also = "journald"
[secrets]
store = "auto"
timeout = "5s"
file = "secrets.afed"
passphrase_file = "/run/afed/passphrase"
passphrase_fd = 3
passphrase_credential = "afed"
[accounts.ops]
type = "access-key"
access_key_id = "AKIAIOSFODNN7EXAMPLE"
aws_account_id = "123123123123"
mfa_serial = "arn:aws:iam::123123123123:mfa/ops"
mfa_process = "ykman oath accounts code --single ops"
[connectors.deploy]
account = "ops"
principal = "assume-role"
role_arn = "arn:aws:iam::123123123123:role/UpdateAPP"
external_id = "example"
duration = "1h"
groups = ["developers"]
system_scope = false
region = "eu-west-1"
policy = "{}"
policy_file = "deploy.json"
policy_arns = ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
omit_policy = false
tags = { team = "payments" }
transitive_tags = ["team"]
source_identity = "{user.name}"
"#;

    fn table_of<'a>(document: &'a toml::Table, path: &[&str]) -> &'a toml::Table {
        path.iter().fold(document, |table, key| table[*key].as_table().unwrap())
    }

    #[test]
    fn the_lists_of_keys_are_the_keys_that_are_read() {
        parse(PathBuf::from("config.toml"), EVERY_KEY).unwrap();
        let document: toml::Table = EVERY_KEY.parse().unwrap();
        for (path, keys) in [
            (&[][..], TOP_KEYS),
            (&["crowd"][..], CROWD_KEYS),
            (&["os"][..], OS_KEYS),
            (&["secrets"][..], SECRETS_KEYS),
            (&["cache"][..], CACHE_KEYS),
            (&["console"][..], CONSOLE_KEYS),
            (&["audit"][..], AUDIT_KEYS),
            (&["accounts", "ops"][..], ACCOUNT_KEYS),
            (&["connectors", "deploy"][..], CONNECTOR_KEYS),
        ] {
            let mut written: Vec<&str> = table_of(&document, path).keys().map(String::as_str).collect();
            let mut listed = keys.to_vec();
            written.sort_unstable();
            listed.sort_unstable();
            assert_eq!(written, listed, "{path:?}");
        }
    }

    #[test]
    fn a_misspelt_key_is_named_with_its_place_and_the_near_one() {
        for (text, expected_line, expected_table, key, near) in [
            ("version = 1\ndirectry = \"os\"\n", 2, "the top level", "directry", Some("directory")),
            (
                "version = 1\n[crowd]\nurl = \"x\"\napplication = \"a\"\nadmin_group = []\n",
                5,
                "[crowd]",
                "admin_group",
                Some("admin_groups"),
            ),
            (
                "version = 1\n[connectors.deploy]\n\ndurration = 900\n",
                4,
                "[connectors.deploy]",
                "durration",
                Some("duration"),
            ),
            ("version = 1\n[connectors.deploy]\nxyz = 900\n", 3, "[connectors.deploy]", "xyz", None),
        ] {
            match parse(PathBuf::from("config.toml"), text) {
                Err(ConfigError::UnknownKey { line, table, key: found, nearest, .. }) => {
                    assert_eq!(
                        (line, table.as_str(), found.as_str(), nearest),
                        (expected_line, expected_table, key, near)
                    );
                }
                other => panic!("{text:?}: {other:?}"),
            }
        }
    }

    #[test]
    fn other_faults_have_a_line_too() {
        for (text, line) in [
            ("version = 1\n[crowd\n", 2),
            ("version = 1\ndirectory = \"ldap\"\n", 2),
            ("version = \"one\"\n", 1),
            ("version = 1\n[accounts.ops]\ntype = \"access-key\"\naccess_key_id = 7\n", 4),
            ("version = 1\nversion = 1\n", 2),
        ] {
            match parse(PathBuf::from("config.toml"), text) {
                Err(ConfigError::Syntax { line: found, .. }) => assert_eq!(found, line, "{text:?}"),
                other => panic!("{text:?}: {other:?}"),
            }
        }
    }

    #[test]
    fn another_version_is_refused() {
        assert!(matches!(parse(PathBuf::from("c"), "version = 2\n"), Err(ConfigError::Version { found: 2, .. })));
        assert!(parse(PathBuf::from("c"), "").is_err());
    }
}
