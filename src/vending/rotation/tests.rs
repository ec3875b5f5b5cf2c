use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use super::*;
use crate::model::lease::{Lease, LeaseKey};
use crate::model::mfa::MfaCode;
use crate::model::rotation::Journal;
use crate::model::secret::Secret;
use crate::model::secret::SecretId;
use crate::model::user_key::{KeyStatus, LastUse};
use crate::ports::*;
use crate::vending::doubles::HandClock;

const USER: &str = "arn:aws:iam::123123123123:user/teams/ops";

/// AWS, the secret store and this machine's files. The process ends before or after any change of one of them.
struct World {
    clock: HandClock,
    at_aws: RefCell<Vec<(UserKey, String)>>,
    store: RefCell<HashMap<SecretId, String>>,
    journal: RefCell<Option<Journal>>,
    account_has: RefCell<AccessKeyId>,
    arn: RefCell<String>,
    made: Cell<u32>,
    changes: Cell<u32>,
    dies: Cell<Option<(u32, Moment)>>,
    /// So many calls more are refused to keys that were made here.
    lag: Cell<u32>,
    waited: Cell<Duration>,
    store_is_locked: Cell<bool>,
    /// It stores one secret more, and says that of nothing from then on.
    store_ends: Cell<bool>,
    disowned: RefCell<Vec<AccessKeyId>>,
    create_fails: RefCell<Option<TokenServiceError>>,
    leases_of: RefCell<Vec<AccessKeyId>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moment {
    Before,
    After,
}

struct Death;

fn id(number: u32) -> AccessKeyId {
    format!("AKIAIOSFODNN7EXAMPL{number}").parse().unwrap()
}

fn account() -> AccountName {
    "ops".parse().unwrap()
}

fn unknown(id: &AccessKeyId) -> TokenServiceError {
    TokenServiceError::KeyUnknown { access_key_id: id.clone(), message: message("InvalidClientTokenId") }
}

fn message(code: &str) -> AwsMessage {
    AwsMessage { code: code.to_owned(), text: "no".to_owned() }
}

impl World {
    /// The user has one key, which the account has too.
    fn new() -> Self {
        let clock = HandClock::new();
        let old = UserKey {
            id: id(0),
            status: KeyStatus::Active,
            created: clock.now() - jiff::SignedDuration::from_hours(9_999),
            last_use: LastUse::Unknown,
        };
        Self {
            at_aws: RefCell::new(vec![(old, "secret-0".to_owned())]),
            store: RefCell::new([(secret_of(&account(), &id(0)), "secret-0".to_owned())].into()),
            journal: RefCell::default(),
            account_has: RefCell::new(id(0)),
            arn: RefCell::new(USER.to_owned()),
            made: Cell::new(0),
            changes: Cell::new(0),
            dies: Cell::new(None),
            lag: Cell::new(0),
            waited: Cell::default(),
            store_is_locked: Cell::new(false),
            store_ends: Cell::new(false),
            disowned: RefCell::default(),
            create_fails: RefCell::default(),
            leases_of: RefCell::new(vec![id(0)]),
            clock,
        }
    }

    fn change<T>(&self, change: impl FnOnce() -> T) -> T {
        let number = self.changes.get();
        self.changes.set(number + 1);
        let dies = |moment| {
            if self.dies.get() == Some((number, moment)) {
                resume_unwind(Box::new(Death));
            }
        };
        dies(Moment::Before);
        let changed = change();
        dies(Moment::After);
        changed
    }

    fn accepts(&self, key: &SigningCredentials) -> Result<(), TokenServiceError> {
        let at_aws = self.at_aws.borrow();
        let known = at_aws.iter().any(|(known, secret)| {
            known.id == key.id && known.status == KeyStatus::Active && *secret == key.secret.expose()
        });
        if key.id != id(0) && self.lag.get() > 0 {
            self.lag.set(self.lag.get() - 1);
            return Err(unknown(&key.id));
        }
        if known { Ok(()) } else { Err(unknown(&key.id)) }
    }

