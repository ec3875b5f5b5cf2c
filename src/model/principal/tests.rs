use super::*;
use crate::model::session_policy::PLAIN_TEXT_LIMIT;
use PrincipalType::{AssumeRole, FederatedUser, Provided, SessionToken};

fn role() -> Option<RoleArn> {
    Some("arn:aws:iam::123123123123:role/UpdateAPP".parse().unwrap())
}

fn policy() -> Option<SessionPolicy> {
    Some(r#"{"Version":"2012-10-17","Statement":[]}"#.parse().unwrap())
}

fn tags(keys: &[&str]) -> BTreeMap<String, Template> {
    keys.iter().map(|key| ((*key).to_owned(), "v".parse().unwrap())).collect()
}

fn fields_for(principal: PrincipalType) -> PrincipalFields {
    match principal {
        AssumeRole => PrincipalFields { role_arn: role(), ..Default::default() },
        FederatedUser => PrincipalFields { policy: policy(), ..Default::default() },
        SessionToken | Provided => PrincipalFields::default(),
    }
}

#[test]
fn each_type_has_its_own_fields() {
    type Set = fn(&mut PrincipalFields);
    let table: [(Field, Set, [bool; 4]); 8] = [
        (Field::RoleArn, |f| f.role_arn = role(), [true, false, false, false]),
        (Field::ExternalId, |f| f.external_id = Some("example".to_owned()), [true, false, false, false]),
        (Field::Policy, |f| f.policy = policy(), [true, true, false, false]),
        (
            Field::PolicyArns,
            |f| f.policy_arns = vec!["arn:aws:iam::aws:policy/ReadOnlyAccess".parse().unwrap()],
            [true, true, false, false],
        ),
        (
            Field::OmitPolicy,
            |f| {
                f.omit_policy = true;
                f.policy = None;
            },
            [false, true, false, false],
        ),
        (Field::Tags, |f| f.tags = tags(&["team"]), [true, true, false, false]),
        (
            Field::TransitiveTags,
            |f| {
                f.tags = tags(&["team"]);
                f.transitive_tags = vec!["team".to_owned()];
            },
            [true, false, false, false],
        ),
        (
            Field::SourceIdentity,
            |f| f.source_identity = Some("{user.name}".parse().unwrap()),
            [true, false, false, false],
        ),
    ];
    for (field, set, allowed) in table {
        for (principal, allowed) in PrincipalType::ALL.into_iter().zip(allowed) {
            let mut fields = fields_for(principal);
            set(&mut fields);
            let outcome = Principal::from_fields(principal, fields);
            match outcome {
                Ok(_) => assert!(allowed, "{principal} accepted {field}"),
                Err(error) => {
                    assert!(!allowed, "{principal} refused {field}: {error}");
                    assert!(matches!(error, RuleError::FieldNotAllowed { .. }), "{principal} {field}: {error}");
                }
            }
        }
    }
}

#[test]
fn a_federated_user_without_policy_must_be_meant() {
    let none = PrincipalFields::default();
    assert_eq!(Principal::from_fields(FederatedUser, none), Err(RuleError::PolicyMissing));
    let meant = PrincipalFields { omit_policy: true, ..Default::default() };
    assert!(Principal::from_fields(FederatedUser, meant).is_ok());
    let both = PrincipalFields { omit_policy: true, policy: policy(), ..Default::default() };
    assert_eq!(Principal::from_fields(FederatedUser, both), Err(RuleError::PolicyNotOmitted));
}

#[test]
fn durations_are_bounded_for_each_type() {
    for (principal, maximum) in [(AssumeRole, 43_200), (FederatedUser, 129_600), (SessionToken, 129_600)] {
        for (seconds, good) in [(899, false), (900, true), (maximum, true), (maximum + 1, false)] {
            let outcome = check_duration(principal, SessionDuration::from_seconds(seconds));
            assert_eq!(outcome.is_ok(), good, "{principal} {seconds}");
        }
    }
}

#[test]
fn the_limits_of_external_id_policies_and_tags_are_kept() {
    let with = |change: &dyn Fn(&mut PrincipalFields)| {
        let mut fields = fields_for(AssumeRole);
        change(&mut fields);
        Principal::from_fields(AssumeRole, fields).err()
    };
    assert_eq!(with(&|f| f.external_id = Some("x".to_owned())), Some(RuleError::ExternalIdLength(1)));
    assert_eq!(with(&|f| f.external_id = Some("x".repeat(1_224))), None);
    assert_eq!(with(&|f| f.external_id = Some("x".repeat(1_225))), Some(RuleError::ExternalIdLength(1_225)));
    assert_eq!(with(&|f| f.external_id = Some("a b".to_owned())), Some(RuleError::ExternalIdCharacter(' ')));

    let arns = |count: usize| {
        (0..count).map(|n| format!("arn:aws:iam::aws:policy/P{n}").parse().unwrap()).collect::<Vec<PolicyArn>>()
    };
    assert_eq!(with(&|f| f.policy_arns = arns(10)), None);
    assert_eq!(with(&|f| f.policy_arns = arns(11)), Some(RuleError::TooManyPolicyArns(11)));
    let foreign: PolicyArn = "arn:aws:iam::999999999999:policy/P".parse().unwrap();
    assert_eq!(
        with(&|f| f.policy_arns = vec![foreign.clone()]),
        Some(RuleError::PolicyOfOtherAccount { policy: foreign.clone(), account: "123123123123".to_owned() })
    );
    let longest = format!("{{\"Sid\":\"{}\"}}", "x".repeat(PLAIN_TEXT_LIMIT - 10));
    assert_eq!(with(&|f| f.policy = Some(longest.parse().unwrap())), None);
    let long = format!("{{\"Sid\":\"{}\"}}", "x".repeat(2_030));
    assert_eq!(
        with(&|f| {
            f.policy = Some(long.parse().unwrap());
            f.policy_arns = arns(1);
        }),
        Some(RuleError::PoliciesTooLong(2_040 + 26))
    );

    let many: Vec<String> = (0..51).map(|n| format!("k{n}")).collect();
    let keys: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(with(&|f| f.tags = tags(&keys[..50])), None);
    assert_eq!(with(&|f| f.tags = tags(&keys)), Some(RuleError::TooManyTags(51)));
    assert_eq!(
        with(&|f| f.tags = tags(&["Team", "team"])),
        Some(RuleError::TagTwice("Team".to_owned(), "team".to_owned()))
    );
    assert_eq!(
        with(&|f| f.transitive_tags = vec!["team".to_owned()]),
        Some(RuleError::TransitiveTagUnknown("team".to_owned()))
    );
    assert_eq!(
        with(&|f| {
            f.tags = tags(&["team"]);
            f.transitive_tags = vec!["team".to_owned(); 51];
        }),
        Some(RuleError::TransitiveTagTwice("team".to_owned()))
    );
}

#[test]
fn a_host_s_role_is_handed_on_as_it_is_or_assumes_another_for_an_hour() {
    use AccountType::{AccessKey, InstanceRole};
    for (principal, account, good) in [
        (AssumeRole, AccessKey, true),
        (FederatedUser, AccessKey, true),
        (SessionToken, AccessKey, true),
        (Provided, AccessKey, false),
        (AssumeRole, InstanceRole, true),
        (FederatedUser, InstanceRole, false),
        (SessionToken, InstanceRole, false),
        (Provided, InstanceRole, true),
    ] {
        let expected = if good { Ok(()) } else { Err(RuleError::AccountUnfit { principal, account }) };
        assert_eq!(check_account(principal, account), expected);
    }
    for (account, seconds, good) in [
        (AccessKey, 43_200, true),
        (InstanceRole, 3_599, true),
        (InstanceRole, 3_600, true),
        (InstanceRole, 3_601, false),
    ] {
        let outcome = check_chaining(account, Some(SessionDuration::from_seconds(seconds)));
        assert_eq!(outcome.is_ok(), good, "{account} {seconds}");
    }
    let refused = check_duration(Provided, SessionDuration::from_seconds(900));
    assert_eq!(refused, Err(RuleError::FieldNotAllowed { principal: Provided, field: Field::Duration }));
}

#[test]
fn every_arn_says_where_it_lies() {
    let fields = PrincipalFields {
        role_arn: role(),
        policy_arns: vec!["arn:aws-cn:iam::aws:policy/ReadOnlyAccess".parse().unwrap()],
        ..Default::default()
    };
    let principal = Principal::from_fields(AssumeRole, fields).unwrap();
    let named: Vec<(String, &str)> = principal.partitions().collect();
    assert_eq!(
        named,
        [("its role".to_owned(), "aws"), ("the policy arn:aws-cn:iam::aws:policy/ReadOnlyAccess".to_owned(), "aws-cn")]
    );
}

#[test]
fn a_duration_is_taken_where_it_has_bounds() {
    for principal in PrincipalType::ALL {
        assert_eq!(principal.allows(Field::Duration), principal.duration_bounds().is_some(), "{principal}");
        assert!(principal.described().starts_with(&format!("{principal}: ")));
    }
}
