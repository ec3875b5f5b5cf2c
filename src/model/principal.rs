//! The principal types and what each may carry.
//! [`Principal::from_fields`] is the only way to make one, so a principal in hand keeps every rule of AWS that
//! can be known before the call. Sources: IAM User Guide, "Compare AWS STS credentials"; the STS API model.

use std::collections::BTreeMap;
use std::fmt;

use super::account::AccountType;
use super::arn::{PolicyArn, RoleArn};
use super::duration::SessionDuration;
use super::session_policy::SessionPolicy;
use super::session_tag::{self, Template};

mod rules;

pub use rules::{RuleError, check_account, check_chaining, check_duration, check_external_id, check_owners};
use rules::{check_fields_belong, check_policies, check_tags};

/// Which STS action yields the credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum PrincipalType {
    /// A role, through AssumeRole
    AssumeRole,
    /// A federated user of the account, through GetFederationToken
    FederatedUser,
    /// The account's own IAM user for a while, through GetSessionToken
    SessionToken,
    /// The role of this host as it is, handed on
    Provided,
}

impl PrincipalType {
    pub const ALL: [Self; 4] = [Self::AssumeRole, Self::FederatedUser, Self::SessionToken, Self::Provided];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AssumeRole => "assume-role",
            Self::FederatedUser => "federated-user",
            Self::SessionToken => "session-token",
            Self::Provided => "provided",
        }
    }

    /// For a list that people pick from.
    pub fn described(self) -> String {
        let what = match self {
            Self::AssumeRole => "a role, through AssumeRole",
            Self::FederatedUser => "a federated user of the account, through GetFederationToken",
            Self::SessionToken => "the account's own IAM user for a while, through GetSessionToken",
            Self::Provided => "the role of this host as it is, handed on",
        };
        format!("{self}: {what}")
    }

    /// The shortest and the longest lease of this type, in seconds, whatever a role allows; `None` where nobody is told
    /// how long they shall live.
    pub const fn duration_bounds(self) -> Option<(u32, u32)> {
        match self {
            Self::AssumeRole => Some((900, 43_200)),
            Self::FederatedUser | Self::SessionToken => Some((900, 129_600)),
            Self::Provided => None,
        }
    }

    /// The duration that AWS takes where none is given.
    pub const fn default_duration(self) -> Option<SessionDuration> {
        match self {
            Self::AssumeRole => Some(SessionDuration::from_seconds(3_600)),
            Self::FederatedUser | Self::SessionToken => Some(SessionDuration::from_seconds(43_200)),
            Self::Provided => None,
        }
    }

    /// Whether credentials of this type can be had from an account of that one.
    pub const fn works_with(self, account: AccountType) -> bool {
        match account {
            AccountType::AccessKey => !matches!(self, Self::Provided),
            AccountType::InstanceRole => matches!(self, Self::Provided | Self::AssumeRole),
        }
    }

    const fn allows(self, field: Field) -> bool {
        match field {
            Field::RoleArn | Field::ExternalId | Field::TransitiveTags | Field::SourceIdentity => {
                matches!(self, Self::AssumeRole)
            }
            Field::OmitPolicy => matches!(self, Self::FederatedUser),
            Field::Policy | Field::PolicyArns | Field::Tags => matches!(self, Self::AssumeRole | Self::FederatedUser),
            Field::Duration => !matches!(self, Self::Provided),
        }
    }
}

impl fmt::Display for PrincipalType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// A field that only some principal types have, by its name in the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    RoleArn,
    ExternalId,
    Policy,
    PolicyArns,
    OmitPolicy,
    Tags,
    TransitiveTags,
    SourceIdentity,
    Duration,
}

impl fmt::Display for Field {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::RoleArn => "role_arn",
            Self::ExternalId => "external_id",
            Self::Policy => "policy",
            Self::PolicyArns => "policy_arns",
            Self::OmitPolicy => "omit_policy",
            Self::Tags => "tags",
            Self::TransitiveTags => "transitive_tags",
            Self::SourceIdentity => "source_identity",
            Self::Duration => "duration",
        })
    }
}

/// What a principal is made of, before any rule has been applied.
#[derive(Debug, Clone, Default)]
pub struct PrincipalFields {
    pub role_arn: Option<RoleArn>,
    pub external_id: Option<String>,
    pub policy: Option<SessionPolicy>,
    pub policy_arns: Vec<PolicyArn>,
    pub omit_policy: bool,
    pub tags: BTreeMap<String, Template>,
    pub transitive_tags: Vec<String>,
    pub source_identity: Option<Template>,
}

/// A principal that keeps the rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principal {
    AssumeRole(AssumeRole),
    FederatedUser(FederatedUser),
    SessionToken,
    /// The credentials of the host's own role; AWS is told nothing.
    Provided,
}

/// What AssumeRole is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssumeRole {
    pub role_arn: RoleArn,
    pub external_id: Option<String>,
    pub policies: SessionPolicies,
    pub tags: BTreeMap<String, Template>,
    pub transitive_tags: Vec<String>,
    pub source_identity: Option<Template>,
}

