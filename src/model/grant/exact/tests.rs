use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::*;
use crate::model::account::AccountType;
use crate::model::principal::{PrincipalFields, PrincipalType};

const ROLE: &str = "arn:aws:iam::999999999999:role/UpdateAPP";
const USER: &str = "arn:aws:iam::123123123123:user/ops";

fn fields() -> PrincipalFields {
    let tags = [("team", "payments"), ("mail", "{user.email}"), ("who", "at {user.name}")];
    PrincipalFields {
        tags: tags.into_iter().map(|(key, value)| (key.to_owned(), value.parse().unwrap())).collect(),
        ..PrincipalFields::default()
    }
}

fn role_fields() -> PrincipalFields {
    PrincipalFields {
        role_arn: Some(ROLE.parse().unwrap()),
        external_id: Some("example".to_owned()),
        transitive_tags: vec!["who".to_owned()],
        source_identity: Some("{user.name}@crowd".parse().unwrap()),
        ..fields()
    }
}

/// The user's policy and the role's, as JSON.
fn granted(kind: PrincipalType, fields: PrincipalFields, second_factor: SecondFactor) -> Option<(Value, Value)> {
    let signer = Signer {
        account_type: AccountType::AccessKey,
        partition: "aws",
        account: Some("123123123123".parse().unwrap()),
    };
    let principal = Principal::from_fields(kind, fields).unwrap();
    let Grant { user_policy, trust_policy } = of_principal(&principal, &signer, Some(USER), second_factor)?;
    let json = |document: &PolicyDocument| serde_json::from_str(&document.to_string()).unwrap();
    Some((json(&user_policy), trust_policy.as_ref().map_or(Value::Null, json)))
}

fn tags() -> Value {
    json!({
        "ForAllValues:StringEquals": {"aws:TagKeys": ["mail", "team", "who"]},
        "StringEquals": {"aws:RequestTag/team": "payments"},
        "StringLike": {"aws:RequestTag/mail": "*", "aws:RequestTag/who": "at *"},
    })
}

#[test]
fn a_role_is_bound_to_all_that_the_connector_sends() {
    let (user, trust) = granted(PrincipalType::AssumeRole, role_fields(), SecondFactor::Given).unwrap();
    let identity = json!({"StringLike": {"sts:SourceIdentity": "*@crowd"}});
    let mut tags = tags();
    tags["ForAllValues:StringEquals"]["sts:TransitiveTagKeys"] = json!(["who"]);
    let entering = json!({
        "Bool": {"aws:MultiFactorAuthPresent": "true"},
        "StringEquals": {"sts:ExternalId": "example"},
        "StringLike": {"sts:SourceIdentity": "*@crowd"},
    });
    let rights = [
        ("sts:AssumeRole", identity.clone(), entering),
        ("sts:TagSession", tags.clone(), tags),
        ("sts:SetSourceIdentity", identity.clone(), identity),
    ];
    let of_user = rights
        .iter()
        .map(|(action, told, _)| json!({"Effect": "Allow", "Action": [action], "Resource": ROLE, "Condition": told}));
    let of_role = rights.iter().map(|(action, _, told)| {
        json!({"Effect": "Allow", "Action": [action], "Principal": {"AWS": USER}, "Condition": told})
    });
    assert_eq!(user, json!({"Version": "2012-10-17", "Statement": of_user.collect::<Vec<_>>()}));
    assert_eq!(trust, json!({"Version": "2012-10-17", "Statement": of_role.collect::<Vec<_>>()}));
}

#[test]
fn a_role_that_is_asked_for_plainly_has_no_conditions() {
    let plain = PrincipalFields { role_arn: Some(ROLE.parse().unwrap()), ..PrincipalFields::default() };
    let (user, trust) = granted(PrincipalType::AssumeRole, plain, SecondFactor::NotGiven).unwrap();
    assert_eq!(user["Statement"], json!([{"Effect": "Allow", "Action": ["sts:AssumeRole"], "Resource": ROLE}]));
    assert_eq!(
        trust["Statement"],
        json!([{"Effect": "Allow", "Action": ["sts:AssumeRole"], "Principal": {"AWS": USER}}])
    );
}

#[test]
fn a_federated_user_is_one_of_the_account_with_these_tags() {
    let with_policy = PrincipalFields { omit_policy: true, ..fields() };
    let (user, trust) = granted(PrincipalType::FederatedUser, with_policy, SecondFactor::NotGiven).unwrap();
    let resource = "arn:aws:sts::123123123123:federated-user/*";
    assert_eq!(
        user["Statement"],
        json!([
            {"Effect": "Allow", "Action": ["sts:GetFederationToken"], "Resource": resource},
            {"Effect": "Allow", "Action": ["sts:TagSession"], "Resource": resource, "Condition": tags()},
        ])
    );
    assert_eq!(trust, Value::Null);
}

#[test]
fn a_session_token_needs_nothing() {
    let nothing = PrincipalFields { tags: BTreeMap::new(), ..PrincipalFields::default() };
    assert_eq!(granted(PrincipalType::SessionToken, nothing, SecondFactor::NotGiven), None);
}
