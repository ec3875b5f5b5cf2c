//! What earlier runs have left: a pass for the request, and the lease it names. Answering from here asks nobody.
//! A pass counts as long as every file it was derived from looks as it did; nothing else can vouch for it.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::error::VendError;
use super::freshness::{Freshness, freshness};
use crate::model::file_mark::Watched;
use crate::model::lease::{Lease, LeaseKey};
use crate::model::pass::{Admission, Outcome, Pass, PassKey};
use crate::ports::{CacheError, Clock, LeaseStore, PassStore};

/// How long a failure answers for a request that comes after it.
pub(super) const FAILURE_LIFE: SignedDuration = SignedDuration::from_secs(3);
/// A file that was changed this shortly before may be changed again without a trace.
const RESTLESS: Duration = Duration::from_millis(50);
/// The same on a file system that counts whole seconds.
const RESTLESS_COARSE: Duration = Duration::from_secs(2);

/// The stores of earlier runs' results.
#[derive(Clone, Copy)]
pub struct Memory<'a> {
    pub passes: &'a dyn PassStore,
    pub leases: &'a dyn LeaseStore,
    pub clock: &'a dyn Clock,
    /// How a file looks now.
    pub look: &'a dyn Fn(&std::path::Path) -> std::io::Result<Watched>,
    /// What a lease must have left to be fresh, besides what makes every lease so.
    pub min_life: SignedDuration,
}

/// A request's time and caller, which say what outcomes of others answer it too.
#[derive(Debug, Clone, Copy)]
pub struct Arrival {
    pub at: Timestamp,
    pub caller: Caller,
}

/// Who waits for the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    /// Hears of failures that came before it asked, too: SDKs ask again at once.
    Program,
    /// Who asks again wants to know anew.
    Person,
}

impl Arrival {
    /// Whether a failure of this time would have been this request's own.
    fn hears_of(&self, failed_at: Timestamp) -> bool {
        match self.caller {
            Caller::Program => failed_at > self.at - FAILURE_LIFE,
            Caller::Person => failed_at >= self.at,
        }
    }
}

/// Credentials from memory.
#[derive(Debug)]
pub struct Recalled {
    pub lease: Lease,
    pub admission: Admission,
    /// Why the lease was not renewed, when it is due.
    pub trouble: Option<String>,
}

