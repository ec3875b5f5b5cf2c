//! `afed policy needed`: what IAM must allow so that a connector works, and no more than that.

use anyhow::Result;
use clap::Args;
use serde_json::json;

use crate::app::App;
use crate::command::error::CommandError;
use crate::command::{answer, config_file};
use crate::config::settings::Settings;
use crate::model::account::Account;
use crate::model::connector::Connector;
use crate::model::grant::{self, Grant, SecondFactor, Signer};
use crate::model::policy_document::PolicyDocument;
use crate::model::principal::Principal;
use crate::ports::{CallerIdentity, TokenService};
use crate::ui::Streams;
use crate::vending::Signer as AccountSigner;

/// Print the IAM policies that a connector needs: its user's, and its role's trust policy
///
/// The trust policy names the AWS account of the key, whose own policies then decide, or with --online the key's user
/// alone
#[derive(Debug, Args)]
pub struct NeededArgs {
    /// The connector's name
    #[arg(value_name = "CONNECTOR")]
    connector: String,
    /// Print the policy of the key's user only
    #[arg(long, conflicts_with_all = ["trust", "json"])]
    identity: bool,
    /// Print the role's trust policy only
    #[arg(long, conflicts_with = "json")]
    trust: bool,
    /// Answer in JSON: an object with identity_policy and trust_policy
    #[arg(long)]
    json: bool,
    /// Ask AWS whose key it is, and let the role trust that user alone
    #[arg(long)]
    online: bool,
}

pub fn run(args: &NeededArgs, app: &App, streams: &mut Streams) -> Result<()> {
    let settings = app.settings()?;
    let connector = settings.connector(&args.connector, &config_file::read_policy)?;
    let account = settings.account(connector.account.as_str())?;
    let grant = grant_of(&connector, &account, args, app, settings)?;
    let (identity, trust) = grant.map_or((None, None), |grant| (Some(grant.user_policy), grant.trust_policy));
    if args.json {
        return answer::json(streams, &json!({ "identity_policy": identity, "trust_policy": trust }));
    }
    if args.identity {
        return answer::text(streams, &indented(&identity.ok_or_else(|| not_needed(&connector, "identity policy"))?));
    }
    if args.trust {
        return answer::text(streams, &indented(&trust.ok_or_else(|| no_trust(&connector, &account))?));
    }
    tell(&connector, &account, identity, trust, streams)
}

/// Both policies, each below a heading; the headings are not part of the answer.
fn tell(
    connector: &Connector,
    account: &Account,
    identity: Option<PolicyDocument>,
    trust: Option<PolicyDocument>,
    streams: &mut Streams,
) -> Result<()> {
    let signer = match account.access_key_id() {
        Some(id) => format!("The user of the key {id}"),
        None => "The role of this host".to_owned(),
    };
    let Some(identity) = identity else {
        let principal = connector.principal.principal_type();
        streams.status(&format!("{signer} needs no permission: a {principal} connector asks for none"));
        return Ok(());
    };
    streams.status(&format!("{signer} needs this policy:"));
    answer::text(streams, &indented(&identity))?;
    match (&connector.principal, trust) {
        (Principal::AssumeRole(role), Some(trust)) => {
            streams.status(&format!("The role {} needs this trust policy:", role.role_arn));
            answer::text(streams, &indented(&trust))?;
        }
        (Principal::AssumeRole(_), None) => streams.warning(&no_trust(connector, account).to_string()),
        _ => streams.status("What the session may do, that user must be allowed to do as well"),
    }
    Ok(())
}

fn indented(policy: &PolicyDocument) -> String {
    format!("{policy:#}\n")
}

fn grant_of(
    connector: &Connector,
    account: &Account,
    args: &NeededArgs,
    app: &App,
    settings: &Settings,
) -> Result<Option<Grant>> {
    let partition = connector.region.partition();
    let account_type = account.account_type();
    let signer = |account| Signer { account_type, partition, account };
    let (signer, trusted) = if args.online {
        let caller = caller(connector, account, app, settings)?;
        (signer(Some(caller.aws_account_id.parse()?)), Some(grant::trusted_caller(&caller.arn)))
    } else {
        let signer = signer(account.aws_account_id().cloned());
        let trusted = grant::trusted(&signer);
        (signer, trusted)
    };
    let factor = if connector.mfa(account).is_some() { SecondFactor::Given } else { SecondFactor::NotGiven };
    Ok(grant::of_principal(&connector.principal, &signer, trusted.as_deref(), factor))
}

/// Who signs for the account, as AWS says.
fn caller(connector: &Connector, account: &Account, app: &App, settings: &Settings) -> Result<CallerIdentity> {
    let signer = AccountSigner::of(account, &app.host_role())?;
    let credentials = signer.credentials(app.secrets(&settings.secrets)?.as_ref())?;
    Ok(app.tokens(app.sts_endpoint()?).caller_identity(&credentials, &connector.region)?)
}

fn not_needed(connector: &Connector, what: &'static str) -> CommandError {
    CommandError::PolicyNotNeeded {
        connector: connector.name.to_string(),
        principal: connector.principal.principal_type(),
        what,
    }
}

fn no_trust(connector: &Connector, account: &Account) -> CommandError {
    match connector.principal {
        Principal::AssumeRole(_) => CommandError::OwnerUnknown { account: account.name.to_string() },
        _ => not_needed(connector, "trust policy"),
    }
}
