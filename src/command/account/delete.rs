//! `afed account delete`: takes an account that no connector uses out of the configuration, then its secret out of the
//! secret store.

use anyhow::Result;
use clap::Args;

use crate::app::App;
use crate::command::config_file;
use crate::command::confirmation::confirm;
use crate::command::error::CommandError;
use crate::config::{edit, file};
use crate::ui::Streams;

/// Delete an account that no connector uses, and its secret
#[derive(Debug, Args)]
pub struct DeleteArgs {
    /// The account's name
    #[arg(value_name = "NAME")]
    name: String,
    /// Do not ask whether it is meant
    #[arg(long)]
    yes: bool,
}

pub fn run(args: &DeleteArgs, app: &App, streams: &mut Streams) -> Result<()> {
    let settings = app.settings()?;
    let account = settings.account(&args.name)?;
    let path = &settings.account_table(&args.name)?.path;
    refuse_in_use(&args.name, settings.connectors_of(&args.name).map(str::to_owned).collect())?;
    let secrets = app.secrets(&settings.secrets)?;
    // A store that does not open shall say so before the configuration changes.
    secrets.lookup(&account.secret_id())?;
    confirm(app, args.yes, "Delete the account and its secret? (yes or no)")?;
    config_file::edit(app, path, |text| {
        // Somebody may have opened a connector with it since.
        let connectors = file::parse(path.clone(), text)?.file.connectors.into_iter();
        let users = connectors.filter(|(_, connector)| connector.account.as_deref() == Some(args.name.as_str()));
        refuse_in_use(&args.name, users.map(|(name, _)| name).collect())?;
        Ok(edit::remove_account(path, text, &account.name)?)
    })?;
    secrets.forget(&account.secret_id())?;
    streams.status(&format!("Deleted the account “{}” from {}, and its secret", account.name, path.display()));
    Ok(())
}

fn refuse_in_use(account: &str, users: Vec<String>) -> Result<(), CommandError> {
    if users.is_empty() { Ok(()) } else { Err(CommandError::AccountInUse { account: account.to_owned(), users }) }
}
