//! `afed account edit`: gives an account another key. The new secret is stored, then the configuration is written, then
//! the old secret and what was issued with it go. Of a host's role, the AWS account is found out anew.

use std::path::Path;

use anyhow::Result;
use clap::Args;

use super::device::{self, Clearable, DeviceArgs};
use super::host_role;
use super::key::{self, KeyArgs};
use super::rotate;
use super::unowned;
use crate::app::App;
use crate::command::config_file;
use crate::command::error::CommandError;
use crate::config::edit;
use crate::config::file::AccountTable;
use crate::config::settings::{Settings, check_account, check_with};
use crate::model::account::{AccessKeyId, Account, AccountSource, secret_of};
use crate::model::arn::AwsAccountId;
use crate::model::name::AccountName;
use crate::ports::{CallerIdentity, HostRoleError, LeaseStore, SecretStore};
use crate::ui::Streams;

/// Give an account another key or MFA device, for all connectors that use it; a key is proved before anything is replaced
///
/// What no flag says is asked for at the terminal; with flags of the MFA device alone, the key stays. Of the role of a host, AWS is asked again whose it is
#[derive(Debug, Args)]
pub struct EditArgs {
    /// The account's name
    #[arg(value_name = "ACCOUNT")]
    pub name: AccountName,
    #[command(flatten)]
    key: KeyArgs,
    #[command(flatten)]
    device: DeviceArgs,
    /// A key that it shall be without [may be repeated]
    #[arg(long = "clear", value_enum, value_name = "KEY")]
    clear: Vec<Clearable>,
    /// Let it be of another AWS account than before
    #[arg(long)]
    other_aws_account: bool,
}

pub fn run(args: &EditArgs, app: &App, streams: &mut Streams) -> Result<()> {
    let _turn = rotate::turn(app, &args.name)?;
    let settings = app.settings()?;
    let account = settings.account(args.name.as_str())?;
    match &account.source {
        AccountSource::AccessKey { .. } if args.is_of_device_alone() => {
            change_device(args, app, streams, settings, &account)
        }
        AccountSource::AccessKey { access_key_id, aws_account_id, .. } => {
            change_key(args, app, streams, settings, &account, (access_key_id, aws_account_id.as_ref()))
        }
        AccountSource::InstanceRole { aws_account_id } => {
            change_host_role(args, app, streams, settings, &account, aws_account_id.as_ref())
        }
    }
}

impl EditArgs {
    /// Whether no flag says what to change.
    fn is_silent(&self) -> bool {
        self.key.is_silent() && self.device.is_silent() && self.clear.is_empty()
    }

    fn is_of_device_alone(&self) -> bool {
        self.key.is_silent() && !(self.device.is_silent() && self.clear.is_empty())
    }

    fn with_device(&self, mut table: AccountTable) -> AccountTable {
        self.clear.iter().for_each(|key| key.clear(&mut table));
        self.device.apply(&mut table);
        table
    }
}

fn change_device(
    args: &EditArgs,
    app: &App,
    streams: &mut Streams,
    settings: &Settings,
    account: &Account,
) -> Result<()> {
    let origin = settings.account_table(args.name.as_str())?;
    let table = args.with_device(origin.value.clone());
    let changed = check_account(&account.name, table.clone(), &origin.path);
    let changed = changed.map_err(|error| args.device.of_the_flag(error))?;
    refuse_to_break(settings, &changed)?;
    config_file::edit(app, &origin.path, |text| {
        Ok(edit::change_account(&origin.path, text, &account.name, &origin.value, &table)?)
    })?;
    let now = match changed.mfa() {
        Some(device) => format!("has the MFA device {} now", device.serial),
        None => "has no MFA device now".to_owned(),
    };
    streams.status(&format!("The account “{}” {now}", account.name));
    tell_users(streams, settings, account);
    Ok(())
}

