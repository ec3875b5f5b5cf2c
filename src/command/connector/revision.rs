//! What `afed connector edit` asks where no flag says what to change: everything that a connector of its type may have, with
//! today's values as defaults. A value that stays is left as it is written; what the type does not take goes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::fields;
use super::interview::{self, ACCOUNT, EXTERNAL_ID, GROUPS, POLICY_ARN, POLICY_FILE, PRINCIPAL, ROLE_ARN};
use crate::app::App;
use crate::command::questions::{Question, separated};
use crate::config::file::{ConnectorTable, DurationValue};
use crate::config::settings::Settings;
use crate::model::arn::RoleArn;
use crate::model::duration::SessionDuration;
use crate::model::name::GroupName;
use crate::model::principal::{PrincipalType, check_external_id};
use crate::model::session_tag::{Template, check_key, check_source_identity, check_template};

/// The first question: where it can't be asked, none can.
const CHANGE: Question = Question {
    what: "what to change",
    flag: "flags, such as --duration 2h (afed connector edit --help lists them)",
    ..ACCOUNT
};
/// The questions of `create` where there is an answer already.
const OTHER_EXTERNAL_ID: Question =
    Question { prompt: "External id that the role asks for (- for none)", ..EXTERNAL_ID };
const OTHER_POLICY_FILE: Question = Question { prompt: "File with the policy (- for none)", ..POLICY_FILE };
const OTHER_POLICY_ARNS: Question =
    Question { prompt: "ARNs of managed policies, separated by commas (- for none)", ..POLICY_ARN };
const OTHER_GROUPS: Question =
    Question { prompt: "Groups that may use it, separated by commas (- for administrators only)", ..GROUPS };
const TAGS: Question = Question {
    what: "the tags",
    prompt: "Session tags, such as team=payments, separated by commas (- for none)",
    flag: "--tag KEY=VALUE",
};
const TRANSITIVE_TAGS: Question = Question {
    what: "the transitive tags",
    prompt: "Tags that further roles keep, separated by commas (- for none)",
    flag: "--transitive-tag KEY",
};
const SOURCE_IDENTITY: Question = Question {
    what: "the source identity",
    prompt: "Source identity that CloudTrail records (- for none)",
    flag: "--source-identity TEXT",
};

/// Asks for everything again.
pub fn revise(table: &mut ConnectorTable, app: &App, settings: &Settings) -> Result<()> {
    let accounts = first(settings.account_names().map(str::to_owned).collect(), table.account.as_ref());
    let accounts: Vec<_> = accounts.into_iter().map(|name| (name.clone(), name)).collect();
    table.account = Some(CHANGE.one_of(app, None, &accounts)?);
    let account = table.account.as_deref().and_then(|account| interview::type_of(account, settings));
    let principals = first(interview::principals(account), table.principal.as_ref());
    let principal = PRINCIPAL.one_of(app, None, &interview::described(principals))?;
    table.principal = Some(principal);
    revise_role(table, principal, app)?;
    revise_policies(table, principal, app)?;
    revise_tags(table, principal, app)?;
    revise_duration(table, principal, app)?;
    table.region = interview::region(table.region.as_deref(), table.role_arn.as_deref(), app)?;
    let group = |name: &str| Ok(name.parse::<GroupName>().map(drop)?);
    table.groups = revised_list(OTHER_GROUPS, &table.groups, app, group)?;
    table.system_scope = interview::system_scope(table.system_scope, app)?;
    Ok(())
}

/// The list with today's item at its head, where Enter picks it.
fn first<T: PartialEq>(mut items: Vec<T>, today: Option<&T>) -> Vec<T> {
    items.sort_by_key(|item| Some(item) != today);
    items
}

fn revise_role(table: &mut ConnectorTable, principal: PrincipalType, app: &App) -> Result<()> {
    if principal != PrincipalType::AssumeRole {
        (table.role_arn, table.external_id, table.source_identity) = (None, None, None);
        return Ok(());
    }
    let role = |text: &str| text.parse().map(|role: RoleArn| role.as_str().to_owned());
    table.role_arn = Some(ROLE_ARN.answer(app, None, table.role_arn.as_deref(), role)?);
    let external_id = |text: &str| check_external_id(text).map(|()| text.to_owned());
    table.external_id = OTHER_EXTERNAL_ID.revised(app, table.external_id.as_deref(), external_id)?;
    table.source_identity = SOURCE_IDENTITY.revised(app, table.source_identity.as_deref(), |text| {
        check_source_identity(&text.parse()?).map(|()| text.to_owned())
    })?;
    Ok(())
}

