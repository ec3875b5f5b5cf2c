//! Which environment variables an answer sets and which it clears, for every shell alike.
//! Stale ones are cleared: botocore takes AWS_SECURITY_TOKEN before AWS_SESSION_TOKEN, and a profile can win over keys.

use super::Context;
use super::credentials::Credentials;
use super::error::RenderError;

/// What is to happen to the environment.
pub(super) struct Variables<'a> {
    pub(super) set: Vec<(&'static str, &'a str)>,
    pub(super) unset: &'static [&'static str],
}

const STALE: [&str; 3] = ["AWS_SECURITY_TOKEN", "AWS_PROFILE", "AWS_DEFAULT_PROFILE"];

pub(super) fn of<'a>(credentials: &'a Credentials<'_>, context: Context<'a>) -> Variables<'a> {
    let mut set = vec![
        ("AWS_ACCESS_KEY_ID", credentials.access_key_id),
        ("AWS_SECRET_ACCESS_KEY", credentials.secret_access_key),
        ("AWS_SESSION_TOKEN", credentials.session_token),
        ("AWS_CREDENTIAL_EXPIRATION", credentials.expiration.as_str()),
    ];
    let region = context.region.map(|region| region.as_str());
    set.extend(region.into_iter().flat_map(|region| [("AWS_REGION", region), ("AWS_DEFAULT_REGION", region)]));
    Variables { set, unset: &STALE }
}

/// No environment can hold a NUL.
pub(super) fn refuse_nul(name: &'static str, value: &str) -> Result<(), RenderError> {
    if value.contains('\0') {
        return Err(RenderError::Value { name, what: "a NUL character", format: "an environment variable" });
    }
    Ok(())
}
