//! What must be allowed in IAM for an STS action: the policy that the key's user needs and the statement that the
//! role's trust policy must hold. To be pasted by an administrator; nothing is checked against AWS here.
//! Here is what a refused action lacks, by its kind; in [`exact`] what one connector needs, with conditions.
//! Sources: IAM User Guide, "Pass session tags in AWS STS", "Monitor and control actions taken with assumed roles".

mod exact;

use super::account::AccountType;
use super::arn::AwsAccountId;
use super::aws_action::{AwsAction, KeyAction};
use super::policy_document::{Condition, PolicyDocument, Statement};

pub use exact::{SecondFactor, of_principal};

/// What stands where the external id belongs, which is not repeated here.
const EXTERNAL_ID: &str = "THE-EXTERNAL-ID-OF-THE-CONNECTOR";

/// What must be allowed for one action, and where it must be said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// For the IAM user whose key signs, or for the role of the host that signs.
    pub user_policy: PolicyDocument,
    /// For the role, where the action is about one and it is known who signs.
    pub trust_policy: Option<PolicyDocument>,
}

/// Who signs, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signer {
    /// Whether a user's key signs, or the role of a host.
    pub account_type: AccountType,
    /// The partition of the region that was asked, such as `aws`.
    pub partition: &'static str,
    /// The AWS account of the key; a trust policy names the whole account, whose own policies then decide.
    pub account: Option<AwsAccountId>,
}

/// What a refused action needs; `None` for the actions that need no permission. [`of_principal`] says it of a connector.
pub fn needed(action: &AwsAction, signer: &Signer) -> Option<Grant> {
    match action {
        AwsAction::AssumeRole { role_arn, external_id, tags, source_identity } => {
            let actions = role_actions(*tags, *source_identity);
            Some(Grant {
                user_policy: allow(actions.clone(), role_arn.to_string()),
                trust_policy: trusted(signer).map(|principal| trust(principal, actions, *external_id)),
            })
        }
        AwsAction::GetFederationToken { tags } => {
            let mut actions = vec!["sts:GetFederationToken"];
            actions.extend(tags.then_some("sts:TagSession"));
            Some(Grant { user_policy: allow(actions, federated_users(signer)), trust_policy: None })
        }
        // Whoever may do one of these shall rotate, which needs them all.
        AwsAction::OnKeys(_) => Some(Grant {
            user_policy: allow(KeyAction::ALL.map(KeyAction::as_str).to_vec(), own_user(signer)),
            trust_policy: None,
        }),
        AwsAction::GetSessionToken | AwsAction::GetCallerIdentity => None,
    }
}

/// Whoever signs; `${aws:username}` is a variable of IAM's own. A user below a path needs it before that.
/// What looking at the signer's own keys needs, and nothing that changes them.
pub fn listing_keys(signer: &Signer) -> PolicyDocument {
    allow(vec![KeyAction::List.as_str()], own_user(signer))
}

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

/// The AWS account of the key as a principal: whatever its own policies let assume the role.
pub fn trusted(signer: &Signer) -> Option<String> {
    signer.account.as_ref().map(|account| format!("arn:{}:iam::{account}:root", signer.partition))
}

/// What a role that is to let in this caller of AWS must trust: a user by its own ARN, the session of a role by the role's.
/// A session's ARN leaves out the path of its role, so a role below a path has to be put in by hand.
pub fn trusted_caller(arn: &str) -> String {
    let role = |arn: &str| -> Option<String> {
        let (before, after) = arn.split_once(":assumed-role/")?;
        let (name, _) = after.split_once('/')?;
        Some(format!("{}:role/{name}", before.replacen(":sts:", ":iam:", 1)))
    };
    role(arn).unwrap_or_else(|| arn.to_owned())
}

fn federated_users(signer: &Signer) -> String {
    match &signer.account {
        Some(account) => format!("arn:{}:sts::{account}:federated-user/*", signer.partition),
        None => "*".to_owned(),
    }
}

