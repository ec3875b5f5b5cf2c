//! The main job: from evidence and a connector to a lease.
//! Identity first, then entitlement, then the cache, then AWS; a lease in hand is kept until its successor is stored.

use jiff::Timestamp;

use super::entitlement::{Entitlement, Memberships, Openness, decide};
use super::error::VendError;
use super::freshness::{Freshness, freshness};
use super::lease_key::lease_key;
use crate::model::account::{AccessKey, Account, AccountSource};
use crate::model::connector::Connector;
use crate::model::lease::{Lease, LeaseKey};
use crate::model::person::{Evidence, Person};
use crate::model::principal::Principal;
use crate::model::session_name::{FEDERATION_LIMIT, ROLE_SESSION_LIMIT, session_name};
use crate::model::session_tag::{self, SessionTag, TagError, Template};
use crate::ports::{
    Clock, Directory, IssueAction, IssueRequest, LeaseStore, SecretStore, TokenService, TokenServiceError,
};

/// The ports through which credentials are vended.
pub struct Vendor<'a> {
    pub directory: &'a dyn Directory,
    pub tokens: &'a dyn TokenService,
    pub leases: &'a dyn LeaseStore,
    pub secrets: &'a dyn SecretStore,
    pub clock: &'a dyn Clock,
}

/// What is asked for, by whom.
#[derive(Clone, Copy)]
pub struct Order<'a> {
    pub evidence: &'a Evidence,
    pub connector: &'a Connector,
    pub account: &'a Account,
    pub openness: Openness<'a>,
    /// Where STS is asked, when that is not its own regional endpoint.
    pub endpoint: Option<&'a str>,
}

/// What was vended.
#[derive(Debug)]
pub struct Vended {
    pub lease: Lease,
    pub person: Person,
    pub source: Source,
}

/// Where the lease came from.
#[derive(Debug)]
pub enum Source {
    Issued,
    Cache,
    /// From the cache, because AWS could not be asked for a new one.
    CacheForWantOfNew(TokenServiceError),
}

impl Vendor<'_> {
    /// Credentials for whoever the evidence shows, if they are entitled to the connector.
    pub fn vend(&self, order: Order<'_>) -> Result<Vended, VendError> {
        let person = self.directory.identify(order.evidence)?.person;
        let memberships = Memberships::of(&person, self.directory);
        if decide(order.openness, &memberships)? == Entitlement::None {
            return Err(VendError::NotEntitled {
                person: person.name,
                connector: order.connector.name.clone(),
                groups: order.connector.groups.clone(),
            });
        }
        let request = issue_request(order.connector, &person)
            .map_err(|source| VendError::Tag { connector: order.connector.name.clone(), source })?;
        let (lease, source) = self.lease(order, &request)?;
        Ok(Vended { lease, person, source })
    }

    fn lease(&self, order: Order<'_>, request: &IssueRequest) -> Result<(Lease, Source), VendError> {
        let AccountSource::AccessKey { access_key_id, .. } = &order.account.source;
        let key = lease_key(access_key_id, order.endpoint, request);
        if let Some(lease) = self.kept(&key, Freshness::Fresh)? {
            return Ok((lease, Source::Cache));
        }
        let _turn = self.leases.lock(&key)?;
        // Somebody may have fetched it while this process waited for its turn.
        if let Some(lease) = self.kept(&key, Freshness::Fresh)? {
            return Ok((lease, Source::Cache));
        }
        match self.issue(order, request) {
            Ok(lease) => {
                self.leases.store(&key, &lease)?;
                Ok((lease, Source::Issued))
            }
            Err(VendError::Tokens(trouble)) if is_passing(&trouble) => match self.kept(&key, Freshness::Ageing)? {
                Some(lease) => Ok((lease, Source::CacheForWantOfNew(trouble))),
                None => Err(trouble.into()),
            },
            Err(error) => Err(error),
        }
    }

    /// The cached lease, if it is at least this fresh.
    fn kept(&self, key: &LeaseKey, at_least: Freshness) -> Result<Option<Lease>, VendError> {
        let now = self.clock.now();
        Ok(self.leases.lookup(key)?.filter(|lease| match freshness(lease, now) {
            Freshness::Fresh => true,
            Freshness::Ageing => at_least == Freshness::Ageing,
            Freshness::Over => false,
        }))
    }

    fn issue(&self, order: Order<'_>, request: &IssueRequest) -> Result<Lease, VendError> {
        let AccountSource::AccessKey { access_key_id, aws_account_id } = &order.account.source;
        let Some(secret) = self.secrets.lookup(&order.account.secret_id())? else {
            let account = order.account.name.clone();
            return Err(VendError::SecretMissing { account, access_key_id: access_key_id.clone() });
        };
        let key = AccessKey { id: access_key_id.clone(), secret, owner: aws_account_id.clone() };
        let mut lease = self.tokens.issue(&key, request)?;
        if lease.aws_account_id.is_none() {
            lease.aws_account_id = aws_account_id.as_ref().map(|id| id.as_str().to_owned());
        }
        if is_over(&lease, self.clock.now()) {
            return Err(VendError::Stillborn { connector: order.connector.name.clone() });
        }
        Ok(lease)
    }
}

fn is_over(lease: &Lease, now: Timestamp) -> bool {
    freshness(lease, now) == Freshness::Over
}

/// Whether a valid lease may stand in: AWS could not be asked, as opposed to having said no.
const fn is_passing(error: &TokenServiceError) -> bool {
    matches!(error, TokenServiceError::Unreachable { .. } | TokenServiceError::Busy { .. })
}

/// What STS is told for this person. Everything in it comes from the configuration and the directory.
pub fn issue_request(connector: &Connector, person: &Person) -> Result<IssueRequest, TagError> {
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
    };
    Ok(IssueRequest { region: connector.region.clone(), duration: connector.duration, action })
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
