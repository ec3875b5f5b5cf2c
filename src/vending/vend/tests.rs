use super::*;
use crate::model::account::{AccessKeyId, AccountSource, secret_of};
use crate::model::failure::{FailureKind, ReasonCode};
use crate::model::file_mark::FileMark;
use crate::model::grant;
use crate::model::name::GroupName;
use crate::model::principal::{Principal, PrincipalFields, PrincipalType};
use crate::model::secret::{Secret, SecretId};
use crate::model::session_tag::TagError;
use crate::ports::IssueAction;
use crate::ports::{AwsAction, AwsMessage, Clock, HostCredentials, HostRoleError};
use crate::vending::doubles::{
    FakeCache, FakeCodes, FakeDirectory, FakeHost, FakeSecrets, FakeTokens, HandClock, groups,
};
use crate::vending::memory::Caller;
use jiff::SignedDuration;
use std::cell::{Cell, RefCell};
use std::path::Path;

/// Everything a vend needs, in memory.
struct World {
    directory: FakeDirectory,
    secrets: FakeSecrets,
    host: FakeHost,
    codes: FakeCodes,
    cache: FakeCache,
    recheck_after: Cell<u64>,
    /// How the configuration looks.
    config: RefCell<Watched>,
    clock: HandClock,
    account: Account,
    connector: Connector,
    /// It is asked for the system of this name, and not for a person.
    system: Option<SystemName>,
}

impl World {
    fn new(memberships: &[&str]) -> Self {
        let account = Account {
            name: "ops".parse().unwrap(),
            source: AccountSource::AccessKey {
                access_key_id: "AKIAIOSFODNN7EXAMPLE".parse().unwrap(),
                aws_account_id: Some("123123123123".parse().unwrap()),
                mfa: None,
            },
        };
        let secrets = FakeSecrets::default();
        secrets.store(&secret_id(&account), &Secret::new("wJalrXUtnFEMI".to_owned())).unwrap();
        let fields = PrincipalFields {
            role_arn: Some("arn:aws:iam::123123123123:role/UpdateAPP".parse().unwrap()),
            tags: [("who".to_owned(), "{user.name}".parse().unwrap())].into(),
            ..PrincipalFields::default()
        };
        let connector = Connector {
            name: "deploy".parse().unwrap(),
            account: "ops".parse().unwrap(),
            principal: Principal::from_fields(PrincipalType::AssumeRole, fields).unwrap(),
            duration: Some("1h".parse().unwrap()),
            groups: groups(&["developers"]),
            system_scope: false,
            region: "eu-west-1".parse().unwrap(),
        };
        let directory = FakeDirectory::with_groups(memberships);
        let config = Watched { path: "config.toml".into(), mark: Some(mark(1)) };
        Self {
            directory,
            secrets,
            host: FakeHost::default(),
            codes: FakeCodes::default(),
            cache: FakeCache::default(),
            recheck_after: Cell::new(0),
            config: RefCell::new(config),
            clock: HandClock::new(),
            account,
            connector,
            system: None,
        }
    }

    fn vend(&self, tokens: &FakeTokens<'_>) -> Result<Vended, VendError> {
        self.vend_with(tokens, person(&self.clock))
    }

    fn vend_with(&self, tokens: &FakeTokens<'_>, arrival: Arrival) -> Result<Vended, VendError> {
        self.vend_as_read(tokens, arrival, &[self.config.borrow().clone()])
    }

