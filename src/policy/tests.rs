use proptest::prelude::*;

use super::examples::ALL;
use super::*;

/// The findings, a line each, as `LINE:COLUMN POINTER SEVERITY: …`.
fn found(text: &str) -> Vec<String> {
    let tell = |finding: &Finding| {
        let Finding { flaw, place, pointer } = finding;
        format!("{}:{} {pointer} {}: {flaw}", place.line, place.column, finding.severity())
    };
    check(text).iter().map(tell).collect()
}

/// What is found in a policy whose one statement has these members.
fn in_statement(members: &str) -> Vec<String> {
    let text = format!("{{\"Version\": \"2012-10-17\", \"Statement\": [{{{members}}}]}}");
    found(&text).into_iter().map(|line| line.split_once(' ').unwrap().1.to_owned()).collect()
}

/// The same of a statement that is right but for the members given.
fn beside(members: &str, rest: &[&str]) -> Vec<String> {
    in_statement(&[&[members], rest].concat().join(", "))
}

const ALLOW: &str = "\"Effect\": \"Allow\"";
const DENY: &str = "\"Effect\": \"Deny\"";
const READ: &str = "\"Action\": \"s3:GetObject\"";
const OBJECTS: &str = "\"Resource\": \"arn:aws:s3:::bucket/*\"";

#[test]
fn a_right_policy_is_not_spoken_of() {
    assert!(beside(ALLOW, &[READ, OBJECTS]).is_empty());
    let one = "{\"Version\": \"2012-10-17\", \"Statement\": {\"Effect\": \"Allow\", \"Action\": \"*\", \"Resource\": \"arn:aws:s3:::b\"}}";
    assert!(found(one).is_empty());
}

#[test]
fn every_example_is_right_and_says_what_to_replace() {
    assert!(ALL.len() >= 10);
    assert!(ALL.is_sorted_by_key(|example| example.name));
    for example in ALL {
        assert_eq!(found(example.text), Vec::<String>::new(), "{}", example.name);
        let length = example.text.parse::<crate::model::session_policy::SessionPolicy>().unwrap().length();
        assert!(length <= 1_400, "{} has {length} characters", example.name);
    }
    let bucket = ALL.iter().find(|example| example.name == "s3-write-folder").unwrap();
    assert_eq!(bucket.placeholders().into_iter().collect::<Vec<_>>(), ["EXAMPLE-BUCKET", "EXAMPLE-FOLDER"]);
    assert!(ALL.iter().find(|example| example.name == "everything-but-iam").unwrap().placeholders().is_empty());
}

#[test]
fn all_findings_are_told_each_at_its_place() {
    let text = "{\n  \"Version\": \"2012-10-18\",\n  \"Statment\": [],\n  \"Statement\": [\n    {\"Effect\": \"allow\", \"Action\": [\"s3GetObject\", 7],\n     \"Resource\": \"bucket\", \"Resource\": \"*\", \"Principal\": \"*\"}\n  ]\n}\n";
    assert_eq!(
        found(text),
        [
            "2:14 /Version fault: “2012-10-18” is no version of the policy language; it is 2012-10-17 (or, before it, 2008-10-17)",
            "3:3 /Statment fault: “Statment” is no element of a policy; did you mean “Statement”?",
            "5:16 /Statement/0/Effect fault: Effect is Allow or Deny, in these letters; not “allow”",
            "5:36 /Statement/0/Action/0 fault: “s3GetObject” is no action: one is SERVICE:ACTION, such as s3:GetObject, or *",
            "5:51 /Statement/0/Action/1 fault: Action must be a text or a list of texts",
            "6:28 /Statement/0/Resource fault: “Resource” stands twice in the same object",
            "6:58 /Statement/0/Principal fault: a session policy takes no Principal: it is about whoever holds the session",
        ]
    );
}

#[test]
fn what_is_no_policy_at_all_is_told() {
    assert_eq!(found(""), ["1:1  fault: this is not JSON: EOF while parsing a value"]);
    assert_eq!(found("[]"), ["1:1  fault: the policy is not a JSON object"]);
    assert_eq!(found("{\"é\": \n\"x\""), ["2:3  fault: this is not JSON: EOF while parsing an object"]);
    let lacking = found("{}");
    assert_eq!(lacking[1], "1:1  fault: the policy lacks Statement");
    assert!(lacking[0].starts_with("1:1  warning: without Version AWS takes 2008-10-17"), "{lacking:?}");
    assert_eq!(
        found("{\"Version\": \"2012-10-17\", \"Statement\": 3}"),
        ["1:40 /Statement fault: Statement must be an object or a list of objects"]
    );
    assert_eq!(
        found("{\"Version\": \"2012-10-17\", \"Statement\": []}"),
        ["1:40 /Statement warning: there is no statement: the session may do nothing"]
    );
}

