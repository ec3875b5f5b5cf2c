//! In-memory ports for tests: a clock that is set by hand, stores that fail when told, services that count.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::model::account::{AccessKeyId, SigningCredentials};
use crate::model::lease::{Lease, LeaseKey};
use crate::model::mfa::{MfaCode, MfaSerial};
use crate::model::name::GroupName;
use crate::model::pass::{Pass, PassKey};
use crate::model::person::{Evidence, Identity, Membership, Person};
use crate::model::region::Region;
use crate::model::secret::{Secret, SecretId};
use crate::ports::*;

pub fn person(name: &str) -> Person {
    Person { name: name.to_owned(), display_name: None, email: None }
}

pub fn groups(names: &[&str]) -> Vec<GroupName> {
    names.iter().map(|name| name.parse().unwrap()).collect()
}

pub fn lease(issued_at: Timestamp, life: i64) -> Lease {
    Lease {
        access_key_id: "ASIAIOSFODNN7EXAMPLE".to_owned(),
        secret_access_key: Secret::new("secret".to_owned()),
        session_token: Secret::new("token".to_owned()),
        issued_at,
        expires_at: issued_at + SignedDuration::from_secs(life),
        aws_account_id: None,
        principal_arn: None,
        packed_policy_size: None,
    }
}

pub fn session_id() -> SecretId {
    SecretId::CrowdSession { url: "https://crowd.example.com".to_owned(), application: "afed".to_owned() }
}

/// A directory in which the evidence is ignored and everybody is alice.
#[derive(Clone)]
pub struct FakeDirectory {
    groups: Vec<String>,
    failing: bool,
    /// Groups about which the directory answers with something odd.
    troubles: Vec<String>,
    pub questions: Rc<Cell<u32>>,
}

impl FakeDirectory {
    pub fn with_groups(groups: &[&str]) -> Self {
        let groups = groups.iter().map(|group| (*group).to_owned()).collect();
        Self { groups, failing: false, troubles: Vec::new(), questions: Rc::default() }
    }

    pub fn failing() -> Self {
        Self { groups: Vec::new(), failing: true, troubles: Vec::new(), questions: Rc::default() }
    }

    /// The same, but for this group.
    pub fn with_trouble(mut self, group: &str) -> Self {
        self.troubles.push(group.to_owned());
        self
    }
}

impl Directory for FakeDirectory {
    fn identify(&self, _: &Evidence) -> Result<Identity, DirectoryError> {
        Ok(Identity { person: person("alice"), until: None })
    }

    fn membership(&self, _: &Person, group: &GroupName) -> Result<Membership, DirectoryError> {
        self.questions.set(self.questions.get() + 1);
        if self.failing {
            return Err(DirectoryError::SessionEnded { directory: "crowd".to_owned() });
        }
        if self.troubles.iter().any(|name| name == group.as_str()) {
            return Err(DirectoryError::OutOfOrder { directory: "crowd".to_owned(), status: 500 });
        }
        let member = self.groups.iter().any(|name| name == group.as_str());
        Ok(if member { Membership::Member } else { Membership::NotMember })
    }

    fn probe(&self) -> Result<(), DirectoryError> {
        Ok(())
    }
}

#[derive(Default)]
pub struct FakeSecrets {
    kept: RefCell<HashMap<SecretId, String>>,
    pub fail_to_store: Cell<bool>,
}

impl FakeSecrets {
    pub fn text(&self, id: &SecretId) -> Option<String> {
        self.kept.borrow().get(id).cloned()
    }
}

impl SecretStore for FakeSecrets {
    fn lookup(&self, id: &SecretId) -> Result<Option<Secret>, SecretStoreError> {
        Ok(self.text(id).map(Secret::new))
    }

    fn store(&self, id: &SecretId, secret: &Secret) -> Result<(), SecretStoreError> {
        if self.fail_to_store.get() {
            return Err(SecretStoreError::Locked { store: "test store" });
        }
        self.kept.borrow_mut().insert(id.clone(), secret.expose().to_owned());
        Ok(())
    }

