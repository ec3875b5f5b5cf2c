//! `afed account create`: proves a long-term key or the role of this host, stores a key's secret and writes the account.

use anyhow::Result;
use clap::Args;

use super::device::{self, DeviceArgs};
use super::host_role;
use super::key::{self, KeyArgs};
use crate::app::App;
use crate::command::audited;
use crate::command::config_file;
use crate::command::error::CommandError;
use crate::command::questions::Question;
use crate::config::edit;
use crate::config::file::AccountTable;
use crate::config::settings::{Settings, check_account};
use crate::model::account::{AccountSource, AccountType, secret_of};
use crate::model::audit::Subject;
use crate::model::name::AccountName;
use crate::ports::CallerIdentity;
use crate::ui::Streams;

/// Add the long-term key of an IAM user, or the role of this host; it is proved before anything is saved
///
/// What no argument says is asked for at the terminal. The secret of a key goes to the secret store, the rest to the
/// configuration. A role has no secret
#[derive(Debug, Args)]
pub struct CreateArgs {
    /// What the account shall be called [default: asked for]
    #[arg(value_name = "NAME")]
    pub name: Option<AccountName>,
    /// What kind of account it is
    #[arg(long = "type", value_enum, value_name = "TYPE", default_value = "access-key")]
    account_type: AccountType,
    #[command(flatten)]
    key: KeyArgs,
    #[command(flatten)]
    device: DeviceArgs,
    /// Store the secret of an account that is configured already, and change nothing else
    #[arg(long, conflicts_with_all = ["mfa_serial", "mfa_process"])]
    secret_only: bool,
}

const NAME: Question =
    Question { what: "the account's name", prompt: "Name of the account", flag: "afed account create NAME" };

const SECRET_ONLY: &str = "choose another name, or store a new secret for the same key with --secret-only";

pub fn run(args: &CreateArgs, app: &App, streams: &mut Streams) -> Result<()> {
    if args.account_type == AccountType::InstanceRole {
        args.key.refuse_flags_of_keys()?;
        args.device.refuse()?;
        if args.secret_only {
            return Err(CommandError::FlagOfKeys { flag: "--secret-only" }.into());
        }
    }
    let settings = app.settings()?;
    let name = NAME.answer(app, args.name.clone(), None, |text| -> Result<AccountName> {
        let name = text.parse()?;
        if !args.secret_only {
            refuse_taken(settings, &name, SECRET_ONLY)?;
        }
        Ok(name)
    })?;
    if args.secret_only {
        return replace_secret(args, app, streams, settings, &name);
    }
    refuse_taken(settings, &name, SECRET_ONLY)?;
    match args.account_type {
        AccountType::AccessKey => add_key(args, app, streams, settings, &name),
        AccountType::InstanceRole => add_host_role(args, app, streams, &name),
    }?;
    streams.hint(&format!("open a way to use it: afed connector create NAME --account {name}"));
    Ok(())
}

/// The role of this host. Nothing of it is stored: its credentials are asked for at each use.
fn add_host_role(args: &CreateArgs, app: &App, streams: &mut Streams, name: &AccountName) -> Result<()> {
    let owner = host_role::proved(&args.key, app)?;
    let table = AccountTable {
        account_type: AccountType::InstanceRole,
        access_key_id: None,
        aws_account_id: owner.as_ref().map(|owner| owner.aws_account_id.clone()),
        mfa_serial: None,
        mfa_process: None,
    };
    let path = &app.paths.user_config;
    config_file::edit(app, path, |text| Ok(edit::add_account(path, text, name, &table)?))?;
    tell(streams, name, owner.as_ref());
    Ok(())
}

/// A key, whose secret goes to the store.
fn add_key(args: &CreateArgs, app: &App, streams: &mut Streams, settings: &Settings, name: &AccountName) -> Result<()> {
    let id = args.key.id(app, None)?;
    let mut table = AccountTable {
        account_type: AccountType::AccessKey,
        access_key_id: Some(id.as_str().to_owned()),
        aws_account_id: None,
        mfa_serial: None,
        mfa_process: None,
    };
    args.device.apply(&mut table);
    let path = &app.paths.user_config;
    let check =
        |table: &AccountTable| check_account(name, table.clone(), path).map_err(|error| args.device.of_the_flag(error));
    check(&table)?;
    let secrets = app.secrets(&settings.secrets)?;
    // A store that does not open shall say so before anybody looks up a key.
    secrets.lookup(&secret_of(name, &id))?;
    let (key, owner) = args.key.proved(app, streams, &id, None)?;
    table.aws_account_id = owner.as_ref().map(|owner| owner.aws_account_id.clone());
    device::refuse_elsewhere(&check(&table)?, owner.as_ref())?;
    key::save(app, path, secrets.as_ref(), (name, &key), None, |text| edit::add_account(path, text, name, &table))?;
    tell(streams, name, owner.as_ref());
    key::warn_of_root(owner.as_ref(), streams);
    Ok(())
}

fn tell(streams: &mut Streams, name: &AccountName, owner: Option<&CallerIdentity>) {
    streams.status(&match owner {
        Some(owner) => format!("Added the account “{name}”: {} in AWS account {}", owner.arn, owner.aws_account_id),
        None => format!("Added the account “{name}” without asking AWS"),
    });
}

/// A name that no account has yet.
pub fn refuse_taken(settings: &Settings, name: &AccountName, hint: &'static str) -> Result<(), CommandError> {
    match settings.origin_of_account(name.as_str()) {
        None => Ok(()),
        Some(path) => {
            Err(CommandError::NameTaken { what: "an account", name: name.to_string(), path: path.to_owned(), hint })
        }
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
    let AccountSource::AccessKey { access_key_id, aws_account_id, .. } = &account.source else {
        return Err(CommandError::FlagOfKeys { flag: "--secret-only" }.into());
    };
    if let Some(given) = args.key.access_key_id.as_ref().filter(|given| *given != access_key_id) {
        return Err(CommandError::OtherKey {
            account: name.to_string(),
            configured: access_key_id.to_string(),
            given: given.to_string(),
        }
        .into());
    }
    let (key, owner) = args.key.proved(app, streams, access_key_id, aws_account_id.as_ref())?;
    key::refuse_other_owner(name, access_key_id, aws_account_id.as_ref(), owner.as_ref())?;
    let subject = Subject { account: Some(name.to_string()), ..Subject::default() };
    audited::secret(&format!("of accounts.{name}"), subject, app, || {
        Ok(app.secrets(&settings.secrets)?.store(&secret_of(name, access_key_id), &key.secret)?)
    })?;
    streams.status(&format!("Stored the secret of the access key {access_key_id} (account “{name}”)"));
    Ok(())
}
