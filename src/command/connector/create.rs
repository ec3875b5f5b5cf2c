//! `afed connector create`: asks for what the flags leave open, checks every rule of AWS, writes the connector.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use crate::app::App;
use crate::command::config_file;
use crate::command::error::CommandError;
use crate::command::questions::Question;
use crate::config::ConfigError;
use crate::config::edit;
use crate::config::file::{ConnectorTable, DurationValue};
use crate::config::settings::{Settings, check_connector};
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

const NAME: Question =
    Question { what: "the connector's name", prompt: "Name of the connector", flag: "afed connector create NAME" };
const ACCOUNT: Question =
    Question { what: "the account", prompt: "The account whose key signs", flag: "--account ACCOUNT" };
const PRINCIPAL: Question =
    Question { what: "the principal type", prompt: "What kind of credentials?", flag: "--principal TYPE" };
const ROLE_ARN: Question = Question { what: "the role's ARN", prompt: "ARN of the role", flag: "--role-arn ARN" };
const GROUPS: Question = Question {
    what: "who may use it",
    prompt: "Groups that may use it, separated by commas (empty: administrators only)",
    flag: "--group GROUP or --administrators-only",
};

pub fn run(args: &CreateArgs, app: &App, streams: &mut Streams) -> Result<()> {
    let settings = app.settings()?;
    let name = match &args.name {
        Some(name) => name.clone(),
        None => NAME.text(app, None, None)?.trim().parse()?,
    };
    if let Some(path) = settings.origin_of_connector(name.as_str()) {
        return Err(CommandError::NameTaken {
            what: "a connector",
            name: name.to_string(),
            path: path.to_owned(),
            hint: "choose another name, or edit the file",
        }
        .into());
    }
    let table = ask(args, app, settings)?;
    let path = &app.paths.user_config;
    let connector = check_connector(&name, table.clone(), path, &config_file::read_policy)?;
    settings.account(connector.account.as_str())?;
    config_file::edit(path, |text| Ok(edit::add_connector(path, text, &name, &table)?))?;
    let open_to = match &table.groups[..] {
        [] => "administrators only".to_owned(),
        groups => groups.join(", "),
    };
    streams.status(&format!("Added the connector “{name}”, open to: {open_to}"));
    streams.hint(&format!("use it: afed creds {name}"));
    Ok(())
}

fn ask(args: &CreateArgs, app: &App, settings: &Settings) -> Result<ConnectorTable> {
    let accounts: Vec<(String, String)> =
        settings.account_names().map(|name| (name.to_owned(), name.to_owned())).collect();
    if accounts.is_empty() && args.account.is_none() {
        return Err(ConfigError::NoSuchAccount { name: String::new(), nearest: None }.into());
    }
    let account = ACCOUNT.one_of(app, args.account.clone(), &accounts)?;
    let principals: Vec<(String, PrincipalType)> =
        PrincipalType::ALL.into_iter().map(|principal| (principal.described(), principal)).collect();
    let principal = PRINCIPAL.one_of(app, args.principal, &principals)?;
    let role_arn = match (principal, &args.role_arn) {
        (PrincipalType::AssumeRole, None) => Some(ROLE_ARN.text(app, None, None)?.trim().to_owned()),
        (_, given) => given.clone(),
    };
    let groups = match (&args.groups[..], args.administrators_only) {
        ([], false) => GROUPS.list(app)?,
        (groups, _) => groups.to_vec(),
    };
    Ok(ConnectorTable {
        account: Some(account),
        principal: Some(principal),
        role_arn,
        external_id: args.external_id.clone(),
        duration: args.duration.map(|duration| DurationValue::Text(duration.to_string())),
        groups,
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

fn tags(given: &[String]) -> Result<BTreeMap<String, String>, CommandError> {
    given
        .iter()
        .map(|tag| {
            let (key, value) = tag.split_once('=').ok_or_else(|| CommandError::NotKeyValue(tag.clone()))?;
            Ok((key.to_owned(), value.to_owned()))
        })
        .collect()
}
