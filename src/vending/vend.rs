//! The main job: from evidence and a connector to a lease, one caller at a time for the same request.
//! Memory first, then identity, entitlement and AWS; a lease in hand is kept until its successor is stored. What came
//! of it is remembered, for the callers that wait and for those to come.

use std::time::Duration;

use jiff::Timestamp;

use super::entitlement::{Entitlement, Memberships, Openness, decide};
use super::error::VendError;
use super::freshness::{Freshness, freshness};
use super::lease_key::{host_role_key, lease_key};
use super::memory::{Arrival, Memory, Recalled};
use super::signer::{Signer, handed_on};
use crate::model::account::{Account, AccountType};
use crate::model::connector::Connector;
use crate::model::duration::SessionDuration;
use crate::model::failure::Failure;
use crate::model::file_mark::Watched;
use crate::model::lease::{Lease, LeaseKey};
use crate::model::pass::{Admission, Outcome, PassKey, Unrenewed};
use crate::model::person::{Evidence, Person};
use crate::model::principal::{Principal, PrincipalType, RuleError};
use crate::model::session_name::{FEDERATION_LIMIT, ROLE_SESSION_LIMIT, session_name};
use crate::model::session_tag::{self, SessionTag, TagError, Template};
use crate::ports::{
    CacheError, Directory, HostRole, IssueAction, IssueRequest, SecretStore, TokenService, TokenServiceError, Turn,
    Turns,
};

/// The shortest life that STS gives to any credentials.
const SHORTEST: SessionDuration = SessionDuration::from_seconds(900);

/// The ports through which credentials are vended.
pub struct Vendor<'a> {
    /// Made when it must be asked.
    pub directory: &'a dyn Fn() -> Result<Box<dyn Directory>, VendError>,
    pub tokens: &'a dyn TokenService,
    pub secrets: &'a dyn SecretStore,
    /// Only asked for accounts that stand for it.
    pub host: &'a dyn HostRole,
    pub turns: &'a dyn Turns,
    pub memory: Memory<'a>,
}

/// What is asked for.
#[derive(Clone, Copy)]
pub struct Order<'a> {
    pub connector: &'a Connector,
    pub account: &'a Account,
    pub openness: Openness<'a>,
    /// Where STS is asked, when that is not its own regional endpoint.
    pub endpoint: Option<&'a str>,
    /// Shows who asks; only called when the directory must be.
    pub evidence: &'a dyn Fn() -> Result<Evidence, VendError>,
    pub recall: Recall<'a>,
}

/// How a request is remembered.
#[derive(Clone, Copy)]
pub struct Recall<'a> {
    pub key: &'a PassKey,
    /// What the request was derived from, looked at before it was read.
    pub watched: &'a [Watched],
    pub arrival: Arrival,
    /// How long the directory's positive answer may be used again.
    pub good_for: Duration,
    /// How long another caller's turn is waited for.
    pub patience: Duration,
    /// Puts a failure into words that can be kept.
    pub describe: &'a dyn Fn(&VendError) -> Failure,
}

/// What was vended.
#[derive(Debug)]
pub struct Vended {
    pub lease: Lease,
    pub person: Person,
    pub source: Source,
    /// What could not be kept for the next time.
    pub not_kept: Option<CacheError>,
}

/// Where the lease came from.
#[derive(Debug)]
pub enum Source {
    Issued,
    Memory,
    /// From memory, because AWS could not be asked for a new one, for this reason in words.
    MemoryForWantOfNew(String),
}

impl From<Recalled> for Vended {
    fn from(recalled: Recalled) -> Self {
        let Recalled { lease, admission, trouble } = recalled;
        let source = trouble.map_or(Source::Memory, Source::MemoryForWantOfNew);
        Self { lease, person: admission.person, source, not_kept: None }
    }
}

