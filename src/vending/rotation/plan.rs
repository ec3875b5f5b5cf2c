//! What is to be done, from what the journal, the configuration, the secret store and AWS say together. Pure.
//! A key is undone only when everything says that it is the one a broken-off rotation made and nobody can use.

use jiff::{SignedDuration, Timestamp};

use crate::model::account::AccessKeyId;
use crate::model::rotation::{Journal, Stage};
use crate::model::user_key::{LastUse, UserKey};

/// How far apart the journal's time and AWS's may be, and how long a call for a key may have lasted. AWS takes no
/// signature that is more than a quarter of an hour off.
const TOLERANCE: SignedDuration = SignedDuration::from_mins(16);

/// What is to be done next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Plan {
    /// Nothing is under way.
    Start,
    /// A rotation was broken off before its new key could be kept; these keys are what it left at AWS.
    StartOver { lost: Vec<UserKey>, since: Timestamp },
    /// The new key is there and its secret too; the account has the old one.
    Prove { new: AccessKeyId },
    /// The account has the new key; the old one is to go.
    Retire { old: AccessKeyId },
    /// The journal is about other keys than the account's.
    Foreign { old: AccessKeyId },
}

/// What is to be done for an account that has the key `current`. `kept` says whether the store has the secret of a key.
pub fn plan(
    journal: Option<&Journal>,
    current: &AccessKeyId,
    keys: &[UserKey],
    kept: impl Fn(&AccessKeyId) -> bool,
) -> Plan {
    let Some(journal) = journal else { return Plan::Start };
    let foreign = || Plan::Foreign { old: journal.old.clone() };
    match &journal.stage {
        Stage::Creating { known, at } if journal.old == *current => {
            let strangers = || keys.iter().filter(|key| key.id != *current && !known.contains(&key.id));
            match strangers().find(|key| kept(&key.id)) {
                Some(key) => Plan::Prove { new: key.id.clone() },
                None => Plan::StartOver {
                    lost: strangers().filter(|key| was_lost(key, *at)).cloned().collect(),
                    since: *at,
                },
            }
        }
        Stage::Created { new } if new == current => Plan::Retire { old: journal.old.clone() },
        Stage::Created { new } if journal.old == *current => Plan::Prove { new: new.clone() },
        Stage::Creating { .. } | Stage::Created { .. } => foreign(),
    }
}

/// Whether the key is one that was made just when the journal says, and that surely nobody has ever used.
fn was_lost(key: &UserKey, at: Timestamp) -> bool {
    key.last_use == LastUse::Never && key.created.duration_since(at).abs() <= TOLERANCE
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::user_key::KeyStatus;

    fn id(number: u32) -> AccessKeyId {
        format!("AKIAIOSFODNN7EXAMPL{number}").parse().unwrap()
    }

    fn at() -> Timestamp {
        "2026-11-22T10:00:00Z".parse().unwrap()
    }

    fn key(number: u32, minutes: i64, last_use: LastUse) -> UserKey {
        let created = at() + SignedDuration::from_mins(minutes);
        UserKey { id: id(number), status: KeyStatus::Active, created, last_use }
    }

    fn used() -> LastUse {
        LastUse::At { at: at(), service: "sts".to_owned(), region: "eu-west-1".to_owned() }
    }

    fn creating() -> Journal {
        Journal::new("ops".parse().unwrap(), id(1), Stage::Creating { known: vec![id(1)], at: at() })
    }

    fn created() -> Journal {
        Journal::new("ops".parse().unwrap(), id(1), Stage::Created { new: id(2) })
    }

    #[test]
    fn only_a_key_that_nobody_can_use_is_undone() {
        let lost =
            |key: &UserKey| match plan(Some(&creating()), &id(1), &[self::key(1, 0, used()), key.clone()], |_| false) {
                Plan::StartOver { lost, since } if since == at() => lost.len(),
                other => panic!("{other:?}"),
            };
        for (key, expected) in [
            (key(2, 0, LastUse::Never), 1),
            (key(2, 15, LastUse::Never), 1),
            (key(2, 0, LastUse::Unknown), 0),
            (key(2, -15, LastUse::Never), 1),
            (key(2, 0, used()), 0),
            (key(2, 17, LastUse::Never), 0),
            (key(2, -17, LastUse::Never), 0),
            (key(1, 0, LastUse::Never), 0),
        ] {
            assert_eq!(lost(&key), expected, "{key}");
        }
    }

    #[test]
    fn a_key_that_was_there_before_is_never_undone() {
        let known = Stage::Creating { known: vec![id(1), id(2)], at: at() };
        let journal = Journal::new("ops".parse().unwrap(), id(1), known);
        let keys = [key(1, 0, used()), key(2, 0, LastUse::Never), key(3, 0, LastUse::Never)];
        let lost = vec![key(3, 0, LastUse::Never)];
        assert_eq!(plan(Some(&journal), &id(1), &keys, |_| false), Plan::StartOver { lost, since: at() });
    }

    #[test]
    fn a_new_key_whose_secret_was_kept_is_gone_on_with() {
        let keys = [key(1, -99, used()), key(2, 0, LastUse::Never)];
        let kept = |key: &AccessKeyId| *key == id(2);
        assert_eq!(plan(Some(&creating()), &id(1), &keys, kept), Plan::Prove { new: id(2) });
        assert_eq!(plan(Some(&created()), &id(1), &keys, kept), Plan::Prove { new: id(2) });
        assert_eq!(plan(Some(&created()), &id(2), &keys, kept), Plan::Retire { old: id(1) });
    }

    #[test]
    fn without_a_journal_nothing_is_under_way_and_another_s_is_left_alone() {
        let keys = [key(1, 0, LastUse::Never), key(2, 0, LastUse::Never)];
        assert_eq!(plan(None, &id(1), &keys, |_| true), Plan::Start);
        for journal in [creating(), created()] {
            assert_eq!(plan(Some(&journal), &id(3), &keys, |_| true), Plan::Foreign { old: id(1) });
        }
        assert_eq!(plan(Some(&creating()), &id(2), &keys, |_| true), Plan::Foreign { old: id(1) });
    }
}