    fn forget(&self, id: &SecretId) -> Result<(), SecretStoreError> {
        self.kept.borrow_mut().remove(id);
        Ok(())
    }
}

/// Opens sessions named `token-1`, `token-2` … for everybody.
#[derive(Default)]
pub struct FakeSessions {
    opened: Cell<u32>,
    pub closed: RefCell<Vec<String>>,
    pub away: Cell<bool>,
    /// Every session is over there.
    pub ended: Cell<bool>,
    /// How often it was asked whose a session is.
    pub asked: Cell<u32>,
}

impl Sessions for FakeSessions {
    fn open(&self, user: &str, _: &Secret) -> Result<Session, DirectoryError> {
        self.opened.set(self.opened.get() + 1);
        let token = Secret::new(format!("token-{}", self.opened.get()));
        Ok(Session { token, identity: Identity { person: person(user), until: None } })
    }

    fn owner(&self, _: &Secret) -> Result<Identity, DirectoryError> {
        self.asked.set(self.asked.get() + 1);
        let directory = "crowd".to_owned();
        match (self.away.get(), self.ended.get()) {
            (true, _) => Err(DirectoryError::TimedOut { directory, after: std::time::Duration::ZERO }),
            (_, true) => Err(DirectoryError::SessionEnded { directory }),
            _ => Ok(Identity { person: person("alice"), until: None }),
        }
    }

    fn close(&self, token: &Secret) -> Result<(), DirectoryError> {
        assert!(!self.away.get(), "nobody waits for it twice");
        self.closed.borrow_mut().push(token.expose().to_owned());
        Ok(())
    }
}

/// A clock that stands until it is moved.
pub struct HandClock(Cell<Timestamp>);

impl HandClock {
    pub fn new() -> Self {
        Self(Cell::new(Timestamp::from_second(1_800_000_000).unwrap()))
    }

    pub fn advance(&self, seconds: i64) {
        self.0.set(self.0.get() + SignedDuration::from_secs(seconds));
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        self.0.get()
    }
}

/// Issues leases that live as long as asked, from the clock's now on; counts, and fails when told.
pub struct FakeTokens<'a> {
    pub clock: &'a HandClock,
    pub requests: RefCell<Vec<IssueRequest>>,
    /// The ids of the keys that signed.
    pub signers: RefCell<Vec<String>>,
    /// The regions that were prepared for.
    pub prepared: RefCell<Vec<Region>>,
    /// The codes that were sent.
    pub codes: RefCell<Vec<String>>,
    pub trouble: RefCell<Option<TokenServiceError>>,
}

impl<'a> FakeTokens<'a> {
    pub const fn new(clock: &'a HandClock) -> Self {
        Self {
            clock,
            requests: RefCell::new(Vec::new()),
            signers: RefCell::new(Vec::new()),
            prepared: RefCell::new(Vec::new()),
            codes: RefCell::new(Vec::new()),
            trouble: RefCell::new(None),
        }
    }
}

impl TokenService for FakeTokens<'_> {
    fn issue(
        &self,
        key: &SigningCredentials,
        request: &IssueRequest,
        code: Option<&MfaCode>,
    ) -> Result<Lease, TokenServiceError> {
        self.codes.borrow_mut().extend(code.map(|code| code.secret().expose().to_owned()));
        self.requests.borrow_mut().push(request.clone());
        self.signers.borrow_mut().push(key.id.to_string());
        match self.trouble.borrow_mut().take() {
            Some(trouble) => Err(trouble),
            None => Ok(lease(self.clock.now(), request.duration.seconds().into())),
        }
    }

    fn prepare(&self, region: &Region) {
        self.prepared.borrow_mut().push(region.clone());
    }

    fn caller_identity(&self, _: &SigningCredentials, _: &Region) -> Result<CallerIdentity, TokenServiceError> {
        Ok(CallerIdentity { aws_account_id: "123123123123".to_owned(), arn: "arn".to_owned() })
    }
}

