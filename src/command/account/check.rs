//! `afed account check`: proves an account for real, step by step.

use anyhow::Result;
use clap::Args;

use super::key;
use crate::app::App;
use crate::command::report::Report;
use crate::model::account::{AccessKey, Account, AccountSource};
use crate::model::region::Region;
use crate::ports::{SecretStore, TokenService};
use crate::ui::Streams;
use crate::vending::VendError;

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
        let AccountSource::AccessKey { access_key_id, .. } = &account.source;
        let found = format!("the access key {access_key_id}");
        Ok((account, found))
    });
    let store =
        report.step("secret store", || Ok((app.secrets(&settings.secrets)?, settings.secrets.store.to_string())));
    let key = report.step_with("secret", account.as_ref().zip(store.as_ref()), |(account, store)| {
        Ok((stored_key(account, store.as_ref())?, "stored".to_owned()))
    });
    let owner = report.step_with("key", key.as_ref(), |key| {
        let owner = app.tokens(app.sts_endpoint()?).caller_identity(key, &args.region)?;
        let found = owner.arn.clone();
        Ok((owner, found))
    });
    report.step_with("AWS account", account.as_ref().zip(owner.as_ref()), |(account, owner)| {
        let AccountSource::AccessKey { access_key_id, aws_account_id } = &account.source;
        key::refuse_other_owner(account, access_key_id, aws_account_id.as_ref(), Some(owner))?;
        Ok(((), owner.aws_account_id.clone()))
    });
    key::warn_of_root(owner.as_ref(), streams);
    report.end(args.json, streams)
}

/// Both halves of the account's key.
pub fn stored_key(account: &Account, secrets: &dyn SecretStore) -> Result<AccessKey, VendError> {
    let AccountSource::AccessKey { access_key_id, aws_account_id } = &account.source;
    match secrets.lookup(&account.secret_id())? {
        Some(secret) => Ok(AccessKey { id: access_key_id.clone(), secret, owner: aws_account_id.clone() }),
        None => Err(VendError::SecretMissing { account: account.name.clone(), access_key_id: access_key_id.clone() }),
    }
}