impl Memory<'_> {
    /// A lease under a good pass; `None` when somebody must be asked. It is a fresh one, unless another caller has tried
    /// in vain to renew it since this one came.
    pub fn recall(&self, key: &PassKey, arrival: Arrival) -> Result<Option<Recalled>, VendError> {
        let Some(admission) = self.admission(key, arrival)? else { return Ok(None) };
        if let Some(lease) = self.lease(&admission.lease_key, Freshness::Fresh)? {
            return Ok(Some(Recalled { lease, admission, trouble: None }));
        }
        let tried = admission.unrenewed.as_ref().filter(|tried| self.is_past(tried.at) && arrival.hears_of(tried.at));
        let Some(trouble) = tried.map(|tried| tried.trouble.clone()) else { return Ok(None) };
        self.ageing(admission, trouble)
    }

    /// The same for a caller who can't wait any longer, for this reason: a lease that is due for renewal will do.
    pub fn recall_unrenewed(
        &self,
        key: &PassKey,
        arrival: Arrival,
        reason: &str,
    ) -> Result<Option<Recalled>, VendError> {
        if let Some(recalled) = self.recall(key, arrival)? {
            return Ok(Some(recalled));
        }
        let Some(admission) = self.admission(key, arrival)? else { return Ok(None) };
        self.ageing(admission, reason.to_owned())
    }

    fn ageing(&self, admission: Admission, trouble: String) -> Result<Option<Recalled>, VendError> {
        let lease = self.lease(&admission.lease_key, Freshness::Ageing)?;
        Ok(lease.map(|lease| Recalled { lease, admission, trouble: Some(trouble) }))
    }

    /// The directory's earlier answer, if it still counts.
    pub fn admission(&self, key: &PassKey, arrival: Arrival) -> Result<Option<Admission>, VendError> {
        let Some(pass) = told_when_written(self.passes.lookup(key))? else { return Ok(None) };
        if !self.is_unchanged(&pass.watched) {
            return Ok(None);
        }
        match pass.outcome {
            Outcome::Admitted(admission) => Ok(Some(admission).filter(|admission| self.admits(admission, arrival))),
            Outcome::Failed { at, failure, person } if self.is_past(at) && arrival.hears_of(at) => {
                Err(VendError::Remembered { failure, person })
            }
            Outcome::Failed { .. } => Ok(None),
        }
    }

    /// The cached lease, if it is at least this fresh.
    pub fn lease(&self, key: &LeaseKey, at_least: Freshness) -> Result<Option<Lease>, CacheError> {
        let now = self.clock.now();
        Ok(told_when_written(self.leases.lookup(key))?.filter(|lease| match freshness(lease, now) {
            Freshness::Fresh if lease.expires_at.duration_since(now) >= self.min_life => true,
            Freshness::Fresh | Freshness::Ageing => at_least == Freshness::Ageing,
            Freshness::Over => false,
        }))
    }

    /// Whether the lease that the request was given last is likely to serve it again, should the directory say yes. It
    /// proves nothing: neither pass nor files are checked.
    pub fn expects_a_lease(&self, key: &PassKey) -> bool {
        let Ok(Some(Pass { outcome: Outcome::Admitted(admission), .. })) = self.passes.lookup(key) else {
            return false;
        };
        self.lease(&admission.lease_key, Freshness::Fresh).is_ok_and(|lease| lease.is_some())
    }

    /// Keeps the outcome, unless what it was derived from is still being written.
    pub fn keep(&self, key: &PassKey, watched: &[Watched], outcome: Outcome) -> Result<(), CacheError> {
        if self.is_restless(watched) {
            return self.passes.forget(key);
        }
        self.passes.store(key, &Pass { watched: watched.to_vec(), outcome })
    }

    /// Whether every file still looks as it did.
    pub fn is_unchanged(&self, watched: &[Watched]) -> bool {
        watched.iter().all(|then| (self.look)(&then.path).is_ok_and(|now| now == *then))
    }

    /// An answer that was given since this request came in is as good as its own, however short answers are good for.
    fn admits(&self, admission: &Admission, arrival: Arrival) -> bool {
        admission.is_good(self.clock.now()) || admission.at > arrival.at && self.is_past(admission.at)
    }

    /// What is dated in the future was dated by another clock, and tells nothing.
    fn is_past(&self, at: Timestamp) -> bool {
        at <= self.clock.now()
    }

    fn is_restless(&self, watched: &[Watched]) -> bool {
        let now = self.clock.now().as_nanosecond();
        watched.iter().filter_map(|watched| watched.mark.as_ref()).any(|mark| {
            let last = mark.modified.max(mark.changed);
            let coarse = mark.modified % 1_000_000_000 == 0 && mark.changed % 1_000_000_000 == 0;
            let restless = if coarse { RESTLESS_COARSE } else { RESTLESS };
            now - last < i128::try_from(restless.as_nanos()).unwrap_or(i128::MAX)
        })
    }
}