fn allow(action: Vec<&'static str>, resource: String) -> PolicyDocument {
    PolicyDocument::new(vec![Statement::on_resource(action, resource, Condition::default())])
}

fn trust(principal: String, action: Vec<&'static str>, external_id: bool) -> PolicyDocument {
    let mut condition = Condition::default();
    if external_id {
        condition = condition.and("StringEquals", "sts:ExternalId", EXTERNAL_ID);
    }
    PolicyDocument::new(vec![Statement::to_principal(action, principal, condition)])
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROLE: &str = "arn:aws-cn:iam::999999999999:role/UpdateAPP";

    fn signer() -> Signer {
        Signer {
            account_type: AccountType::AccessKey,
            partition: "aws-cn",
            account: Some("123123123123".parse().unwrap()),
        }
    }

    fn assume(external_id: bool, tags: bool, source_identity: bool) -> AwsAction {
        AwsAction::AssumeRole { role_arn: ROLE.parse().unwrap(), external_id, tags, source_identity }
    }

    fn json(document: &PolicyDocument) -> serde_json::Value {
        serde_json::from_str(&document.to_string()).unwrap()
    }

    #[test]
    fn a_trust_policy_names_the_role_behind_a_session() {
        for (caller, trusted) in [
            ("arn:aws:iam::123123123123:user/ops", "arn:aws:iam::123123123123:user/ops"),
            ("arn:aws:sts::123123123123:assumed-role/host/i-0abc", "arn:aws:iam::123123123123:role/host"),
            ("arn:aws-cn:sts::123123123123:assumed-role/host/i-0abc", "arn:aws-cn:iam::123123123123:role/host"),
            ("arn:aws:sts::123123123123:assumed-role/host", "arn:aws:sts::123123123123:assumed-role/host"),
        ] {
            assert_eq!(trusted_caller(caller), trusted);
        }
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
        let nobody = Signer { account_type: AccountType::AccessKey, partition: "aws", account: None };
        assert_eq!(needed(&assume(false, false, false), &nobody).unwrap().trust_policy, None);
        let grant = needed(&AwsAction::GetFederationToken { tags: false }, &nobody).unwrap();
        assert_eq!(json(&grant.user_policy)["Statement"][0]["Resource"], "*");
        let trust = needed(&assume(false, false, false), &signer()).unwrap().trust_policy.unwrap();
        assert_eq!(json(&trust)["Statement"][0]["Principal"]["AWS"], "arn:aws-cn:iam::123123123123:root");
    }

    #[test]
    fn federated_users_are_those_of_the_key_s_account() {
        let grant = needed(&AwsAction::GetFederationToken { tags: true }, &signer()).unwrap();
        let statement = &json(&grant.user_policy)["Statement"][0];
        assert_eq!(statement["Action"], serde_json::json!(["sts:GetFederationToken", "sts:TagSession"]));
        assert_eq!(statement["Resource"], "arn:aws-cn:sts::123123123123:federated-user/*");
        assert_eq!(grant.trust_policy, None);
    }

    #[test]
    fn who_rotates_may_do_so_with_their_own_keys_only() {
        let grant = needed(&AwsAction::OnKeys(KeyAction::Create), &signer()).unwrap();
        let expected = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:ListAccessKeys","iam:GetAccessKeyLastUsed","iam:CreateAccessKey","iam:UpdateAccessKey","iam:DeleteAccessKey"],"Resource":"arn:aws-cn:iam::123123123123:user/${aws:username}"}]}"#;
        assert_eq!((grant.user_policy.to_string().as_str(), grant.trust_policy), (expected, None));
    }

    #[test]
    fn two_actions_need_no_permission() {
        assert_eq!(needed(&AwsAction::GetSessionToken, &signer()), None);
        assert_eq!(needed(&AwsAction::GetCallerIdentity, &signer()), None);
    }
}