/// A host whose role is set by hand; without one, nothing answers.
#[derive(Default)]
pub struct FakeHost {
    pub role: RefCell<Option<HostCredentials>>,
    pub asked: Cell<u32>,
}

impl HostRole for FakeHost {
    fn credentials(&self) -> Result<HostCredentials, HostRoleError> {
        self.asked.set(self.asked.get() + 1);
        let place = "the test host".to_owned();
        self.role.borrow().clone().ok_or(HostRoleError::Unreachable { place, source: "nobody answers".into() })
    }
}

/// Gives codes as somebody who reads one after the other from a device: 000001, 000002 …
#[derive(Default)]
pub struct FakeCodes {
    pub giver: Cell<Option<CodeGiver>>,
    pub given: Cell<u32>,
    /// How many of them after AWS had refused the one before.
    pub after_refusal: Cell<u32>,
    /// What happens while the turn is waited for.
    pub meanwhile: RefCell<Option<Box<dyn FnOnce()>>>,
    pub trouble: RefCell<Option<MfaError>>,
}

impl MfaCodes for FakeCodes {
    fn turn(&self, _: &MfaSerial, _: Duration) -> Result<Option<Turn>, MfaError> {
        if let Some(meanwhile) = self.meanwhile.borrow_mut().take() {
            meanwhile();
        }
        Ok(Some(Turn::new(())))
    }

    fn code(&self, request: CodeRequest<'_>) -> Result<GivenCode, MfaError> {
        let is_second = matches!(request.attempt, Attempt::AfterRefusal(_));
        self.after_refusal.set(self.after_refusal.get() + u32::from(is_second));
        if let Some(trouble) = self.trouble.borrow_mut().take() {
            return Err(trouble);
        }
        self.given.set(self.given.get() + 1);
        let code = format!("{:06}", self.given.get()).parse().unwrap();
        Ok(GivenCode { code, giver: self.giver.get().unwrap_or(CodeGiver::Person) })
    }
}

#[derive(Default)]
pub struct FakeCache {
    pub leases: Rc<RefCell<HashMap<LeaseKey, Lease>>>,
    pub passes: RefCell<HashMap<PassKey, Pass>>,
    pub turns: Cell<u32>,
    /// Why no turn is to be had.
    pub held: Cell<Option<fn() -> CacheError>>,
}

impl LeaseStore for FakeCache {
    fn lookup(&self, key: &LeaseKey) -> Result<Option<Lease>, CacheError> {
        Ok(self.leases.borrow().get(key).cloned())
    }

    fn store(&self, key: &LeaseKey, lease: &Lease) -> Result<(), CacheError> {
        self.leases.borrow_mut().insert(key.clone(), lease.clone());
        Ok(())
    }

    fn forget(&self, key: &LeaseKey) -> Result<(), CacheError> {
        self.leases.borrow_mut().remove(key);
        Ok(())
    }

    fn forget_signed_with(&self, access_key_id: &AccessKeyId) -> Result<(), CacheError> {
        let mark = LeaseKey::mark_of(access_key_id);
        self.leases.borrow_mut().retain(|key, _| !key.to_string().starts_with(&mark));
        Ok(())
    }
}

impl PassStore for FakeCache {
    fn lookup(&self, key: &PassKey) -> Result<Option<Pass>, CacheError> {
        Ok(self.passes.borrow().get(key).cloned())
    }

    fn store(&self, key: &PassKey, pass: &Pass) -> Result<(), CacheError> {
        self.passes.borrow_mut().insert(key.clone(), pass.clone());
        Ok(())
    }

    fn forget(&self, key: &PassKey) -> Result<(), CacheError> {
        self.passes.borrow_mut().remove(key);
        Ok(())
    }
}

impl Turns for FakeCache {
    fn take(&self, _: &PassKey, _: Duration) -> Result<Turn, CacheError> {
        self.turns.set(self.turns.get() + 1);
        match self.held.get() {
            Some(reason) => Err(reason()),
            None => Ok(Turn::new(())),
        }
    }
}
