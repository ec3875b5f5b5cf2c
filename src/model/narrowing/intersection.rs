//! One policy that allows what both a connector's session policies and a caller's policy allow.
//!
//! AWS joins session policies by “or”, and only an explicit Deny in one of them takes from the others (IAM User Guide,
//! “Policy evaluation logic”). So the caller's policy is turned round: its statements that deny are put beside the
//! connector's own as they are, and for what its statements that allow leave out there are statements that deny that. The
//! connector's own part stays as it is, whatever it says; no fault here can give more than it does. A Deny holds for rights
//! that resource policies give, too, so the result may be less than both, and never more.
//!
//! A statement whose variables have no value may be passed over by AWS. That takes rights away where it allows, and would
//! give some where it denies, so variables are not turned round.

use super::complement::outside;
use super::document::{Document, Effect, Statement};
use super::fault::{Obstacle, PolicyFault};
use super::written;
use crate::model::principal::SessionPolicies;
use crate::model::session_policy::{PLAIN_TEXT_LIMIT, SessionPolicyError};

/// The most statements that allow, once alike ones are put together: what they leave out takes twice as many with each.
pub const MOST_ALLOWING: usize = 4;

/// The session policies that allow what `own` and the caller's policy allow; without own ones, the caller's as it is.
pub fn join(own: SessionPolicies, callers: &str) -> Result<SessionPolicies, PolicyFault> {
    let document = Document::read(callers)?;
    let statements = document.statements.iter().map(Statement::read).collect::<Result<Vec<_>, _>>()?;
    if !statements.iter().any(|statement| statement.effect == Effect::Allow) {
        return Err(PolicyFault::NothingAllowed);
    }
    if own.is_empty() {
        return Ok(SessionPolicies { inline: Some(callers.parse()?), arns: Vec::new() });
    }
    let denying = denying(statements)?;
    if denying.is_empty() {
        return Ok(own);
    }
    let own_document = match &own.inline {
        None => None,
        Some(policy) => Some(Document::read(policy.as_str()).map_err(|fault| PolicyFault::Own(Box::new(fault)))?),
    };
    let text = match own_document {
        None => written::document(document.version, &denying),
        Some(own) if own.version == document.version => written::with_statements(&own, &denying),
        Some(own) => {
            return Err(PolicyFault::Joining(Obstacle::Version { own: own.version, theirs: document.version }));
        }
    };
    let policy = text.parse().map_err(|error| match error {
        SessionPolicyError::TooLong(length) => PolicyFault::TooLong(length),
        other => PolicyFault::Text(other),
    })?;
    let policies = SessionPolicies { inline: Some(policy), arns: own.arns };
    match policies.length() {
        length if length > PLAIN_TEXT_LIMIT => Err(PolicyFault::TooLong(length)),
        _ => Ok(policies),
    }
}

/// The statements, written, that deny what these do not allow.
fn denying(statements: Vec<Statement>) -> Result<Vec<String>, PolicyFault> {
    let mut denying = Vec::new();
    let mut allowed = Vec::new();
    for statement in statements {
        match statement.effect {
            Effect::Deny => denying.push(written::object(&statement.members)),
            Effect::Allow => {
                check_can_be_turned(&statement)?;
                allowed.push(statement.about);
            }
        }
    }
    denying.extend(outside(allowed)?.iter().map(written::denial));
    Ok(denying)
}

fn check_can_be_turned(statement: &Statement) -> Result<(), PolicyFault> {
    if statement.has_condition {
        return Err(PolicyFault::Joining(Obstacle::Condition));
    }
    let about = &statement.about;
    let mut patterns = about.actions.patterns().iter().chain(about.resources.patterns());
    match patterns.find(|pattern| pattern.contains("${")) {
        Some(pattern) => Err(PolicyFault::Joining(Obstacle::Variable(pattern.clone()))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
