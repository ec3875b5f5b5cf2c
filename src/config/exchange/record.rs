//! One connector between its JSON and its table: what the fields say, before account and name are looked up.

use std::collections::BTreeMap;

use super::SYSTEM;
use crate::config::file::{ConnectorTable, DurationValue};
use crate::model::json_text::Place;
use crate::model::principal::PrincipalType;
use crate::model::region::Region;

/// A connector as the JSON says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectorRecord {
    /// Where it begins.
    pub place: Place,
    pub name: String,
    pub principal: PrincipalType,
    pub scope: Option<String>,
    /// As it stands in ARNs.
    pub partition: Option<&'static str>,
    /// The add-on's own id of the account object; in what afed writes, the account's name.
    pub account_id: Option<String>,
    pub role_arn: Option<String>,
    pub external_id: Option<String>,
    pub iam_policy: Option<String>,
    pub groups: Vec<String>,
    pub own: OwnFields,
}

/// What only afed has, in the object `afed`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OwnFields {
    pub duration: Option<DurationValue>,
    pub region: Option<String>,
    pub policy_arns: Vec<String>,
    pub omit_policy: Option<bool>,
    pub tags: BTreeMap<String, String>,
    pub transitive_tags: Vec<String>,
    pub source_identity: Option<String>,
}

impl ConnectorRecord {
    /// The table that says the same, for an account of this configuration.
    pub fn table(&self, account: &str) -> ConnectorTable {
        let own = self.own.clone();
        ConnectorTable {
            account: Some(account.to_owned()),
            principal: Some(self.principal),
            role_arn: self.role_arn.clone(),
            external_id: self.external_id.clone(),
            duration: own.duration,
            groups: self.groups.clone(),
            system_scope: self.is_of_the_system().then_some(true),
            region: own.region.or_else(|| self.region_of_partition()),
            policy: self.iam_policy.clone(),
            policy_file: None,
            policy_arns: own.policy_arns,
            omit_policy: own.omit_policy,
            tags: own.tags,
            transitive_tags: own.transitive_tags,
            source_identity: own.source_identity,
        }
    }

    /// Whether its scope says that it serves the system too. Every other scope is a person's.
    fn is_of_the_system(&self) -> bool {
        self.scope.as_deref().is_some_and(|scope| scope.eq_ignore_ascii_case(SYSTEM))
    }

    /// A partition is told to afed by a region; where an ARN tells it already, nothing needs to be said.
    fn region_of_partition(&self) -> Option<String> {
        let told = self.role_arn.is_some() || !self.own.policy_arns.is_empty();
        let partition = self.partition.filter(|partition| !told && *partition != "aws")?;
        Some(Region::fallback_of(partition).to_string())
    }
}
