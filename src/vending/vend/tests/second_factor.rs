//! Codes of MFA devices in the main job: when one is asked for, whom it serves, and who hears that there is none.

use std::rc::Rc;

use super::*;
use crate::ports::{CodeGiver, MfaError, PromptError};

/// A connector to the sessions of a user who has a second factor.
fn world_with_device() -> World {
    let mut world = World::new(&["developers"]);
    let AccountSource::AccessKey { mfa, .. } = &mut world.account.source else { unreachable!() };
    let serial = "arn:aws:iam::123123123123:mfa/ops".parse().unwrap();
    *mfa = Some(Box::new(MfaDevice { serial, process: None }));
    world.connector.principal = Principal::SessionToken;
    world
}

fn denied_with_code() -> TokenServiceError {
    TokenServiceError::DeniedWithCode {
        action: AwsAction::GetSessionToken,
        access_key_id: "AKIAIOSFODNN7EXAMPLE".parse().unwrap(),
        signer: Box::new(grant::Signer { account_type: AccountType::AccessKey, partition: "aws", account: None }),
        serial: Box::new("arn:aws:iam::123123123123:mfa/ops".parse().unwrap()),
        message: AwsMessage { code: "AccessDenied".to_owned(), text: String::new() },
    }
}

fn no_way() -> MfaError {
    let serial = "arn:aws:iam::123123123123:mfa/ops".parse().unwrap();
    MfaError::NoWay { serial, account: "ops".parse().unwrap() }
}

#[test]
fn a_code_is_asked_for_where_sts_is_and_where_it_takes_one() {
    let mut world = world_with_device();
    let tokens = FakeTokens::new(&world.clock);
    world.vend(&tokens).unwrap();
    world.vend(&tokens).unwrap();
    assert_eq!((tokens.codes.take(), world.codes.given.get()), (vec!["000001".to_owned()], 1));
    assert!(tokens.prepared.borrow().is_empty(), "the code may take its time");
    let serial = tokens.requests.borrow()[0].mfa_serial.clone();
    assert_eq!(serial.unwrap().as_str(), "arn:aws:iam::123123123123:mfa/ops");
    let fields = PrincipalFields { omit_policy: true, ..PrincipalFields::default() };
    world.connector.principal = Principal::from_fields(PrincipalType::FederatedUser, fields).unwrap();
    world.vend(&tokens).unwrap();
    assert_eq!((tokens.codes.take(), world.codes.given.get()), (vec![], 1));
    assert_eq!(tokens.requests.borrow()[1].mfa_serial, None);
}

#[test]
fn one_code_serves_all_connectors_to_the_same_session() {
    let mut world = world_with_device();
    let tokens = FakeTokens::new(&world.clock);
    world.vend(&tokens).unwrap();
    world.connector.name = "other".parse().unwrap();
    world.cache.passes.borrow_mut().clear();
    assert!(matches!(world.vend(&tokens).unwrap().source, Source::Memory));
    world.connector.duration = Some("2h".parse().unwrap());
    world.cache.passes.borrow_mut().clear();
    assert!(matches!(world.vend(&tokens).unwrap().source, Source::Issued));
    assert_eq!(tokens.codes.take(), ["000001", "000002"]);
}

#[test]
fn who_waited_for_the_device_finds_what_the_one_before_has_got() {
    let world = world_with_device();
    let tokens = FakeTokens::new(&world.clock);
    world.vend(&tokens).unwrap();
    let (key, lease) = world.cache.leases.borrow_mut().drain().next().unwrap();
    world.cache.passes.borrow_mut().clear();
    let leases = Rc::clone(&world.cache.leases);
    *world.codes.meanwhile.borrow_mut() = Some(Box::new(move || drop(leases.borrow_mut().insert(key, lease))));
    assert!(matches!(world.vend(&tokens).unwrap().source, Source::Memory));
    assert_eq!(world.codes.given.get(), 1);
}

#[test]
fn a_refused_code_is_never_sent_again_and_only_a_person_gives_another() {
    for (giver, sent) in [
        (CodeGiver::Person, &["000001", "000002"][..]),
        (CodeGiver::Program, &["000001"]),
        (CodeGiver::Caller, &["000001"]),
    ] {
        let world = world_with_device();
        world.codes.giver.set(Some(giver));
        let tokens = FakeTokens::new(&world.clock);
        *tokens.trouble.borrow_mut() = Some(denied_with_code());
        let vended = world.vend(&tokens);
        assert_eq!(vended.is_ok(), giver == CodeGiver::Person, "{giver:?}");
        assert_eq!(tokens.codes.take(), sent, "{giver:?}");
        assert_eq!(world.codes.after_refusal.get(), u32::from(giver == CodeGiver::Person), "{giver:?}");
        if let Err(error) = vended {
            assert!(matches!(error, VendError::Tokens(TokenServiceError::DeniedWithCode { .. })), "{error:?}");
            let waiting = world.vend_with(&tokens, program(&world.clock)).unwrap_err();
            assert!(matches!(waiting, VendError::Remembered { .. }), "{waiting:?}");
        }
    }
}

#[test]
fn that_there_is_no_terminal_is_told_to_nobody_else() {
    let world = world_with_device();
    world.recheck_after.set(300);
    let tokens = FakeTokens::new(&world.clock);
    *world.codes.trouble.borrow_mut() = Some(no_way());
    let alone = world.vend_with(&tokens, program(&world.clock));
    assert!(matches!(alone, Err(VendError::Mfa(MfaError::NoWay { .. }))), "{alone:?}");
    let asked = world.directory.questions.get();
    assert!(matches!(world.vend_with(&tokens, program(&world.clock)).unwrap().source, Source::Issued));
    assert_eq!(world.directory.questions.get(), asked, "the directory's answer is kept");
}

#[test]
fn an_ageing_lease_stands_in_where_there_is_no_code_but_not_for_who_broke_off() {
    let world = world_with_device();
    let tokens = FakeTokens::new(&world.clock);
    world.vend(&tokens).unwrap();
    world.clock.advance(3_000);
    *world.codes.trouble.borrow_mut() = Some(no_way());
    assert!(matches!(world.vend(&tokens).unwrap().source, Source::MemoryForWantOfNew(_)));
    *world.codes.trouble.borrow_mut() = Some(MfaError::Prompt(PromptError::Interrupted));
    assert!(matches!(world.vend(&tokens), Err(VendError::Mfa(MfaError::Prompt(_)))));
}