    /// An order that was derived from the configuration when it looked like this.
    fn vend_as_read(
        &self,
        tokens: &FakeTokens<'_>,
        arrival: Arrival,
        watched: &[Watched],
    ) -> Result<Vended, VendError> {
        let look = |_: &Path| Ok(self.config.borrow().clone());
        let memory = Memory {
            passes: &self.cache,
            leases: &self.cache,
            clock: &self.clock,
            look: &look,
            min_life: SignedDuration::ZERO,
        };
        let directory = || Ok(Box::new(self.directory.clone()) as Box<dyn Directory>);
        let vendor = Vendor {
            directory: &directory,
            tokens,
            secrets: &self.secrets,
            host: &self.host,
            codes: &self.codes,
            turns: &self.cache,
            memory,
        };
        let administrator_groups: Vec<GroupName> = groups(&["aws-admins"]);
        let openness = Openness {
            groups: &self.connector.groups,
            administrator_groups: &administrator_groups,
            administrators_use_every_connector: true,
        };
        let order = Order {
            connector: &self.connector,
            account: &self.account,
            asker: match &self.system {
                Some(name) => Asker::System(name),
                None => Asker::Person { openness, evidence: &|| Ok(Evidence::LocalUser { uid: 1_000 }) },
            },
            endpoint: None,
            recall: Recall {
                key: &PassKey::from_digest([u8::from(self.system.is_some()); 32]),
                watched,
                arrival,
                good_for: Duration::from_secs(self.recheck_after.get()),
                patience: Duration::from_secs(60),
                audit: &AuditSettings::DEFAULT,
                describe: &|error| Failure {
                    kind: FailureKind::Denied,
                    code: ReasonCode::NotEntitled,
                    causes: vec![error.to_string()],
                    hints: Vec::new(),
                },
            },
        };
        vendor.vend(order).map_err(|error| match error {
            VendError::Of { error, .. } => *error,
            other => other,
        })
    }
}

fn person(clock: &HandClock) -> Arrival {
    Arrival { at: clock.now(), caller: Caller::Person }
}

fn program(clock: &HandClock) -> Arrival {
    Arrival { at: clock.now(), caller: Caller::Program }
}

fn secret_id(account: &Account) -> SecretId {
    secret_of(&account.name, account.access_key_id().unwrap())
}

fn mark(modified: i128) -> FileMark {
    FileMark { size: 1, modified, changed: modified, device: 1, inode: 1 }
}

fn unreachable() -> TokenServiceError {
    TokenServiceError::Unreachable { endpoint: "sts".to_owned(), url: "https://sts".to_owned(), source: "down".into() }
}

fn denied() -> TokenServiceError {
    TokenServiceError::Denied {
        action: AwsAction::GetSessionToken,
        access_key_id: "AKIAIOSFODNN7EXAMPLE".parse().unwrap(),
        signer: Box::new(grant::Signer { account_type: AccountType::AccessKey, partition: "aws", account: None }),
        message: AwsMessage { code: "AccessDenied".to_owned(), text: String::new() },
    }
}

#[test]
fn a_member_gets_a_lease_in_their_own_name() {
    let world = World::new(&["developers"]);
    let tokens = FakeTokens::new(&world.clock);
    let vended = world.vend(&tokens).unwrap();
    assert_eq!(vended.actor.person().unwrap().name, "alice");
    assert_eq!(vended.lease.aws_account_id.as_deref(), Some("123123123123"));
    let requests = tokens.requests.borrow();
    let IssueAction::AssumeRole { session_name, tags, .. } = &requests[0].action else { panic!("{requests:?}") };
    assert_eq!((session_name.as_str(), tags[0].value.as_str()), ("alice", "alice"));
}

#[test]
fn nobody_else_does_and_aws_is_not_asked() {
    let world = World::new(&["others"]);
    let tokens = FakeTokens::new(&world.clock);
    assert!(matches!(world.vend(&tokens), Err(VendError::NotEntitled { .. })));
    assert!(tokens.requests.borrow().is_empty());
}

#[test]
fn the_way_to_aws_is_opened_where_a_person_is_asked_about_and_no_lease_may_answer() {
    let mut world = World::new(&["developers"]);
    let tokens = FakeTokens::new(&world.clock);
    let prepared = || tokens.prepared.take().iter().map(ToString::to_string).collect::<Vec<_>>();
    world.vend(&tokens).unwrap();
    assert_eq!(prepared(), ["eu-west-1"]);
    world.vend(&tokens).unwrap();
    assert!(prepared().is_empty(), "a fresh lease was there");
    world.clock.advance(3_000);
    world.vend(&tokens).unwrap();
    assert_eq!(prepared(), ["eu-west-1"], "the lease was ageing");
    world.directory = FakeDirectory::with_groups(&[]);
    world.cache.passes.borrow_mut().clear();
    world.vend(&tokens).unwrap_err();
    assert_eq!(prepared(), ["eu-west-1"], "nobody knows yet");
    world.connector.principal = Principal::Provided;
    world.vend(&tokens).unwrap_err();
    assert!(prepared().is_empty(), "STS is not needed");
    let system = world_of_the_system(true);
    let tokens = FakeTokens::new(&system.clock);
    system.vend(&tokens).unwrap();
    assert!(tokens.prepared.borrow().is_empty(), "nothing is waited for");
}

