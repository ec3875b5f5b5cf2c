//! What `afed connector create` asks: each answer is checked when it is typed, by the rules that check the file. What has a
//! sensible default shows it, and an answer that is the default is not written down. What `edit` asks is in [`super::revision`].

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
use crate::policy;
use crate::ui::Streams;

const NAME: Question =
    Question { what: "the connector's name", prompt: "Name of the connector", flag: "afed connector create NAME" };
pub const ACCOUNT: Question =
    Question { what: "the account", prompt: "The account whose key signs", flag: "--account ACCOUNT" };
pub const PRINCIPAL: Question =
    Question { what: "the principal type", prompt: "What kind of credentials?", flag: "--principal TYPE" };
pub const ROLE_ARN: Question = Question { what: "the role's ARN", prompt: "ARN of the role", flag: "--role-arn ARN" };
pub const EXTERNAL_ID: Question = Question {
    what: "the external id",
    prompt: "External id that the role asks for (empty: none)",
    flag: "--external-id ID",
};
const RIGHTS: Question = Question {
    what: "the policy",
    prompt: "What may the federated user do?",
    flag: "--policy-file FILE, --policy-arn ARN or --omit-policy",
};
pub const POLICY_FILE: Question =
    Question { what: "the policy's file", prompt: "File with the policy", flag: "--policy-file FILE" };
const NARROWING_POLICY_FILE: Question = Question {
    what: "the policy's file",
    prompt: "File with a policy that narrows the role's rights (empty: none)",
    flag: "--policy-file FILE",
};
pub const POLICY_ARN: Question =
    Question { what: "the policy's ARN", prompt: "ARN of the managed policy", flag: "--policy-arn ARN" };
const DURATION: Question = Question {
    what: "the duration",
    prompt: "How long its credentials live (such as 45m or 12h)",
    flag: "--duration DURATION",
};
const REGION: Question = Question { what: "the region", prompt: "Region", flag: "--region REGION" };
pub const GROUPS: Question = Question {
    what: "who may use it",
    prompt: "Groups that may use it, separated by commas (empty: administrators only)",
    flag: "--group GROUP or --administrators-only",
};

const SYSTEM_SCOPE: Question =
    Question { what: "whether it serves the system", prompt: "Whom shall it serve?", flag: "--system-scope" };

/// Where policies are written and tried, in AWS's own tools.
pub const POLICY_HINT: &str = "AWS helps to write a policy (https://awspolicygen.s3.amazonaws.com/policygen.html) and to try it (https://policysim.aws.amazon.com/)";

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
            hint: "choose another name, or change the one that is there: afed connector edit NAME",
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
    PRINCIPAL.one_of(app, given, &described(principals(account)))
}

/// What kind of account it is, where the configuration can tell.
pub fn type_of(account: &str, settings: &Settings) -> Option<AccountType> {
    settings.account(account).ok().map(|account| account.account_type())
}

/// The types that an account of this type can give.
pub fn principals(account: Option<AccountType>) -> Vec<PrincipalType> {
    let fits = |principal: &PrincipalType| account.is_none_or(|account| principal.works_with(account));
    PrincipalType::ALL.into_iter().filter(fits).collect()
}

/// For a list that people pick from.
pub fn described(principals: Vec<PrincipalType>) -> Vec<(String, PrincipalType)> {
    principals.into_iter().map(|principal| (principal.described(), principal)).collect()
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
        table.region = region(None, table.role_arn.as_deref(), app)?;
    }
    if table.system_scope.is_none() {
        table.system_scope = system_scope(None, app)?;
    }
    Ok(())
}

/// Today's answer comes first, where Enter picks it.
pub fn system_scope(today: Option<bool>, app: &App) -> Result<Option<bool>> {
    let mut answers =
        [("people only".to_owned(), None), ("people, and the system with no person (--system)".to_owned(), Some(true))];
    answers.sort_by_key(|(_, answer)| *answer != today.filter(|serves| *serves));
    SYSTEM_SCOPE.one_of(app, None, &answers)
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
pub fn policy_file(text: &str) -> Result<PathBuf> {
    let path = std::path::absolute(text)?;
    let unreadable = || format!("{} can't be read", path.display());
    let policy =
        String::from_utf8(config_file::read_policy(&path).with_context(unreadable)?).with_context(unreadable)?;
    policy.parse::<SessionPolicy>()?;
    policy::accept(&policy)?;
    Ok(path)
}

/// The ARN of a managed policy.
pub fn policy_arn(text: &str) -> Result<String> {
    let policy: PolicyArn = text.parse()?;
    Ok(policy.as_str().to_owned())
}

fn duration(principal: PrincipalType, app: &App) -> Result<Option<DurationValue>> {
    let Some(default) = principal.default_duration() else { return Ok(None) };
    let duration = asked_duration(principal, default, app)?;
    Ok((duration != default).then(|| DurationValue::Text(duration.to_string())))
}

/// A duration that the type allows.
pub fn asked_duration(principal: PrincipalType, default: SessionDuration, app: &App) -> Result<SessionDuration> {
    DURATION.answer(app, None, Some(&default.to_string()), |text| {
        let duration = text.parse()?;
        check_duration(principal, duration)?;
        Ok::<_, anyhow::Error>(duration)
    })
}

/// A region of the role's partition; nothing where it is the one that is taken anyway.
pub fn region(today: Option<&str>, role_arn: Option<&str>, app: &App) -> Result<Option<String>> {
    let role: Option<RoleArn> = role_arn.map(str::parse).transpose()?;
    let partition = role.as_ref().map_or("aws", RoleArn::partition);
    let default = Region::fallback_of(partition);
    let region = REGION.answer(app, None, Some(today.unwrap_or(default.as_str())), |text| {
        let region: Region = text.parse()?;
        anyhow::ensure!(
            role.is_none() || region.partition() == partition,
            "{region} is not in the role's partition {partition}"
        );
        Ok(region)
    })?;
    Ok((region != default || today == Some(region.as_str())).then(|| region.to_string()))
}
