//! The token service against a real emulator that checks signatures, and against a responder that says what is
//! scripted, for all that the emulator never says.

mod against_botocore;
mod against_emulator;
mod against_script;
mod fuzz;
mod keys_against_script;
mod script;

use std::error::Error;
use std::rc::Rc;
use std::time::Duration;

use jiff::Timestamp;

use super::{AwsOptions, Endpoint, Service, StsTokenService};
use crate::emulator;
use crate::model::account::SigningCredentials;
use crate::model::duration::SessionDuration;
use crate::model::principal::SessionPolicies;
use crate::model::secret::Secret;
use crate::ports::{Clock, IssueAction, IssueRequest, TokenServiceError};

const SECRET: &str = "canary/wJalrXUtnFEMI/K7MDENG/EXAMPLEKEY";

struct FixedClock(Timestamp);

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        self.0
    }
}

fn service(url: &str, now: Timestamp, call_timeout: Duration) -> StsTokenService {
    let endpoint =
        Endpoint::resolve(Service::Sts, |name| (name == "AWS_ENDPOINT_URL_STS").then(|| url.to_owned())).unwrap();
    let options = AwsOptions { endpoint, ca_bundle: None, connect_timeout: Duration::from_secs(5), call_timeout };
    StsTokenService::new(options, Rc::new(FixedClock(now)), &Rc::default())
}

fn key(id: &str, secret: &str) -> SigningCredentials {
    SigningCredentials::long_term(id.parse().unwrap(), Secret::new(secret.to_owned()), None)
}

fn request(action: IssueAction) -> IssueRequest {
    IssueRequest {
        region: "eu-west-1".parse().unwrap(),
        duration: SessionDuration::from_seconds(900),
        mfa_serial: None,
        action,
    }
}

fn assume(role_arn: &str) -> IssueAction {
    IssueAction::AssumeRole {
        role_arn: role_arn.parse().unwrap(),
        session_name: "alice".to_owned(),
        external_id: None,
        policies: SessionPolicies::default(),
        tags: Vec::new(),
        transitive_tags: Vec::new(),
        source_identity: None,
    }
}

fn federate(policy: &str) -> IssueAction {
    let policies = SessionPolicies { inline: Some(policy.parse().unwrap()), arns: Vec::new() };
    IssueAction::GetFederationToken { name: "alice".to_owned(), policies, tags: Vec::new() }
}

/// The case of the port, by its name.
fn case(error: &TokenServiceError) -> &'static str {
    match error {
        TokenServiceError::Denied { .. } => "denied",
        TokenServiceError::DeniedWithCode { .. } => "denied with code",
        TokenServiceError::KeyUnknown { .. } => "key unknown",
        TokenServiceError::WrongSecret { .. } => "wrong secret",
        TokenServiceError::ClockSkew { .. } => "clock skew",
        TokenServiceError::Expired { .. } => "expired",
        TokenServiceError::PolicyMalformed { .. } => "policy malformed",
        TokenServiceError::PolicyTooLarge { .. } => "policy too large",
        TokenServiceError::Invalid { .. } => "invalid",
        TokenServiceError::RegionDisabled { .. } => "region disabled",
        TokenServiceError::Busy { .. } => "busy",
        TokenServiceError::Unreachable { .. } => "unreachable",
        TokenServiceError::Untrusted { .. } | TokenServiceError::CertificatesUnusable { .. } => "not trusted",
        TokenServiceError::EndpointRefused { .. }
        | TokenServiceError::SwitchUnclear { .. }
        | TokenServiceError::EndpointContradicted { .. }
        | TokenServiceError::NoSuchEndpoint { .. } => "endpoint refused",
        TokenServiceError::Refused { .. } => "refused",
        TokenServiceError::Incomplete { .. } => "incomplete",
    }
}

/// All that an error and its causes show, by either way of showing.
fn everything(error: &TokenServiceError) -> String {
    let mut text = format!("{error:?}");
    let mut next: Option<&dyn Error> = Some(error);
    while let Some(current) = next {
        text.push_str(&format!("\n{current}\n{current:?}"));
        next = current.source();
    }
    text
}