fn revise_policies(table: &mut ConnectorTable, principal: PrincipalType, app: &App) -> Result<()> {
    if !matches!(principal, PrincipalType::AssumeRole | PrincipalType::FederatedUser) {
        (table.policy, table.policy_file, table.omit_policy) = (None, None, None);
        table.policy_arns.clear();
        return Ok(());
    }
    if table.policy.is_none() {
        table.policy_file = revised_policy_file(table.policy_file.as_deref(), app)?;
    }
    let arn = |text: &str| interview::policy_arn(text).map(drop);
    table.policy_arns = revised_list(OTHER_POLICY_ARNS, &table.policy_arns, app, arn)?;
    let has_none = table.policy.is_none() && table.policy_file.is_none() && table.policy_arns.is_empty();
    if principal == PrincipalType::AssumeRole || !has_none {
        table.omit_policy = None;
    }
    Ok(())
}

/// A path that stays is left as it is written.
fn revised_policy_file(today: Option<&Path>, app: &App) -> Result<Option<PathBuf>> {
    let written = today.and_then(Path::to_str);
    OTHER_POLICY_FILE.revised(app, written, |text| match today {
        Some(today) if Some(text) == written => Ok(today.to_owned()),
        _ => interview::policy_file(text),
    })
}

fn revise_tags(table: &mut ConnectorTable, principal: PrincipalType, app: &App) -> Result<()> {
    if matches!(principal, PrincipalType::AssumeRole | PrincipalType::FederatedUser) {
        table.tags = revised_tags(&table.tags, app)?;
    } else {
        table.tags.clear();
    }
    table.transitive_tags = match principal {
        PrincipalType::AssumeRole if !table.tags.is_empty() => {
            revised_list(TRANSITIVE_TAGS, &table.transitive_tags, app, |key| Ok(check_key(key)?))?
        }
        _ => Vec::new(),
    };
    Ok(())
}

fn revised_tags(today: &BTreeMap<String, String>, app: &App) -> Result<BTreeMap<String, String>> {
    let written: Vec<String> = today.iter().map(|(key, value)| format!("{key}={value}")).collect();
    let tag = |text: &str| -> Result<()> {
        let tags = fields::tags(&[text.to_owned()])?;
        Ok(tags.iter().try_for_each(|(key, value)| check_template(key, &value.parse::<Template>()?))?)
    };
    let revised = revised_list(TAGS, &written, app, tag)?;
    // A key may hold an equals sign, so the tags are only taken apart where they were typed anew.
    if revised == written { Ok(today.clone()) } else { Ok(fields::tags(&revised)?) }
}

fn revise_duration(table: &mut ConnectorTable, principal: PrincipalType, app: &App) -> Result<()> {
    let today = match &table.duration {
        Some(DurationValue::Seconds(seconds)) => Some(SessionDuration::from_seconds(*seconds)),
        Some(DurationValue::Text(text)) => text.parse().ok(),
        None => None,
    };
    let Some(usual) = principal.default_duration() else {
        table.duration = None;
        return Ok(());
    };
    let default = today.unwrap_or(usual);
    let answer = interview::asked_duration(principal, default, app)?;
    if Some(answer) != today {
        table.duration = (answer != usual).then(|| DurationValue::Text(answer.to_string()));
    }
    Ok(())
}

/// A list on one line. An item may hold a comma, so the list is only taken apart where it was typed anew.
fn revised_list(
    question: Question,
    today: &[String],
    app: &App,
    check: impl Fn(&str) -> Result<()>,
) -> Result<Vec<String>> {
    let written = today.join(", ");
    let default = (!today.is_empty()).then_some(written.as_str());
    let revised = question.revised(app, default, |text| {
        if text == written {
            return Ok(today.to_vec());
        }
        let items = separated(text);
        items.iter().try_for_each(|item| check(item))?;
        anyhow::Ok(items)
    })?;
    Ok(revised.unwrap_or_default())
}
