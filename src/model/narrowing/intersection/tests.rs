use super::*;
use crate::model::arn::PolicyArn;
use proptest::prelude::*;
use serde_json::{Value, json};

/// What is asked of AWS in these tests, and whether with a second factor.
#[derive(Debug, Clone, Copy)]
struct Call {
    action: &'static str,
    resource: &'static str,
    second_factor: bool,
}

fn calls() -> impl Iterator<Item = Call> {
    const ACTIONS: [&str; 4] = ["s3:GetObject", "s3:PutObject", "iam:GetUser", "iam:PassRole"];
    const RESOURCES: [&str; 5] =
        ["*", "arn:aws:s3:::a", "arn:aws:s3:::a/x", "arn:aws:s3:::b/x", "arn:aws:iam::123123123123:user/Alice"];
    ACTIONS.into_iter().flat_map(|action| {
        RESOURCES
            .into_iter()
            .flat_map(move |resource| [false, true].map(|second_factor| Call { action, resource, second_factor }))
    })
}

fn read(documents: &[&str]) -> Vec<Value> {
    documents.iter().map(|text| serde_json::from_str(text).unwrap()).collect()
}

/// IAM's evaluation of session policies, told once more and from the text alone: a Deny in any, else an Allow in any.
fn allows(documents: &[Value], call: Call) -> bool {
    let statements: Vec<&Value> = documents.iter().flat_map(|document| items(&document["Statement"])).collect();
    let has =
        |effect: &str| statements.iter().any(|statement| statement["Effect"] == effect && is_about(statement, call));
    !has("Deny") && has("Allow")
}

fn items(value: &Value) -> Vec<&Value> {
    value.as_array().map_or_else(|| vec![value], |items| items.iter().collect())
}

fn is_about(statement: &Value, call: Call) -> bool {
    let some =
        |patterns: &Value, text: &str| items(patterns).iter().any(|pattern| matches(pattern.as_str().unwrap(), text));
    let (action, resource) = (call.action.to_lowercase(), call.resource);
    let lower = |patterns: &Value| serde_json::from_str(&patterns.to_string().to_lowercase()).unwrap();
    let right_action = match (statement.get("Action"), statement.get("NotAction")) {
        (Some(patterns), None) => some(&lower(patterns), &action),
        (None, Some(patterns)) => !some(&lower(patterns), &action),
        _ => panic!("{statement}"),
    };
    let right_resource = match (statement.get("Resource"), statement.get("NotResource")) {
        (Some(patterns), None) => some(patterns, resource),
        (None, Some(patterns)) => !some(patterns, resource),
        _ => panic!("{statement}"),
    };
    let condition = statement.get("Condition");
    right_action && right_resource && condition.is_none_or(|_| call.second_factor)
}

fn matches(pattern: &str, text: &str) -> bool {
    match pattern.chars().next() {
        None => text.is_empty(),
        Some('*') => (0..=text.len()).any(|start| matches(&pattern[1..], &text[start..])),
        Some('?') => !text.is_empty() && matches(&pattern[1..], &text[1..]),
        Some(first) => text.starts_with(first) && matches(&pattern[1..], &text[1..]),
    }
}

/// How often something odd is drawn, in per cent.
#[derive(Clone, Copy)]
struct Odds {
    denying: f64,
    excluding: f64,
    conditional: f64,
}

const ANY: Odds = Odds { denying: 0.3, excluding: 0.3, conditional: 0.3 };
const PLAIN: Odds = Odds { denying: 0.3, excluding: 0.0, conditional: 0.0 };

fn patterns(of: &'static [&'static str]) -> impl Strategy<Value = Value> {
    let list = prop::collection::vec(prop::sample::select(of), 1..3);
    (list, any::<bool>()).prop_map(|(list, alone)| if alone && list.len() == 1 { json!(list[0]) } else { json!(list) })
}

fn statement(odds: Odds) -> impl Strategy<Value = Value> {
    let actions: &[&str] = &[
        "*",
        "s3:*",
        "s3:Get*",
        "S3:get?bject",
        "s3:GetObject",
        "s3:PutObject",
        "iam:*",
        "*:Get*",
        "**",
        "iam:Passrole",
    ];
    let resources: &[&str] = &[
        "*",
        "arn:aws:s3:::a",
        "arn:aws:s3:::a*",
        "arn:aws:s3:::?/x",
        "arn:aws:s3:::*",
        "arn:aws:iam::123123123123:user/*",
        "arn:aws:iam::123123123123:user/alice",
    ];
    let oddities = (
        prop::bool::weighted(odds.denying),
        prop::bool::weighted(odds.excluding),
        prop::bool::weighted(odds.excluding),
        prop::bool::weighted(odds.conditional),
    );
    (oddities, patterns(actions), patterns(resources)).prop_map(
        |((denies, not_action, not_resource, conditional), actions, resources)| {
            let mut statement = json!({"Sid": "same", "Effect": if denies { "Deny" } else { "Allow" }});
            statement[if not_action { "NotAction" } else { "Action" }] = actions;
            statement[if not_resource { "NotResource" } else { "Resource" }] = resources;
            // A Deny with a condition is passed on as it is; the plain ones have some, too.
            if conditional || denies && not_resource {
                statement["Condition"] = json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}});
            }
            statement
        },
    )
}