#[test]
fn characters_and_size_are_those_of_sts() {
    let with = |sid: &str| {
        format!("{{\"Version\": \"2012-10-17\", \"Statement\": {{\"Sid\": \"{sid}\", {ALLOW}, {READ}, {OBJECTS}}}}}")
    };
    let at = found(&with("Ā"));
    assert_eq!(at[0], "1:48 /Statement/Sid fault: the Sid “Ā” holds “Ā”; letters and digits are allowed");
    assert!(at[1].starts_with("1:49  fault: the policy holds “Ā” (U+0100)"), "{at:?}");
    let base = with("").chars().count();
    assert!(found(&with(&"x".repeat(2_048 - base))).is_empty());
    assert_eq!(
        found(&with(&"x".repeat(2_049 - base))),
        [
            "1:1  fault: the policy has 2049 characters; at most 2048 are allowed, and spaces count: without them it has 2039"
        ]
    );
}

#[test]
fn a_statement_has_exactly_what_it_must() {
    assert_eq!(
        in_statement(""),
        [
            "/Statement/0 fault: the statement lacks Effect",
            "/Statement/0 fault: the statement lacks Action or NotAction",
            "/Statement/0 fault: the statement lacks Resource or NotResource",
        ]
    );
    assert_eq!(
        beside(ALLOW, &[READ, "\"NotAction\": []", OBJECTS]),
        [
            "/Statement/0/NotAction fault: Action and NotAction can't stand in the same statement",
            "/Statement/0/NotAction fault: NotAction is empty",
        ]
    );
    assert_eq!(
        beside("\"Sid\": \"a b\"", &[ALLOW, READ, OBJECTS]),
        ["/Statement/0/Sid fault: the Sid “a b” holds “ ”; letters and digits are allowed"]
    );
    let twice = "\"Sid\": \"a\", \"Effect\": \"Allow\", \"Action\": \"s3:*\", \"Resource\": \"*\"}, {\"Sid\": \"a\"";
    assert_eq!(
        beside(twice, &[ALLOW, READ, OBJECTS]),
        ["/Statement/1/Sid fault: the Sid “a” is taken by an earlier statement"]
    );
}

#[test]
fn actions_have_the_shape_that_iam_takes() {
    for (action, expected) in [
        ("s3:*", None),
        ("s3:Get?bject", None),
        ("rds-db:connect", None),
        ("s3:", Some("fault: “s3:” is no action: one is SERVICE:ACTION, such as s3:GetObject, or *")),
        ("s3:a:b", Some("fault: “s3:a:b” is no action: one is SERVICE:ACTION, such as s3:GetObject, or *")),
        ("s*:Get", Some("fault: “s*” is no service's prefix: letters, digits, - and . are allowed")),
        ("*:Get*", Some("warning: this is about every service; name the service")),
        ("s3: Get", Some("warning: “s3: Get” matches no action: it holds “ ”")),
        (
            "S3:getObject",
            Some("warning: “S3:getObject” is commonly written “s3:GetObject”; AWS does not mind, people who search do"),
        ),
    ] {
        let found = beside(ALLOW, &[&format!("\"Action\": [\"{action}\"]"), OBJECTS]);
        let expected: Vec<String> = expected.iter().map(|told| format!("/Statement/0/Action/0 {told}")).collect();
        assert_eq!(found, expected, "{action}");
    }
}

#[test]
fn resources_are_arns() {
    for (resource, expected) in [
        ("*", None),
        ("arn:aws:dynamodb:*", None),
        ("arn:*:ec2:*:*:instance/*", None),
        ("arn:aws:s3:eu-west-1:123123123123:accesspoint/x", None),
        ("arn:aws:s3:::bucket-${aws:username}/*", None),
        ("bucket/*", Some("“bucket/*” is no resource: one is an ARN, such as arn:aws:s3:::bucket/*, or *")),
        ("arn:aws:s3:::", Some("“arn:aws:s3:::” is no resource: one is an ARN, such as arn:aws:s3:::bucket/*, or *")),
        (
            "arn:evil:s3:::b/*",
            Some("“evil” is no partition; an ARN begins with arn:aws:, arn:aws-cn:, arn:aws-us-gov: or arn:*:"),
        ),
        ("arn:aws:*:::b", Some("the service in an ARN must be written out; “*” is a pattern or nothing")),
        ("arn:aws:iam:eu-west-1::user/x", Some("the ARN of a resource of iam has no region")),
    ] {
        let found = beside(ALLOW, &["\"Action\": \"*\"", &format!("\"Resource\": \"{resource}\"")]);
        let found: Vec<_> = found.iter().filter(|line| !line.contains("narrows nothing")).cloned().collect();
        let expected: Vec<String> =
            expected.iter().map(|told| format!("/Statement/0/Resource fault: {told}")).collect();
        assert_eq!(found, expected, "{resource}");
    }
}

