//! What `afed connector create` asks: each answer is checked when it is typed, by the rules that check the file.
//! What has a sensible default shows it, and an answer that is the default is not written down.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::app::App;
use crate::command::config_file;
use crate::command::error::CommandError;
use crate::command::questions::Question;
use crate::config::file::{ConnectorTable, DurationValue};
use crate::config::settings::Settings;
use crate::model::account::AccountType;
use crate::model::arn::{PolicyArn, RoleArn};
use crate::model::duration::SessionDuration;
use crate::model::name::ConnectorName;
use crate::model::principal::{PrincipalType, check_duration, check_external_id};
use crate::model::region::Region;
use crate::model::session_policy::SessionPolicy;
use crate::ui::Streams;

const NAME: Question =
    Question { what: "the connector's name", prompt: "Name of the connector", flag: "afed connector create NAME" };
const ACCOUNT: Question =
    Question { what: "the account", prompt: "The account whose key signs", flag: "--account ACCOUNT" };
const PRINCIPAL: Question =
    Question { what: "the principal type", prompt: "What kind of credentials?", flag: "--principal TYPE" };
const ROLE_ARN: Question = Question { what: "the role's ARN", prompt: "ARN of the role", flag: "--role-arn ARN" };
const EXTERNAL_ID: Question = Question {
    what: "the external id",
    prompt: "External id that the role asks for (empty: none)",
    flag: "--external-id ID",
};
const RIGHTS: Question = Question {
    what: "the policy",
    prompt: "What may the federated user do?",
    flag: "--policy-file FILE, --policy-arn ARN or --omit-policy",
};
const POLICY_FILE: Question =
    Question { what: "the policy's file", prompt: "File with the policy", flag: "--policy-file FILE" };
const NARROWING_POLICY_FILE: Question = Question {
    what: "the policy's file",
    prompt: "File with a policy that narrows the role's rights (empty: none)",
    flag: "--policy-file FILE",
};
const POLICY_ARN: Question =
    Question { what: "the policy's ARN", prompt: "ARN of the managed policy", flag: "--policy-arn ARN" };
const DURATION: Question = Question {
    what: "the duration",
    prompt: "How long its credentials live (such as 45m or 12h)",
    flag: "--duration DURATION",
};
const REGION: Question = Question { what: "the region", prompt: "Region", flag: "--region REGION" };
const GROUPS: Question = Question {
    what: "who may use it",
    prompt: "Groups that may use it, separated by commas (empty: administrators only)",
    flag: "--group GROUP or --administrators-only",
};

/// Where policies are written and tried, in AWS's own tools.
const POLICY_HINT: &str = "AWS helps to write a policy (https://awspolicygen.s3.amazonaws.com/policygen.html) and to try it (https://policysim.aws.amazon.com/)";

/// What bounds the rights of a federated user.
#[derive(Debug, Clone, Copy)]
enum Rights {
    Inline,
    Managed,
    ResourcePoliciesOnly,
}

/// A name that no other connector has.
pub fn name(given: Option<ConnectorName>, app: &App, settings: &Settings) -> Result<ConnectorName> {
    let free = |name: ConnectorName| match settings.origin_of_connector(name.as_str()) {
        None => Ok(name),
        Some(path) => Err(CommandError::NameTaken {
            what: "a connector",
            name: name.to_string(),
            path: path.to_owned(),
            hint: "choose another name, or edit the file",
        }),
    };
    match given {
        Some(given) => Ok(free(given)?),
        None => NAME.answer(app, None, None, |text| -> Result<ConnectorName> { Ok(free(text.parse()?)?) }),
    }
}

pub fn account(given: Option<String>, app: &App, settings: &Settings) -> Result<String> {
    let accounts: Vec<(String, String)> =
        settings.account_names().map(|name| (name.to_owned(), name.to_owned())).collect();
    if accounts.is_empty() && given.is_none() {
        return Err(CommandError::NoAccounts.into());
    }
    ACCOUNT.one_of(app, given, &accounts)
}

/// One of the types that an account of this type can give.
pub fn principal(given: Option<PrincipalType>, account: Option<AccountType>, app: &App) -> Result<PrincipalType> {
    let principals: Vec<(String, PrincipalType)> = PrincipalType::ALL
        .into_iter()
        .filter(|principal| account.is_none_or(|account| principal.works_with(account)))
        .map(|principal| (principal.described(), principal))
        .collect();
    PRINCIPAL.one_of(app, given, &principals)
}

