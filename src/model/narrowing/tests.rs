use super::*;
use crate::model::principal::PrincipalFields;
use PrincipalType::{AssumeRole, FederatedUser, Provided, SessionToken};

const READ_S3: &str = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess";
const ALLOW_ALL: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
const ALLOW_GET: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}}"#;

fn fields(principal: PrincipalType, inline: Option<&str>, arns: &[&str]) -> PrincipalFields {
    PrincipalFields {
        role_arn: (principal == AssumeRole).then(|| "arn:aws:iam::123123123123:role/UpdateAPP".parse().unwrap()),
        policy: inline.map(|text| text.parse().unwrap()),
        policy_arns: arns.iter().map(|arn| arn.parse().unwrap()).collect(),
        omit_policy: principal == FederatedUser && inline.is_none() && arns.is_empty(),
        ..PrincipalFields::default()
    }
}

fn connector(principal: PrincipalType, inline: Option<&str>, arns: &[&str]) -> Connector {
    Connector {
        name: "deploy".parse().unwrap(),
        account: "ops".parse().unwrap(),
        principal: Principal::from_fields(principal, fields(principal, inline, arns)).unwrap(),
        duration: (principal != Provided).then(|| "1h".parse().unwrap()),
        groups: Vec::new(),
        system_scope: false,
        region: "eu-west-1".parse().unwrap(),
    }
}

fn given(text: &str) -> Narrowing {
    let file = Watched { path: "/home/alice/less.json".into(), mark: None };
    Narrowing { policy: Some(GivenPolicy { file, text: text.to_owned() }), ..Narrowing::default() }
}

fn managed(arns: &[&str]) -> Narrowing {
    let arns = arns.iter().map(|arn| arn.parse().unwrap()).collect();
    Narrowing { managed: Managed::Arns(arns), ..Narrowing::default() }
}

fn read_only() -> Narrowing {
    Narrowing { managed: Managed::ReadOnly, ..Narrowing::default() }
}

/// The session policies that AWS is told, or why it is told nothing, with all causes.
fn narrowed(connector: Connector, narrowing: &Narrowing) -> Result<(String, Vec<String>), String> {
    let narrowed = narrowing.apply(connector).map_err(|error| causes(&error))?;
    let policies = narrowed.principal.policies().unwrap();
    let inline = policies.inline.as_ref().map(ToString::to_string).unwrap_or_default();
    Ok((inline, policies.arns.iter().map(ToString::to_string).collect()))
}

fn broken(rule: &str) -> String {
    format!("what is asked of the connector “deploy” breaks a rule of AWS: {rule}")
}