/// What GetFederationToken is asked for. No policies at all means: only what resource policies grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FederatedUser {
    pub policies: SessionPolicies,
    pub tags: BTreeMap<String, Template>,
}

/// The session policies of a lease, inline and by ARN: at most 2,048 characters and 10 ARNs together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SessionPolicies {
    pub inline: Option<SessionPolicy>,
    pub arns: Vec<PolicyArn>,
}

impl Principal {
    /// Makes a principal of its fields, or names the first rule that they break.
    pub fn from_fields(principal: PrincipalType, fields: PrincipalFields) -> Result<Self, RuleError> {
        check_fields_belong(principal, &fields)?;
        check_tags(&fields)?;
        fields.external_id.as_deref().map_or(Ok(()), check_external_id)?;
        fields.source_identity.as_ref().map_or(Ok(()), session_tag::check_source_identity)?;
        let policies = SessionPolicies { inline: fields.policy, arns: fields.policy_arns };
        check_policies(&policies, fields.role_arn.as_ref())?;
        match principal {
            PrincipalType::AssumeRole => Ok(Self::AssumeRole(AssumeRole {
                role_arn: fields.role_arn.ok_or(RuleError::RoleArnMissing)?,
                external_id: fields.external_id,
                policies,
                tags: fields.tags,
                transitive_tags: fields.transitive_tags,
                source_identity: fields.source_identity,
            })),
            PrincipalType::FederatedUser if policies.is_empty() && !fields.omit_policy => Err(RuleError::PolicyMissing),
            PrincipalType::FederatedUser if !policies.is_empty() && fields.omit_policy => {
                Err(RuleError::PolicyNotOmitted)
            }
            PrincipalType::FederatedUser => Ok(Self::FederatedUser(FederatedUser { policies, tags: fields.tags })),
            PrincipalType::SessionToken => Ok(Self::SessionToken),
            PrincipalType::Provided => Ok(Self::Provided),
        }
    }

    /// Whether a code of a second factor goes with the call that makes it (STS API: SerialNumber and TokenCode).
    pub const fn takes_mfa(&self) -> bool {
        matches!(self, Self::AssumeRole(_) | Self::SessionToken)
    }

    pub const fn principal_type(&self) -> PrincipalType {
        match self {
            Self::AssumeRole(_) => PrincipalType::AssumeRole,
            Self::FederatedUser(_) => PrincipalType::FederatedUser,
            Self::SessionToken => PrincipalType::SessionToken,
            Self::Provided => PrincipalType::Provided,
        }
    }

    /// The session tags, where the type has them; empty otherwise.
    pub fn tags(&self) -> impl Iterator<Item = (&String, &Template)> {
        let tags = match self {
            Self::AssumeRole(role) => Some(&role.tags),
            Self::FederatedUser(user) => Some(&user.tags),
            Self::SessionToken | Self::Provided => None,
        };
        tags.into_iter().flatten()
    }

    /// The partitions that its ARNs name, each with what is there.
    pub fn partitions(&self) -> impl Iterator<Item = (String, &str)> {
        let role = match self {
            Self::AssumeRole(role) => Some(("its role".to_owned(), role.role_arn.partition())),
            Self::FederatedUser(_) | Self::SessionToken | Self::Provided => None,
        };
        let policies = self.policies().into_iter().flat_map(|policies| &policies.arns);
        role.into_iter().chain(policies.map(|arn| (format!("the policy {arn}"), arn.partition())))
    }

    /// The same principal with these session policies, which are checked as its own were; a type that has none stays as
    /// it is.
    pub fn with_policies(&self, policies: SessionPolicies) -> Result<Self, RuleError> {
        let mut principal = self.clone();
        match &mut principal {
            Self::AssumeRole(role) => {
                check_policies(&policies, Some(&role.role_arn))?;
                role.policies = policies;
            }
            Self::FederatedUser(user) => {
                check_policies(&policies, None)?;
                user.policies = policies;
            }
            Self::SessionToken | Self::Provided => {}
        }
        Ok(principal)
    }

    /// The session policies, where the type has them.
    pub const fn policies(&self) -> Option<&SessionPolicies> {
        match self {
            Self::AssumeRole(role) => Some(&role.policies),
            Self::FederatedUser(user) => Some(&user.policies),
            Self::SessionToken | Self::Provided => None,
        }
    }
}

impl SessionPolicies {
    pub const fn is_empty(&self) -> bool {
        self.inline.is_none() && self.arns.is_empty()
    }

    /// How much of [`PLAIN_TEXT_LIMIT`] they take together, in characters.
    pub fn length(&self) -> usize {
        let inline = self.inline.as_ref().map_or(0, SessionPolicy::length);
        inline + self.arns.iter().map(|arn| arn.as_str().chars().count()).sum::<usize>()
    }
}

#[cfg(test)]
mod tests;
