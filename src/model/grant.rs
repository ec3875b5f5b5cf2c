//! What must be allowed in IAM for an STS action: the policy that the key's user needs and the statement that the
//! role's trust policy must hold. To be pasted by an administrator; nothing is checked against AWS here.
//! Sources: IAM User Guide, "Pass session tags in AWS STS", "Monitor and control actions taken with assumed roles".

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use super::arn::AwsAccountId;
use super::sts_action::{KeyAction, StsAction};

/// What stands where the external id belongs, which is not repeated here.
const EXTERNAL_ID: &str = "THE-EXTERNAL-ID-OF-THE-CONNECTOR";

/// What must be allowed for one action, and where it must be said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// For the IAM user whose key signs.
    pub user_policy: PolicyDocument,
    /// For the role, where the action is about one and it is known who signs.
    pub trust_policy: Option<PolicyDocument>,
}

/// Who signs, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signer {
    /// The partition of the region that was asked, such as `aws`.
    pub partition: &'static str,
    /// The AWS account of the key; a trust policy names the whole account, whose own policies then decide.
    pub account: Option<AwsAccountId>,
}

/// An IAM policy; its `Display` is the JSON on one line, as the IAM console and CLI take it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PolicyDocument {
    version: &'static str,
    statement: Vec<Statement>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Statement {
    effect: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    principal: Option<BTreeMap<&'static str, String>>,
    action: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    condition: Option<BTreeMap<&'static str, BTreeMap<&'static str, &'static str>>>,
}

impl fmt::Display for PolicyDocument {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}

/// What the action needs; `None` for the actions that need no permission.
pub fn needed(action: &StsAction, signer: &Signer) -> Option<Grant> {
    match action {
        StsAction::AssumeRole { role_arn, external_id, tags, source_identity } => {
            let actions = role_actions(*tags, *source_identity);
            Some(Grant {
                user_policy: allow(actions.clone(), role_arn.to_string()),
                trust_policy: trusted(signer).map(|principal| trust(principal, actions, *external_id)),
            })
        }
        StsAction::GetFederationToken { tags } => {
            let mut actions = vec!["sts:GetFederationToken"];
            actions.extend(tags.then_some("sts:TagSession"));
            Some(Grant { user_policy: allow(actions, federated_users(signer)), trust_policy: None })
        }
        // Whoever may do one of these shall rotate, which needs them all.
        StsAction::OnKeys(_) => Some(Grant {
            user_policy: allow(KeyAction::ALL.map(KeyAction::as_str).to_vec(), own_user(signer)),
            trust_policy: None,
        }),
        StsAction::GetSessionToken | StsAction::GetCallerIdentity => None,
    }
}

/// Whoever signs; `${aws:username}` is a variable of IAM's own. A user below a path needs it before that.
fn own_user(signer: &Signer) -> String {
    let account = signer.account.as_ref().map_or("*", AwsAccountId::as_str);
    format!("arn:{}:iam::{account}:user/${{aws:username}}", signer.partition)
}

fn role_actions(tags: bool, source_identity: bool) -> Vec<&'static str> {
    let mut actions = vec!["sts:AssumeRole"];
    actions.extend(tags.then_some("sts:TagSession"));
    actions.extend(source_identity.then_some("sts:SetSourceIdentity"));
    actions
}

fn trusted(signer: &Signer) -> Option<String> {
    signer.account.as_ref().map(|account| format!("arn:{}:iam::{account}:root", signer.partition))
}

fn federated_users(signer: &Signer) -> String {
    match &signer.account {
        Some(account) => format!("arn:{}:sts::{account}:federated-user/*", signer.partition),
        None => "*".to_owned(),
    }
}

fn allow(action: Vec<&'static str>, resource: String) -> PolicyDocument {
    document(Statement { effect: "Allow", principal: None, action, resource: Some(resource), condition: None })
}

fn trust(principal: String, action: Vec<&'static str>, external_id: bool) -> PolicyDocument {
    let condition =
        external_id.then(|| BTreeMap::from([("StringEquals", BTreeMap::from([("sts:ExternalId", EXTERNAL_ID)]))]));
    let principal = Some(BTreeMap::from([("AWS", principal)]));
    document(Statement { effect: "Allow", principal, action, resource: None, condition })
}