    fn rotate(&self, old_key: OldKey) -> Result<Vec<String>, RotationError> {
        let said = RefCell::new(Vec::new());
        self.with_rotator(&|step| said.borrow_mut().push(format!("{step:?}")), |rotator, subject| {
            let situation = rotator.look(subject)?;
            rotator.run(&situation, old_key)
        })?;
        Ok(said.into_inner())
    }

    fn with_rotator<T>(&self, tell: &dyn Fn(Step<'_>), act: impl FnOnce(&Rotator<'_>, Subject) -> T) -> T {
        let rotator = Rotator {
            keys: self,
            tokens: self,
            secrets: self,
            leases: self,
            records: self,
            clock: &self.clock,
            pause: &|pause| self.waited.set(self.waited.get() + pause),
            tell,
        };
        let subject = Subject {
            account: account(),
            access_key_id: self.account_has.borrow().clone(),
            aws_account_id: Some("123123123123".parse().unwrap()),
            region: "eu-west-1".parse().unwrap(),
        };
        act(&rotator, subject)
    }

    fn refuse_if_ended(&self) -> Result<(), SecretStoreError> {
        let ended = || SecretStoreError::Ended { store: "test store", source: "gone".into() };
        if self.store_ends.get() { Err(ended()) } else { Ok(()) }
    }

    fn ids_at_aws(&self) -> Vec<AccessKeyId> {
        self.at_aws.borrow().iter().map(|(key, _)| key.id.clone()).collect()
    }

    /// The one thing that must hold at every moment, also in the middle.
    fn assert_usable(&self) {
        let current = self.account_has.borrow().clone();
        let secret = self.store.borrow().get(&secret_of(&account(), &current)).cloned();
        let secret = secret.unwrap_or_else(|| panic!("nobody has the secret of {current}"));
        let at_aws = self.at_aws.borrow();
        let known = at_aws.iter().find(|(key, _)| key.id == current);
        assert!(known.is_some_and(|(key, kept)| key.status == KeyStatus::Active && *kept == secret), "{current}");
        assert!(at_aws.len() <= MOST_KEYS);
    }

    /// One key at AWS, its secret in the store, and nothing else anywhere.
    fn assert_settled(&self) {
        self.assert_usable();
        let current = self.account_has.borrow().clone();
        assert_eq!(self.ids_at_aws(), std::slice::from_ref(&current));
        let kept: Vec<SecretId> = self.store.borrow().keys().cloned().collect();
        assert_eq!(kept, [secret_of(&account(), &current)]);
        assert_eq!(*self.journal.borrow(), None);
    }
}

impl AccessKeys for World {
    fn list(&self, signer: &SigningCredentials, owner: &KeyOwner) -> Result<Vec<UserKey>, TokenServiceError> {
        self.accepts(signer)?;
        assert_eq!(owner.user, "ops");
        let of_signer = signer.owner.as_ref().map(ToString::to_string);
        assert!(signer.id != *self.account_has.borrow() || of_signer.as_deref() == Some("123123123123"));
        Ok(self.at_aws.borrow().iter().map(|(key, _)| key.clone()).collect())
    }

    fn create(&self, signer: &SigningCredentials, _: &KeyOwner) -> Result<SigningCredentials, TokenServiceError> {
        self.accepts(signer)?;
        if let Some(error) = self.create_fails.borrow_mut().take() {
            return Err(error);
        }
        self.change(|| {
            self.made.set(self.made.get() + 1);
            let (id, secret) = (id(self.made.get()), format!("secret-{}", self.made.get()));
            let (created, status) = (self.clock.now(), KeyStatus::Active);
            let key = UserKey { id: id.clone(), status, created, last_use: LastUse::Never };
            self.at_aws.borrow_mut().push((key, secret.clone()));
            Ok(SigningCredentials::long_term(id, Secret::new(secret), None))
        })
    }

