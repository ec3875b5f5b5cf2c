//! The main job with no person: whom the system's scope lets in, and that nothing of a person is the system's.

use super::*;

/// The same connector for the system: who and what is asked shows in the counts.
pub(super) fn world_of_the_system(system_scope: bool) -> World {
    let mut world = World::new(&["developers", "aws-admins"]);
    world.system = Some("build-1".parse().unwrap());
    world.connector.system_scope = system_scope;
    world.connector.principal = Principal::SessionToken;
    world
}

#[test]
fn the_system_is_served_where_it_is_let_in_and_no_directory_is_asked() {
    let mut world = world_of_the_system(true);
    let fields = PrincipalFields { omit_policy: true, ..PrincipalFields::default() };
    world.connector.principal = Principal::from_fields(PrincipalType::FederatedUser, fields).unwrap();
    world.directory = FakeDirectory::failing();
    let tokens = FakeTokens::new(&world.clock);
    let vended = world.vend(&tokens).unwrap();
    assert_eq!(vended.actor, Actor::System("build-1".parse().unwrap()));
    let requests = tokens.requests.borrow();
    let IssueAction::GetFederationToken { name, .. } = &requests[0].action else { panic!("{requests:?}") };
    assert_eq!((name.as_str(), world.directory.questions.get()), ("build-1", 0));
}

#[test]
fn the_system_is_denied_everywhere_else_and_administers_nothing() {
    let world = world_of_the_system(false);
    let tokens = FakeTokens::new(&world.clock);
    assert!(matches!(world.vend(&tokens), Err(VendError::NoSystemScope { .. })));
    assert_eq!((tokens.requests.borrow().len(), world.directory.questions.get()), (0, 0));
}

#[test]
fn the_system_is_never_given_what_names_a_person() {
    let mut world = World::new(&["developers"]);
    world.system = Some("build-1".parse().unwrap());
    world.connector.system_scope = true;
    let tokens = FakeTokens::new(&world.clock);
    let denied = world.vend(&tokens);
    assert!(matches!(denied, Err(VendError::Tag { source: TagError::NoPerson(_), .. })), "{denied:?}");
    assert!(tokens.requests.borrow().is_empty());
}

#[test]
fn nothing_of_a_person_is_the_system_s_and_the_other_way_round() {
    let mut world = world_of_the_system(true);
    world.recheck_after.set(300);
    let tokens = FakeTokens::new(&world.clock);
    world.vend(&tokens).unwrap();
    // What AWS is asked for is the same: a session token has no name.
    world.system = None;
    let vended = world.vend(&tokens).unwrap();
    assert!(matches!(vended.source, Source::Issued) && vended.actor.person().is_some(), "{vended:?}");
    assert_eq!((world.cache.leases.borrow().len(), world.cache.passes.borrow().len()), (2, 2));
}

#[test]
fn the_system_s_pass_lasts_as_long_as_its_lease_and_the_configuration() {
    let world = world_of_the_system(true);
    let tokens = FakeTokens::new(&world.clock);
    world.vend(&tokens).unwrap();
    world.clock.advance(2_000);
    assert!(matches!(world.vend(&tokens).unwrap().source, Source::Memory));
    assert_eq!(world.cache.turns.get(), 1, "the second answer comes from the pass");
    world.config.borrow_mut().mark = Some(mark(2));
    world.vend(&tokens).unwrap();
    assert_eq!(world.cache.turns.get(), 2, "a changed configuration ends the pass");
}
