//! What a caller asks of a connector's credentials beyond the connector itself. It may only take away.
//!
//! AWS gives a session what both the identity and the session policies allow, and takes the session policies together: what
//! one of them allows is allowed (IAM User Guide, “Session policies”). The first session policy therefore narrows; one that
//! is put beside others would widen. A managed policy is only ever the first, and a policy from a file is joined with what
//! is there so that both must allow, or refused: see [`intersection`].

mod complement;
mod document;
mod fault;
mod intersection;
mod written;

use std::path::PathBuf;

use super::arn::PolicyArn;
use super::connector::Connector;
use super::duration::SessionDuration;
use super::file_mark::Watched;
use super::name::ConnectorName;
use super::principal::{Principal, PrincipalType, RuleError, SessionPolicies, check_duration};

pub use fault::PolicyFault;

/// What a caller takes away; by default nothing.
#[derive(Debug, Clone, Default)]
pub struct Narrowing {
    pub duration: Option<SessionDuration>,
    pub managed: Managed,
    pub policy: Option<GivenPolicy>,
}

/// The managed policies that a caller adds.
#[derive(Debug, Clone, Default)]
pub enum Managed {
    #[default]
    None,
    /// What one of these allows.
    Arns(Vec<PolicyArn>),
    /// AWS's own policy for readers, of the connector's partition.
    ReadOnly,
}

/// A policy as a caller's file holds it.
#[derive(Debug, Clone)]
pub struct GivenPolicy {
    /// How the file looked before it was read.
    pub file: Watched,
    pub text: String,
}

/// Why a connector's credentials can't be had as the caller asks.
#[derive(Debug, thiserror::Error)]
pub enum NarrowingError {
    #[error("the connector “{connector}” gives credentials for {longest} at most; {asked} is longer")]
    DurationTooLong { connector: ConnectorName, longest: SessionDuration, asked: SessionDuration },
    #[error("the connector “{connector}” can't be narrowed by a policy: {principal} takes no session policies")]
    NoSessionPolicies { connector: ConnectorName, principal: PrincipalType },
    /// Its session policies would be the first rights of the session.
    #[error("the connector “{connector}” gives no rights (omit_policy = true); a policy would add some")]
    NoRights { connector: ConnectorName },
    #[error("the connector “{connector}” has session policies already, and AWS would add what {policy} allows to them")]
    ManagedBesideOthers { connector: ConnectorName, policy: PolicyArn },
    #[error("the policy in {} can't narrow the connector “{connector}”", .path.display())]
    Policy {
        connector: ConnectorName,
        path: PathBuf,
        #[source]
        source: PolicyFault,
    },
    #[error("what is asked of the connector “{connector}” breaks a rule of AWS")]
    Rule {
        connector: ConnectorName,
        #[source]
        source: RuleError,
    },
}

impl Narrowing {
    /// The connector with what the caller takes away taken away.
    pub fn apply(&self, mut connector: Connector) -> Result<Connector, NarrowingError> {
        let name = connector.name.clone();
        let broken = |source| NarrowingError::Rule { connector: name.clone(), source };
        if let Some(asked) = self.duration {
            check_is_shorter(asked, &connector)?;
            check_duration(connector.principal.principal_type(), asked).map_err(broken)?;
            connector.duration = Some(asked);
        }
        if self.has_policies() {
            let policies = self.policies(&connector)?;
            connector.principal = connector.principal.with_policies(policies).map_err(broken)?;
            connector.check_partitions().map_err(broken)?;
        }
        Ok(connector)
    }

    /// Everything in which two narrowings can differ, each part with its name; the policy by its text.
    pub fn parts(&self) -> Vec<(&'static str, String)> {
        let mut parts = Vec::new();
        parts.extend(self.duration.map(|duration| ("duration", duration.seconds().to_string())));
        match &self.managed {
            Managed::None => {}
            Managed::Arns(arns) => parts.extend(arns.iter().map(|arn| ("policy arn", arn.to_string()))),
            Managed::ReadOnly => parts.push(("read only", String::new())),
        }
        parts.extend(self.policy.as_ref().map(|policy| ("policy", policy.text.clone())));
        parts
    }

    const fn has_policies(&self) -> bool {
        self.policy.is_some() || !matches!(self.managed, Managed::None)
    }

    fn policies(&self, connector: &Connector) -> Result<SessionPolicies, NarrowingError> {
        let name = || connector.name.clone();
        let own = match &connector.principal {
            Principal::FederatedUser(user) if user.policies.is_empty() => {
                return Err(NarrowingError::NoRights { connector: name() });
            }
            principal => principal.policies().ok_or_else(|| NarrowingError::NoSessionPolicies {
                connector: name(),
                principal: principal.principal_type(),
            })?,
        };
        let mut policies = own.clone();
        let managed = self.managed.arns(connector.region.partition());
        if let Some(policy) = managed.first().filter(|_| !own.is_empty()) {
            return Err(NarrowingError::ManagedBesideOthers { connector: name(), policy: policy.clone() });
        }
        policies.arns.extend(managed);
        match &self.policy {
            None => Ok(policies),
            Some(given) => intersection::join(policies, &given.text).map_err(|source| NarrowingError::Policy {
                connector: name(),
                path: given.file.path.clone(),
                source,
            }),
        }
    }
}

impl Managed {
    fn arns(&self, partition: &'static str) -> Vec<PolicyArn> {
        match self {
            Self::None => Vec::new(),
            Self::Arns(arns) => arns.clone(),
            Self::ReadOnly => vec![PolicyArn::read_only_access(partition)],
        }
    }
}

fn check_is_shorter(asked: SessionDuration, connector: &Connector) -> Result<(), NarrowingError> {
    match connector.duration {
        Some(longest) if asked > longest => {
            Err(NarrowingError::DurationTooLong { connector: connector.name.clone(), longest, asked })
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
