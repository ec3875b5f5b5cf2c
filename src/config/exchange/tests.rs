use std::collections::BTreeSet;
use std::path::Path;

use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;

use super::*;
use crate::config::file::{ConnectorTable, DurationValue};
use crate::config::settings::check_connector;
use crate::model::connector::Connector;

const ROLE: &str = "arn:aws:iam::123123123123:role/UpdateAPP";

fn records(text: &str) -> Result<Vec<ConnectorRecord>, String> {
    let found = read(text, &BTreeSet::new()).map(|read| read.connectors);
    found.map_err(|FlawAt { place, flaw }| format!("{}:{}: {flaw}", place.line, place.column))
}

fn resolved(name: &str, table: ConnectorTable) -> Option<Connector> {
    let no_file = |_: &Path| Err(std::io::Error::other("no file is read here"));
    check_connector(&name.parse().ok()?, table, Path::new("c.json"), &no_file).ok()
}

#[test]
fn what_the_add_on_writes_is_read() {
    let text = "\u{feff}{ \"id\": 7, \"self\": \"https://example.com/7\", \"name\": \"deploy\", \"type\": \"ASSUME_ROLE\", \"scope\": \"SYSTEM\",
      \"partition\": \"aws\", \"accountId\": \"0b54a2b5\", \"roleArn\": \"arn:aws:iam::123123123123:role/UpdateAPP\",
      \"externalId\": \"\", \"iamPolicy\": \"\", \"groups\": [ \"developers\" ] }";
    let found = read(text, &BTreeSet::new()).unwrap();
    assert_eq!(found.left_out, ["id".to_owned(), "self".to_owned()].into());
    let [record] = &found.connectors[..] else { panic!("{found:?}") };
    assert_eq!((record.account_id.as_deref(), record.partition), (Some("0b54a2b5"), Some("aws")));
    let expected = ConnectorTable {
        account: Some("ops".to_owned()),
        principal: Some(PrincipalType::AssumeRole),
        role_arn: Some(ROLE.to_owned()),
        groups: vec!["developers".to_owned()],
        system_scope: Some(true),
        ..ConnectorTable::default()
    };
    assert_eq!(record.table("ops"), expected);
}

#[test]
fn fields_are_read_in_every_form_they_have() {
    let with =
        |field: &str| records(&format!("[{{\"name\":\"x\",\"type\":\"SESSION_TOKEN\",{field}}}]")).unwrap().remove(0);
    assert_eq!(with("\"accountId\": 17").account_id.as_deref(), Some("17"));
    assert_eq!(with("\"accountId\": null").account_id, None);
    assert_eq!(
        with("\"iamPolicy\": { \"Version\" : \"2012-10-17\" }").iam_policy.as_deref(),
        Some("{\"Version\":\"2012-10-17\"}")
    );
    assert_eq!(with("\"iamPolicy\": \"{}\"").iam_policy.as_deref(), Some("{}"));
    for (written, partition, region) in [
        ("aws", "aws", None),
        ("AWS_CN", "aws-cn", Some("cn-north-1")),
        ("aws-us-gov", "aws-us-gov", Some("us-gov-west-1")),
    ] {
        let record = with(&format!("\"partition\": \"{written}\""));
        assert_eq!((record.partition, record.table("ops").region.as_deref()), (Some(partition), region));
    }
    for (scope, system) in [("SYSTEM", Some(true)), ("system", Some(true)), ("PROJECT", None), ("", None)] {
        assert_eq!(with(&format!("\"scope\": \"{scope}\"")).table("ops").system_scope, system, "{scope}");
    }
    assert_eq!(with("\"afed\": { \"duration\": 900 }").own.duration, Some(DurationValue::Seconds(900)));
}

#[test]
fn what_is_no_connector_is_told_with_its_place() {
    for (text, told) in [
        ("", "1:1: it is not JSON: EOF while parsing a value"),
        ("[{]", "1:3: it is not JSON: key must be a string"),
        ("7", "1:1: a connector, or a list of connectors, is expected here"),
        ("[7]", "1:2: a connector, or a list of connectors, is expected here"),
        ("[[]]", "1:2: a connector, or a list of connectors, is expected here"),
        ("{\"type\": \"SESSION_TOKEN\"}", "1:1: name is missing"),
        ("{\"name\": \"x\"}", "1:1: type is missing"),
        ("{\"name\": \"x\", \"name\": \"y\"}", "1:15: “name” stands here for the second time"),
        ("{\n \"nmae\": \"x\"}", "2:2: “nmae” is no field of a connector"),
        (
            "{\"name\": \"x\", \"type\": \"SESSION_TOKEN\", \"afed\": {\"policy_file\": \"/etc/passwd\"}}",
            "1:49: “policy_file” is no field of a connector",
        ),
        ("{\"name\": 7}", "1:10: name must be a text"),
        (
            "{\"name\": \"x\", \"type\": \"session_token\"}",
            "1:23: “session_token” is no type of a connector; there are ASSUME_ROLE, FEDERATION_TOKEN, SESSION_TOKEN, PROVIDED",
        ),
        ("{\"name\": \"x\", \"type\": \"SESSION_TOKEN\", \"groups\": [7]}", "1:51: groups must be a list of texts"),
        ("{\"name\": \"x\", \"type\": \"SESSION_TOKEN\", \"groups\": \"all\"}", "1:50: groups must be a list of texts"),
        (
            "{\"name\": \"x\", \"type\": \"SESSION_TOKEN\", \"afed\": {\"tags\": {\"a\": \"1\", \"a\": \"2\"}}}",
            "1:68: “a” stands here for the second time",
        ),
        (
            "{\"name\": \"x\", \"type\": \"SESSION_TOKEN\", \"afed\": {\"duration\": 1.5}}",
            "1:61: duration must be a number of seconds or a text such as 1h30m",
        ),
        (
            "{\"name\": \"x\", \"type\": \"SESSION_TOKEN\", \"partition\": \"moon\"}",
            "1:53: “moon” is no partition; there are aws-cn, aws-us-gov, aws-eusc, aws-iso, aws-iso-b, aws-iso-e, aws-iso-f, aws",
        ),
    ] {
        assert_eq!(records(text).unwrap_err(), told, "{text}");
    }
    assert!(records(&"[".repeat(100_000)).unwrap_err().ends_with("it is not JSON: recursion limit exceeded"));
    let with_more = "{\"name\": \"x\", \"type\": \"SESSION_TOKEN\", \"colour\": \"red\"}";
    assert_eq!(records(with_more).unwrap_err(), "1:40: “colour” is no field of a connector");
    assert_eq!(read(with_more, &["colour".to_owned()].into()).unwrap().left_out, ["colour".to_owned()].into());
}