#[test]
fn a_cached_lease_is_not_handed_to_somebody_who_lost_the_group() {
    let mut world = World::new(&["developers"]);
    world.vend(&FakeTokens::new(&world.clock)).unwrap();
    world.directory = FakeDirectory::with_groups(&[]);
    assert!(matches!(world.vend(&FakeTokens::new(&world.clock)), Err(VendError::NotEntitled { .. })));
}

#[test]
fn a_fresh_lease_is_used_again_and_an_ageing_one_renewed() {
    let world = World::new(&["developers"]);
    let tokens = FakeTokens::new(&world.clock);
    assert!(matches!(world.vend(&tokens).unwrap().source, Source::Issued));
    world.clock.advance(1_800);
    assert!(matches!(world.vend(&tokens).unwrap().source, Source::Memory));
    world.clock.advance(1_000);
    assert!(matches!(world.vend(&tokens).unwrap().source, Source::Issued));
    assert_eq!(tokens.requests.borrow().len(), 2);
    assert_eq!(world.cache.turns.get(), 3);
}

#[test]
fn an_ageing_lease_stands_in_when_aws_is_away_but_not_when_it_denies() {
    let world = World::new(&["developers"]);
    let tokens = FakeTokens::new(&world.clock);
    world.vend(&tokens).unwrap();
    world.clock.advance(3_000);
    *tokens.trouble.borrow_mut() = Some(unreachable());
    assert!(matches!(world.vend(&tokens).unwrap().source, Source::MemoryForWantOfNew(_)));
    *tokens.trouble.borrow_mut() = Some(denied());
    assert!(matches!(world.vend(&tokens), Err(VendError::Tokens(TokenServiceError::Denied { .. }))));
    world.clock.advance(600);
    *tokens.trouble.borrow_mut() = Some(unreachable());
    assert!(matches!(world.vend(&tokens), Err(VendError::Tokens(TokenServiceError::Unreachable { .. }))));
}

#[test]
fn whoever_waits_in_vain_gets_an_ageing_lease_if_admitted_and_nothing_that_is_over() {
    let busy: fn() -> CacheError = || CacheError::Busy { pid: Some(7), after: Duration::from_secs(60) };
    let stopped: fn() -> CacheError = || CacheError::Stopped { pid: 7 };
    for reason in [busy, stopped] {
        for (age, checked_before, served) in
            [(3_000, 299, true), (3_000, 300, false), (3_539, 299, true), (3_540, 299, false)]
        {
            let world = World::new(&["developers"]);
            world.recheck_after.set(300);
            let tokens = FakeTokens::new(&world.clock);
            world.vend(&tokens).unwrap();
            world.clock.advance(age - checked_before);
            *tokens.trouble.borrow_mut() = Some(unreachable());
            world.vend(&tokens).unwrap();
            world.clock.advance(checked_before);
            world.cache.held.set(Some(reason));
            match world.vend(&tokens) {
                Ok(vended) => {
                    assert!(served, "{age} {checked_before}");
                    assert!(matches!(vended.source, Source::MemoryForWantOfNew(why) if why == reason().to_string()));
                }
                Err(VendError::Cache(error)) => {
                    assert!(!served, "{age} {checked_before}");
                    assert_eq!(error.to_string(), reason().to_string());
                }
                Err(other) => panic!("{other}"),
            }
        }
    }
}