fn causes(error: &NarrowingError) -> String {
    let chain = std::iter::successors(Some(error as &dyn std::error::Error), |error| error.source());
    chain.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

#[test]
fn the_first_session_policies_are_what_the_caller_gives() {
    let open = || connector(AssumeRole, None, &[]);
    let only =
        |inline: &str, arns: &[&str]| Ok((inline.to_owned(), arns.iter().map(|arn| (*arn).to_owned()).collect()));
    assert_eq!(narrowed(open(), &Narrowing::default()), only("", &[]));
    assert_eq!(narrowed(open(), &given(ALLOW_GET)), only(ALLOW_GET, &[]));
    assert_eq!(narrowed(open(), &managed(&[READ_S3])), only("", &[READ_S3]));
    assert_eq!(narrowed(open(), &read_only()), only("", &["arn:aws:iam::aws:policy/ReadOnlyAccess"]));
    let china = Connector { region: "cn-north-1".parse().unwrap(), ..connector(FederatedUser, Some(ALLOW_ALL), &[]) };
    assert!(narrowed(china, &read_only()).unwrap_err().contains("arn:aws-cn:iam::aws:policy/ReadOnlyAccess"));
}

#[test]
fn a_file_beside_a_managed_policy_only_denies() {
    let both = Narrowing { policy: given(ALLOW_GET).policy, ..managed(&[READ_S3]) };
    let denial =
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","NotAction":"s3:Get*","Resource":"*"}]}"#.to_owned();
    let expected = Ok((denial, vec![READ_S3.to_owned()]));
    assert_eq!(narrowed(connector(AssumeRole, None, &[]), &both), expected);
    assert_eq!(narrowed(connector(FederatedUser, None, &[READ_S3]), &given(ALLOW_GET)), expected);
    let nothing_taken = narrowed(connector(FederatedUser, None, &[READ_S3]), &given(ALLOW_ALL));
    assert_eq!(nothing_taken, Ok((String::new(), vec![READ_S3.to_owned()])));
}

#[test]
fn what_would_widen_is_refused() {
    let beside = |arn: &str| {
        format!("the connector “deploy” has session policies already, and AWS would add what {arn} allows to them")
    };
    let no_policies = |principal| {
        format!("the connector “deploy” can't be narrowed by a policy: {principal} takes no session policies")
    };
    let no_rights = "the connector “deploy” gives no rights (omit_policy = true); a policy would add some".to_owned();
    let reader = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    for (principal, inline, arns, narrowing, why) in [
        (AssumeRole, Some(ALLOW_GET), &[][..], managed(&[READ_S3]), beside(READ_S3)),
        (AssumeRole, None, &[READ_S3][..], managed(&[READ_S3]), beside(READ_S3)),
        (AssumeRole, Some(ALLOW_GET), &[], read_only(), beside(reader)),
        (FederatedUser, Some(ALLOW_GET), &[], read_only(), beside(reader)),
        (FederatedUser, None, &[READ_S3], read_only(), beside(reader)),
        (FederatedUser, None, &[], read_only(), no_rights.clone()),
        (FederatedUser, None, &[], managed(&[READ_S3]), no_rights.clone()),
        (FederatedUser, None, &[], given(ALLOW_GET), no_rights),
        (SessionToken, None, &[], given(ALLOW_GET), no_policies(SessionToken)),
        (SessionToken, None, &[], managed(&[READ_S3]), no_policies(SessionToken)),
        (SessionToken, None, &[], read_only(), no_policies(SessionToken)),
        (Provided, None, &[], read_only(), no_policies(Provided)),
        (Provided, None, &[], given(ALLOW_GET), no_policies(Provided)),
    ] {
        assert_eq!(narrowed(connector(principal, inline, arns), &narrowing), Err(why), "{principal} {inline:?}");
    }
}

#[test]
fn managed_policies_keep_the_rules_of_the_connector_s_own() {
    let arns: Vec<String> = (0..11).map(|number| format!("arn:aws:iam::aws:policy/P{number}")).collect();
    let arns: Vec<&str> = arns.iter().map(String::as_str).collect();
    for (arns, why) in [
        (&arns[..], "11 policy ARNs are given; at most 10 are allowed"),
        (
            &["arn:aws:iam::999999999999:policy/mine"][..],
            "arn:aws:iam::999999999999:policy/mine is not in the session's AWS account 123123123123; a session policy must be AWS's own or of that account",
        ),
        (
            &["arn:aws-cn:iam::aws:policy/ReadOnlyAccess"][..],
            "it acts in eu-west-1, which is in the partition aws, and the policy arn:aws-cn:iam::aws:policy/ReadOnlyAccess is in aws-cn",
        ),
    ] {
        assert_eq!(narrowed(connector(AssumeRole, None, &[]), &managed(arns)), Err(broken(why)));
    }
    assert!(narrowed(connector(AssumeRole, None, &[]), &managed(&arns[..10])).is_ok());
}

#[test]
fn a_duration_is_at_most_the_connector_s() {
    let longer = |asked| Err(format!("the connector “deploy” gives credentials for 1h at most; {asked} is longer"));
    let outside = |rule| Err(broken(rule));
    for (principal, seconds, expected) in [
        (AssumeRole, 899, outside("assume-role leases live 15m to 12h; 14m59s is outside")),
        (AssumeRole, 900, Ok(Some(900))),
        (AssumeRole, 3_600, Ok(Some(3_600))),
        (AssumeRole, 3_601, longer("1h1s")),
        (SessionToken, 900, Ok(Some(900))),
        (SessionToken, 899, outside("session-token leases live 15m to 36h; 14m59s is outside")),
        (FederatedUser, 43_200, longer("12h")),
        (Provided, 900, outside("provided takes no duration")),
    ] {
        let asked = Narrowing { duration: Some(SessionDuration::from_seconds(seconds)), ..Narrowing::default() };
        let outcome = asked.apply(connector(principal, None, &[]));
        let outcome = outcome.map(|connector| connector.duration.map(SessionDuration::seconds));
        assert_eq!(outcome.map_err(|error| causes(&error)), expected, "{principal} {seconds}");
    }
}

#[test]
fn a_document_that_could_be_read_in_two_ways_is_refused() {
    let allow = r#""Effect":"Allow","Action":"*","Resource":"*""#;
    let statement = |text: &str| format!(r#"{{"Version":"2012-10-17","Statement":[{{{text}}}]}}"#);
    let cases = [
        (format!(r#"{{"Statement":[{{{allow}}}],"Statement":[]}}"#), "the key “Statement” stands twice in one object"),
        (
            format!(r#"{{"Statement":[],"\u0053tatement":[{{{allow}}}]}}"#),
            "the key “Statement” stands twice in one object",
        ),
        (format!(r#"{{"Statement":[{{{allow}}}],"statement":[]}}"#), "the key “statement” stands twice in one object"),
        (statement(&format!(r#"{allow},"Action":"s3:*""#)), "the key “Action” stands twice in one object"),
        (
            statement(&format!(r#"{allow},"Condition":{{"Bool":{{"a":"b","A":"c"}}}}"#)),
            "the key “A” stands twice in one object",
        ),
        (
            format!(r#"{{"statement":[{{{allow}}}]}}"#),
            "“statement” is no element of a policy; these are: Version, Id, Statement",
        ),
        (
            statement(r#""effect":"Allow","Action":"*","Resource":"*""#),
            "“effect” is no element of a statement; these are: Sid, Effect, Action, NotAction, Resource, NotResource, Condition",
        ),
        (
            statement(&format!(r#"{allow},"Principal":"*""#)),
            "“Principal” is no element of a statement; these are: Sid, Effect, Action, NotAction, Resource, NotResource, Condition",
        ),
        (statement(r#""Effect":"allow","Action":"*","Resource":"*""#), "Effect must be Allow or Deny"),
        (statement(&format!(r#"{allow},"NotAction":"*""#)), "a statement has both Action and NotAction"),
        (statement(&format!(r#"{allow},"NotResource":"*""#)), "a statement has both Resource and NotResource"),
        (statement(r#""Effect":"Allow","Resource":"*""#), "a statement lacks Action"),
        (statement(r#""Action":"*","Resource":"*""#), "a statement lacks Effect"),
        (
            statement(r#""Effect":"Allow","NotAction":[],"Resource":"*""#),
            "NotAction must be a text or a list of texts, none of them empty",
        ),
        (
            statement(r#""Effect":"Allow","Action":["*",1],"Resource":"*""#),
            "Action must be a text or a list of texts, none of them empty",
        ),
        (
            statement(r#""Effect":"Allow","Action":"*","Resource":["",""]"#),
            "Resource must be a text or a list of texts, none of them empty",
        ),
        (r#"{"Version":"2012-10-17"}"#.to_owned(), "the policy lacks Statement"),
        (r#"{"Statement":"*"}"#.to_owned(), "Statement must be an object or a list of objects"),
        (r#"{"Statement":[[]]}"#.to_owned(), "Statement must be an object or a list of objects"),
        (format!(r#"{{"Version":"2012","Statement":[{{{allow}}}]}}"#), "Version must be 2012-10-17, or 2008-10-17"),
        (
            r#"{"Statement":[]}"#.to_owned(),
            "it allows nothing: a session has only what some statement with the Effect Allow allows",
        ),
        (
            statement(r#""Effect":"Deny","Action":"iam:*","Resource":"*""#),
            "it allows nothing: a session has only what some statement with the Effect Allow allows",
        ),
        ("[]".to_owned(), "the policy is not a JSON object"),
        ("{".to_owned(), "the policy is not JSON: EOF while parsing an object at line 1, column 1"),
        ("[".repeat(60_000), "the policy is not JSON: recursion limit exceeded at line 1, column 128"),
    ];
    for (text, why) in cases {
        for own in [None, Some(ALLOW_ALL)] {
            let told = format!("the policy in /home/alice/less.json can't narrow the connector “deploy”: {why}");
            assert_eq!(narrowed(connector(AssumeRole, own, &[]), &given(&text)), Err(told), "{text:.200}");
        }
    }
}

#[test]
fn narrowings_that_differ_have_different_parts() {
    let duration =
        |seconds| Narrowing { duration: Some(SessionDuration::from_seconds(seconds)), ..Narrowing::default() };
    let all = [
        Narrowing::default(),
        duration(900),
        duration(901),
        managed(&[READ_S3]),
        managed(&[READ_S3, READ_S3]),
        read_only(),
        managed(&["arn:aws:iam::aws:policy/ReadOnlyAccess"]),
        given(ALLOW_GET),
        given(ALLOW_ALL),
        given("900"),
        Narrowing { policy: given(ALLOW_GET).policy, ..read_only() },
    ];
    let distinct: std::collections::HashSet<_> = all.iter().map(Narrowing::parts).collect();
    assert_eq!(distinct.len(), all.len());
    assert!(Narrowing::default().parts().is_empty(), "the plain request has the key it always had");
}
