//! What earlier runs have left, looked at as a whole: whose the leases are, how they are, and which entries go when
//! somebody wants them gone. Pure: what is kept is given.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;

use super::freshness::{Freshness, freshness};
use super::memory::FAILURE_LIFE;
use crate::model::actor::Actor;
use crate::model::lease::{Lease, LeaseKey};
use crate::model::name::ConnectorName;
use crate::model::pass::{Admission, Outcome, Pass};
use crate::ports::{Content, Entry};

/// How a kept lease is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// Handed on as it is.
    Fresh,
    /// Handed on where no new one is to be had.
    Ageing,
    /// Never handed on any more.
    Expired,
    /// Damaged, foreign, or sealed with a key that is gone: never handed on either.
    Unopened,
}

impl Condition {
    fn of(lease: Option<&Lease>, now: Timestamp) -> Self {
        match lease.map(|lease| freshness(lease, now)) {
            Some(Freshness::Fresh) => Self::Fresh,
            Some(Freshness::Ageing) => Self::Ageing,
            Some(Freshness::Over) => Self::Expired,
            None => Self::Unopened,
        }
    }

    const fn is_of_use(self) -> bool {
        matches!(self, Self::Fresh | Self::Ageing)
    }

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Ageing => "ageing",
            Self::Expired => "expired",
            Self::Unopened => "unreadable",
        }
    }
}

/// A lease that is kept, for one of those who get it.
#[derive(Debug)]
pub struct Kept<'a> {
    /// Through which connector and for whom; `None` where no pass tells.
    pub holder: Option<(&'a ConnectorName, &'a Actor)>,
    pub condition: Condition,
    pub expires_at: Option<Timestamp>,
}

/// What is to be taken away.
#[derive(Debug, Clone, Copy)]
pub struct Unwanted<'a> {
    /// Only what is kept of this connector.
    pub connector: Option<&'a ConnectorName>,
    pub extent: Extent,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    All,
    /// Only what is of no use any more.
    Useless,
}

/// The leases that are kept, each once for every connector and everybody who gets it there.
pub fn kept(entries: &[Entry], now: Timestamp) -> Vec<Kept<'_>> {
    let mut holders: HashMap<&LeaseKey, Vec<(&ConnectorName, &Actor)>> = HashMap::new();
    for Admission { lease_key, connector, actor, .. } in entries.iter().filter_map(admission) {
        let of_lease = holders.entry(lease_key).or_default();
        if !of_lease.contains(&(connector, actor)) {
            of_lease.push((connector, actor));
        }
    }
    let mut kept = Vec::new();
    for (key, lease) in entries.iter().filter_map(lease) {
        let condition = Condition::of(lease, now);
        let expires_at = lease.map(|lease| lease.expires_at);
        let known = holders.get(key).into_iter().flatten().copied().map(Some);
        let of_whom: Vec<_> = known.collect();
        let of_whom = if of_whom.is_empty() { vec![None] } else { of_whom };
        kept.extend(of_whom.into_iter().map(|holder| Kept { holder, condition, expires_at }));
    }
    kept.sort_by_key(|kept| kept.holder.map(|(connector, actor)| (connector, actor.name())));
    kept
}

/// The entries that are to be taken away.
pub fn unwanted<'a>(entries: &'a [Entry], unwanted: Unwanted<'a>, now: Timestamp) -> Vec<&'a Entry> {
    let conditions: HashMap<&LeaseKey, Condition> =
        entries.iter().filter_map(lease).map(|(key, lease)| (key, Condition::of(lease, now))).collect();
    let of_connector: HashSet<&LeaseKey> = entries
        .iter()
        .filter_map(admission)
        .filter(|admission| Some(&admission.connector) == unwanted.connector)
        .map(|admission| &admission.lease_key)
        .collect();
    let is_meant = |entry: &&Entry| match (&entry.content, unwanted.connector) {
        (_, None) => true,
        (Content::Lease(key, _), Some(_)) => of_connector.contains(key),
        (_, Some(connector)) => admission(entry).is_some_and(|admission| admission.connector == *connector),
    };
    let is_of_use = |key: &LeaseKey| conditions.get(key).is_some_and(|condition| condition.is_of_use());
    let may_go = |entry: &&Entry| match (unwanted.extent, &entry.content) {
        (Extent::All, _) | (Extent::Useless, Content::Lock | Content::Unfinished | Content::Pass(None)) => true,
        (Extent::Useless, Content::Lease(key, _)) => !is_of_use(key),
        (Extent::Useless, Content::Pass(Some(pass))) => match &pass.outcome {
            Outcome::Admitted(admission) => !is_of_use(&admission.lease_key),
            Outcome::Failed { at, .. } => now.duration_since(*at) >= FAILURE_LIFE,
        },
    };
    entries.iter().filter(is_meant).filter(may_go).collect()
}

fn admission(entry: &Entry) -> Option<&Admission> {
    match &entry.content {
        Content::Pass(Some(Pass { outcome: Outcome::Admitted(admission), .. })) => Some(admission),
        _ => None,
    }
}

fn lease(entry: &Entry) -> Option<(&LeaseKey, Option<&Lease>)> {
    match &entry.content {
        Content::Lease(key, lease) => Some((key, lease.as_ref())),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
