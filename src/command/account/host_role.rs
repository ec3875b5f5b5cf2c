//! The role of this host as an account: proved by AWS, and nothing of it stored.

use anyhow::Result;

use super::key::KeyArgs;
use crate::app::App;
use crate::ports::{CallerIdentity, HostRole, TokenService};

/// Whose role this host has, as AWS says, unless the proof was waived.
pub fn proved(args: &KeyArgs, app: &App) -> Result<Option<CallerIdentity>> {
    if args.skip_verify {
        return Ok(None);
    }
    let credentials = app.host_role().credentials()?.signing();
    Ok(Some(app.tokens(app.sts_endpoint()?).caller_identity(&credentials, &args.region)?))
}
