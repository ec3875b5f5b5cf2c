//! `afed account create`: proves a long-term key, stores its secret and writes the account.

use anyhow::Result;
use clap::Args;

use super::key::{self, KeyArgs};
use crate::app::App;
use crate::command::error::CommandError;
use crate::command::questions::Question;
use crate::config::edit;
use crate::config::file::{AccountTable, AccountType};
use crate::config::settings::Settings;
use crate::model::account::{Account, AccountSource};
use crate::model::name::AccountName;
use crate::ui::Streams;

/// Add the long-term key of an IAM user; it is proved before anything is saved
///
/// What no argument says is asked for at the terminal. The secret goes to the secret store, the rest to the
/// configuration
#[derive(Debug, Args)]
pub struct CreateArgs {
    /// What the account shall be called [default: asked for]
    #[arg(value_name = "NAME")]
    name: Option<AccountName>,
    #[command(flatten)]
    key: KeyArgs,
    /// Store the secret of an account that is configured already, and change nothing else
    #[arg(long)]
    secret_only: bool,
}

const NAME: Question =
    Question { what: "the account's name", prompt: "Name of the account", flag: "afed account create NAME" };

pub fn run(args: &CreateArgs, app: &App, streams: &mut Streams) -> Result<()> {
    let settings = app.settings()?;
    let name = NAME.answer(app, args.name.clone(), None, |text| -> Result<AccountName> {
        let name = text.parse()?;
        if !args.secret_only {
            refuse_taken(settings, &name)?;
        }
        Ok(name)
    })?;
    if args.secret_only {
        return replace_secret(args, app, streams, settings, &name);
    }
    refuse_taken(settings, &name)?;
    let id = args.key.id(app, None)?;
    let source = AccountSource::AccessKey { access_key_id: id.clone(), aws_account_id: None };
    let account = Account { name: name.clone(), source };
    let secrets = app.secrets(&settings.secrets)?;
    // A store that does not open shall say so before anybody looks up a key.
    secrets.lookup(&account.secret_id())?;
    let (key, owner) = args.key.proved(app, streams, &id, None)?;
    let table = AccountTable {
        account_type: AccountType::AccessKey,
        access_key_id: Some(key.id.as_str().to_owned()),
        aws_account_id: owner.as_ref().map(|owner| owner.aws_account_id.clone()),
    };
    let path = &app.paths.user_config;
    key::save(app, path, secrets.as_ref(), (&account, &key), |text| edit::add_account(path, text, &name, &table))?;
    streams.status(&match &owner {
        Some(owner) => format!("Added the account “{name}”: {} in AWS account {}", owner.arn, owner.aws_account_id),
        None => format!("Added the account “{name}” without asking AWS"),
    });
    key::warn_of_root(owner.as_ref(), streams);
    streams.hint(&format!("open a way to use it: afed connector create NAME --account {name}"));
    Ok(())
}

fn refuse_taken(settings: &Settings, name: &AccountName) -> Result<(), CommandError> {
    match settings.origin_of_account(name.as_str()) {
        None => Ok(()),
        Some(path) => Err(CommandError::NameTaken {
            what: "an account",
            name: name.to_string(),
            path: path.to_owned(),
            hint: "choose another name, or store a new secret for the same key with --secret-only",
        }),
    }
}

fn replace_secret(
    args: &CreateArgs,
    app: &App,
    streams: &mut Streams,
    settings: &Settings,
    name: &AccountName,
) -> Result<()> {
    let account = settings.account(name.as_str())?;
    let AccountSource::AccessKey { access_key_id, aws_account_id } = &account.source;
    if let Some(given) = args.key.access_key_id.as_ref().filter(|given| *given != access_key_id) {
        return Err(CommandError::OtherKey {
            account: name.to_string(),
            configured: access_key_id.to_string(),
            given: given.to_string(),
        }
        .into());
    }
    let (key, owner) = args.key.proved(app, streams, access_key_id, aws_account_id.as_ref())?;
    key::refuse_other_owner(&account, access_key_id, aws_account_id.as_ref(), owner.as_ref())?;
    app.secrets(&settings.secrets)?.store(&account.secret_id(), &key.secret)?;
    streams.status(&format!("Stored the secret of the access key {access_key_id} (account “{name}”)"));
    Ok(())
}