impl Vendor<'_> {
    /// Credentials for whoever the evidence shows, if they are entitled to the connector.
    pub fn vend(&self, order: Order<'_>) -> Result<Vended, VendError> {
        if let Some(recalled) = self.memory.recall(order.recall.key, order.recall.arrival)? {
            return Ok(recalled.into());
        }
        let _turn = self.turn(order)?;
        // Somebody may have fetched it, or failed to, while this process waited for its turn.
        if let Some(recalled) = self.memory.recall(order.recall.key, order.recall.arrival)? {
            return Ok(recalled.into());
        }
        let vended = self.vend_in_turn(order);
        if let Err(error) = &vended {
            let outcome = Outcome::Failed { at: self.memory.clock.now(), failure: (order.recall.describe)(error) };
            // The failure itself is what the caller must hear of; that it can't be remembered only costs time.
            drop(self.memory.keep(order.recall.key, order.recall.watched, outcome));
        }
        vended
    }

    /// A folder that can't be written to must not keep anybody from their credentials; then nobody waits.
    fn turn(&self, order: Order<'_>) -> Result<Option<Turn>, VendError> {
        match self.turns.take(order.recall.key, order.recall.patience) {
            Ok(turn) => Ok(Some(turn)),
            Err(CacheError::File { .. }) => Ok(None),
            Err(other) => Err(other.into()),
        }
    }

    fn vend_in_turn(&self, order: Order<'_>) -> Result<Vended, VendError> {
        order.connector.check_with(order.account).map_err(|source| broken(order, source))?;
        let (person, admitted_at) = match self.earlier_admission(order)? {
            Some(admission) => (admission.person, admission.at),
            None => self.admit(order)?,
        };
        let signer = Signer::of(order.account, self.host)?;
        let (wanted, lease_key) = wanted_of(order, &person, &signer)?;
        let (lease, source, lease_not_kept) = self.lease(order, &lease_key, &signer, &wanted)?;
        let admission = Admission {
            person: person.clone(),
            at: admitted_at,
            good_for: order.recall.good_for,
            lease_key,
            connector: order.connector.name.clone(),
            region: order.connector.region.clone(),
            unrenewed: match &source {
                Source::MemoryForWantOfNew(trouble) => {
                    Some(Unrenewed { at: self.memory.clock.now(), trouble: trouble.clone() })
                }
                Source::Issued | Source::Memory => None,
            },
        };
        let kept = self.memory.keep(order.recall.key, order.recall.watched, Outcome::Admitted(admission));
        Ok(Vended { lease, person, source, not_kept: lease_not_kept.or(kept.err()) })
    }

    /// An earlier answer of the directory, unless the order was derived from files that have changed since: that answer
    /// was about what they say now, and the order may ask for something else.
    fn earlier_admission(&self, order: Order<'_>) -> Result<Option<Admission>, VendError> {
        if !self.memory.is_unchanged(order.recall.watched) {
            return Ok(None);
        }
        self.memory.admission(order.recall.key, order.recall.arrival)
    }

    /// Asks the directory. Whoever it does not admit loses what was cached for them.
    fn admit(&self, order: Order<'_>) -> Result<(Person, Timestamp), VendError> {
        let evidence = (order.evidence)()?;
        let directory = (self.directory)()?;
        let person = directory.identify(&evidence)?.person;
        let at = self.memory.clock.now();
        if decide(order.openness, &Memberships::of(&person, directory.as_ref()))? != Entitlement::None {
            return Ok((person, at));
        }
        if let Some(signer) = Signer::known(order.account)
            && let Ok((_, lease_key)) = wanted_of(order, &person, &signer)
        {
            // The denial itself is what the caller must hear of; a lease that stays is reached by nobody it denies.
            drop(self.memory.leases.forget(&lease_key));
        }
        Err(VendError::NotEntitled {
            person: person.name,
            connector: order.connector.name.clone(),
            groups: order.connector.groups.clone(),
        })
    }

    fn lease(
        &self,
        order: Order<'_>,
        key: &LeaseKey,
        signer: &Signer<'_>,
        wanted: &Wanted,
    ) -> Result<(Lease, Source, Option<CacheError>), VendError> {
        if let Some(lease) = self.memory.lease(key, Freshness::Fresh)? {
            return Ok((lease, Source::Memory, None));
        }
        match self.fetch(order, signer, wanted) {
            Ok(lease) => {
                let not_kept = self.memory.leases.store(key, &lease).err();
                Ok((lease, Source::Issued, not_kept))
            }
            Err(VendError::Tokens(trouble)) if is_passing(&trouble) => {
                match self.memory.lease(key, Freshness::Ageing)? {
                    Some(lease) => Ok((lease, Source::MemoryForWantOfNew(trouble.to_string()), None)),
                    None => Err(trouble.into()),
                }
            }
            Err(error) => Err(error),
        }
    }

    fn fetch(&self, order: Order<'_>, signer: &Signer<'_>, wanted: &Wanted) -> Result<Lease, VendError> {
        let lease = match (wanted, signer) {
            (Wanted::Issued(request), _) => self.issue(signer, request)?,
            (Wanted::HostRole, Signer::Host(given)) => handed_on(given, self.memory.clock.now()),
            (Wanted::HostRole, Signer::LongTermKey { .. }) => {
                let (principal, account) = (PrincipalType::Provided, AccountType::AccessKey);
                return Err(broken(order, RuleError::AccountUnfit { principal, account }));
            }
        };
        if freshness(&lease, self.memory.clock.now()) == Freshness::Over {
            return Err(VendError::Stillborn { connector: order.connector.name.clone() });
        }
        Ok(lease)
    }

    fn issue(&self, signer: &Signer<'_>, request: &IssueRequest) -> Result<Lease, VendError> {
        let credentials = signer.credentials(self.secrets)?;
        let mut lease = self.tokens.issue(&credentials, request)?;
        if lease.aws_account_id.is_none() {
            lease.aws_account_id = credentials.owner.map(|id| id.to_string());
        }
        Ok(lease)
    }
}