fn document(statement: Statement) -> PolicyDocument {
    PolicyDocument { version: "2012-10-17", statement: vec![statement] }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROLE: &str = "arn:aws-cn:iam::999999999999:role/UpdateAPP";

    fn signer() -> Signer {
        Signer { partition: "aws-cn", account: Some("123123123123".parse().unwrap()) }
    }

    fn assume(external_id: bool, tags: bool, source_identity: bool) -> StsAction {
        StsAction::AssumeRole { role_arn: ROLE.parse().unwrap(), external_id, tags, source_identity }
    }

    fn json(document: &PolicyDocument) -> serde_json::Value {
        serde_json::from_str(&document.to_string()).unwrap()
    }

    #[test]
    fn what_a_connector_sends_decides_what_both_sides_must_allow() {
        for (tags, source_identity, expected) in [
            (false, false, serde_json::json!(["sts:AssumeRole"])),
            (true, false, serde_json::json!(["sts:AssumeRole", "sts:TagSession"])),
            (false, true, serde_json::json!(["sts:AssumeRole", "sts:SetSourceIdentity"])),
            (true, true, serde_json::json!(["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"])),
        ] {
            let grant = needed(&assume(false, tags, source_identity), &signer()).unwrap();
            let (user, trust) = (json(&grant.user_policy), json(&grant.trust_policy.unwrap()));
            assert_eq!(user["Statement"][0]["Action"], expected);
            assert_eq!(user["Statement"][0]["Resource"], ROLE);
            assert_eq!(trust["Statement"][0]["Action"], expected);
            assert_eq!(trust["Statement"][0].get("Resource"), None, "a trust policy has no resource");
        }
    }

    #[test]
    fn the_trust_policy_reads_as_aws_writes_it() {
        let trust = needed(&assume(true, false, false), &signer()).unwrap().trust_policy.unwrap();
        let expected = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws-cn:iam::123123123123:root"},"Action":["sts:AssumeRole"],"Condition":{"StringEquals":{"sts:ExternalId":"THE-EXTERNAL-ID-OF-THE-CONNECTOR"}}}]}"#;
        assert_eq!(trust.to_string(), expected);
    }

    #[test]
    fn an_unknown_signer_is_never_guessed() {
        let nobody = Signer { partition: "aws", account: None };
        assert_eq!(needed(&assume(false, false, false), &nobody).unwrap().trust_policy, None);
        let grant = needed(&StsAction::GetFederationToken { tags: false }, &nobody).unwrap();
        assert_eq!(json(&grant.user_policy)["Statement"][0]["Resource"], "*");
        let trust = needed(&assume(false, false, false), &signer()).unwrap().trust_policy.unwrap();
        assert_eq!(json(&trust)["Statement"][0]["Principal"]["AWS"], "arn:aws-cn:iam::123123123123:root");
    }

    #[test]
    fn federated_users_are_those_of_the_key_s_account() {
        let grant = needed(&StsAction::GetFederationToken { tags: true }, &signer()).unwrap();
        let statement = &json(&grant.user_policy)["Statement"][0];
        assert_eq!(statement["Action"], serde_json::json!(["sts:GetFederationToken", "sts:TagSession"]));
        assert_eq!(statement["Resource"], "arn:aws-cn:sts::123123123123:federated-user/*");
        assert_eq!(grant.trust_policy, None);
    }

    #[test]
    fn who_rotates_may_do_so_with_their_own_keys_only() {
        let grant = needed(&StsAction::OnKeys(KeyAction::Create), &signer()).unwrap();
        let expected = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:ListAccessKeys","iam:GetAccessKeyLastUsed","iam:CreateAccessKey","iam:UpdateAccessKey","iam:DeleteAccessKey"],"Resource":"arn:aws-cn:iam::123123123123:user/${aws:username}"}]}"#;
        assert_eq!((grant.user_policy.to_string().as_str(), grant.trust_policy), (expected, None));
    }

    #[test]
    fn two_actions_need_no_permission() {
        assert_eq!(needed(&StsAction::GetSessionToken, &signer()), None);
        assert_eq!(needed(&StsAction::GetCallerIdentity, &signer()), None);
    }
}
