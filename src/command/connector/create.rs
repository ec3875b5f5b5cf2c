//! `afed connector create`: asks for what the flags leave open, checks every rule of AWS, writes the connector.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use super::interview;
use crate::app::App;
use crate::command::config_file;
use crate::command::error::CommandError;
use crate::config::ConfigError;
use crate::config::edit;
use crate::config::file::{ConnectorTable, DurationValue};
use crate::config::settings::{Settings, check_connector, check_with};
use crate::model::duration::SessionDuration;
use crate::model::name::ConnectorName;
use crate::model::principal::PrincipalType;
use crate::ui::Streams;

/// Add a connector: an account, a principal type, and the groups it is open to
///
/// Account, principal type, role and groups are asked for at the terminal where no flag says them
#[derive(Debug, Args)]
pub struct CreateArgs {
    /// What the connector shall be called [default: asked for]
    #[arg(value_name = "NAME")]
    name: Option<ConnectorName>,
    /// The account whose key signs [default: asked for]
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
    /// What kind of credentials it gives [default: asked for]
    #[arg(long, value_enum, value_name = "TYPE")]
    principal: Option<PrincipalType>,
    /// The role to assume [default: asked for]
    #[arg(long, value_name = "ARN")]
    role_arn: Option<String>,
    /// The external id that the role's trust policy asks for
    #[arg(long, value_name = "ID")]
    external_id: Option<String>,
    /// A group whose members may use it [default: asked for] [may be repeated]
    #[arg(long = "group", value_name = "GROUP")]
    groups: Vec<String>,
    /// Open it to administrators only
    #[arg(long, conflicts_with = "groups")]
    administrators_only: bool,
    /// How long its credentials live, such as 3600 or 1h30m [default: 1h for roles, 12h for the others]
    #[arg(long, value_name = "DURATION")]
    duration: Option<SessionDuration>,
    /// The region whose STS is asked and which profiles are given [default: us-east-1, or the first of the role's partition]
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
    /// A file with an inline session policy, read at each use
    #[arg(long, value_name = "FILE")]
    policy_file: Option<PathBuf>,
    /// The ARN of a managed session policy [may be repeated]
    #[arg(long = "policy-arn", value_name = "ARN")]
    policy_arns: Vec<String>,
    /// Give a federated user no policy at all: only what resource policies grant
    #[arg(long)]
    omit_policy: bool,
    /// A session tag; the value may name {user.name}, {user.email} or {user.display_name} [may be repeated]
    #[arg(long = "tag", value_name = "KEY=VALUE")]
    tags: Vec<String>,
    /// A tag that further roles keep [may be repeated]
    #[arg(long = "transitive-tag", value_name = "KEY")]
    transitive_tags: Vec<String>,
    /// The source identity that CloudTrail records; may name {user.name} or {user.email}
    #[arg(long, value_name = "TEXT")]
    source_identity: Option<String>,
}

pub fn run(args: &CreateArgs, app: &App, streams: &mut Streams) -> Result<()> {
    let settings = app.settings()?;
    let name = interview::name(args.name.clone(), app, settings)?;
    let table = complete(args, app, streams, settings)?;
    let path = &app.paths.user_config;
    let connector = check_connector(&name, table.clone(), path, &config_file::read_policy).map_err(of_the_flag)?;
    check_with(&connector, &settings.account(connector.account.as_str())?)?;
    config_file::edit(app, path, |text| Ok(edit::add_connector(path, text, &name, &table)?))?;
    let open_to = match &table.groups[..] {
        [] => "administrators only".to_owned(),
        groups => groups.join(", "),
    };
    streams.status(&format!("Added the connector “{name}”, open to: {open_to}"));
    streams.hint(&format!("use it: afed creds {name}"));
    Ok(())
}

/// The flags, and answers for what they leave open. Where even the principal type is open, a person is led through
/// all that it takes; else only what no connector can be without is asked for.
fn complete(args: &CreateArgs, app: &App, streams: &mut Streams, settings: &Settings) -> Result<ConnectorTable> {
    let account = interview::account(args.account.clone(), app, settings)?;
    let account_type = settings.account(&account).ok().map(|account| account.account_type());
    let principal = interview::principal(args.principal, account_type, app)?;
    let mut table = as_given(args, account, principal)?;
    if principal == PrincipalType::AssumeRole && table.role_arn.is_none() {
        table.role_arn = Some(interview::role_arn(app)?);
    }
    if args.principal.is_none() {
        interview::lead_through(&mut table, principal, app, streams)?;
    }
    if args.groups.is_empty() && !args.administrators_only {
        table.groups = interview::groups(app)?;
    }
    Ok(table)
}

fn as_given(args: &CreateArgs, account: String, principal: PrincipalType) -> Result<ConnectorTable> {
    Ok(ConnectorTable {
        account: Some(account),
        principal: Some(principal),
        role_arn: args.role_arn.clone(),
        external_id: args.external_id.clone(),
        duration: args.duration.map(|duration| DurationValue::Text(duration.to_string())),
        groups: args.groups.clone(),
        region: args.region.clone(),
        policy: None,
        policy_file: args.policy_file.as_deref().map(std::path::absolute).transpose()?,
        policy_arns: args.policy_arns.clone(),
        omit_policy: args.omit_policy.then_some(true),
        tags: tags(&args.tags)?,
        transitive_tags: args.transitive_tags.clone(),
        source_identity: args.source_identity.clone(),
    })
}

/// Nothing stands in the file yet, so a value that can't be used is told by the flag that gave it.
fn of_the_flag(error: ConfigError) -> anyhow::Error {
    match error {
        ConfigError::Field { field, source, .. } => CommandError::AnswerUnfit { what: flag_of(field), source }.into(),
        other => other.into(),
    }
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

fn tags(given: &[String]) -> Result<BTreeMap<String, String>, CommandError> {
    given
        .iter()
        .map(|tag| {
            let (key, value) = tag.split_once('=').ok_or_else(|| CommandError::NotKeyValue(tag.clone()))?;
            Ok((key.to_owned(), value.to_owned()))
        })
        .collect()
}