#[test]
fn a_key_without_its_secret_is_named() {
    let world = World::new(&["developers"]);
    world.secrets.forget(&secret_id(&world.account)).unwrap();
    assert!(matches!(world.vend(&FakeTokens::new(&world.clock)), Err(VendError::SecretMissing { .. })));
}

#[test]
fn a_recent_answer_is_used_again_and_no_longer() {
    let world = World::new(&["developers"]);
    world.recheck_after.set(300);
    let tokens = FakeTokens::new(&world.clock);
    world.vend(&tokens).unwrap();
    let asked = world.directory.questions.get();
    world.clock.advance(299);
    world.vend(&tokens).unwrap();
    assert_eq!(world.directory.questions.get(), asked);
    world.clock.advance(1);
    world.vend(&tokens).unwrap();
    assert_eq!(world.directory.questions.get(), asked + 1);
    world.clock.advance(-10_000);
    world.vend(&tokens).unwrap();
    assert_eq!(world.directory.questions.get(), asked + 2, "an answer from the future was used");
}

#[test]
fn a_changed_file_ends_a_pass_at_once() {
    let world = World::new(&["developers"]);
    world.recheck_after.set(300);
    let tokens = FakeTokens::new(&world.clock);
    world.vend(&tokens).unwrap();
    let asked = world.directory.questions.get();
    world.config.borrow_mut().mark = Some(mark(2));
    world.vend(&tokens).unwrap();
    assert_eq!(world.directory.questions.get(), asked + 1);
}

#[test]
fn an_order_from_before_a_change_does_not_use_the_answer_given_after_it() {
    let world = World::new(&["developers"]);
    world.recheck_after.set(300);
    let tokens = FakeTokens::new(&world.clock);
    let before = world.config.borrow().clone();
    world.config.borrow_mut().mark = Some(mark(2));
    world.vend(&tokens).unwrap();
    world.cache.leases.borrow_mut().clear();
    let asked = world.directory.questions.get();
    world.vend_as_read(&tokens, person(&world.clock), &[before]).unwrap();
    assert_eq!(world.directory.questions.get(), asked + 1);
}

#[test]
fn a_file_that_has_only_just_been_written_makes_no_pass() {
    let world = World::new(&["developers"]);
    world.recheck_after.set(300);
    let tokens = FakeTokens::new(&world.clock);
    world.config.borrow_mut().mark = Some(mark(world.clock.now().as_nanosecond() - 1_000_000 + 1));
    world.vend(&tokens).unwrap();
    assert!(world.cache.passes.borrow().is_empty());
}

#[test]
fn whoever_is_no_longer_admitted_loses_the_cached_lease() {
    let mut world = World::new(&["developers"]);
    world.vend(&FakeTokens::new(&world.clock)).unwrap();
    assert_eq!(world.cache.leases.borrow().len(), 1);
    world.directory = FakeDirectory::with_groups(&[]);
    assert!(matches!(world.vend(&FakeTokens::new(&world.clock)), Err(VendError::NotEntitled { .. })));
    assert!(world.cache.leases.borrow().is_empty());
}

#[test]
fn a_failure_answers_those_who_waited_and_sdks_that_ask_again() {
    let world = World::new(&["others"]);
    let tokens = FakeTokens::new(&world.clock);
    let began = person(&world.clock);
    assert!(matches!(world.vend(&tokens), Err(VendError::NotEntitled { .. })));
    let asked = world.directory.questions.get();
    let waited = world.vend_with(&tokens, began);
    assert!(matches!(waited, Err(VendError::Remembered { .. })), "{waited:?}");
    world.clock.advance(2);
    assert!(matches!(world.vend_with(&tokens, program(&world.clock)), Err(VendError::Remembered { .. })));
    assert_eq!(world.directory.questions.get(), asked);
    assert!(
        matches!(world.vend(&tokens), Err(VendError::NotEntitled { .. })),
        "a person who asks later is answered anew"
    );
    world.clock.advance(3);
    assert!(matches!(world.vend_with(&tokens, program(&world.clock)), Err(VendError::NotEntitled { .. })));
}

mod host_role;
mod second_factor;
mod system_scope;

use system_scope::world_of_the_system;
