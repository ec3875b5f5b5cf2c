//! `afed account delete`: takes an account that no connector uses out of the configuration, then its secret out of the
//! secret store.

use anyhow::Result;
use clap::Args;

use super::rotate;
use super::unowned;
use crate::app::App;
use crate::command::config_file;
use crate::command::confirmation::confirm;
use crate::command::error::CommandError;
use crate::config::{edit, file};
use crate::model::account::secret_of;
use crate::model::name::AccountName;
use crate::ui::Streams;

/// Delete an account that no connector uses, and its secret
#[derive(Debug, Args)]
pub struct DeleteArgs {
    /// The account's name
    #[arg(value_name = "ACCOUNT")]
    pub name: AccountName,
    /// Do not ask whether it is meant
    #[arg(long)]
    yes: bool,
}

pub fn run(args: &DeleteArgs, app: &App, streams: &mut Streams) -> Result<()> {
    let _turn = rotate::turn(app, &args.name)?;
    let settings = app.settings()?;
    let account = settings.account(args.name.as_str())?;
    let path = &settings.account_table(args.name.as_str())?.path;
    refuse_in_use(args.name.as_str(), settings.connectors_of(args.name.as_str()).map(str::to_owned).collect())?;
    let secrets = app.secrets(&settings.secrets)?;
    rotate::refuse_unfinished(app, path, &account.name)?;
    // A store that does not open shall say so before the configuration changes.
    let secret = account.access_key_id().map(|id| secret_of(&account.name, id));
    if let Some(secret) = &secret {
        secrets.lookup(secret)?;
    }
    confirm(app, args.yes, "Delete the account and its secret? (yes or no)")?;
    config_file::edit(app, path, |text| {
        // Somebody may have opened a connector with it since.
        let connectors = file::parse(path.clone(), text)?.file.connectors.into_iter();
        let users = connectors.filter(|(_, connector)| connector.account.as_deref() == Some(args.name.as_str()));
        refuse_in_use(args.name.as_str(), users.map(|(name, _)| name).collect())?;
        let edited = edit::remove_account(path, text, &account.name)?;
        account.access_key_id().map_or(Ok(()), |key| unowned::note(path, &account.name, &[key]))?;
        Ok(edited)
    })?;
    let mut deleted = format!("Deleted the account “{}” from {}", account.name, path.display());
    if secret.is_some() {
        unowned::settle(app, path, secrets.as_ref())?;
        deleted.push_str(", and its secret");
    }
    streams.status(&deleted);
    Ok(())
}

fn refuse_in_use(account: &str, users: Vec<String>) -> Result<(), CommandError> {
    if users.is_empty() { Ok(()) } else { Err(CommandError::AccountInUse { account: account.to_owned(), users }) }
}
