//! What the command line can say of a connector, for `create` and `edit` alike: the flags, and how they change its table.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::command::error::CommandError;
use crate::config::ConfigError;
use crate::config::file::{ConnectorTable, DurationValue};
use crate::model::connector::Connector;
use crate::model::duration::SessionDuration;
use crate::model::principal::PrincipalType;
use crate::policy;
use crate::ui::Streams;

/// A connector as the command line gives it.
#[derive(Debug, Default, PartialEq, Eq, Args)]
pub struct ConnectorFields {
    /// The account whose key signs
    #[arg(long, value_name = "ACCOUNT")]
    pub account: Option<String>,
    /// What kind of credentials it gives
    #[arg(long, value_enum, value_name = "TYPE")]
    pub principal: Option<PrincipalType>,
    /// The role to assume
    #[arg(long, value_name = "ARN")]
    pub role_arn: Option<String>,
    /// The external id that the role's trust policy asks for
    #[arg(long, value_name = "ID")]
    pub external_id: Option<String>,
    /// A group whose members may use it [may be repeated]
    #[arg(long = "group", value_name = "GROUP")]
    pub groups: Vec<String>,
    /// Open it to administrators only
    #[arg(long, conflicts_with = "groups")]
    pub administrators_only: bool,
    /// Open it to the system too: afed creds NAME --system, with no person
    #[arg(long)]
    pub system_scope: bool,
    /// How long its credentials live, such as 3600 or 1h30m [default: 1h for roles, 12h for the others]
    #[arg(long, value_name = "DURATION")]
    pub duration: Option<SessionDuration>,
    /// The region whose STS is asked and which profiles are given [default: us-east-1, or the first of the role's partition]
    #[arg(long, value_name = "REGION")]
    pub region: Option<String>,
    /// A file with an inline session policy, read at each use; see afed policy examples
    #[arg(long, value_name = "FILE")]
    pub policy_file: Option<PathBuf>,
    /// The ARN of a managed session policy [may be repeated]
    #[arg(long = "policy-arn", value_name = "ARN")]
    pub policy_arns: Vec<String>,
    /// Give a federated user no policy at all: only what resource policies grant
    #[arg(long)]
    pub omit_policy: bool,
    /// A session tag; the value may name {user.name}, {user.email} or {user.display_name} [may be repeated]
    #[arg(long = "tag", value_name = "KEY=VALUE")]
    pub tags: Vec<String>,
    /// A tag that further roles keep [may be repeated]
    #[arg(long = "transitive-tag", value_name = "KEY")]
    pub transitive_tags: Vec<String>,
    /// The source identity that CloudTrail records; may name {user.name} or {user.email}
    #[arg(long, value_name = "TEXT")]
    pub source_identity: Option<String>,
}

/// A key that a connector can be without, by its name in the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum Clearable {
    RoleArn,
    ExternalId,
    SystemScope,
    Duration,
    Region,
    /// The inline policy, also where it is in a file
    Policy,
    PolicyArns,
    OmitPolicy,
    Tags,
    TransitiveTags,
    SourceIdentity,
}

impl ConnectorFields {
    /// Whether no flag says anything.
    pub fn is_silent(&self) -> bool {
        *self == Self::default()
    }

    /// Writes what the flags say into the table; a list takes the place of the whole earlier one.
    pub fn apply(&self, table: &mut ConnectorTable) -> Result<(), CommandError> {
        set(&mut table.account, self.account.clone());
        set(&mut table.principal, self.principal);
        set(&mut table.role_arn, self.role_arn.clone());
        set(&mut table.external_id, self.external_id.clone());
        set(&mut table.duration, self.duration.map(|duration| DurationValue::Text(duration.to_string())));
        set(&mut table.region, self.region.clone());
        set(&mut table.source_identity, self.source_identity.clone());
        set(&mut table.system_scope, self.system_scope.then_some(true));
        set(&mut table.omit_policy, self.omit_policy.then_some(true));
        if let Some(path) = &self.policy_file {
            let absolute = std::path::absolute(path).map_err(|source| CommandError::File {
                path: path.clone(),
                operation: "found",
                source,
            })?;
            (table.policy, table.policy_file) = (None, Some(absolute));
        }
        if self.administrators_only {
            table.groups.clear();
        }
        set_list(&mut table.groups, &self.groups);
        set_list(&mut table.policy_arns, &self.policy_arns);
        set_list(&mut table.transitive_tags, &self.transitive_tags);
        if !self.tags.is_empty() {
            table.tags = tags(&self.tags)?;
        }
        Ok(())
    }
}

impl Clearable {
    pub fn clear(self, table: &mut ConnectorTable) {
        match self {
            Self::RoleArn => table.role_arn = None,
            Self::ExternalId => table.external_id = None,
            Self::SystemScope => table.system_scope = None,
            Self::Duration => table.duration = None,
            Self::Region => table.region = None,
            Self::Policy => (table.policy, table.policy_file) = (None, None),
            Self::PolicyArns => table.policy_arns.clear(),
            Self::OmitPolicy => table.omit_policy = None,
            Self::Tags => table.tags.clear(),
            Self::TransitiveTags => table.transitive_tags.clear(),
            Self::SourceIdentity => table.source_identity = None,
        }
    }
}

/// A value that can't be used, told by the flag that gave it, where it was given by one.
pub fn of_the_flag(error: ConfigError, was_given: impl Fn(&str) -> bool) -> anyhow::Error {
    match error {
        ConfigError::Field { field, source, .. } if was_given(field) => {
            CommandError::AnswerUnfit { what: flag_of(field), source }.into()
        }
        other => other.into(),
    }
}

/// Refuses an inline policy that AWS would refuse; what is odd about another is told.
pub fn check_policy(connector: &Connector, table: &ConnectorTable, streams: &mut Streams) -> Result<(), CommandError> {
    let inline = connector.principal.policies().and_then(|policies| policies.inline.as_ref());
    let Some(policy) = inline else { return Ok(()) };
    let refused = |refused| CommandError::AnswerUnfit { what: flag_of("policy_file"), source: Box::new(refused) };
    let warnings = policy::accept(policy.as_str()).map_err(refused)?;
    let file = table.policy_file.as_deref().unwrap_or(Path::new("the policy")).display().to_string();
    warnings.iter().for_each(|warning| streams.notice(&warning.told(&file)));
    Ok(())
}

fn flag_of(field: &'static str) -> &'static str {
    match field {
        "account" => "the value of --account",
        "role_arn" => "the value of --role-arn",
        "region" => "the value of --region",
        "groups" => "the value of --group",
        "policy_file" => "the value of --policy-file",
        "policy_arns" => "the value of --policy-arn",
        "tags" => "the value of --tag",
        "source_identity" => "the value of --source-identity",
        other => other,
    }
}

fn set<T>(field: &mut Option<T>, given: Option<T>) {
    if given.is_some() {
        *field = given;
    }
}

fn set_list(field: &mut Vec<String>, given: &[String]) {
    if !given.is_empty() {
        *field = given.to_vec();
    }
}

/// Tags as flags give them, each KEY=VALUE.
pub fn tags(given: &[String]) -> Result<BTreeMap<String, String>, CommandError> {
    given
        .iter()
        .map(|tag| {
            let (key, value) = tag.split_once('=').ok_or_else(|| CommandError::NotKeyValue(tag.clone()))?;
            Ok((key.to_owned(), value.to_owned()))
        })
        .collect()
}
