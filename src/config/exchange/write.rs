//! From connectors to JSON. What a connector would be without saying it is not written, so that an ordinary one has the
//! add-on's fields only.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{SYSTEM, TYPES};
use crate::model::connector::Connector;
use crate::model::principal::{AssumeRole, Principal};
use crate::model::region::Region;

/// A connector in the order in which its fields are written.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Written<'a> {
    name: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<&'static str>,
    partition: &'static str,
    account_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    role_arn: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    iam_policy: Option<&'a str>,
    groups: Vec<&'a str>,
    #[serde(skip_serializing_if = "WrittenOwn::is_silent")]
    afed: WrittenOwn<'a>,
}

/// What only afed has, under the names of the configuration.
#[derive(Default, PartialEq, Eq, Serialize)]
struct WrittenOwn<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    duration: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    policy_arns: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    omit_policy: Option<bool>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    tags: BTreeMap<&'a str, String>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    transitive_tags: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    source_identity: Option<String>,
}

impl WrittenOwn<'_> {
    fn is_silent(&self) -> bool {
        *self == Self::default()
    }
}

/// The list of these connectors, in their order, with a line end.
pub fn write<'a>(connectors: impl IntoIterator<Item = &'a Connector>) -> serde_json::Result<String> {
    let list: Vec<Written<'_>> = connectors.into_iter().map(one).collect();
    Ok(format!("{}\n", serde_json::to_string_pretty(&list)?))
}

fn one(connector: &Connector) -> Written<'_> {
    let role = role_of(connector);
    let inline = connector.principal.policies().and_then(|policies| policies.inline.as_ref());
    let kind = TYPES.into_iter().find(|(_, known)| *known == connector.principal.principal_type());
    Written {
        name: connector.name.as_str(),
        kind: kind.map_or("", |(name, _)| name),
        scope: connector.system_scope.then_some(SYSTEM),
        partition: connector.region.partition(),
        account_id: connector.account.as_str(),
        role_arn: role.map(|role| role.role_arn.as_str()),
        external_id: role.and_then(|role| role.external_id.as_deref()),
        iam_policy: inline.map(|policy| policy.as_str()),
        groups: connector.groups.iter().map(|group| group.as_str()).collect(),
        afed: own_fields(connector),
    }
}

fn own_fields(connector: &Connector) -> WrittenOwn<'_> {
    let (principal, region, role) = (&connector.principal, &connector.region, role_of(connector));
    let has_default_duration = connector.duration == principal.principal_type().default_duration();
    let arns = principal.policies().map(|policies| policies.arns.as_slice()).unwrap_or_default();
    let has_no_policy = principal.policies().is_some_and(|policies| policies.inline.is_none() && arns.is_empty());
    let omits_policy = has_no_policy && matches!(principal, Principal::FederatedUser(_));
    WrittenOwn {
        duration: connector.duration.filter(|_| !has_default_duration).map(|duration| duration.to_string()),
        region: (*region != Region::fallback_of(region.partition())).then_some(region.as_str()),
        policy_arns: arns.iter().map(|arn| arn.as_str()).collect(),
        omit_policy: omits_policy.then_some(true),
        tags: principal.tags().map(|(key, value)| (key.as_str(), value.to_string())).collect(),
        transitive_tags: role.map(|role| role.transitive_tags.as_slice()).unwrap_or_default(),
        source_identity: role.and_then(|role| role.source_identity.as_ref()).map(ToString::to_string),
    }
}

const fn role_of(connector: &Connector) -> Option<&AssumeRole> {
    match &connector.principal {
        Principal::AssumeRole(role) => Some(role),
        Principal::FederatedUser(_) | Principal::SessionToken | Principal::Provided => None,
    }
}
