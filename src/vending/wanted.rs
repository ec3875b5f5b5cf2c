//! What a connector asks AWS for on behalf of an actor, and where the lease of it is kept.
//! Everything in a request comes from the configuration and the directory; of a caller's own wishes nothing arrives here
//! but a connector that gives less.

use super::error::VendError;
use super::lease_key::{host_role_key, lease_key};
use super::signer::Signer;
use super::vend::Order;
use crate::model::actor::Actor;
use crate::model::duration::SessionDuration;
use crate::model::lease::LeaseKey;
use crate::model::principal::Principal;
use crate::model::session_name::{FEDERATION_LIMIT, ROLE_SESSION_LIMIT};
use crate::model::session_tag::{self, SessionTag, TagError, Template};
use crate::ports::{IssueAction, IssueRequest};

/// The shortest life that STS gives to any credentials.
const SHORTEST: SessionDuration = SessionDuration::from_seconds(900);

/// What yields the lease.
#[derive(Debug)]
pub enum Wanted {
    /// STS is told this.
    Issued(Box<IssueRequest>),
    /// The credentials of the host's role are handed on; nobody is told anything.
    HostRole,
}

/// What is wanted for this actor, and where the lease is kept.
pub fn wanted_of(order: Order<'_>, actor: &Actor, signer: &Signer<'_>) -> Result<(Wanted, LeaseKey), VendError> {
    let wanted =
        wanted(order, actor).map_err(|source| VendError::Tag { connector: order.connector.name.clone(), source })?;
    let key = match &wanted {
        Wanted::Issued(request) => lease_key(actor.scope(), signer.mark(), order.endpoint, request),
        Wanted::HostRole => host_role_key(actor.scope(), signer.mark()),
    };
    Ok((wanted, key))
}

fn wanted(order: Order<'_>, actor: &Actor) -> Result<Wanted, TagError> {
    let connector = order.connector;
    let action = match &connector.principal {
        Principal::AssumeRole(role) => IssueAction::AssumeRole {
            role_arn: role.role_arn.clone(),
            session_name: actor.session_name(ROLE_SESSION_LIMIT),
            external_id: role.external_id.clone(),
            policies: role.policies.clone(),
            tags: session_tags(&role.tags, actor)?,
            transitive_tags: role.transitive_tags.clone(),
            source_identity: role
                .source_identity
                .as_ref()
                .map(|template| session_tag::source_identity(template, actor))
                .transpose()?,
        },
        Principal::FederatedUser(user) => IssueAction::GetFederationToken {
            name: actor.session_name(FEDERATION_LIMIT),
            policies: user.policies.clone(),
            tags: session_tags(&user.tags, actor)?,
        },
        Principal::SessionToken => IssueAction::GetSessionToken,
        Principal::Provided => return Ok(Wanted::HostRole),
    };
    // The settings give each of these a duration; should one come without, it gets as little as there is.
    let duration = connector.duration.unwrap_or(SHORTEST);
    let mfa_serial = connector.mfa(order.account).map(|device| device.serial.clone());
    Ok(Wanted::Issued(Box::new(IssueRequest { region: connector.region.clone(), duration, mfa_serial, action })))
}

fn session_tags<'a>(
    tags: impl IntoIterator<Item = (&'a String, &'a Template)>,
    actor: &Actor,
) -> Result<Vec<SessionTag>, TagError> {
    tags.into_iter()
        .map(|(key, template)| {
            let tag = SessionTag { key: key.clone(), value: template.fill(actor)? };
            session_tag::check(&tag)?;
            Ok(tag)
        })
        .collect()
}
