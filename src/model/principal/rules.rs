//! The rules of AWS that a principal's fields must keep, as far as they can be known before a call.

use std::collections::{BTreeMap, BTreeSet};

use super::{Field, PrincipalFields, PrincipalType, SessionPolicies};
use crate::model::account::AccountType;
use crate::model::arn::{PolicyArn, RoleArn};
use crate::model::duration::SessionDuration;
use crate::model::region::Region;
use crate::model::session_policy::PLAIN_TEXT_LIMIT;
use crate::model::session_tag::{self, MOST_TAGS, TagError};

/// The most policy ARNs that a session may carry (STS API).
const MOST_POLICY_ARNS: usize = 10;
/// How long a role may last that another role's credentials have assumed.
const LONGEST_CHAINED: SessionDuration = SessionDuration::from_seconds(3_600);

/// A rule of AWS that the fields of a principal break.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum RuleError {
    #[error("assume-role needs role_arn")]
    RoleArnMissing,
    #[error("{principal} takes no {field}")]
    FieldNotAllowed { principal: PrincipalType, field: Field },
    #[error(
        "federated-user without a policy gets no rights but those of resource policies; give policy, policy_file or policy_arns, or set omit_policy = true"
    )]
    PolicyMissing,
    #[error("omit_policy = true contradicts the policy that is given as well")]
    PolicyNotOmitted,
    #[error("{principal} leases live {shortest} to {longest}; {duration} is outside")]
    Duration {
        principal: PrincipalType,
        duration: SessionDuration,
        shortest: SessionDuration,
        longest: SessionDuration,
    },
    #[error("{principal} does not work with {account} accounts: {}", why_not(*.account))]
    AccountUnfit { principal: PrincipalType, account: AccountType },
    #[error(
        "a role that is assumed by another role's credentials (role chaining, here by this host's role) lives 1h at most; {0} is more"
    )]
    ChainedTooLong(SessionDuration),
    #[error("it acts in {region}, which is in the partition {}, and {what} is in {partition}", .region.partition())]
    Partition { region: Region, what: String, partition: String },
    #[error("external_id has {0} characters; 2 to 1224 are allowed")]
    ExternalIdLength(usize),
    #[error("external_id holds “{}”; letters, digits and _ + = , . @ : / - are allowed", .0.escape_debug())]
    ExternalIdCharacter(char),
    #[error("{0} policy ARNs are given; at most {MOST_POLICY_ARNS} are allowed")]
    TooManyPolicyArns(usize),
    #[error(
        "{policy} is not in the session's AWS account {account}; a session policy must be AWS's own or of that account"
    )]
    PolicyOfOtherAccount { policy: PolicyArn, account: String },
    #[error("the policy and the policy ARNs have {0} characters together; at most {PLAIN_TEXT_LIMIT} are allowed")]
    PoliciesTooLong(usize),
    #[error("{0} tags are given; at most {MOST_TAGS} are allowed")]
    TooManyTags(usize),
    #[error("the tag keys “{}” and “{}” differ only in case; AWS takes them for one", .0.escape_debug(), .1.escape_debug())]
    TagTwice(String, String),
    #[error("transitive_tags names “{}”, which is not among the tags", .0.escape_debug())]
    TransitiveTagUnknown(String),
    #[error("transitive_tags names “{}” twice", .0.escape_debug())]
    TransitiveTagTwice(String),
    #[error(transparent)]
    Tag(#[from] TagError),
}

/// Checks that a principal type may have leases this long.
pub fn check_duration(principal: PrincipalType, duration: SessionDuration) -> Result<(), RuleError> {
    let Some((minimum, maximum)) = principal.duration_bounds() else {
        return Err(RuleError::FieldNotAllowed { principal, field: Field::Duration });
    };
    if (minimum..=maximum).contains(&duration.seconds()) {
        Ok(())
    } else {
        let (shortest, longest) = (SessionDuration::from_seconds(minimum), SessionDuration::from_seconds(maximum));
        Err(RuleError::Duration { principal, duration, shortest, longest })
    }
}

