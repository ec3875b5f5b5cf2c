use super::*;
use crate::model::grant::Signer;
use crate::model::name::GroupName;
use crate::model::principal::{PrincipalFields, PrincipalType};
use crate::model::secret::Secret;
use crate::ports::{AwsMessage, StsAction};
use crate::vending::doubles::{FakeDirectory, FakeLeases, FakeSecrets, FakeTokens, HandClock, groups};

/// Everything a vend needs, in memory.
struct World {
    directory: FakeDirectory,
    secrets: FakeSecrets,
    leases: FakeLeases,
    clock: HandClock,
    account: Account,
    connector: Connector,
}

impl World {
    fn new(memberships: &[&str]) -> Self {
        let account = Account {
            name: "ops".parse().unwrap(),
            source: AccountSource::AccessKey {
                access_key_id: "AKIAIOSFODNN7EXAMPLE".parse().unwrap(),
                aws_account_id: Some("123123123123".parse().unwrap()),
            },
        };
        let secrets = FakeSecrets::default();
        secrets.store(&account.secret_id(), &Secret::new("wJalrXUtnFEMI".to_owned())).unwrap();
        let fields = PrincipalFields {
            role_arn: Some("arn:aws:iam::123123123123:role/UpdateAPP".parse().unwrap()),
            tags: [("who".to_owned(), "{user.name}".parse().unwrap())].into(),
            ..PrincipalFields::default()
        };
        let connector = Connector {
            name: "deploy".parse().unwrap(),
            account: "ops".parse().unwrap(),
            principal: Principal::from_fields(PrincipalType::AssumeRole, fields).unwrap(),
            duration: "1h".parse().unwrap(),
            groups: groups(&["developers"]),
            region: "eu-west-1".parse().unwrap(),
        };
        let directory = FakeDirectory::with_groups(memberships);
        Self { directory, secrets, leases: FakeLeases::default(), clock: HandClock::new(), account, connector }
    }

    fn vend(&self, tokens: &FakeTokens<'_>) -> Result<Vended, VendError> {
        let vendor = Vendor {
            directory: &self.directory,
            tokens,
            leases: &self.leases,
            secrets: &self.secrets,
            clock: &self.clock,
        };
        let administrator_groups: Vec<GroupName> = groups(&["aws-admins"]);
        vendor.vend(Order {
            evidence: &Evidence::LocalUser { uid: 1_000 },
            connector: &self.connector,
            account: &self.account,
            openness: Openness {
                groups: &self.connector.groups,
                administrator_groups: &administrator_groups,
                administrators_use_every_connector: true,
            },
            endpoint: None,
        })
    }
}

fn unreachable() -> TokenServiceError {
    TokenServiceError::Unreachable { endpoint: "sts".to_owned(), source: "down".into() }
}

fn denied() -> TokenServiceError {
    TokenServiceError::Denied {
        action: StsAction::GetSessionToken,
        access_key_id: "AKIAIOSFODNN7EXAMPLE".parse().unwrap(),
        signer: Box::new(Signer { partition: "aws", account: None }),
        message: AwsMessage { code: "AccessDenied".to_owned(), text: String::new() },
    }
}

#[test]
fn a_member_gets_a_lease_in_their_own_name() {
    let world = World::new(&["developers"]);
    let tokens = FakeTokens::new(&world.clock);
    let vended = world.vend(&tokens).unwrap();
    assert_eq!(vended.person.name, "alice");
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
    assert!(matches!(world.vend(&tokens).unwrap().source, Source::Cache));
    world.clock.advance(1_000);
    assert!(matches!(world.vend(&tokens).unwrap().source, Source::Issued));
    assert_eq!(tokens.requests.borrow().len(), 2);
    assert_eq!(world.leases.locks.get(), 2);
}

#[test]
fn an_ageing_lease_stands_in_when_aws_is_away_but_not_when_it_denies() {
    let world = World::new(&["developers"]);
    let tokens = FakeTokens::new(&world.clock);
    world.vend(&tokens).unwrap();
    world.clock.advance(3_000);
    *tokens.trouble.borrow_mut() = Some(unreachable());
    assert!(matches!(world.vend(&tokens).unwrap().source, Source::CacheForWantOfNew(_)));
    *tokens.trouble.borrow_mut() = Some(denied());
    assert!(matches!(world.vend(&tokens), Err(VendError::Tokens(TokenServiceError::Denied { .. }))));
    world.clock.advance(600);
    *tokens.trouble.borrow_mut() = Some(unreachable());
    assert!(matches!(world.vend(&tokens), Err(VendError::Tokens(TokenServiceError::Unreachable { .. }))));
}

#[test]
fn a_key_without_its_secret_is_named() {
    let world = World::new(&["developers"]);
    world.secrets.forget(&world.account.secret_id()).unwrap();
    assert!(matches!(world.vend(&FakeTokens::new(&world.clock)), Err(VendError::SecretMissing { .. })));
}
