//! `afed account import`: takes a long-term key out of AWS's files. It is proved, stored and read back before its lines go,
//! so that a crash at any time leaves it in one of the two places at least.

mod removal;
mod source;

use anyhow::{Context, Result};
use clap::Args;

use self::removal::Removing;
use self::source::Source;
use super::{create, key};
use crate::app::App;
use crate::aws_files::ProfileName;
use crate::command::audited;
use crate::command::error::CommandError;
use crate::config::edit;
use crate::config::file::AccountTable;
use crate::config::settings::Settings;
use crate::model::account::{AccessKeyId, AccountType, SigningCredentials, secret_of};
use crate::model::audit::Subject;
use crate::model::name::AccountName;
use crate::model::region::Region;
use crate::ports::{CallerIdentity, SecretStore, TokenService};
use crate::ui::Streams;

/// Add the long-term key of a profile in AWS's credentials file, and remove it there if that is wanted
///
/// The key is proved, and stored as afed account create does it. AWS's configuration file is looked at too, for profiles
/// that have no key in the credentials file. Other lines of these files are left alone
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// The profile that holds the key [default: asked for]
    #[arg(value_name = "PROFILE")]
    profile: Option<ProfileName>,
    /// What the account shall be called [default: as the profile]
    #[arg(long = "as", value_name = "NAME")]
    pub name: Option<AccountName>,
    /// The region whose STS proves it [default: the profile's, else us-east-1]
    #[arg(long, value_name = "REGION")]
    region: Option<Region>,
    /// Remove the key from AWS's file once it is stored [default: asked for]
    #[arg(long, conflicts_with = "keep")]
    remove: bool,
    /// Keep the key in AWS's file
    #[arg(long)]
    keep: bool,
}

pub fn run(args: &ImportArgs, app: &App, streams: &mut Streams) -> Result<()> {
    let settings = app.settings()?;
    let source = source::choose(args.profile.clone(), app)?;
    let id: AccessKeyId = source.key.access_key_id.parse().with_context(|| source.unfit())?;
    let removing = Removing::of(args.remove, args.keep);
    if removing != Removing::Never {
        removal::try_out(&source)?;
    }
    let holder = holder_of(settings, &id)?;
    let name = account_name(args, settings, &source, holder.as_ref(), &id)?;
    let secrets = app.secrets(&settings.secrets)?;
    // A store that does not open shall say so before AWS is asked.
    secrets.lookup(&secret_of(&name, &id))?;
    let key = SigningCredentials::long_term(id, source.key.secret.clone(), None);
    let region = args.region.clone().or_else(|| source.region.clone()).unwrap_or_else(|| Region::fallback_of("aws"));
    let owner = app.tokens(app.sts_endpoint()?).caller_identity(&key, &region)?;
    store(app, streams, secrets.as_ref(), (&name, &key), holder.as_ref(), &owner)?;
    removal::offer(app, streams, &source, removing, settings.secrets.store)?;
    streams.hint(&format!("open a way to use it: afed connector create NAME --account {name}"));
    Ok(())
}

/// Stores the key with its account, or alone where an account has it already, and reads it back.
fn store(
    app: &App,
    streams: &mut Streams,
    secrets: &dyn SecretStore,
    (name, key): (&AccountName, &SigningCredentials),
    holder: Option<&AccountName>,
    owner: &CallerIdentity,
) -> Result<()> {
    let secret = secret_of(name, &key.id);
    let is_stored =
        || -> Result<bool> { Ok(secrets.lookup(&secret)?.is_some_and(|found| found.is_the_same_as(&key.secret))) };
    if holder.is_none() {
        let table = AccountTable {
            account_type: AccountType::AccessKey,
            access_key_id: Some(key.id.to_string()),
            aws_account_id: Some(owner.aws_account_id.clone()),
            mfa_serial: None,
            mfa_process: None,
        };
        let path = &app.paths.user_config;
        key::save(app, path, secrets, (name, key), None, |text| edit::add_account(path, text, name, &table))?;
        streams.status(&format!("Added the account “{name}”: {} in AWS account {}", owner.arn, owner.aws_account_id));
    } else {
        if !is_stored()? {
            let subject = Subject { account: Some(name.to_string()), ..Subject::default() };
            audited::secret(&format!("of accounts.{name}"), subject, app, || Ok(secrets.store(&secret, &key.secret)?))?;
        }
        streams.status(&format!("The access key {} is here already, as the account “{name}”", key.id));
    }
    key::warn_of_root(Some(owner), streams);
    if is_stored()? { Ok(()) } else { Err(CommandError::StoreForgets.into()) }
}

/// The account that has this key already.
fn holder_of(settings: &Settings, id: &AccessKeyId) -> Result<Option<AccountName>> {
    let has_it = |name: &&str| {
        settings.account_table(name).is_ok_and(|table| table.value.access_key_id.as_deref() == Some(id.as_str()))
    };
    Ok(settings.account_names().find(has_it).map(str::parse).transpose()?)
}

fn account_name(
    args: &ImportArgs,
    settings: &Settings,
    source: &Source,
    holder: Option<&AccountName>,
    id: &AccessKeyId,
) -> Result<AccountName> {
    if let Some(holder) = holder {
        return match &args.name {
            Some(other) if other != holder => {
                Err(CommandError::KeyTaken { account: holder.to_string(), access_key_id: id.to_string() }.into())
            }
            _ => Ok(holder.clone()),
        };
    }
    let name = match &args.name {
        Some(name) => name.clone(),
        None => {
            source.profile.as_str().parse().context("the account can't be called as the profile; name it with --as")?
        }
    };
    create::refuse_taken(settings, &name, "choose another name: --as NAME")?;
    Ok(name)
}
