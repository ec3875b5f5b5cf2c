//! Which environment variables an answer sets and which it clears, for every shell alike: the one list of them.
//! What is cleared could lead an SDK elsewhere or break it: botocore takes AWS_SECURITY_TOKEN before AWS_SESSION_TOKEN, a
//! profile or a web identity wins over keys in some SDKs, and older names may hold somebody's long-term key. The variables of a
//! container's role stay: no SDK asks it where there are keys, and afed itself may need them for its next answer.

use super::Context;
use super::credentials::Credentials;
use super::error::RenderError;

/// What is to happen to the environment.
pub(super) struct Variables<'a> {
    pub(super) set: Vec<(&'static str, &'a str)>,
    pub(super) unset: Vec<&'static str>,
}

/// The connector whose credentials a shell or a command has.
pub const CONNECTOR: &str = "AFED_CONNECTOR";
const ACCOUNT: &str = "AWS_ACCOUNT_ID";
/// Where the credentials are meant to be used.
pub const REGIONS: [&str; 2] = ["AWS_REGION", "AWS_DEFAULT_REGION"];

/// All that an answer may set.
pub(super) const OWN: [&str; 8] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_CREDENTIAL_EXPIRATION",
    ACCOUNT,
    REGIONS[0],
    REGIONS[1],
    CONNECTOR,
];

/// What no answer sets and every answer clears: another profile, a token to be changed into a role, keys under every name that
/// some SDK has ever read them, other files that hold them, and what belongs to keys that are no longer there.
pub(super) const STALE: [&str; 20] = [
    "AWS_SECURITY_TOKEN",
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CREDENTIAL_FILE",
    "AWS_CREDENTIAL_PROFILES_FILE",
    "AWS_EB_PROFILE",
    "AWS_IAM_ROLE_ARN",
    "AWS_IAM_ROLE_SESSION_NAME",
    "AWS_ACCESS_KEY",
    "AWS_SECRET_KEY",
    "SECRET_ACCESS_KEY",
    "AMAZON_ACCESS_KEY_ID",
    "AMAZON_SECRET_ACCESS_KEY",
    "AMAZON_SESSION_TOKEN",
    "AWS_BEARER_TOKEN_BEDROCK",
    "AWS_SESSION_EXPIRATION",
    "AWS_CREDENTIAL_SCOPE",
];

/// What an SDK reads.
pub(super) fn of_aws<'a>(credentials: &'a Credentials<'_>, context: Context<'a>) -> Variables<'a> {
    let mut set = vec![
        ("AWS_ACCESS_KEY_ID", credentials.access_key_id),
        ("AWS_SECRET_ACCESS_KEY", credentials.secret_access_key),
        ("AWS_SESSION_TOKEN", credentials.session_token),
        ("AWS_CREDENTIAL_EXPIRATION", credentials.expiration.as_str()),
    ];
    let mut unset = STALE.to_vec();
    match credentials.account_id {
        Some(account) => set.push((ACCOUNT, account)),
        None => unset.push(ACCOUNT),
    }
    let region = context.region.map(|region| region.as_str());
    set.extend(region.into_iter().flat_map(|region| REGIONS.map(|name| (name, region))));
    Variables { set, unset }
}

/// The same, and where it came from.
pub(super) fn of<'a>(credentials: &'a Credentials<'_>, context: Context<'a>) -> Variables<'a> {
    let mut variables = of_aws(credentials, context);
    variables.set.push((CONNECTOR, context.connector.as_str()));
    variables
}

/// Nothing is set, and all that an answer sets or clears is cleared.
pub(super) fn cleared() -> Variables<'static> {
    Variables { set: Vec::new(), unset: OWN.into_iter().chain(STALE).collect() }
}

/// No environment can hold a NUL.
pub(super) fn refuse_nul(name: &'static str, value: &str) -> Result<(), RenderError> {
    if value.contains('\0') {
        return Err(RenderError::Value { name, what: "a NUL character", format: "an environment variable" });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::example::{SECRET, lease};
    use super::*;

    #[test]
    fn whatever_an_answer_sets_or_clears_is_cleared_in_the_end() {
        let connector = "deploy".parse().unwrap();
        let region = "eu-west-1".parse().unwrap();
        let mut lease = lease(SECRET);
        for account in [Some("123123123123".to_owned()), None] {
            lease.aws_account_id = account;
            let credentials = Credentials::of(&lease);
            let variables = of(&credentials, Context { connector: &connector, person: None, region: Some(&region) });
            let named = variables.set.iter().map(|(name, _)| *name).chain(variables.unset);
            let (mut named, mut cleared) = (named.collect::<Vec<_>>(), cleared().unset);
            named.sort_unstable();
            cleared.sort_unstable();
            assert_eq!(named, cleared);
        }
    }
}
