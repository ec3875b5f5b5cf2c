use super::*;
use proptest::prelude::*;
use std::collections::HashSet;

const KEY: &str = "AKIAIOSFODNN7EXAMPLE";

fn base() -> IssueRequest {
    IssueRequest {
        region: "eu-west-1".parse().unwrap(),
        duration: "1h".parse().unwrap(),
        mfa_serial: None,
        action: IssueAction::AssumeRole {
            role_arn: "arn:aws:iam::123123123123:role/UpdateAPP".parse().unwrap(),
            session_name: "alice".to_owned(),
            external_id: None,
            policies: SessionPolicies::default(),
            tags: Vec::new(),
            transitive_tags: Vec::new(),
            source_identity: None,
        },
    }
}

fn changed(change: impl FnOnce(&mut IssueRequest)) -> IssueRequest {
    let mut request = base();
    change(&mut request);
    request
}

fn tag(key: &str, value: &str) -> SessionTag {
    SessionTag { key: key.to_owned(), value: value.to_owned() }
}

/// Every input of AssumeRole, changed one at a time.
fn variants() -> Vec<IssueRequest> {
    macro_rules! role {
        ($field:ident = $value:expr) => {
            changed(|request| {
                let IssueAction::AssumeRole { $field, .. } = &mut request.action else { unreachable!() };
                *$field = $value;
            })
        };
    }
    let inline = |text: &str| SessionPolicies { inline: Some(text.parse().unwrap()), arns: Vec::new() };
    let arns = |names: &[&str]| SessionPolicies {
        inline: None,
        arns: names.iter().map(|name| format!("arn:aws:iam::aws:policy/{name}").parse().unwrap()).collect(),
    };
    vec![
        base(),
        changed(|request| request.region = "eu-west-2".parse().unwrap()),
        changed(|request| request.duration = "2h".parse().unwrap()),
        changed(|request| request.mfa_serial = Some("GAHT12345678".parse().unwrap())),
        changed(|request| request.mfa_serial = Some("arn:aws:iam::123123123123:mfa/ops".parse().unwrap())),
        role!(role_arn = "arn:aws:iam::123123123123:role/Other".parse().unwrap()),
        role!(session_name = "bob".to_owned()),
        role!(external_id = Some("example".to_owned())),
        role!(source_identity = Some("example".to_owned())),
        role!(policies = inline("{}")),
        role!(policies = inline("{ }")),
        role!(policies = arns(&["A"])),
        role!(policies = arns(&["A", "B"])),
        role!(policies = arns(&["AB"])),
        role!(tags = vec![tag("a", "bc")]),
        role!(tags = vec![tag("ab", "c")]),
        role!(tags = vec![tag("a", "b"), tag("c", "")]),
        role!(transitive_tags = vec!["a".to_owned()]),
        changed(|request| request.action = IssueAction::GetSessionToken),
        changed(|request| {
            request.action = IssueAction::GetFederationToken {
                name: "alice".to_owned(),
                policies: SessionPolicies::default(),
                tags: Vec::new(),
            };
        }),
    ]
}

#[test]
fn every_input_changes_the_key() {
    let (one, other): (AccessKeyId, AccessKeyId) = (KEY.parse().unwrap(), "AKIAI44QH8DHBEXAMPLE".parse().unwrap());
    let mut keys: Vec<LeaseKey> =
        variants().iter().map(|request| lease_key(Scope::Person, SignedBy::LongTermKey(&one), None, request)).collect();
    keys.push(lease_key(Scope::System, SignedBy::LongTermKey(&one), None, &base()));
    keys.push(lease_key(Scope::Person, SignedBy::LongTermKey(&other), None, &base()));
    keys.push(lease_key(Scope::Person, SignedBy::LongTermKey(&one), Some("https://sts.example.com"), &base()));
    for (id, address) in [(&one, "http://169.254.169.254"), (&one, "http://127.0.0.1"), (&other, "http://127.0.0.1")] {
        keys.push(lease_key(Scope::Person, SignedBy::Host { id, address }, None, &base()));
        keys.push(host_role_key(Scope::System, SignedBy::Host { id, address }));
        keys.push(host_role_key(Scope::Person, SignedBy::Host { id, address }));
    }
    let distinct: HashSet<&LeaseKey> = keys.iter().collect();
    assert_eq!(distinct.len(), keys.len());
    assert_eq!(lease_key(Scope::Person, SignedBy::LongTermKey(&one), None, &base()), keys[0]);
}

/// Few and short texts, so that two draws are often alike in most places, and full of what might be taken for a
/// border between two inputs.
fn text() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["", "a", "b", "ab", "ba", "tag key", "tag value", "policy", "\0", "\0\u{1}a"])
        .prop_map(str::to_owned)
}