pub fn role_arn(app: &App) -> Result<String> {
    ROLE_ARN.answer(app, None, None, |text| text.parse().map(|role: RoleArn| role.as_str().to_owned()))
}

pub fn groups(app: &App) -> Result<Vec<String>> {
    GROUPS.list(app)
}

/// Asks for what a connector of this type may have as well, where the flags do not say it.
pub fn lead_through(
    table: &mut ConnectorTable,
    principal: PrincipalType,
    app: &App,
    streams: &mut Streams,
) -> Result<()> {
    if principal == PrincipalType::AssumeRole && table.external_id.is_none() {
        table.external_id = EXTERNAL_ID.optional(app, |text| check_external_id(text).map(|()| text.to_owned()))?;
    }
    if table.policy_file.is_none() && table.policy_arns.is_empty() && table.omit_policy.is_none() {
        ask_for_policy(table, principal, app, streams)?;
    }
    if table.duration.is_none() {
        table.duration = duration(principal, app)?;
    }
    if table.region.is_none() {
        table.region = region(table.role_arn.as_deref(), app)?;
    }
    Ok(())
}

fn ask_for_policy(
    table: &mut ConnectorTable,
    principal: PrincipalType,
    app: &App,
    streams: &mut Streams,
) -> Result<()> {
    match principal {
        PrincipalType::SessionToken | PrincipalType::Provided => {}
        PrincipalType::AssumeRole => {
            streams.hint(POLICY_HINT);
            table.policy_file = NARROWING_POLICY_FILE.optional(app, policy_file)?;
        }
        PrincipalType::FederatedUser => {
            streams.hint(POLICY_HINT);
            match RIGHTS.one_of(app, None, &rights())? {
                Rights::Inline => table.policy_file = Some(POLICY_FILE.answer(app, None, None, policy_file)?),
                Rights::Managed => table.policy_arns = vec![POLICY_ARN.answer(app, None, None, policy_arn)?],
                Rights::ResourcePoliciesOnly => table.omit_policy = Some(true),
            }
        }
    }
    Ok(())
}

fn rights() -> [(String, Rights); 3] {
    [
        ("what a policy in a file of mine allows".to_owned(), Rights::Inline),
        ("what a managed policy allows".to_owned(), Rights::Managed),
        ("only what the policies of resources grant".to_owned(), Rights::ResourcePoliciesOnly),
    ]
}

/// The absolute path of a file that holds a policy.
fn policy_file(text: &str) -> Result<PathBuf> {
    let path = std::path::absolute(text)?;
    let unreadable = || format!("{} can't be read", path.display());
    let policy =
        String::from_utf8(config_file::read_policy(&path).with_context(unreadable)?).with_context(unreadable)?;
    policy.parse::<SessionPolicy>()?;
    Ok(path)
}

fn policy_arn(text: &str) -> Result<String> {
    let policy: PolicyArn = text.parse()?;
    Ok(policy.as_str().to_owned())
}

fn duration(principal: PrincipalType, app: &App) -> Result<Option<DurationValue>> {
    let Some(default) = principal.default_duration() else { return Ok(None) };
    let duration = DURATION.answer(app, None, Some(&default.to_string()), |text| -> Result<SessionDuration> {
        let duration = text.parse()?;
        check_duration(principal, duration)?;
        Ok(duration)
    })?;
    Ok((duration != default).then(|| DurationValue::Text(duration.to_string())))
}

fn region(role_arn: Option<&str>, app: &App) -> Result<Option<String>> {
    let role: Option<RoleArn> = role_arn.map(str::parse).transpose()?;
    let partition = role.as_ref().map_or("aws", RoleArn::partition);
    let default = Region::fallback_of(partition);
    let region = REGION.answer(app, None, Some(default.as_str()), |text| {
        let region: Region = text.parse()?;
        anyhow::ensure!(
            role.is_none() || region.partition() == partition,
            "{region} is not in the role's partition {partition}"
        );
        Ok(region)
    })?;
    Ok((region != default).then(|| region.to_string()))
}