    fn deactivate(&self, signer: &SigningCredentials, _: &KeyOwner, id: &AccessKeyId) -> Result<(), TokenServiceError> {
        self.accepts(signer)?;
        self.change(|| {
            for (key, _) in self.at_aws.borrow_mut().iter_mut().filter(|(key, _)| key.id == *id) {
                key.status = KeyStatus::Inactive;
            }
        });
        Ok(())
    }

    fn delete(&self, signer: &SigningCredentials, _: &KeyOwner, id: &AccessKeyId) -> Result<(), TokenServiceError> {
        self.accepts(signer)?;
        self.change(|| self.at_aws.borrow_mut().retain(|(key, _)| key.id != *id));
        Ok(())
    }
}

impl TokenService for World {
    fn issue(&self, _: &SigningCredentials, _: &IssueRequest, _: Option<&MfaCode>) -> Result<Lease, TokenServiceError> {
        unreachable!("a rotation vends nothing")
    }

    fn caller_identity(&self, key: &SigningCredentials, _: &Region) -> Result<CallerIdentity, TokenServiceError> {
        self.accepts(key)?;
        let arn = if key.id == id(0) { USER.to_owned() } else { self.arn.borrow().clone() };
        Ok(CallerIdentity { aws_account_id: "123123123123".to_owned(), arn })
    }
}

impl SecretStore for World {
    fn lookup(&self, id: &SecretId) -> Result<Option<Secret>, SecretStoreError> {
        Ok(self.store.borrow().get(id).cloned().map(Secret::new))
    }

    fn store(&self, id: &SecretId, secret: &Secret) -> Result<(), SecretStoreError> {
        if self.store_is_locked.get() {
            return Err(SecretStoreError::Locked { store: "test store" });
        }
        self.change(|| self.store.borrow_mut().insert(id.clone(), secret.expose().to_owned()));
        self.refuse_if_ended()
    }

    fn forget(&self, id: &SecretId) -> Result<(), SecretStoreError> {
        self.refuse_if_ended()?;
        self.change(|| self.store.borrow_mut().remove(id));
        Ok(())
    }
}

impl RotationRecords for World {
    fn load(&self) -> Result<Option<Journal>, RecordsError> {
        Ok(self.journal.borrow().clone())
    }

    fn save(&self, journal: &Journal) -> Result<(), RecordsError> {
        self.change(|| *self.journal.borrow_mut() = Some(journal.clone()));
        Ok(())
    }

    fn remove(&self) -> Result<(), RecordsError> {
        self.change(|| *self.journal.borrow_mut() = None);
        Ok(())
    }

    fn place(&self) -> String {
        "journal".to_owned()
    }

    fn disown(&self, key: &AccessKeyId) -> Result<(), RecordsError> {
        self.change(|| self.disowned.borrow_mut().push(key.clone()));
        Ok(())
    }

    fn switch(&self, old: &AccessKeyId, new: &AccessKeyId) -> Result<(), RecordsError> {
        assert_eq!(*self.account_has.borrow(), *old);
        self.change(|| *self.account_has.borrow_mut() = new.clone());
        Ok(())
    }
}

impl LeaseStore for World {
    fn lookup(&self, _: &LeaseKey) -> Result<Option<Lease>, CacheError> {
        Ok(None)
    }

    fn store(&self, _: &LeaseKey, _: &Lease) -> Result<(), CacheError> {
        Ok(())
    }

    fn forget(&self, _: &LeaseKey) -> Result<(), CacheError> {
        Ok(())
    }