/// A folder that can't be used is no reason to withhold credentials. It is told when the new ones can't be kept in it.
fn told_when_written<T>(found: Result<Option<T>, CacheError>) -> Result<Option<T>, CacheError> {
    match found {
        Err(CacheError::File { .. }) => Ok(None),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::actor::Actor;
    use crate::model::audit::settings::AuditSettings;
    use crate::model::failure::{Failure, FailureKind, ReasonCode};
    use crate::model::file_mark::FileMark;
    use crate::vending::doubles::{FakeCache, HandClock, lease, person};

    const KEY: [u8; 32] = [7; 32];

    /// Keeps an outcome, moves the clock, and asks what is remembered of it for a request that came in at `arrived`,
    /// in seconds after the outcome.
    fn remembered(outcome: &dyn Fn(Timestamp) -> Outcome, later: i64, arrived: i64, caller: Caller) -> String {
        let (cache, clock) = (FakeCache::default(), HandClock::new());
        let look = |path: &std::path::Path| Ok(Watched { path: path.to_owned(), mark: None });
        let memory =
            Memory { passes: &cache, leases: &cache, clock: &clock, look: &look, min_life: SignedDuration::ZERO };
        let key = PassKey::from_digest(KEY);
        let (at, watched) = (clock.now(), look("config.toml".as_ref()).unwrap());
        memory.keep(&key, &[watched], outcome(at)).unwrap();
        clock.advance(later);
        match memory.admission(&key, Arrival { at: at + SignedDuration::from_secs(arrived), caller }) {
            Ok(Some(admission)) => admission.actor.session_name(64),
            Ok(None) => "nothing".to_owned(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn an_admission_serves_while_it_is_good_and_whoever_came_before_it() {
        let admitted = |at| {
            Outcome::Admitted(Admission {
                actor: Actor::Person(person("alice")),
                at,
                good_for: Duration::from_secs(300),
                lease_key: LeaseKey::from_digest(KEY),
                connector: "deploy".parse().unwrap(),
                account: "ops".parse().unwrap(),
                audit: AuditSettings::DEFAULT,
                region: "eu-west-1".parse().unwrap(),
                unrenewed: None,
            })
        };
        for (later, arrived, expected) in [
            (0, 0, "alice"),
            (299, 299, "alice"),
            (300, 300, "nothing"),
            (300, 0, "nothing"),
            (300, -1, "alice"),
            (-1, -1, "nothing"),
            (-100_000, -100_000, "nothing"),
        ] {
            assert_eq!(remembered(&admitted, later, arrived, Caller::Program), expected, "{later} {arrived}");
        }
    }

    #[test]
    fn a_failure_serves_whoever_came_before_it_and_programs_for_a_moment() {
        let failed = |at| {
            let failure = Failure {
                kind: FailureKind::Denied,
                code: ReasonCode::NotEntitled,
                causes: vec!["no".to_owned()],
                hints: Vec::new(),
            };
            Outcome::Failed { at, failure, person: None }
        };
        for (later, arrived, person, program) in [
            (0, 0, "no", "no"),
            (2, 2, "nothing", "no"),
            (3, 3, "nothing", "nothing"),
            (50, 2, "nothing", "no"),
            (50, -1, "no", "no"),
            (-1, -1, "nothing", "nothing"),
        ] {
            assert_eq!(remembered(&failed, later, arrived, Caller::Person), person, "{later} {arrived}");
            assert_eq!(remembered(&failed, later, arrived, Caller::Program), program, "{later} {arrived}");
        }
    }

    #[test]
    fn only_files_at_rest_make_a_pass() {
        let (cache, clock) = (FakeCache::default(), HandClock::new());
        let look = |path: &std::path::Path| Ok(Watched { path: path.to_owned(), mark: None });
        let memory =
            Memory { passes: &cache, leases: &cache, clock: &clock, look: &look, min_life: SignedDuration::ZERO };
        for (milliseconds_ago, restless) in
            [(49, true), (50, false), (1_000, true), (1_999, false), (2_000, false), (-1, true), (-100_000, true)]
        {
            let changed = clock.now().as_nanosecond() - milliseconds_ago * 1_000_000;
            let mark = FileMark { size: 1, modified: changed, changed, device: 1, inode: 1 };
            let watched = Watched { path: "config.toml".into(), mark: Some(mark) };
            assert_eq!(memory.is_restless(&[watched]), restless, "{milliseconds_ago}");
        }
        let second_ago = clock.now().as_nanosecond() - 1_000_000_000;
        for (modified, changed) in [(second_ago, second_ago - 1), (second_ago - 1, second_ago)] {
            let mark = FileMark { size: 1, modified, changed, device: 1, inode: 1 };
            let watched = Watched { path: "config.toml".into(), mark: Some(mark) };
            assert!(!memory.is_restless(&[watched]), "one fine time shows that the file system keeps them");
        }
    }

    #[test]
    fn a_clock_that_is_moved_makes_nothing_live_longer() {
        let key = LeaseKey::from_digest(KEY);
        for (moved, fresh, ageing) in [
            (0, true, true),
            (3_000, false, true),
            (3_540, false, false),
            (100_000, false, false),
            (-300, true, true),
            (-301, false, false),
            (-100_000, false, false),
        ] {
            let (cache, clock) = (FakeCache::default(), HandClock::new());
            let look = |path: &std::path::Path| Ok(Watched { path: path.to_owned(), mark: None });
            let memory =
                Memory { passes: &cache, leases: &cache, clock: &clock, look: &look, min_life: SignedDuration::ZERO };
            LeaseStore::store(&cache, &key, &lease(clock.now(), 3_600)).unwrap();
            clock.advance(moved);
            let found = |at_least| memory.lease(&key, at_least).unwrap().is_some();
            assert_eq!((found(Freshness::Fresh), found(Freshness::Ageing)), (fresh, ageing), "{moved}");
        }
    }

    #[test]
    fn a_lease_too_short_for_the_caller_is_one_that_ages() {
        let key = LeaseKey::from_digest(KEY);
        let (cache, clock) = (FakeCache::default(), HandClock::new());
        let look = |path: &std::path::Path| Ok(Watched { path: path.to_owned(), mark: None });
        LeaseStore::store(&cache, &key, &lease(clock.now(), 3_600)).unwrap();
        for (min_life, fresh) in [(3_599, true), (3_600, true), (3_601, false)] {
            let min_life = SignedDuration::from_secs(min_life);
            let memory = Memory { passes: &cache, leases: &cache, clock: &clock, look: &look, min_life };
            let found = |at_least| memory.lease(&key, at_least).unwrap().is_some();
            assert_eq!((found(Freshness::Fresh), found(Freshness::Ageing)), (fresh, true), "{min_life}");
        }
    }
}
