//! What a real program that checks signatures, trust policies and session policies makes of the calls.

use std::sync::OnceLock;
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_sdk_sts::config::{BehaviorVersion, Region};
use jiff::{SignedDuration, Timestamp};

use super::emulator::{Emulator, Prepared};
use super::*;
use crate::model::base_url::Base;
use crate::model::lease::Lease;
use crate::model::session_tag::SessionTag;
use crate::ports::TokenService;
use crate::sys::network::{Network, NetworkOptions};

const TIMEOUT: Duration = Duration::from_secs(30);
const EVERYTHING: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;

/// One emulator for all tests here; it ends with this process.
fn world() -> &'static (Emulator, Prepared) {
    static WORLD: OnceLock<(Emulator, Prepared)> = OnceLock::new();
    WORLD.get_or_init(|| {
        let emulator = Emulator::start();
        let prepared = emulator.prepare();
        (emulator, prepared)
    })
}

fn issue_with(
    key: &SigningCredentials,
    action: IssueAction,
    ahead: SignedDuration,
) -> Result<Lease, TokenServiceError> {
    let (emulator, _) = world();
    service(&emulator.url, Timestamp::now() + ahead, TIMEOUT).issue(key, &request(action), None)
}

fn issue(action: IssueAction) -> Result<Lease, TokenServiceError> {
    let prepared = &world().1;
    issue_with(&key(&prepared.key.id, &prepared.key.secret), action, SignedDuration::ZERO)
}

/// Who the emulator says the credentials of a lease belong to.
fn bearer(lease: &Lease) -> String {
    let (secret, token) = (lease.secret_access_key.expose(), lease.session_token.expose().to_owned());
    let options = NetworkOptions { connect_timeout: TIMEOUT, call_timeout: TIMEOUT, ca_bundle: None };
    let network = Network::new(Base::Loopback { https: false }, options, &Rc::default());
    let config = aws_sdk_sts::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-1"))
        .endpoint_url(&world().0.url)
        .credentials_provider(Credentials::new(&lease.access_key_id, secret, Some(token), None, "test"))
        .http_client(network.http_client().unwrap())
        .build();
    let call = aws_sdk_sts::Client::from_conf(config).get_caller_identity().send();
    network.run(call).unwrap().unwrap().arn.unwrap()
}

#[test]
fn a_key_is_known_by_its_user() {
    let (emulator, prepared) = world();
    let service = service(&emulator.url, Timestamp::now(), TIMEOUT);
    let key = key(&prepared.key.id, &prepared.key.secret);
    let identity = service.caller_identity(&key, &"eu-west-1".parse().unwrap()).unwrap();
    assert_eq!(identity.arn, prepared.user_arn);
    assert_eq!(prepared.user_arn.split(':').nth(4), Some(identity.aws_account_id.as_str()));
}

#[test]
fn each_action_yields_credentials_that_work() {
    let prepared = &world().1;
    let account = prepared.user_arn.split(':').nth(4).unwrap();
    let role = format!("arn:aws:sts::{account}:assumed-role/open/alice");
    let federated = format!("arn:aws:sts::{account}:federated-user/alice");
    for (action, principal_arn, bearer_arn) in [
        (assume(&prepared.open_role), Some(role.clone()), role),
        (federate(EVERYTHING), Some(federated.clone()), federated),
        (IssueAction::GetSessionToken, None, prepared.user_arn.clone()),
    ] {
        let lease = issue(action.clone()).unwrap();
        assert_eq!(lease.principal_arn, principal_arn, "{action:?}");
        assert_eq!(lease.aws_account_id.as_deref(), principal_arn.as_ref().map(|_| account), "{action:?}");
        assert_eq!(bearer(&lease), bearer_arn, "{action:?}");
        let life = lease.expires_at.duration_since(lease.issued_at).as_secs();
        assert!((895..=905).contains(&life), "{action:?} lives {life} s");
    }
}

#[test]
fn tags_and_source_identity_arrive() {
    let mut action = assume(&world().1.open_role);
    let IssueAction::AssumeRole { tags, transitive_tags, source_identity, .. } = &mut action else { unreachable!() };
    *tags = vec![SessionTag { key: "team".to_owned(), value: "Zoë / payments".to_owned() }];
    *transitive_tags = vec!["team".to_owned()];
    *source_identity = Some("alice".to_owned());
    issue(action.clone()).unwrap();
    let IssueAction::AssumeRole { role_arn, .. } = &mut action else { unreachable!() };
    *role_arn = world().1.guarded_role.parse().unwrap();
    let error = issue(action).unwrap_err();
    assert_eq!(case(&error), "denied", "the guarded role trusts nobody to tag: {error:?}");
}

#[test]
fn a_role_wants_its_external_id() {
    for (given, good) in [(None, false), (Some("wrong"), false), (Some("example"), true)] {
        let mut action = assume(&world().1.guarded_role);
        let IssueAction::AssumeRole { external_id, .. } = &mut action else { unreachable!() };
        *external_id = given.map(str::to_owned);
        match issue(action) {
            Ok(_) => assert!(good, "{given:?} was accepted"),
            Err(error) => assert_eq!((good, case(&error)), (false, "denied"), "{given:?}: {error:?}"),
        }
    }
}

#[test]
fn refusals_are_told_apart() {
    let prepared = &world().1;
    let good = key(&prepared.key.id, &prepared.key.secret);
    let wrong = key(&prepared.key.id, SECRET);
    let unknown = key("AKIAIOSFODNN7EXAMPLE", SECRET);
    let inactive = key(&prepared.inactive_key.id, &prepared.inactive_key.secret);
    let idle = key(&prepared.idle_key.id, &prepared.idle_key.secret);
    let nowhere = prepared.open_role.replace("role/open", "role/nowhere");
    let malformed = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Perhaps"}]}"#;
    for (key, action, expected) in [
        (&wrong, assume(&prepared.open_role), "wrong secret"),
        (&wrong, IssueAction::GetSessionToken, "wrong secret"),
        (&unknown, assume(&prepared.open_role), "key unknown"),
        (&inactive, assume(&prepared.open_role), "key unknown"),
        (&good, assume(&prepared.closed_role), "denied"),
        (&good, assume(&nowhere), "denied"),
        (&idle, federate(EVERYTHING), "denied"),
        (&good, federate(malformed), "policy malformed"),
    ] {
        let error = issue_with(key, action.clone(), SignedDuration::ZERO).unwrap_err();
        assert_eq!(case(&error), expected, "{action:?}: {error:?}");
        assert!(!everything(&error).contains(key.secret.expose()), "{expected}");
    }
}

#[test]
fn a_wrong_clock_is_told_with_the_amount() {
    let prepared = &world().1;
    let key = key(&prepared.key.id, &prepared.key.secret);
    for minutes in [20, -20] {
        let error = issue_with(&key, assume(&prepared.open_role), SignedDuration::from_mins(minutes)).unwrap_err();
        match error {
            TokenServiceError::ClockSkew { ahead, .. } => {
                assert!((ahead.as_secs() - minutes * 60).abs() <= 30, "{ahead:?}");
            }
            other => panic!("{other:?}"),
        }
    }
}