/// Checks that such credentials can be had from an account of this type.
pub fn check_account(principal: PrincipalType, account: AccountType) -> Result<(), RuleError> {
    if principal.works_with(account) { Ok(()) } else { Err(RuleError::AccountUnfit { principal, account }) }
}

/// Checks role chaining: credentials of a role may assume another one for an hour and no longer (IAM User Guide, "Roles
/// terms and concepts").
pub fn check_chaining(account: AccountType, duration: Option<SessionDuration>) -> Result<(), RuleError> {
    match (account, duration) {
        (AccountType::InstanceRole, Some(duration)) if duration > LONGEST_CHAINED => {
            Err(RuleError::ChainedTooLong(duration))
        }
        _ => Ok(()),
    }
}

const fn why_not(account: AccountType) -> &'static str {
    match account {
        AccountType::AccessKey => "the long-term key of a user is never handed on",
        AccountType::InstanceRole => "AWS gives those credentials to long-term keys only, and a role has none",
    }
}

pub(super) fn check_fields_belong(principal: PrincipalType, fields: &PrincipalFields) -> Result<(), RuleError> {
    let given = [
        (Field::RoleArn, fields.role_arn.is_some()),
        (Field::ExternalId, fields.external_id.is_some()),
        (Field::Policy, fields.policy.is_some()),
        (Field::PolicyArns, !fields.policy_arns.is_empty()),
        (Field::OmitPolicy, fields.omit_policy),
        (Field::Tags, !fields.tags.is_empty()),
        (Field::TransitiveTags, !fields.transitive_tags.is_empty()),
        (Field::SourceIdentity, fields.source_identity.is_some()),
    ];
    match given.into_iter().find(|(field, given)| *given && !principal.allows(*field)) {
        Some((field, _)) => Err(RuleError::FieldNotAllowed { principal, field }),
        None => Ok(()),
    }
}

pub(super) fn check_tags(fields: &PrincipalFields) -> Result<(), RuleError> {
    if fields.tags.len() > MOST_TAGS {
        return Err(RuleError::TooManyTags(fields.tags.len()));
    }
    let mut folded = BTreeMap::new();
    for (key, value) in &fields.tags {
        session_tag::check_template(key, value)?;
        if let Some(other) = folded.insert(key.to_lowercase(), key) {
            return Err(RuleError::TagTwice(other.clone(), key.clone()));
        }
    }
    if let Some(key) = fields.transitive_tags.iter().find(|key| !fields.tags.contains_key(*key)) {
        return Err(RuleError::TransitiveTagUnknown(key.clone()));
    }
    let mut named = BTreeSet::new();
    match fields.transitive_tags.iter().find(|key| !named.insert(*key)) {
        Some(key) => Err(RuleError::TransitiveTagTwice(key.clone())),
        None => Ok(()),
    }
}

/// Checks an external id against the alphabet and length of the STS API.
pub fn check_external_id(text: &str) -> Result<(), RuleError> {
    if let Some(character) = text.chars().find(|c| !c.is_ascii_alphanumeric() && !"_+=,.@:/-".contains(*c)) {
        return Err(RuleError::ExternalIdCharacter(character));
    }
    if !(2..=1_224).contains(&text.len()) {
        return Err(RuleError::ExternalIdLength(text.len()));
    }
    Ok(())
}

pub(super) fn check_policies(policies: &SessionPolicies, role: Option<&RoleArn>) -> Result<(), RuleError> {
    if policies.arns.len() > MOST_POLICY_ARNS {
        return Err(RuleError::TooManyPolicyArns(policies.arns.len()));
    }
    if policies.length() > PLAIN_TEXT_LIMIT {
        return Err(RuleError::PoliciesTooLong(policies.length()));
    }
    role.map_or(Ok(()), |role| check_owners(policies, role.account_id()))
}

/// Checks that the managed policies are AWS's own or of the AWS account of the session (STS API: PolicyArns).
pub fn check_owners(policies: &SessionPolicies, account: &str) -> Result<(), RuleError> {
    match policies.arns.iter().find(|arn| !["aws", account].contains(&arn.account())) {
        Some(policy) => Err(RuleError::PolicyOfOtherAccount { policy: policy.clone(), account: account.to_owned() }),
        None => Ok(()),
    }
}
