//! The environment of a command that runs with a connector's credentials: what is set, and what is taken away because some
//! SDK would find other credentials by it, or another place where credentials are. Whatever only says how AWS is reached
//! (AWS_CA_BUNDLE, AWS_ENDPOINT_URL…, AWS_RETRY_MODE, AWS_CONFIG_FILE) stays as the caller has it.

use super::Context;
use super::credentials::Credentials;
use super::error::RenderError;
use super::variables::{self, refuse_nul};
use crate::model::lease::Lease;
use crate::model::secret::Secret;

/// The connector whose credentials a shell or a command has.
pub const CONNECTOR: &str = "AFED_CONNECTOR";

/// What no command is to inherit.
pub const FOREIGN: [&str; 27] = [
    // Keys, under every name that an SDK has ever read them.
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_ACCESS_KEY",
    "AWS_SECRET_KEY",
    "SECRET_ACCESS_KEY",
    "AMAZON_ACCESS_KEY_ID",
    "AMAZON_SECRET_ACCESS_KEY",
    "AMAZON_SESSION_TOKEN",
    "AWS_BEARER_TOKEN_BEDROCK",
    // What belongs to the keys that are no longer there.
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_SESSION_EXPIRATION",
    "AWS_CREDENTIAL_SCOPE",
    "AWS_ACCOUNT_ID",
    // Which of several credentials it is to be.
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_EB_PROFILE",
    // Other files with credentials than everybody's, and a token to be changed into a role.
    "AWS_CREDENTIAL_FILE",
    "AWS_CREDENTIAL_PROFILES_FILE",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_IAM_ROLE_ARN",
    "AWS_IAM_ROLE_SESSION_NAME",
    // An earlier answer of afed.
    CONNECTOR,
    "AWS_SDK_LOAD_CONFIG",
];

/// The services that give a host's role. A hook may need them, where an account is that role.
pub const HOST_ROLE: [&str; 6] = [
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
];

/// Where the credentials are meant to be used.
pub const REGION: [&str; 2] = ["AWS_REGION", "AWS_DEFAULT_REGION"];

/// The variables that hand a lease to a command, which gets none of [`FOREIGN`] and [`HOST_ROLE`] besides.
pub fn environment(lease: &Lease, context: Context<'_>) -> Result<Vec<(&'static str, Secret)>, RenderError> {
    let credentials = Credentials::of(lease);
    let mut set = variables::of(&credentials, context).set;
    set.retain(|(name, _)| *name != CONNECTOR);
    set.push((CONNECTOR, context.connector.as_str()));
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
    use std::collections::BTreeSet;

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
            "AWS_REGION",
            "AWS_DEFAULT_REGION",
            "AFED_CONNECTOR",
        ];
        assert_eq!(names(SECRET).unwrap(), expected);
        assert!(matches!(names("a\0b"), Err(RenderError::Value { .. })));
    }

    #[test]
    fn whatever_a_shell_clears_a_command_does_not_inherit() {
        let (connector, lease) = ("deploy".parse().unwrap(), lease(SECRET));
        let context = Context { connector: &connector, person: None, region: None };
        let credentials = Credentials::of(&lease);
        let cleared: BTreeSet<&str> = variables::of(&credentials, context).unset.iter().copied().collect();
        assert!(cleared.is_subset(&FOREIGN.into_iter().chain(HOST_ROLE).chain(REGION).collect()));
    }
}
