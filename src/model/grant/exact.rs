//! What one connector needs and no more: a statement for each action of STS, each bound by conditions to what the
//! connector sends. Only condition keys are used that the Service Authorization Reference lists for the action.

use super::{Grant, Signer, federated_users};
use crate::model::policy_document::{Condition, PolicyDocument, Statement};
use crate::model::principal::{AssumeRole, FederatedUser, Principal};
use crate::model::session_tag::Template;

/// Whether whoever assumes the role proves a second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecondFactor {
    Given,
    NotGiven,
}

/// An action of STS and what it may be told.
struct Right {
    action: &'static str,
    told: Condition,
}

/// What a connector with this principal needs; `None` where it needs no permission. `trusted` is the ARN that a role must
/// trust; without it there is no trust policy to be given.
pub fn of_principal(
    principal: &Principal,
    signer: &Signer,
    trusted: Option<&str>,
    second_factor: SecondFactor,
) -> Option<Grant> {
    match principal {
        Principal::AssumeRole(role) => {
            let rights = to_assume(role);
            let user_policy = on(role.role_arn.as_str(), &rights);
            let trust_policy = trusted.map(|trusted| trust(trusted, &rights, role, second_factor));
            Some(Grant { user_policy, trust_policy })
        }
        Principal::FederatedUser(user) => {
            Some(Grant { user_policy: on(&federated_users(signer), &to_federate(user)), trust_policy: None })
        }
        Principal::SessionToken | Principal::Provided => None,
    }
}

fn on(resource: &str, rights: &[Right]) -> PolicyDocument {
    let statement = |right: &Right| Statement::on_resource(vec![right.action], resource.to_owned(), right.told.clone());
    PolicyDocument::new(rights.iter().map(statement).collect())
}

fn trust(trusted: &str, rights: &[Right], role: &AssumeRole, second_factor: SecondFactor) -> PolicyDocument {
    let statement = |right: &Right| {
        let entering = right.action == "sts:AssumeRole";
        let condition = if entering { proofs(right.told.clone(), role, second_factor) } else { right.told.clone() };
        Statement::to_principal(vec![right.action], trusted.to_owned(), condition)
    };
    PolicyDocument::new(rights.iter().map(statement).collect())
}

/// What the role asks of whoever wants to enter it.
fn proofs(mut condition: Condition, role: &AssumeRole, second_factor: SecondFactor) -> Condition {
    if let Some(external_id) = &role.external_id {
        condition = condition.and("StringEquals", "sts:ExternalId", external_id);
    }
    if second_factor == SecondFactor::Given {
        condition = condition.and("Bool", "aws:MultiFactorAuthPresent", "true");
    }
    condition
}

fn to_assume(role: &AssumeRole) -> Vec<Right> {
    let identity = role.source_identity.as_ref().map_or_else(Condition::default, |identity| {
        value_of(Condition::default(), "sts:SourceIdentity".to_owned(), identity)
    });
    let mut rights = vec![Right { action: "sts:AssumeRole", told: identity.clone() }];
    let tags: Vec<_> = role.tags.iter().collect();
    if !tags.is_empty() {
        let mut told = tagged(&tags);
        if !role.transitive_tags.is_empty() {
            told = told.and_any_of("ForAllValues:StringEquals", "sts:TransitiveTagKeys", role.transitive_tags.clone());
        }
        rights.push(Right { action: "sts:TagSession", told });
    }
    if role.source_identity.is_some() {
        rights.push(Right { action: "sts:SetSourceIdentity", told: identity });
    }
    rights
}

fn to_federate(user: &FederatedUser) -> Vec<Right> {
    let mut rights = vec![Right { action: "sts:GetFederationToken", told: Condition::default() }];
    let tags: Vec<_> = user.tags.iter().collect();
    if !tags.is_empty() {
        rights.push(Right { action: "sts:TagSession", told: tagged(&tags) });
    }
    rights
}

/// These tags, all of them and no others.
fn tagged(tags: &[(&String, &Template)]) -> Condition {
    let keys = tags.iter().map(|(key, _)| (*key).clone()).collect();
    let only = Condition::default().and_any_of("ForAllValues:StringEquals", "aws:TagKeys", keys);
    tags.iter().fold(only, |condition, (key, value)| value_of(condition, format!("aws:RequestTag/{key}"), value))
}

/// The value itself, or what it always looks like where it names the person.
fn value_of(condition: Condition, key: String, value: &Template) -> Condition {
    let operator = if value.names_a_person() { "StringLike" } else { "StringEquals" };
    condition.and(operator, key, value.pattern())
}

#[cfg(test)]
mod tests;
