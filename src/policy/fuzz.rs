//! Session policies as anybody may write them: every finding has a place in the text, what is accepted is JSON of one object,
//! and what narrows never has more than AWS takes.

use super::{Severity, accept, check};
use crate::fuzz::{Target, case, text};
use crate::model::connector::Connector;
use crate::model::json_text;
use crate::model::narrowing::{GivenPolicy, Narrowing};
use crate::model::principal::{Principal, PrincipalFields, PrincipalType};
use crate::model::session_policy::{PLAIN_TEXT_LIMIT, SessionPolicy};

const WORDS: &[&str] = &[
    "\"Version\":\"2012-10-17\"",
    "\"Id\":\"x\"",
    "\"Statement\":",
    "\"Sid\":\"A\"",
    "\"Effect\":\"Allow\"",
    "\"Effect\":\"Deny\"",
    "\"Action\":\"s3:Get*\"",
    "\"Action\":[\"*\"]",
    "\"NotAction\":\"iam:*\"",
    "\"Resource\":\"*\"",
    "\"Resource\":[\"arn:aws:s3:::b/*\"]",
    "\"NotResource\":\"*\"",
    "\"Principal\":\"*\"",
    "\"Condition\":{\"StringEquals\":{\"aws:a\":\"b\"}}",
    "\"ForAllValues:StringLike\":",
    "\"IpAddress\":{\"aws:SourceIp\":\"10.0.0.0/8\"}",
    "\"Bool\":",
    "\"true\"",
    "${aws:username}",
    "*",
    "?",
    ":",
    ",",
    "{",
    "}",
    "[",
    "]",
    "\"",
    "\\u0000",
    "\\ud800\\udc00",
    "arn:aws:iam::123123123123:role/x",
    "null",
    "true",
];

#[test]
fn any_policy_is_judged_with_places() {
    Target { name: "policy", words: WORDS, judge }.run();
}

fn judge(input: &[u8]) -> String {
    let Some(text) = text(input) else { return "no text".to_owned() };
    let findings = check(text);
    let lines: Vec<usize> = text.split('\n').map(|line| line.chars().count() + 2).collect();
    for finding in &findings {
        let (line, column) = (finding.place.line, finding.place.column);
        assert!(line > 0 && column > 0 && lines.get(line - 1).is_some_and(|longest| column <= *longest), "{finding:?}");
    }
    let is_refused = findings.iter().any(|finding| finding.severity() == Severity::Fault);
    assert_eq!(accept(text).is_err(), is_refused);
    if !is_refused {
        assert!(serde_json::from_str::<serde_json::Value>(text).is_ok_and(|value| value.is_object()));
    }
    let flaws: Vec<String> = findings.iter().take(3).map(|finding| case(&finding.flaw)).collect();
    format!("{} {} {}", flaws.join(" "), reads_the_same(text), narrowed(text))
}

/// What is written of a tree is read as the same tree, and says what `serde_json` says.
fn reads_the_same(text: &str) -> &'static str {
    let Ok(node) = json_text::read(text) else { return "no JSON" };
    let written = node.to_string();
    let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    assert_eq!(value(&written), value(text));
    assert_eq!(json_text::read(&written).unwrap().to_string(), written);
    "JSON"
}

fn narrowed(text: &str) -> String {
    let policy: SessionPolicy = match text.parse() {
        Ok(policy) => policy,
        Err(error) => return case(&error),
    };
    let given = Narrowing {
        policy: Some(GivenPolicy {
            file: crate::model::file_mark::Watched { path: "/p.json".into(), mark: None },
            text: text.to_owned(),
        }),
        ..Narrowing::default()
    };
    let narrowed = given.apply(connector(Some(policy)));
    let alone = given.apply(connector(None)).is_ok();
    match narrowed {
        Ok(connector) => {
            let inline =
                connector.principal.policies().and_then(|policies| policies.inline.as_ref()).expect("it has one still");
            assert!(inline.length() <= PLAIN_TEXT_LIMIT && inline.as_str().parse::<SessionPolicy>().is_ok());
            format!("narrowed {alone}")
        }
        Err(error) => format!("{} {alone}", case(&error)),
    }
}

fn connector(policy: Option<SessionPolicy>) -> Connector {
    let role_arn = Some("arn:aws:iam::123123123123:role/UpdateAPP".parse().unwrap());
    let fields = PrincipalFields { role_arn, policy, ..PrincipalFields::default() };
    Connector {
        name: "deploy".parse().unwrap(),
        account: "ops".parse().unwrap(),
        principal: Principal::from_fields(PrincipalType::AssumeRole, fields).unwrap(),
        duration: Some("1h".parse().unwrap()),
        groups: Vec::new(),
        system_scope: false,
        region: "eu-west-1".parse().unwrap(),
    }
}
