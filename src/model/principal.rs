//! The principal types and what each may carry.
//! [`Principal::from_fields`] is the only way to make one, so a principal in hand keeps every rule of AWS that
//! can be known before the call. Sources: IAM User Guide, "Compare AWS STS credentials"; the STS API model.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::account::AccountType;
use super::arn::{PolicyArn, RoleArn};
use super::duration::SessionDuration;
use super::region::Region;
use super::session_policy::{PLAIN_TEXT_LIMIT, SessionPolicy};
use super::session_tag::{self, MOST_TAGS, TagError, Template};

/// The most policy ARNs that a session may carry (STS API).
const MOST_POLICY_ARNS: usize = 10;
/// How long a role may last that another role's credentials have assumed.
const LONGEST_CHAINED: SessionDuration = SessionDuration::from_seconds(3_600);

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
    #[error("{principal} leases live {minimum} to {maximum} seconds; {seconds} is outside")]
    Duration { principal: PrincipalType, seconds: u32, minimum: u32, maximum: u32 },
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

/// Checks that a principal type may have leases this long.
pub fn check_duration(principal: PrincipalType, duration: SessionDuration) -> Result<(), RuleError> {
    let Some((minimum, maximum)) = principal.duration_bounds() else {
        return Err(RuleError::FieldNotAllowed { principal, field: Field::Duration });
    };
    let seconds = duration.seconds();
    if (minimum..=maximum).contains(&seconds) {
        Ok(())
    } else {
        Err(RuleError::Duration { principal, seconds, minimum, maximum })
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

fn check_fields_belong(principal: PrincipalType, fields: &PrincipalFields) -> Result<(), RuleError> {
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

fn check_tags(fields: &PrincipalFields) -> Result<(), RuleError> {
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

fn check_policies(policies: &SessionPolicies, role: Option<&RoleArn>) -> Result<(), RuleError> {
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

#[cfg(test)]
mod tests;
