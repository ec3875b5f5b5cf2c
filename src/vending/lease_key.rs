//! The key under which a lease waits: a hash of every input that could change it.
//! Each part is preceded by its name and length, so that no two different requests read the same.

use sha2::{Digest, Sha256};

use crate::model::account::AccessKeyId;
use crate::model::actor::Scope;
use crate::model::lease::LeaseKey;
use crate::model::mfa::MfaSerial;
use crate::model::pass::PassKey;
use crate::model::principal::{PrincipalType, SessionPolicies};
use crate::model::session_tag::SessionTag;
use crate::ports::{IssueAction, IssueRequest};

/// Who signs, as far as it can change a lease.
#[derive(Debug, Clone, Copy)]
pub enum SignedBy<'a> {
    LongTermKey(&'a AccessKeyId),
    /// A host's role, by the key it has now and the address that gave it.
    Host {
        id: &'a AccessKeyId,
        address: &'a str,
    },
}

impl<'a> SignedBy<'a> {
    const fn id(self) -> &'a AccessKeyId {
        match self {
            Self::LongTermKey(id) | Self::Host { id, .. } => id,
        }
    }
}

/// The key of the credentials of a host's role, handed on as they are in this scope.
pub fn host_role_key(scope: Scope, signer: SignedBy<'_>) -> LeaseKey {
    let mut parts = Parts::begin(scope, signer);
    parts.add("action", PrincipalType::Provided.as_str());
    LeaseKey::from_digest(parts.0.finalize().into()).signed_with(signer.id())
}

/// The key of what `request`, made in this scope and signed like this at this endpoint, would yield. What a person got is
/// never the system's, even where AWS is told the same name.
pub fn lease_key(scope: Scope, signer: SignedBy<'_>, endpoint: Option<&str>, request: &IssueRequest) -> LeaseKey {
    let mut parts = Parts::begin(scope, signer);
    parts.add_optional("endpoint", endpoint);
    parts.add("region", request.region.as_str());
    parts.add("duration", &request.duration.seconds().to_string());
    parts.add_optional("mfa device", request.mfa_serial.as_ref().map(MfaSerial::as_str));
    parts.add("action", request.action.principal_type().as_str());
    match &request.action {
        IssueAction::AssumeRole {
            role_arn,
            session_name,
            external_id,
            policies,
            tags,
            transitive_tags,
            source_identity,
        } => {
            parts.add("role", role_arn.as_str());
            parts.add("session name", session_name);
            parts.add_optional("external id", external_id.as_deref());
            parts.add_policies(policies);
            parts.add_tags(tags);
            parts.add_all("transitive tag", transitive_tags.iter().map(String::as_str));
            parts.add_optional("source identity", source_identity.as_deref());
        }
        IssueAction::GetFederationToken { name, policies, tags } => {
            parts.add("session name", name);
            parts.add_policies(policies);
            parts.add_tags(tags);
        }
        IssueAction::GetSessionToken => {}
    }
    LeaseKey::from_digest(parts.0.finalize().into()).signed_with(signer.id())
}

/// The key of a request with these inputs; two lists of inputs share one only if they are the same.
pub fn pass_key<'a>(inputs: impl Iterator<Item = &'a [u8]>) -> PassKey {
    let mut parts = Parts(Sha256::new());
    inputs.for_each(|input| parts.add_bytes(input));
    PassKey::from_digest(parts.0.finalize().into())
}

struct Parts(Sha256);

impl Parts {
    fn begin(scope: Scope, signer: SignedBy<'_>) -> Self {
        let mut parts = Self(Sha256::new());
        parts.add("version", "1");
        parts.add("scope", scope.as_str());
        match signer {
            SignedBy::LongTermKey(id) => parts.add("access key", id.as_str()),
            SignedBy::Host { id, address } => {
                parts.add("host role", id.as_str());
                parts.add("address", address);
            }
        }
        parts
    }

    fn add(&mut self, name: &str, value: &str) {
        self.add_bytes(name.as_bytes());
        self.add_bytes(value.as_bytes());
    }

    fn add_bytes(&mut self, bytes: &[u8]) {
        self.0.update((bytes.len() as u64).to_be_bytes());
        self.0.update(bytes);
    }

    fn add_optional(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.add(name, value);
        }
    }

    fn add_all<'a>(&mut self, name: &str, values: impl Iterator<Item = &'a str>) {
        values.for_each(|value| self.add(name, value));
    }

    fn add_policies(&mut self, policies: &SessionPolicies) {
        self.add_optional("policy", policies.inline.as_ref().map(|policy| policy.as_str()));
        self.add_all("policy arn", policies.arns.iter().map(|arn| arn.as_str()));
    }

    fn add_tags(&mut self, tags: &[SessionTag]) {
        for tag in tags {
            self.add("tag key", &tag.key);
            self.add("tag value", &tag.value);
        }
    }
}

#[cfg(test)]
mod tests;
