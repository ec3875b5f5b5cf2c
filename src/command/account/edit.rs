//! `afed account edit`: gives an account another key. The new secret is stored, then the configuration is written, then
//! the old secret and what was issued with it go.

use anyhow::Result;
use clap::Args;

use super::key::{self, KeyArgs};
use crate::app::App;
use crate::config::edit;
use crate::config::file::AccountTable;
use crate::model::account::{AccessKeyId, Account, AccountSource};
use crate::ports::SecretStore;
use crate::ui::Streams;

/// Give an account another key, for all connectors that use it; it is proved before anything is replaced
///
/// What no flag says is asked for at the terminal
#[derive(Debug, Args)]
pub struct EditArgs {
    /// The account's name
    #[arg(value_name = "NAME")]
    name: String,
    #[command(flatten)]
    key: KeyArgs,
    /// Let the key be one of another AWS account than before
    #[arg(long)]
    other_aws_account: bool,
}

pub fn run(args: &EditArgs, app: &App, streams: &mut Streams) -> Result<()> {
    let settings = app.settings()?;
    let account = settings.account(&args.name)?;
    let origin = settings.account_table(&args.name)?;
    let AccountSource::AccessKey { access_key_id: old, aws_account_id: old_owner } = &account.source;
    let id = args.key.id(app, Some(old))?;
    let secrets = app.secrets(&settings.secrets)?;
    // A store that does not open shall say so before anybody looks up a key.
    secrets.lookup(&account.secret_id())?;
    let known_owner = old_owner.as_ref().filter(|_| id == *old);
    let (key, owner) = args.key.proved(app, streams, &id, known_owner)?;
    if !args.other_aws_account {
        key::refuse_other_owner(&account, &id, old_owner.as_ref(), owner.as_ref())?;
    }
    let aws_account_id = match &owner {
        Some(owner) => Some(owner.aws_account_id.clone()),
        None => known_owner.map(ToString::to_string),
    };
    let table = AccountTable { access_key_id: Some(id.as_str().to_owned()), aws_account_id, ..origin.value.clone() };
    let source = AccountSource::AccessKey { access_key_id: id.clone(), aws_account_id: None };
    let renewed = Account { name: account.name.clone(), source };
    key::save(app, &origin.path, secrets.as_ref(), (&renewed, &key), |text| {
        edit::change_account(&origin.path, text, &account.name, &origin.value, &table)
    })?;
    let whose = owner.as_ref().map_or_else(
        || "not proved".to_owned(),
        |owner| format!("{} in AWS account {}", owner.arn, owner.aws_account_id),
    );
    streams.status(&format!("The account “{}” has the access key {id} now: {whose}", account.name));
    streams.status(&format!("Changed in {}", origin.path.display()));
    let users: Vec<&str> = settings.connectors_of(account.name.as_str()).collect();
    match users[..] {
        [] => streams.status("No connector uses it"),
        _ => streams.status(&format!("Connectors that change by it: {}", users.join(", "))),
    }
    key::warn_of_root(owner.as_ref(), streams);
    if id != *old {
        drop_old_key(app, streams, secrets.as_ref(), &account, old);
    }
    Ok(())
}

/// The account is changed by now, so what can't be dropped is only told.
fn drop_old_key(app: &App, streams: &mut Streams, secrets: &dyn SecretStore, account: &Account, old: &AccessKeyId) {
    if let Err(error) = secrets.forget(&account.secret_id()) {
        streams.warning(&format!("the secret of the old key {old} is still in the secret store: {error}"));
    }
    if let Err(error) = app.cache(None).clear() {
        streams.warning(&format!("credentials of the old key may still be kept until they expire: {error}"));
    }
    streams.hint(&format!(
        "the old key still works in AWS; end it: aws iam update-access-key --access-key-id {old} --status Inactive"
    ));
}
