use std::time::Duration;

use jiff::SignedDuration;

use super::*;
use crate::model::audit::settings::AuditSettings;
use crate::model::failure::{Failure, FailureKind, ReasonCode};
use crate::vending::doubles;

fn now() -> Timestamp {
    Timestamp::from_second(1_900_000_000).unwrap()
}

fn key(byte: u8) -> LeaseKey {
    LeaseKey::from_digest([byte; 32])
}

/// A lease of an hour that has so many seconds left, or one that can't be opened.
fn a_lease(byte: u8, left: Option<i64>) -> Entry {
    let lease = left.map(|left| doubles::lease(now() + SignedDuration::from_secs(left - 3_600), 3_600));
    Entry { name: format!("lease {byte}"), content: Content::Lease(key(byte), lease) }
}

fn a_pass(name: &str, connector: &str, person: &str, lease: u8) -> Entry {
    let admission = Admission {
        actor: Actor::Person(doubles::person(person)),
        at: now(),
        good_for: Duration::from_secs(300),
        lease_key: key(lease),
        connector: connector.parse().unwrap(),
        account: "ops".parse().unwrap(),
        audit: AuditSettings::DEFAULT,
        region: "eu-west-1".parse().unwrap(),
        unrenewed: None,
    };
    let pass = Pass { watched: Vec::new(), outcome: Outcome::Admitted(admission) };
    Entry { name: name.to_owned(), content: Content::Pass(Some(pass)) }
}

fn a_failure(name: &str, seconds_ago: i64) -> Entry {
    let failure =
        Failure { kind: FailureKind::Denied, code: ReasonCode::NotEntitled, causes: Vec::new(), hints: Vec::new() };
    let outcome = Outcome::Failed { at: now() - SignedDuration::from_secs(seconds_ago), failure, person: None };
    Entry { name: name.to_owned(), content: Content::Pass(Some(Pass { watched: Vec::new(), outcome })) }
}

fn plain(name: &str, content: Content) -> Entry {
    Entry { name: name.to_owned(), content }
}

/// Lease 1 is alice's and bob's of one connector and alice's of another; 2 ages, 3 is over, 4 is damaged; nobody is
/// known to have 5; there is no 6 any more.
fn entries() -> Vec<Entry> {
    vec![
        a_lease(1, Some(3_600)),
        a_lease(2, Some(600)),
        a_lease(3, Some(60)),
        a_lease(4, None),
        a_lease(5, Some(3_600)),
        a_pass("bob 1", "deploy", "bob", 1),
        a_pass("alice 1", "deploy", "alice", 1),
        a_pass("alice 1 again", "deploy", "alice", 1),
        a_pass("other 1", "also", "alice", 1),
        a_pass("alice 2", "two", "alice", 2),
        a_pass("alice 3", "three", "alice", 3),
        a_pass("alice 4", "four", "alice", 4),
        a_pass("alice 6", "six", "alice", 6),
        a_failure("failure", 2),
        a_failure("old failure", 3),
        plain("damaged pass", Content::Pass(None)),
        plain("lock", Content::Lock),
        plain("unfinished", Content::Unfinished),
    ]
}

#[test]
fn every_lease_is_told_with_all_who_get_it() {
    let entries = entries();
    let told: Vec<String> = kept(&entries, now())
        .iter()
        .map(|kept| {
            let holder = kept
                .holder
                .map_or_else(|| "nobody".to_owned(), |(connector, actor)| format!("{connector} {}", actor.name()));
            let left = kept.expires_at.map(|expires_at| expires_at.duration_since(now()).as_secs());
            format!("{holder}: {} {left:?}", kept.condition.as_str())
        })
        .collect();
    assert_eq!(
        told,
        [
            "nobody: fresh Some(3600)",
            "also alice: fresh Some(3600)",
            "deploy alice: fresh Some(3600)",
            "deploy bob: fresh Some(3600)",
            "four alice: unreadable None",
            "three alice: expired Some(60)",
            "two alice: ageing Some(600)",
        ]
    );
}

#[test]
fn only_what_is_unwanted_goes() {
    let entries = entries();
    let useless =
        ["lease 3", "lease 4", "alice 3", "alice 4", "alice 6", "old failure", "damaged pass", "lock", "unfinished"];
    let all: Vec<&str> = entries.iter().map(|entry| entry.name.as_str()).collect();
    for (connector, extent, expected) in [
        (None, Extent::All, &all[..]),
        (None, Extent::Useless, &useless),
        (Some("deploy"), Extent::All, &["lease 1", "bob 1", "alice 1", "alice 1 again"]),
        (Some("deploy"), Extent::Useless, &[]),
        (Some("two"), Extent::Useless, &[]),
        (Some("three"), Extent::Useless, &["lease 3", "alice 3"]),
        (Some("four"), Extent::All, &["lease 4", "alice 4"]),
        (Some("six"), Extent::Useless, &["alice 6"]),
        (Some("none"), Extent::All, &[]),
    ] {
        let name = connector.map(|connector| connector.parse().unwrap());
        let found = unwanted(&entries, Unwanted { connector: name.as_ref(), extent }, now());
        let found: Vec<&str> = found.iter().map(|entry| entry.name.as_str()).collect();
        assert_eq!(found, expected, "{connector:?} {extent:?}");
    }
}