fn broken(order: Order<'_>, source: RuleError) -> VendError {
    VendError::Rule { connector: order.connector.name.clone(), source }
}

/// Whether a valid lease may stand in: AWS could not be asked, as opposed to having said no.
const fn is_passing(error: &TokenServiceError) -> bool {
    matches!(error, TokenServiceError::Unreachable { .. } | TokenServiceError::Busy { .. })
}

/// What yields the lease.
#[derive(Debug)]
enum Wanted {
    /// STS is told this.
    Issued(Box<IssueRequest>),
    /// The credentials of the host's role are handed on; nobody is told anything.
    HostRole,
}

/// What is wanted for this person, and where the lease is kept.
fn wanted_of(order: Order<'_>, person: &Person, signer: &Signer<'_>) -> Result<(Wanted, LeaseKey), VendError> {
    let wanted = wanted(order.connector, person)
        .map_err(|source| VendError::Tag { connector: order.connector.name.clone(), source })?;
    let key = match &wanted {
        Wanted::Issued(request) => lease_key(signer.mark(), order.endpoint, request),
        Wanted::HostRole => host_role_key(signer.mark()),
    };
    Ok((wanted, key))
}

/// What is wanted for this person. Everything in it comes from the configuration and the directory.
fn wanted(connector: &Connector, person: &Person) -> Result<Wanted, TagError> {
    let action = match &connector.principal {
        Principal::AssumeRole(role) => IssueAction::AssumeRole {
            role_arn: role.role_arn.clone(),
            session_name: session_name(&person.name, ROLE_SESSION_LIMIT),
            external_id: role.external_id.clone(),
            policies: role.policies.clone(),
            tags: session_tags(&role.tags, person)?,
            transitive_tags: role.transitive_tags.clone(),
            source_identity: role
                .source_identity
                .as_ref()
                .map(|template| session_tag::source_identity(template, person))
                .transpose()?,
        },
        Principal::FederatedUser(user) => IssueAction::GetFederationToken {
            name: session_name(&person.name, FEDERATION_LIMIT),
            policies: user.policies.clone(),
            tags: session_tags(&user.tags, person)?,
        },
        Principal::SessionToken => IssueAction::GetSessionToken,
        Principal::Provided => return Ok(Wanted::HostRole),
    };
    // The settings give each of these a duration; should one come without, it gets as little as there is.
    let duration = connector.duration.unwrap_or(SHORTEST);
    Ok(Wanted::Issued(Box::new(IssueRequest { region: connector.region.clone(), duration, action })))
}

fn session_tags<'a>(
    tags: impl IntoIterator<Item = (&'a String, &'a Template)>,
    person: &Person,
) -> Result<Vec<SessionTag>, TagError> {
    tags.into_iter()
        .map(|(key, template)| {
            let tag = SessionTag { key: key.clone(), value: template.fill(person)? };
            session_tag::check(&tag)?;
            Ok(tag)
        })
        .collect()
}

#[cfg(test)]
mod tests;