#[test]
fn conditions_have_operators_keys_and_values() {
    for (condition, expected) in [
        ("{\"ForAnyValue:StringLikeIfExists\": {\"aws:TagKeys\": [\"a*\"]}}", None),
        ("{\"Bool\": {\"aws:SecureTransport\": true}, \"NumericLessThan\": {\"s3:max-keys\": 10}}", None),
        ("{\"IpAddress\": {\"aws:SourceIp\": [\"192.0.2.0/24\", \"2001:db8::/32\"]}}", None),
        ("{\"DateLessThan\": {\"aws:CurrentTime\": \"2030-01-31T12:00:00Z\"}}", None),
        ("{\"StringEquals\": {\"aws:PrincipalTag/a\": \"${aws:RequestTag/b}\"}}", None),
        ("[]", Some(" fault: Condition must be an object")),
        ("{}", Some(" warning: the condition is empty: it holds always")),
        (
            "{\"StringEqual\": {\"a:b\": \"c\"}}",
            Some("/StringEqual fault: “StringEqual” is no condition operator; did you mean “StringEquals”?"),
        ),
        ("{\"Xyz\": {\"a:b\": \"c\"}}", Some("/Xyz fault: “Xyz” is no condition operator")),
        (
            "{\"stringequals\": {\"a:b\": \"c\"}}",
            Some("/stringequals warning: “stringequals” is commonly written “StringEquals”"),
        ),
        ("{\"Bool\": \"true\"}", Some("/Bool fault: a condition operator must be an object of keys")),
        (
            "{\"Bool\": {\"SecureTransport\": true}}",
            Some(
                "/Bool/SecureTransport fault: “SecureTransport” is no condition key: one is PREFIX:NAME, such as aws:SourceIp",
            ),
        ),
        (
            "{\"StringEquals\": {\"a:b/c\": null}}",
            Some(
                "/StringEquals/a:b~1c fault: the value of a condition must be a text, a number, true or false, or a list of them",
            ),
        ),
        (
            "{\"StringEquals\": {\"a:b\": []}}",
            Some("/StringEquals/a:b warning: there is nothing to compare with: this never matches"),
        ),
        (
            "{\"StringEquals\": {\"a:b\": \"c*\"}}",
            Some(
                "/StringEquals/a:b warning: StringEquals takes * and ? in “c*” as they stand; StringLike takes them as a pattern",
            ),
        ),
        (
            "{\"Bool\": {\"a:b\": \"yes\"}}",
            Some("/Bool/a:b warning: Bool compares with true or false, and “yes” is none: this never matches"),
        ),
        (
            "{\"IpAddress\": {\"a:b\": \"192.0.2.0/33\"}}",
            Some(
                "/IpAddress/a:b warning: IpAddress compares with an IP address or a range such as 192.0.2.0/24, and “192.0.2.0/33” is none: this never matches",
            ),
        ),
        (
            "{\"NullIfExists\": {\"a:b\": true}}",
            Some("/NullIfExists warning: Null takes no IfExists: it asks whether the key is there"),
        ),
    ] {
        let found = beside(ALLOW, &[READ, OBJECTS, &format!("\"Condition\": {condition}")]);
        let expected: Vec<String> = expected.iter().map(|told| format!("/Statement/0/Condition{told}")).collect();
        assert_eq!(found, expected, "{condition}");
    }
}

