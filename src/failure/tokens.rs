//! What to do when AWS STS does not hand out credentials.

use super::{Kind, Verdict, certificates};
use crate::model::account::AccountType;
use crate::model::aws_action::AwsAction;
use crate::model::grant::{self, Signer};
use crate::ports::TokenServiceError;

pub fn verdict(error: &TokenServiceError) -> Verdict {
    use TokenServiceError as E;
    match error {
        E::Denied { action, signer, .. } => {
            let hints = grants(action, signer).into_iter().chain(second_factor(action, signer)).collect();
            Verdict { kind: Kind::Denied, hints }
        }
        E::DeniedWithCode { action, signer, serial, .. } => {
            let code = format!(
                "if it is the code: each is good once and for half a minute, of the user's own device {serial}; try again with the next one"
            );
            Verdict { kind: Kind::Denied, hints: std::iter::once(code).chain(grants(action, signer)).collect() }
        }
        E::KeyUnknown { access_key_id, .. } if access_key_id.is_temporary() => Verdict::hint(
            Kind::Denied,
            "the credentials of this host's role are not AWS's, or of another partition than the region; see who gives them: env | grep -E '^AWS_(EC2|CONTAINER)'",
        ),
        E::KeyUnknown { access_key_id, .. } => Verdict::hint(
            Kind::Denied,
            format!(
                "in the IAM console, see that the key {access_key_id} is there and active, in the partition of the region"
            ),
        ),
        E::WrongSecret { access_key_id, .. } if access_key_id.is_temporary() => {
            Verdict::hint(Kind::Denied, "see who gives this host's credentials: env | grep -E '^AWS_(EC2|CONTAINER)'")
        }
        E::WrongSecret { access_key_id, .. } => Verdict::hint(
            Kind::Denied,
            format!(
                "enter both halves of the same key; to replace a stored secret: afed account create NAME --access-key-id {access_key_id} --secret-only"
            ),
        ),
        E::ClockSkew { .. } => Verdict::hint(Kind::Denied, "set this machine's clock: timedatectl set-ntp true"),
        E::Expired { .. } => Verdict::plain(Kind::Denied),
        E::PolicyMalformed { .. } => Verdict::hint(
            Kind::Configuration,
            "a session policy needs Version, and a Statement with Effect, Action and Resource; see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html",
        ),
        E::PolicyTooLarge { .. } => Verdict::hint(
            Kind::Configuration,
            "shorten the policy, name fewer policy ARNs or tags, or move rights into the role's own policy",
        ),
        E::Invalid { .. } => Verdict::hint(
            Kind::Configuration,
            "if it is the duration: lower the connector's, or raise the role's maximum session duration in IAM",
        ),
        E::RegionDisabled { .. } => Verdict::hint(
            Kind::Configuration,
            "switch STS on for the region in the IAM console under Account settings, or give the connector another region",
        ),
        E::Busy { .. } => Verdict::hint(Kind::Unreachable, "try again in a minute"),
        E::Unreachable { url, .. } => {
            Verdict::hint(Kind::Unreachable, format!("see whether it answers: curl -sSI {url}"))
        }
        E::Untrusted { .. } => certificates::untrusted(),
        E::CertificatesUnusable { path, .. } => certificates::unusable(path),
        E::EndpointRefused { variable, .. } => {
            Verdict::hint(Kind::Configuration, format!("use an https URL, or: unset {variable}"))
        }
        E::SwitchUnclear { variable, .. } => {
            Verdict::hint(Kind::Configuration, format!("say true or false, or: unset {variable}"))
        }
        E::EndpointContradicted { variable, switch } => {
            Verdict::hint(Kind::Configuration, format!("unset {variable}, or: unset {switch}"))
        }
        E::NoSuchEndpoint { .. } => Verdict::hint(
            Kind::Configuration,
            "FIPS endpoints of STS are in the United States only; give the connector such a region, or: unset AWS_USE_FIPS_ENDPOINT",
        ),
        E::Refused { .. } => Verdict::plain(Kind::Denied),
        E::Incomplete { .. } => Verdict::plain(Kind::Unreachable),
    }
}

/// What an administrator of AWS pastes to allow the action.
fn grants(action: &AwsAction, signer: &Signer) -> Vec<String> {
    let Some(grant) = grant::needed(action, signer) else { return Vec::new() };
    let user = match signer.account_type {
        AccountType::AccessKey => "the IAM user of the key",
        AccountType::InstanceRole => "the role of this host",
    };
    let user = format!("{user} needs this policy: {}", grant.user_policy);
    let role = grant.trust_policy.map(|policy| format!("the role needs this trust policy: {policy}"));
    std::iter::once(user).chain(role).collect()
}

/// A trust policy may ask for more than it is known to.
fn second_factor(action: &AwsAction, signer: &Signer) -> Option<String> {
    let may_ask = matches!(action, AwsAction::AssumeRole { .. }) && signer.account_type == AccountType::AccessKey;
    may_ask.then(|| {
        "if the role's trust policy asks for aws:MultiFactorAuthPresent: afed account edit NAME --mfa-serial SERIAL"
            .to_owned()
    })
}
