//! The environment of a command that runs with a connector's credentials: what is set, and what is taken away because some
//! SDK would find other credentials by it, or another place where credentials are. Whatever only says how AWS is reached
//! (AWS_CA_BUNDLE, AWS_ENDPOINT_URL…, AWS_RETRY_MODE, AWS_CONFIG_FILE) stays as the caller has it.

use super::Context;
use super::credentials::Credentials;
use super::error::RenderError;
use super::variables::{self, OWN, STALE, refuse_nul};
use crate::model::lease::Lease;
use crate::model::secret::Secret;

pub use super::variables::{CONNECTOR, REGIONS};

/// The services that give a host's role. A hook may need them, where an account is that role.
pub const HOST_ROLE: [&str; 6] = [
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
];

/// What no command is to inherit: the same that shells clear, and an earlier answer of afed.
pub fn foreign() -> impl Iterator<Item = &'static str> {
    OWN.into_iter().chain(STALE)
}

/// The variables that hand a lease to a command, which gets none of [`foreign`] and [`HOST_ROLE`] besides.
pub fn environment(lease: &Lease, context: Context<'_>) -> Result<Vec<(&'static str, Secret)>, RenderError> {
    let credentials = Credentials::of(lease);
    let set = variables::of(&credentials, context).set;
    set.into_iter()
        .map(|(name, value)| {
            refuse_nul(name, value)?;
            Ok((name, Secret::new(value.to_owned())))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::example::{SECRET, lease};
    use super::*;

    fn names(secret: &str) -> Result<Vec<&'static str>, RenderError> {
        let (connector, region) = ("deploy".parse().unwrap(), "eu-west-1".parse().unwrap());
        let context = Context { connector: &connector, person: Some("alice"), region: Some(&region) };
        Ok(environment(&lease(secret), context)?.into_iter().map(|(name, _)| name).collect())
    }

    #[test]
    fn a_command_gets_the_keys_their_expiry_the_region_and_the_connector() {
        let expected = [
            "AWS_ACCESS_KEY_ID",
            "AWS_SECRET_ACCESS_KEY",
            "AWS_SESSION_TOKEN",
            "AWS_CREDENTIAL_EXPIRATION",
            "AWS_ACCOUNT_ID",
            "AWS_REGION",
            "AWS_DEFAULT_REGION",
            "AFED_CONNECTOR",
        ];
        assert_eq!(names(SECRET).unwrap(), expected);
        assert!(matches!(names("a\0b"), Err(RenderError::Value { .. })));
    }
}