#[test]
fn what_surely_is_a_mistake_is_warned_of() {
    for (members, expected) in [
        (
            vec![DENY, READ, OBJECTS],
            " warning: nothing is allowed here: unless a managed session policy allows something, the session may do nothing",
        ),
        (
            vec![ALLOW, "\"Action\": \"*\", \"Resource\": \"*\""],
            "/0 warning: this allows everything and nothing is denied: the policy narrows nothing",
        ),
        (
            vec![ALLOW, "\"NotAction\": \"iam:*\", \"Resource\": \"*\""],
            "/0 warning: this allows every action but the named ones on every resource, those of IAM and of future services included; deny with Action instead",
        ),
        (
            vec![ALLOW, READ, "\"Resource\": \"arn:aws:s3:::b\""],
            "/0/Resource warning: s3:GetObject is about objects, and this names a bucket; its objects are arn:aws:s3:::b/*",
        ),
        (
            vec![ALLOW, "\"Action\": \"s3:ListBucket\"", OBJECTS],
            "/0/Resource warning: s3:ListBucket is about buckets, and this names objects; their bucket is arn:aws:s3:::bucket",
        ),
    ] {
        assert_eq!(in_statement(&members.join(", ")), [format!("/Statement{expected}")]);
    }
}

#[test]
fn the_old_language_has_no_variables() {
    let text = format!(
        "{{\"Version\": \"2008-10-17\", \"Id\": \"x\", \"Statement\": {{{ALLOW}, {READ}, \"Resource\": \"arn:aws:s3:::b/${{aws:username}}/*\"}}}}"
    );
    assert_eq!(
        found(&text),
        [
            "1:13 /Version warning: 2008-10-17 knows no policy variables; write 2012-10-17",
            "1:33 /Id warning: Id means nothing in a session policy",
            "1:109 /Statement/Resource warning: “${aws:username}” is plain text in version 2008-10-17, not a variable",
        ]
    );
}

#[test]
fn a_refused_policy_names_its_first_fault() {
    assert_eq!(accept("{\"Statement\": []}").map(|warnings| warnings.len()), Ok(2));
    let refused = accept("{\"Version\": 1, \"Statement\": [{}]}").unwrap_err();
    assert_eq!(refused.to_string(), "line 1, column 13: Version must be a text (and 3 more)");
}

/// Words that policies are made of, right and wrong, put together in any way.
fn any_policy() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"Version\"",
        "\"2012-10-17\"",
        "\"Statement\"",
        "\"Effect\"",
        "\"Allow\"",
        "\"Action\"",
        "\"s3:Get*\"",
        "\"Resource\"",
        "\"arn:aws:s3:::é/*\"",
        "\"Condition\"",
        "\"Bool\"",
        "\"a:${b\"",
        "\"\"",
        "null",
        "true",
        "-1e3",
        "\n",
        " ",
        "\\",
        "\u{100}",
        "\"\\u00e9\"",
    ]);
    prop::collection::vec(word, 0..40).prop_map(|words| words.concat())
}

/// JSON in the shape of a policy, with values of any kind in any place.
fn policy_like() -> impl Strategy<Value = String> {
    let text = prop_oneof![
        "[a-zA-Z0-9:*?/${}._ é-]{0,12}",
        Just("arn:aws:s3:::b/*".to_owned()),
        Just("Allow".to_owned()),
        Just("2008-10-17".to_owned()),
    ];
    let leaf = prop_oneof![
        text.prop_map(serde_json::Value::from),
        any::<bool>().prop_map(serde_json::Value::from),
        any::<i32>().prop_map(serde_json::Value::from),
        Just(serde_json::Value::Null),
    ];
    let key = prop::sample::select(vec![
        "Version",
        "Id",
        "Statement",
        "Sid",
        "Effect",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
        "Principal",
        "StringEquals",
        "Bool",
        "Null",
        "aws:x",
        "",
    ]);
    let value = leaf.prop_recursive(5, 48, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(serde_json::Value::from),
            prop::collection::btree_map(key.clone().prop_map(str::to_owned), inner, 0..6)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    });
    value.prop_map(|value| serde_json::to_string_pretty(&value).unwrap())
}

proptest! {
    #[test]
    fn whatever_is_read_each_finding_lies_within_it(text in prop_oneof![any_policy(), policy_like(), any::<String>()]) {
        let findings = check(&text);
        prop_assert!(findings.is_sorted_by_key(|finding| finding.place));
        for Finding { place, pointer, .. } in findings {
            let line = text.split('\n').nth(place.line - 1).unwrap();
            prop_assert!((1..=line.chars().count().max(1)).contains(&place.column), "{place:?} {text:?}");
            let value = serde_json::from_str::<serde_json::Value>(&text);
            prop_assert!(pointer.is_empty() || value.unwrap().pointer(&pointer).is_some(), "{pointer} {text}");
        }
    }

    #[test]
    fn what_the_check_takes_the_gate_takes(text in policy_like()) {
        if accept(&text).is_ok() {
            prop_assert!(text.parse::<crate::model::session_policy::SessionPolicy>().is_ok());
        }
    }
}