fn document(odds: Odds) -> impl Strategy<Value = String> {
    prop::collection::vec(statement(odds), 1..6).prop_map(|mut statements| {
        let statement = if statements.len() == 1 { statements.remove(0) } else { Value::from(statements) };
        json!({"Version": "2012-10-17", "Statement": statement}).to_string()
    })
}

fn inline(text: &str) -> SessionPolicies {
    SessionPolicies { inline: Some(text.parse().unwrap()), arns: Vec::new() }
}

fn by_arn() -> SessionPolicies {
    let arn: PolicyArn = "arn:aws:iam::123123123123:policy/own".parse().unwrap();
    SessionPolicies { inline: None, arns: vec![arn] }
}

/// Whether what AWS is told allows exactly what the connector's own policy, inline or by ARN, and the caller's allow;
/// the fault where it is told nothing.
fn check_both_must_allow(own: &str, callers: &str) -> Result<Option<PolicyFault>, TestCaseError> {
    let (owns, theirs) = (read(&[own]), read(&[callers]));
    for policies in [inline(own), by_arn()] {
        let is_by_arn = policies.inline.is_none();
        let joined = match join(policies, callers) {
            Ok(joined) => joined,
            Err(fault) => return Ok(Some(fault)),
        };
        prop_assert_eq!(joined.arns.is_empty(), !is_by_arn);
        let told = joined.inline.as_ref().map(|policy| policy.as_str());
        let told = read(&told.into_iter().chain(is_by_arn.then_some(own)).collect::<Vec<_>>());
        for call in calls() {
            let expected = allows(&owns, call) && allows(&theirs, call);
            prop_assert_eq!(allows(&told, call), expected, "{:?} by {:?}", call, &told);
        }
    }
    Ok(None)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn both_must_allow_or_it_is_refused(own in document(ANY), callers in document(ANY)) {
        let fault = check_both_must_allow(&own, &callers)?;
        let expected =
            matches!(fault, None | Some(PolicyFault::NothingAllowed | PolicyFault::Joining(_) | PolicyFault::TooLong(_)));
        prop_assert!(expected, "{:?}", fault);
    }

    #[test]
    fn plain_statements_are_joined(own in document(ANY), callers in document(PLAIN)) {
        let statements: Value = serde_json::from_str(&callers).unwrap();
        let allowing = items(&statements["Statement"]).iter().filter(|it| it["Effect"] == "Allow").count();
        match check_both_must_allow(&own, &callers)? {
            None | Some(PolicyFault::TooLong(2_049..)) => {}
            Some(PolicyFault::NothingAllowed) => prop_assert_eq!(allowing, 0),
            Some(fault) => {
                prop_assert!(allowing > MOST_ALLOWING, "{}", callers);
                prop_assert_eq!(fault, PolicyFault::Joining(Obstacle::TooManyAllowing(allowing)));
            }
        }
    }

    #[test]
    fn one_exclusion_is_joined(own in document(ANY), mut statement in statement(ANY)) {
        statement["Effect"] = json!("Allow");
        statement.as_object_mut().unwrap().remove("Condition");
        let callers = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
        match check_both_must_allow(&own, &callers)? {
            None => {}
            Some(fault) => {
                prop_assert_eq!(fault, PolicyFault::NothingAllowed);
                prop_assert!(!calls().any(|call| allows(&read(&[&callers]), call)));
            }
        }
    }
}

fn of(statements: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#)
}

fn joined(own: &str, callers: &str) -> Result<String, String> {
    let joined = join(inline(own), callers).map_err(|fault| fault.to_string())?;
    assert_eq!(joined.arns, []);
    Ok(joined.inline.unwrap().to_string())
}

const OWN: &str = r#"{"Effect":"Allow","Action":"s3:*","Resource":"*"}"#;

