//! The main job where the role of the host signs, or is handed on.

use super::*;

impl World {
    /// The account is this host's role, and the host has one.
    fn on_a_host(memberships: &[&str], principal: PrincipalType) -> Self {
        let mut world = Self::new(memberships);
        world.account.source = AccountSource::InstanceRole { aws_account_id: Some("123123123123".parse().unwrap()) };
        if principal == PrincipalType::Provided {
            world.connector.principal = Principal::from_fields(principal, PrincipalFields::default()).unwrap();
            world.connector.duration = None;
        }
        world.host_has("ASIAIOSFODNN7EXAMPLE");
        world
    }

    fn host_has(&self, id: &str) {
        *self.host.role.borrow_mut() = Some(HostCredentials {
            id: AccessKeyId::of_session(id).unwrap(),
            secret: Secret::new("secret of the host".to_owned()),
            session_token: Secret::new("token of the host".to_owned()),
            expires_at: self.clock.now() + jiff::SignedDuration::from_hours(6),
            owner: None,
            address: "http://169.254.169.254".to_owned(),
        });
    }
}

#[test]
fn a_host_s_role_is_handed_on_and_sts_not_asked() {
    let world = World::on_a_host(&["developers"], PrincipalType::Provided);
    let tokens = FakeTokens::new(&world.clock);
    let lease = world.vend(&tokens).unwrap().lease;
    assert_eq!(
        (lease.access_key_id.as_str(), lease.session_token.expose()),
        ("ASIAIOSFODNN7EXAMPLE", "token of the host")
    );
    assert_eq!(lease.expires_at, world.clock.now() + jiff::SignedDuration::from_hours(6));
    assert_eq!(lease.aws_account_id.as_deref(), Some("123123123123"));
    assert!(tokens.requests.borrow().is_empty());
    assert!(matches!(world.vend(&tokens).unwrap().source, Source::Memory));
}

#[test]
fn a_host_s_role_signs_for_another_and_its_successor_gets_nothing_of_it() {
    let world = World::on_a_host(&["developers"], PrincipalType::AssumeRole);
    let tokens = FakeTokens::new(&world.clock);
    assert!(matches!(world.vend(&tokens).unwrap().source, Source::Issued));
    assert!(matches!(world.vend(&tokens).unwrap().source, Source::Memory));
    world.host_has("ASIAI44QH8DHBEXAMPLE");
    assert!(matches!(world.vend(&tokens).unwrap().source, Source::Issued));
    assert_eq!(*tokens.signers.borrow(), ["ASIAIOSFODNN7EXAMPLE", "ASIAI44QH8DHBEXAMPLE"]);
    world.host.role.borrow_mut().take();
    let nobody = world.vend(&tokens);
    assert!(matches!(nobody, Err(VendError::Host(HostRoleError::Unreachable { .. }))), "{nobody:?}");
}

#[test]
fn who_is_not_admitted_does_not_reach_the_host() {
    let world = World::on_a_host(&["others"], PrincipalType::Provided);
    let tokens = FakeTokens::new(&world.clock);
    assert!(matches!(world.vend(&tokens), Err(VendError::NotEntitled { .. })));
    assert_eq!(world.host.asked.get(), 0);
}

#[test]
fn what_a_host_s_role_can_t_do_is_refused_before_anybody_is_asked() {
    let refused = |change: &dyn Fn(&mut World)| {
        let mut world = World::on_a_host(&["developers"], PrincipalType::AssumeRole);
        change(&mut world);
        let tokens = FakeTokens::new(&world.clock);
        let outcome = world.vend(&tokens);
        let asked = (world.directory.questions.get(), world.host.asked.get(), tokens.requests.borrow().len());
        assert_eq!(asked, (0, 0, 0), "{outcome:?}");
        match outcome {
            Err(VendError::Rule { source, .. }) => source,
            other => panic!("{other:?}"),
        }
    };
    let chained = refused(&|world| world.connector.duration = Some("61m".parse().unwrap()));
    assert_eq!(chained, RuleError::ChainedTooLong("61m".parse().unwrap()));
    let session = refused(&|world| world.connector.principal = Principal::SessionToken);
    let (principal, account) = (PrincipalType::SessionToken, AccountType::InstanceRole);
    assert_eq!(session, RuleError::AccountUnfit { principal, account });
    let key = World::new(&[]).account;
    let provided = refused(&|world| {
        (world.account, world.connector.principal) = (key.clone(), Principal::Provided);
    });
    let (principal, account) = (PrincipalType::Provided, AccountType::AccessKey);
    assert_eq!(provided, RuleError::AccountUnfit { principal, account });
    let elsewhere = refused(&|world| world.connector.region = "cn-north-1".parse().unwrap());
    assert!(matches!(elsewhere, RuleError::Partition { .. }), "{elsewhere:?}");
}

#[test]
fn a_host_that_has_moved_to_another_account_is_not_used() {
    let vended = |owner: &str| {
        let world = World::on_a_host(&["developers"], PrincipalType::Provided);
        if let Some(role) = world.host.role.borrow_mut().as_mut() {
            role.owner = Some(owner.parse().unwrap());
        }
        world.vend(&FakeTokens::new(&world.clock))
    };
    let moved = vended("999999999999");
    assert!(matches!(moved, Err(VendError::Host(HostRoleError::OtherAwsAccount { .. }))), "{moved:?}");
    assert!(vended("123123123123").is_ok(), "it is where it should be, and says so");
}