    fn forget_signed_with(&self, access_key_id: &AccessKeyId) -> Result<(), CacheError> {
        self.change(|| self.leases_of.borrow_mut().retain(|id| id != access_key_id));
        Ok(())
    }
}

#[test]
fn a_rotation_that_nothing_disturbs_takes_each_step_once() {
    let world = World::new();
    let said = world.rotate(OldKey::Delete).unwrap();
    let step = |name: &str, number| format!("{name}(AccessKeyId(\"{}\"))", id(number));
    let expected =
        [step("Created", 1), step("Proved", 1), step("Switched", 1), step("Deactivated", 0), step("Deleted", 0)];
    assert_eq!(said, expected);
    world.assert_settled();
    assert_eq!((world.changes.get(), world.leases_of.borrow().len()), (10, 0));
}

/// Dies twice, at each pair of moments, so that what a second run does is broken off too.
#[test]
fn whenever_it_dies_the_next_run_settles_it() {
    for (first, moment) in (0..10).flat_map(|change| [(change, Moment::Before), (change, Moment::After)]) {
        for second in 0..14 {
            let world = World::new();
            for change in [first, second] {
                world.changes.set(0);
                world.dies.set(Some((change, moment)));
                let run = catch_unwind(AssertUnwindSafe(|| world.rotate(OldKey::Delete)));
                assert!(matches!(run, Err(_) | Ok(Ok(_))), "{run:?}");
                world.assert_usable();
            }
            world.dies.set(None);
            world.rotate(OldKey::Delete).unwrap();
            world.assert_settled();
            assert_ne!(*world.account_has.borrow(), id(0));
        }
    }
}

#[test]
fn the_old_key_may_wait_for_the_next_run() {
    let world = World::new();
    world.rotate(OldKey::Keep).unwrap();
    world.assert_usable();
    assert_eq!(world.at_aws.borrow()[0].0.status, KeyStatus::Inactive);
    assert!(world.store.borrow().contains_key(&secret_of(&account(), &id(0))), "it may have to be activated again");
    world.rotate(OldKey::Keep).unwrap();
    assert_eq!(world.ids_at_aws(), [id(0), id(1)]);
    world.rotate(OldKey::Delete).unwrap();
    world.assert_settled();
    assert_eq!(*world.account_has.borrow(), id(1));
}

#[test]
fn a_new_key_is_waited_for_and_not_for_ever() {
    let world = World::new();
    world.lag.set(4);
    world.rotate(OldKey::Delete).unwrap();
    assert_eq!(world.waited.get(), Duration::from_secs(1 + 2 + 4 + 8) + BETWEEN_PROOFS * 2);
    world.assert_settled();

    let world = World::new();
    world.lag.set(u32::MAX);
    let error = world.rotate(OldKey::Delete).unwrap_err();
    assert!(matches!(error, RotationError::NotProved { .. }), "{error:?}");
    assert_eq!(world.waited.get(), Duration::from_secs(60));
    assert_eq!(*world.account_has.borrow(), id(0));
    world.lag.set(0);
    world.rotate(OldKey::Delete).unwrap();
    world.assert_settled();
    assert_eq!(*world.account_has.borrow(), id(1), "the key that was made is the one that is used");
}

#[test]
fn a_secret_that_can_t_be_kept_costs_its_key() {
    let world = World::new();
    world.store_is_locked.set(true);
    let error = world.rotate(OldKey::Delete).unwrap_err();
    assert!(matches!(error, RotationError::NotKept { .. }), "{error:?}");
    world.assert_settled();
    assert_eq!(*world.account_has.borrow(), id(0));
}

#[test]
fn a_secret_that_may_be_kept_though_its_key_is_deleted_is_noted() {
    let world = World::new();
    world.store_ends.set(true);
    let error = world.rotate(OldKey::Delete).unwrap_err();
    assert!(matches!(error, RotationError::NotKept { .. }), "{error:?}");
    world.assert_usable();
    assert_eq!((world.ids_at_aws(), world.journal.borrow().is_none()), (vec![id(0)], true));
    assert_eq!(*world.disowned.borrow(), [id(1)]);
    assert!(world.store.borrow().contains_key(&secret_of(&account(), &id(1))));
}

#[test]
fn a_new_key_of_somebody_else_or_of_nobody_is_not_taken() {
    let world = World::new();
    *world.arn.borrow_mut() = "arn:aws:iam::123123123123:user/mallory".to_owned();
    let error = world.rotate(OldKey::Delete).unwrap_err();
    assert!(matches!(error, RotationError::OtherUser { .. }), "{error:?}");
    world.assert_settled();

    let world = World::new();
    world.dies.set(Some((3, Moment::After)));
    assert!(catch_unwind(AssertUnwindSafe(|| world.rotate(OldKey::Delete))).is_err());
    world.at_aws.borrow_mut().retain(|(key, _)| key.id == id(0));
    world.dies.set(None);
    let error = world.rotate(OldKey::Delete).unwrap_err();
    assert!(matches!(error, RotationError::Gone { .. }), "{error:?}");
    world.assert_settled();
}

#[test]
fn a_second_key_is_never_touched() {
    let world = World::new();
    let mut other = world.at_aws.borrow()[0].clone();
    other.0.id = id(7);
    world.at_aws.borrow_mut().push(other);
    let error = world.rotate(OldKey::Delete).unwrap_err();
    assert!(matches!(error, RotationError::TwoKeys { .. }), "{error:?}");
    let told = error.to_string();
    assert!([0, 7].iter().all(|key| told.contains(&id(*key).to_string())), "{told}");
    assert_eq!((world.changes.get(), world.ids_at_aws()), (0, vec![id(0), id(7)]));
}

#[test]
fn a_refusal_leaves_nothing_and_an_answer_that_is_lost_leaves_the_journal() {
    let refused =
        || TokenServiceError::Refused { action: AwsAction::GetSessionToken, message: message("LimitExceeded") };
    let lost = || TokenServiceError::Unreachable {
        endpoint: "iam".to_owned(),
        url: "https://iam".to_owned(),
        source: "lost".into(),
    };
    for (error, stays) in [(refused(), false), (lost(), true)] {
        let world = World::new();
        *world.create_fails.borrow_mut() = Some(error);
        assert!(matches!(world.rotate(OldKey::Delete), Err(RotationError::Tokens(_))));
        assert_eq!(world.journal.borrow().is_some(), stays);
        world.rotate(OldKey::Delete).unwrap();
        world.assert_settled();
    }
}

#[test]
fn only_an_iam_user_of_the_right_account_has_keys_to_rotate() {
    let subject = Subject {
        account: account(),
        access_key_id: id(0),
        aws_account_id: Some("123123123123".parse().unwrap()),
        region: "eu-west-1".parse().unwrap(),
    };
    let whose = |account: &str, arn: &str| {
        owner(&subject, &CallerIdentity { aws_account_id: account.to_owned(), arn: arn.to_owned() })
    };
    for (arn, user) in [(USER, "ops"), ("arn:aws-cn:iam::123123123123:user/ops@example.com", "ops@example.com")] {
        assert_eq!(whose("123123123123", arn).unwrap().user, user);
    }
    assert!(matches!(whose("123123123123", "arn:aws:iam::123123123123:root"), Err(RotationError::RootUser { .. })));
    assert!(matches!(whose("999999999999", USER), Err(RotationError::OtherAwsAccount { .. })));
    for arn in [
        "arn:aws:sts::123123123123:assumed-role/ops/alice",
        "arn:aws:iam::123123123123:user/",
        "arn:aws:iam::123123123123:user/a'b",
        "",
        "user/ops",
    ] {
        assert!(matches!(whose("123123123123", arn), Err(RotationError::NoUser { .. })), "{arn}");
    }
}

#[test]
fn another_s_rotation_is_refused_before_anything_is_asked_or_done() {
    let world = World::new();
    *world.journal.borrow_mut() = Some(Journal::new(account(), id(5), Stage::Created { new: id(6) }));
    let found = world.with_rotator(&|_| {}, |rotator, subject| rotator.look(subject).map(drop));
    assert!(matches!(found, Err(RotationError::OtherRotation { .. })), "{found:?}");
    assert_eq!(world.changes.get(), 0);
}
