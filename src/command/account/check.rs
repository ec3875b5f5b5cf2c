//! `afed account check`: proves an account for real, step by step.

use anyhow::Result;
use clap::Args;

use super::key;
use crate::app::App;
use crate::command::report::Report;
use crate::model::account::{Account, AccountSource, SigningCredentials};
use crate::model::region::Region;
use crate::ports::{SecretStore, TokenService};
use crate::ui::Streams;
use crate::vending::Signer;

/// Prove an account: its settings, its secret, and what AWS says of its key
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// The account's name
    #[arg(value_name = "NAME")]
    name: String,
    /// The region whose STS is asked
    #[arg(long, value_name = "REGION", default_value = Region::FALLBACK)]
    region: Region,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

pub fn run(args: &CheckArgs, app: &App, streams: &mut Streams) -> Result<()> {
    let settings = app.settings()?;
    let mut report = Report::default();
    let account = report.step("settings", || {
        let account = settings.account(&args.name)?;
        let found = match account.access_key_id() {
            Some(id) => format!("the access key {id}"),
            None => "the role of this host".to_owned(),
        };
        Ok((account, found))
    });
    let store =
        report.step("secret store", || Ok((app.secrets(&settings.secrets)?, settings.secrets.store.to_string())));
    let credentials = signing(&mut report, account.as_ref(), store.as_deref(), app);
    let owner = report.step_with("key", credentials.as_ref(), |credentials| {
        let owner = app.tokens(app.sts_endpoint()?).caller_identity(credentials, &args.region)?;
        let found = owner.arn.clone();
        Ok((owner, found))
    });
    report.step_with("AWS account", account.as_ref().zip(credentials.as_ref()).zip(owner.as_ref()), |found| {
        let ((account, credentials), owner) = found;
        key::refuse_other_owner(&account.name, &credentials.id, account.aws_account_id(), Some(owner))?;
        Ok(((), owner.aws_account_id.clone()))
    });
    key::warn_of_root(owner.as_ref(), streams);
    report.end(args.json, streams)
}

/// What signs for the account: its secret is in the store, or its host gives it.
pub fn signing(
    report: &mut Report,
    account: Option<&Account>,
    store: Option<&dyn SecretStore>,
    app: &App,
) -> Option<SigningCredentials> {
    let of_host = account.is_some_and(|account| matches!(account.source, AccountSource::InstanceRole { .. }));
    let step = if of_host { "host role" } else { "secret" };
    report.step_with(step, account.zip(store), |(account, store)| {
        let signer = Signer::of(account, &app.host_role())?;
        let credentials = signer.credentials(store)?;
        let found = match &signer {
            Signer::LongTermKey { id, .. } => format!("of the access key {id}"),
            Signer::Host(given) => format!("given by {}", given.address),
        };
        Ok((credentials, found))
    })
}