fn policies() -> impl Strategy<Value = SessionPolicies> {
    let inline = prop::option::of(prop::sample::select(vec!["{}", "{ }", "{\"a\":\"b\"}"]));
    let arns = prop::collection::vec(prop::sample::select(vec!["A", "B", "AB"]), 0..3);
    (inline, arns).prop_map(|(inline, arns)| SessionPolicies {
        inline: inline.map(|text| text.parse().unwrap()),
        arns: arns.iter().map(|name| format!("arn:aws:iam::aws:policy/{name}").parse().unwrap()).collect(),
    })
}

fn tags() -> impl Strategy<Value = Vec<SessionTag>> {
    prop::collection::vec((text(), text()).prop_map(|(key, value)| SessionTag { key, value }), 0..3)
}

fn action() -> impl Strategy<Value = IssueAction> {
    let roles = prop::sample::select(vec!["a", "b", "ab"]);
    let lists = (policies(), tags(), prop::collection::vec(text(), 0..3));
    let role = (roles, text(), lists, prop::option::of(text()), prop::option::of(text())).prop_map(
        |(role, session_name, (policies, tags, transitive_tags), external_id, source_identity)| {
            IssueAction::AssumeRole {
                role_arn: format!("arn:aws:iam::123123123123:role/{role}").parse().unwrap(),
                session_name,
                external_id,
                policies,
                tags,
                transitive_tags,
                source_identity,
            }
        },
    );
    let federation = (text(), policies(), tags()).prop_map(|(name, policies, tags)| IssueAction::GetFederationToken {
        name,
        policies,
        tags,
    });
    prop_oneof![4 => role, 2 => federation, 1 => Just(IssueAction::GetSessionToken)]
}

type Inputs = (String, Option<String>, IssueRequest);

fn inputs() -> impl Strategy<Value = Inputs> {
    let key = prop::sample::select(vec![KEY, "AKIAI44QH8DHBEXAMPLE"]).prop_map(str::to_owned);
    let region = prop::sample::select(vec!["eu-west-1", "eu-west-2"]);
    let duration = prop::sample::select(vec!["1h", "2h"]);
    let mfa_serial = prop::option::of(prop::sample::select(vec!["GAHT12345678", "123456789"]));
    let request =
        (region, duration, mfa_serial, action()).prop_map(|(region, duration, serial, action)| IssueRequest {
            region: region.parse().unwrap(),
            duration: duration.parse().unwrap(),
            mfa_serial: serial.map(|serial| serial.parse().unwrap()),
            action,
        });
    (key, prop::option::of(text()), request)
}

/// Another request that differs in one place at least, or in all: `other`, with what the bits of `alike` name taken
/// from `one`.
fn brought_closer(one: &Inputs, other: Inputs, alike: u16) -> Inputs {
    let (mut key, mut endpoint, mut request) = other;
    let takes = |bit: u16| alike & (1 << bit) != 0;
    macro_rules! take {
        ($bit:expr, $place:expr, $value:expr) => {
            if takes($bit) {
                $place = $value.clone();
            }
        };
    }
    take!(0, key, one.0);
    take!(1, endpoint, one.1);
    take!(2, request.region, one.2.region);
    take!(3, request.duration, one.2.duration);
    take!(11, request.mfa_serial, one.2.mfa_serial);
    match (&mut request.action, &one.2.action) {
        (
            IssueAction::AssumeRole {
                role_arn,
                session_name,
                external_id,
                policies,
                tags,
                transitive_tags,
                source_identity,
            },
            IssueAction::AssumeRole {
                role_arn: role,
                session_name: name,
                external_id: id,
                policies: limits,
                tags: labels,
                transitive_tags: passed_on,
                source_identity: source,
            },
        ) => {
            take!(4, *role_arn, role);
            take!(5, *session_name, name);
            take!(6, *external_id, id);
            take!(7, *policies, limits);
            take!(8, *tags, labels);
            take!(9, *transitive_tags, passed_on);
            take!(10, *source_identity, source);
        }
        (
            IssueAction::GetFederationToken { name, policies, tags },
            IssueAction::GetFederationToken { name: given, policies: limits, tags: labels },
        ) => {
            take!(5, *name, given);
            take!(7, *policies, limits);
            take!(8, *tags, labels);
        }
        _ => {}
    }
    (key, endpoint, request)
}

fn key_of((access_key_id, endpoint, request): &Inputs) -> LeaseKey {
    lease_key(Scope::Person, SignedBy::LongTermKey(&access_key_id.parse().unwrap()), endpoint.as_deref(), request)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn two_requests_share_a_key_only_if_they_are_the_same(
        one in inputs(),
        other in inputs(),
        alike in 0_u16..4_096,
    ) {
        let other = brought_closer(&one, other, alike);
        prop_assert_eq!(key_of(&one) == key_of(&other), one == other);
    }

    #[test]
    fn two_lists_of_inputs_share_a_key_only_if_they_are_the_same(
        one in prop::collection::vec(text(), 0..4),
        other in prop::collection::vec(text(), 0..4),
    ) {
        let key = |inputs: &[String]| pass_key(inputs.iter().map(String::as_bytes));
        prop_assert_eq!(key(&one) == key(&other), one == other);
    }
}