fn change_key(
    args: &EditArgs,
    app: &App,
    streams: &mut Streams,
    settings: &Settings,
    account: &Account,
    (old, old_owner): (&AccessKeyId, Option<&AwsAccountId>),
) -> Result<()> {
    let origin = settings.account_table(args.name.as_str())?;
    rotate::refuse_unfinished(app, &origin.path, &account.name)?;
    let id = args.key.id(app, Some(old))?;
    let mut before = origin.value.clone();
    if args.is_silent() {
        device::revise(&mut before, app)?;
    }
    let secrets = app.secrets(&settings.secrets)?;
    // A store that does not open shall say so before anybody looks up a key.
    secrets.lookup(&secret_of(&account.name, old))?;
    let known_owner = old_owner.filter(|_| id == *old);
    let (key, owner) = args.key.proved(app, streams, &id, known_owner)?;
    if !args.other_aws_account {
        key::refuse_other_owner(&account.name, &id, old_owner, owner.as_ref())?;
    }
    let aws_account_id = match &owner {
        Some(owner) => Some(owner.aws_account_id.clone()),
        None => known_owner.map(ToString::to_string),
    };
    let access_key_id = Some(id.as_str().to_owned());
    let table = args.with_device(AccountTable { access_key_id, aws_account_id, ..before });
    let changed = check_account(&account.name, table.clone(), &origin.path);
    let changed = changed.map_err(|error| args.device.of_the_flag(error))?;
    device::refuse_elsewhere(&changed, owner.as_ref())?;
    refuse_to_break(settings, &changed)?;
    let replaced = Some(old).filter(|old| **old != id);
    key::save(app, &origin.path, secrets.as_ref(), (&account.name, &key), replaced, |text| {
        edit::change_account(&origin.path, text, &account.name, &origin.value, &table)
    })?;
    let now = format!("has the access key {id} now");
    tell(streams, settings, account, &now, owner.as_ref());
    key::warn_of_root(owner.as_ref(), streams);
    if let Some(old) = replaced {
        drop_old_key(app, streams, secrets.as_ref(), &origin.path, old);
    }
    Ok(())
}

fn change_host_role(
    args: &EditArgs,
    app: &App,
    streams: &mut Streams,
    settings: &Settings,
    account: &Account,
    old_owner: Option<&AwsAccountId>,
) -> Result<()> {
    args.key.refuse_flags_of_keys()?;
    args.device.refuse()?;
    if !args.clear.is_empty() {
        return Err(CommandError::FlagOfKeys { flag: "--clear" }.into());
    }
    let origin = settings.account_table(args.name.as_str())?;
    let owner = host_role::proved(&args.key, app)?;
    let found: Option<AwsAccountId> = owner.as_ref().map(|owner| owner.aws_account_id.parse()).transpose()?;
    if let (Some(found), Some(expected), false) = (&found, old_owner, args.other_aws_account)
        && found != expected
    {
        return Err(HostRoleError::OtherAwsAccount { found: found.clone(), expected: expected.clone() }.into());
    }
    let table = AccountTable { aws_account_id: found.map(|id| id.to_string()), ..origin.value.clone() };
    config_file::edit(app, &origin.path, |text| {
        Ok(edit::change_account(&origin.path, text, &account.name, &origin.value, &table)?)
    })?;
    tell(streams, settings, account, "is the role of this host", owner.as_ref());
    Ok(())
}

/// Refuses a change by which a connector would break a rule. One that breaks one today stops nobody: it may be why the
/// account is changed.
fn refuse_to_break(settings: &Settings, changed: &Account) -> Result<(), CommandError> {
    let keeping = |name| settings.connector(name, &config_file::read_policy).ok();
    settings.connectors_of(changed.name.as_str()).filter_map(keeping).try_for_each(|connector| {
        check_with(&connector, changed).map_err(|source| CommandError::BreaksConnector {
            account: changed.name.to_string(),
            source: source.into(),
        })
    })
}

fn tell(streams: &mut Streams, settings: &Settings, account: &Account, now: &str, owner: Option<&CallerIdentity>) {
    let whose = owner.map_or_else(
        || "not proved".to_owned(),
        |owner| format!("{} in AWS account {}", owner.arn, owner.aws_account_id),
    );
    streams.status(&format!("The account “{}” {now}: {whose}", account.name));
    tell_users(streams, settings, account);
}

fn tell_users(streams: &mut Streams, settings: &Settings, account: &Account) {
    if let Some(path) = settings.origin_of_account(account.name.as_str()) {
        streams.status(&format!("Changed in {}", path.display()));
    }
    let users: Vec<&str> = settings.connectors_of(account.name.as_str()).collect();
    match users[..] {
        [] => streams.status("No connector uses it"),
        _ => streams.status(&format!("Connectors that change by it: {}", users.join(", "))),
    }
}

/// The account is changed by now, so what can't be dropped is only told; the next run tries again to forget the secret.
fn drop_old_key(app: &App, streams: &mut Streams, secrets: &dyn SecretStore, config: &Path, old: &AccessKeyId) {
    if let Err(error) = unowned::settle(app, config, secrets) {
        let why = (app.explain)(error.as_ref()).sentence();
        streams.warning(&format!("the secret of the old key {old} is still in the secret store: {why}"));
    }
    if let Err(error) = app.cache(None).forget_signed_with(old) {
        let why = (app.explain)(&error).sentence();
        streams.warning(&format!("credentials of the old key may still be kept until they expire: {why}"));
    }
    streams.hint(&format!(
        "the old key still works in AWS; end it: aws iam update-access-key --access-key-id {old} --status Inactive"
    ));
}