#[test]
fn the_connector_s_own_stays_and_what_is_left_out_is_denied() {
    for (callers, denials) in [
        (r#"{"Effect":"Allow","Action":["s3:Get*","*"],"Resource":"*"}"#, ""),
        (
            r#"{"Effect":"Allow","Action":["s3:List*","s3:Get*"],"Resource":"*"}"#,
            r#",{"Effect":"Deny","NotAction":["s3:Get*","s3:List*"],"Resource":"*"}"#,
        ),
        (
            r#"{"Effect":"Allow","Action":"s3:Get*","Resource":"*"},{"Effect":"Allow","Action":"s3:List*","Resource":"*"}"#,
            r#",{"Effect":"Deny","NotAction":["s3:Get*","s3:List*"],"Resource":"*"}"#,
        ),
        (
            r#"{"Effect":"Allow","Action":"s3:Get*","Resource":"a"},{"Effect":"Allow","Action":"s3:List*","Resource":"b"}"#,
            concat!(
                r#",{"Effect":"Deny","Action":"*","NotResource":["a","b"]}"#,
                r#",{"Effect":"Deny","NotAction":"s3:Get*","NotResource":"b"}"#,
                r#",{"Effect":"Deny","NotAction":"s3:List*","NotResource":"a"}"#,
                r#",{"Effect":"Deny","NotAction":["s3:Get*","s3:List*"],"Resource":"*"}"#
            ),
        ),
        (
            r#"{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}"#,
            r#",{"Effect":"Deny","Action":"iam:*","Resource":"*"}"#,
        ),
        (
            r#"{"Effect":"Allow","Action":"*","Resource":"*"},{"Sid":"x","Effect":"Deny","Action":"iam:*","Resource":"*","Condition":{"NumericLessThan":{"a":1.50e1}}}"#,
            r#",{"Effect":"Deny","Action":"iam:*","Resource":"*","Condition":{"NumericLessThan":{"a":1.50e1}}}"#,
        ),
    ] {
        assert_eq!(joined(&of(OWN), &of(callers)), Ok(of(&format!("{OWN}{denials}"))), "{callers}");
    }
}

#[test]
fn the_connector_s_own_words_are_kept() {
    let own = r#"{ "Id" : "\u0141ó\n", "Version": "2012-10-17",
        "Statement": {"Sid": "a", "Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Odd": [true, null, 1e400]}} }"#;
    assert!(own.parse::<crate::model::session_policy::SessionPolicy>().is_err(), "JSON has no such number");
    let own = own.replace("1e400", "123456789012345678901.0");
    let expected = r#"{"Id":"\u0141ó\n","Version":"2012-10-17","Statement":[{"Sid":"a","Effect":"Allow","Action":"*","Resource":"*","Condition":{"Odd":[true,null,123456789012345678901.0]}},{"Effect":"Deny","NotAction":"s3:*","Resource":"*"}]}"#;
    assert_eq!(joined(&own, &of(OWN)), Ok(expected.to_owned()));
}

#[test]
fn what_can_t_be_joined_is_refused_with_the_reason() {
    let allow = |number: usize| format!(r#"{{"Effect":"Allow","Action":"s3:A{number}","Resource":"r{number}"}}"#);
    let allowing = |count: usize| of(&(0..count).map(allow).collect::<Vec<_>>().join(","));
    let obstacle = |reason: &str| Err(format!("it can't be joined with the connector's own policies: {reason}"));
    let plain = of(OWN);
    assert!(joined(&plain, &allowing(4)).is_ok());
    for (own, callers, expected) in [
        (
            plain.as_str(),
            allowing(5),
            obstacle("it has 5 statements that allow and can't be put together; at most 4 are possible"),
        ),
        (
            &plain,
            of(r#"{"Effect":"Allow","Action":"*","Resource":"*","Condition":{}}"#),
            obstacle("a statement that allows has a Condition"),
        ),
        (
            &plain,
            of(r#"{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::b/${aws:username}"}"#),
            obstacle("a statement that allows has the policy variable “arn:aws:s3:::b/${aws:username}”"),
        ),
        (
            &plain,
            of(&format!(r#"{{"Effect":"Allow","NotAction":"iam:*","Resource":"a"}},{}"#, allow(1))),
            obstacle("NotAction or NotResource stands beside other statements that allow"),
        ),
        (
            &plain,
            of(&allow(1)).replace("2012", "2008"),
            obstacle("its Version is 2008-10-17, and the connector's own is 2012-10-17"),
        ),
        (
            r#"{"Version":"2012-10-17","Statement":[],"Statement":[]}"#,
            of(&allow(1)),
            Err("the connector's own policy can't be joined with another".to_owned()),
        ),
        (
            r#"{"Version":"2012-10-17"}"#,
            of(&allow(1)),
            Err("the connector's own policy can't be joined with another".to_owned()),
        ),
    ] {
        assert_eq!(joined(own, &callers), expected, "{own} {callers}");
    }
}

#[test]
fn the_whole_keeps_the_limit_of_sts() {
    let own = |length: usize| of(&OWN.replace("s3:*", &"x".repeat(length)));
    let denial = r#",{"Effect":"Deny","NotAction":"s3:*","Resource":"*"}"#;
    let longest = PLAIN_TEXT_LIMIT - own(0).len() - denial.len();
    assert_eq!(joined(&own(longest), &of(OWN)).unwrap().len(), PLAIN_TEXT_LIMIT);
    assert_eq!(
        joined(&own(longest + 1), &of(OWN)),
        Err("joined with the connector's own policy it has 2049 characters; at most 2048 are allowed".to_owned())
    );
    let mut both = inline(&own(longest));
    both.arns.push("arn:aws:iam::123123123123:policy/own".parse().unwrap());
    assert_eq!(join(both, &of(OWN)), Err(PolicyFault::TooLong(PLAIN_TEXT_LIMIT + 36)));
    let first = |length: usize| join(SessionPolicies::default(), &own(length)).map(|policies| policies.length());
    let room = PLAIN_TEXT_LIMIT - own(0).len();
    assert_eq!(first(room), Ok(PLAIN_TEXT_LIMIT));
    assert_eq!(first(room + 1), Err(SessionPolicyError::TooLong(PLAIN_TEXT_LIMIT + 1).into()));
}