fn policy() -> impl Strategy<Value = String> {
    any::<String>().prop_map(|text| {
        let text: String =
            text.chars().filter(|character| ('\u{20}'..='\u{ff}').contains(character)).take(100).collect();
        format!("{{\n\t\"Sid\": {} }}", serde_json::Value::from(text))
    })
}

prop_compose! {
    /// Tables of all types with fields that most types have; those that break a rule are no connectors.
    fn table()(
        principal in select(PrincipalType::ALL.to_vec()),
        partition in select(vec!["aws", "aws-cn", "aws-us-gov"]),
        region in select(vec![None, Some("eu-west-1"), Some("us-east-1"), Some("cn-northwest-1"), Some("us-gov-east-1")]),
        external_id in proptest::option::of("[a-z=,.@:/-]{2,20}"),
        duration in select(vec![None, Some("900"), Some("1h"), Some("43200s"), Some("1h0m7s")]),
        groups in proptest::collection::vec("[^\\p{Cc}]{1,12}", 0..4),
        (system_scope, names_person, omit_policy) in any::<(bool, bool, bool)>(),
        inline in proptest::option::of(policy()),
        arns in 0..3_usize,
        tags in proptest::collection::btree_map("[a-z]{1,6}", "[a-zé ]{0,9}", 0..4),
        transitive in any::<bool>(),
    ) -> ConnectorTable {
        let is_role = principal == PrincipalType::AssumeRole;
        let may_narrow = is_role || principal == PrincipalType::FederatedUser;
        let (inline, arns) = if may_narrow && (is_role || !omit_policy) { (inline, arns) } else { (None, 0) };
        let mut tags = if may_narrow { tags } else { Default::default() };
        if names_person && may_narrow {
            tags.insert("person".to_owned(), "{user.name} {user.email}".to_owned());
        }
        ConnectorTable {
            account: Some("ops".to_owned()),
            principal: Some(principal),
            role_arn: is_role.then(|| format!("arn:{partition}:iam::123123123123:role/UpdateAPP")),
            external_id: external_id.filter(|_| is_role),
            duration: duration.map(|text| DurationValue::Text(text.to_owned())).filter(|_| principal != PrincipalType::Provided),
            groups,
            system_scope: Some(system_scope),
            region: region.map(str::to_owned),
            policy: inline,
            policy_file: None,
            policy_arns: (0..arns).map(|number| format!("arn:{partition}:iam::aws:policy/p{number}")).collect(),
            omit_policy: (principal == PrincipalType::FederatedUser).then_some(omit_policy),
            transitive_tags: tags.keys().filter(|_| transitive && is_role).cloned().collect(),
            tags,
            source_identity: (is_role && names_person).then(|| "{user.name}".to_owned()),
        }
    }
}

proptest! {
    #[test]
    fn what_is_exported_is_imported_as_the_same_connector(tables in proptest::collection::vec(table(), 1..6)) {
        let named = tables.into_iter().enumerate().map(|(position, table)| (format!("c{position}"), table));
        let connectors: Vec<Connector> = named.filter_map(|(name, table)| resolved(&name, table)).collect();
        let text = write(&connectors).unwrap();
        let found = records(&text).unwrap();
        let again: Vec<Connector> = found
            .iter()
            .map(|record| resolved(&record.name, record.table(record.account_id.as_deref().unwrap())).unwrap())
            .collect();
        prop_assert_eq!(&again, &connectors);
        for (record, connector) in found.iter().zip(&connectors) {
            prop_assert_eq!(record.partition, Some(connector.region.partition()));
        }
        prop_assert_eq!(write(&again).unwrap(), text);
    }

    #[test]
    fn no_text_brings_the_reader_down(text in "[\\[\\]{}\",:a-z0-9é\\\\ \n]{0,60}") {
        drop(records(&text));
    }
}

#[test]
fn the_generated_tables_are_connectors_often_enough() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let made = (0..200).filter(|_| {
        let table = table().new_tree(&mut runner).unwrap().current();
        resolved("x", table).is_some()
    });
    assert!(made.count() > 40);
}
