//! `afed account create`: proves a long-term key or the role of this host, stores a key's secret and writes the account.

use anyhow::Result;
use clap::Args;

use crate::app::App;
use crate::command::config_file;
use crate::command::error::CommandError;
use crate::command::questions::{Question, Refusal};
use crate::config::edit;
use crate::config::file::AccountTable;
use crate::config::settings::Settings;
use crate::model::account::{AccessKeyId, AccountSource, AccountType, SigningCredentials, secret_of};
use crate::model::arn::AwsAccountId;
use crate::model::name::AccountName;
use crate::model::region::Region;
use crate::model::secret::Secret;
use crate::ports::{CallerIdentity, HostRole, SecretStore, TokenService, TokenServiceError};
use crate::ui::Streams;

/// Add the long-term key of an IAM user, or the role of this host; it is proved before anything is saved
///
/// What no argument says is asked for at the terminal. The secret of a key goes to the secret store, the rest to the
/// configuration. A role has no secret
#[derive(Debug, Args)]
pub struct CreateArgs {
    /// What the account shall be called [default: asked for]
    #[arg(value_name = "NAME")]
    name: Option<AccountName>,
    /// What kind of account it is
    #[arg(long = "type", value_enum, value_name = "TYPE", default_value = "access-key")]
    account_type: AccountType,
    /// The id of the key, such as AKIAIOSFODNN7EXAMPLE [default: asked for]
    #[arg(long, value_name = "ID")]
    access_key_id: Option<AccessKeyId>,
    /// Read the secret of the key from standard input [default: asked for]
    #[arg(long)]
    secret_access_key_stdin: bool,
    /// The region whose STS proves it
    #[arg(long, value_name = "REGION", default_value = Region::FALLBACK)]
    region: Region,
    /// Save it without asking AWS whose it is
    #[arg(long)]
    skip_verify: bool,
    /// Store the secret of an account that is configured already, and change nothing else
    #[arg(long)]
    secret_only: bool,
}

const NAME: Question =
    Question { what: "the account's name", prompt: "Name of the account", flag: "afed account create NAME" };
const KEY_ID: Question = Question { what: "the access key id", prompt: "Access key id", flag: "--access-key-id ID" };
const SECRET: Question =
    Question { what: "the secret access key", prompt: "Secret access key", flag: "--secret-access-key-stdin" };

pub fn run(args: &CreateArgs, app: &App, streams: &mut Streams) -> Result<()> {
    if args.account_type == AccountType::InstanceRole {
        refuse_flags_of_keys(args)?;
    }
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
    match args.account_type {
        AccountType::AccessKey => add_key(args, app, streams, settings, &name),
        AccountType::InstanceRole => add_host_role(args, app, streams, &name),
    }?;
    streams.hint(&format!("open a way to use it: afed connector create NAME --account {name}"));
    Ok(())
}

fn refuse_flags_of_keys(args: &CreateArgs) -> Result<(), CommandError> {
    let given = [
        ("--access-key-id", args.access_key_id.is_some()),
        ("--secret-access-key-stdin", args.secret_access_key_stdin),
        ("--secret-only", args.secret_only),
    ];
    match given.into_iter().find(|(_, given)| *given) {
        Some((flag, _)) => Err(CommandError::FlagOfKeys { flag }),
        None => Ok(()),
    }
}

/// The role of this host. Nothing of it is stored: its credentials are asked for at each use.
fn add_host_role(args: &CreateArgs, app: &App, streams: &mut Streams, name: &AccountName) -> Result<()> {
    let owner = if args.skip_verify {
        None
    } else {
        let credentials = app.host_role().credentials()?.signing();
        Some(app.tokens(app.sts_endpoint()?).caller_identity(&credentials, &args.region)?)
    };
    let table = AccountTable {
        account_type: AccountType::InstanceRole,
        access_key_id: None,
        aws_account_id: owner.as_ref().map(|owner| owner.aws_account_id.clone()),
    };
    let path = &app.paths.user_config;
    config_file::edit(app, path, |text| Ok(edit::add_account(path, text, name, &table)?))?;
    tell(streams, name, owner.as_ref());
    Ok(())
}

fn tell(streams: &mut Streams, name: &AccountName, owner: Option<&CallerIdentity>) {
    streams.status(&match owner {
        Some(owner) => format!("Added the account “{name}”: {} in AWS account {}", owner.arn, owner.aws_account_id),
        None => format!("Added the account “{name}” without asking AWS"),
    });
}

/// A key, whose secret goes to the store.
fn add_key(args: &CreateArgs, app: &App, streams: &mut Streams, settings: &Settings, name: &AccountName) -> Result<()> {
    let id = KEY_ID.answer(app, args.access_key_id.clone(), None, str::parse)?;
    let secrets = app.secrets(&settings.secrets)?;
    // A store that does not open shall say so before anybody looks up a key.
    secrets.lookup(&secret_of(name, &id))?;
    let (key, owner) = proved_key(args, app, streams, &id, None)?;
    let table = AccountTable {
        account_type: AccountType::AccessKey,
        access_key_id: Some(key.id.as_str().to_owned()),
        aws_account_id: owner.as_ref().map(|owner| owner.aws_account_id.clone()),
    };
    save(app, secrets.as_ref(), name, &key, &table)?;
    tell(streams, name, owner.as_ref());
    if owner.is_some_and(|owner| owner.arn.ends_with(":root")) {
        streams.warning("this is a key of the root user; make an IAM user with fewer rights and use its key");
    }
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

/// The key with its secret, and whose it is unless the proof was waived.
fn proved_key(
    args: &CreateArgs,
    app: &App,
    streams: &mut Streams,
    id: &AccessKeyId,
    owner: Option<&AwsAccountId>,
) -> Result<(SigningCredentials, Option<CallerIdentity>)> {
    let tokens = app.tokens(app.sts_endpoint()?);
    let key = |secret: &Secret| SigningCredentials::long_term(id.clone(), secret.clone(), owner.cloned());
    let (secret, identity) = SECRET.proved_secret(app, streams, args.secret_access_key_stdin, |secret| {
        if args.skip_verify {
            return Ok(None);
        }
        tokens.caller_identity(&key(secret), &args.region).map(Some).map_err(|error| match error {
            TokenServiceError::WrongSecret { .. } => (Refusal::OfTheSecret, error.into()),
            _ => (Refusal::OfSomethingElse, error.into()),
        })
    })?;
    Ok((key(&secret), identity))
}

/// Both or none: the secret is stored when the configuration is ready to be written, and taken back if it is not.
fn save(
    app: &App,
    secrets: &dyn SecretStore,
    account: &AccountName,
    key: &SigningCredentials,
    table: &AccountTable,
) -> Result<()> {
    let path = &app.paths.user_config;
    let secret = secret_of(account, &key.id);
    let mut stored = false;
    let written = config_file::edit(app, path, |text| {
        let edited = edit::add_account(path, text, account, table)?;
        secrets.store(&secret, &key.secret)?;
        stored = true;
        Ok(edited)
    });
    if written.is_err() && stored {
        secrets.forget(&secret)?;
    }
    written
}

fn replace_secret(
    args: &CreateArgs,
    app: &App,
    streams: &mut Streams,
    settings: &Settings,
    name: &AccountName,
) -> Result<()> {
    let account = settings.account(name.as_str())?;
    let AccountSource::AccessKey { access_key_id, aws_account_id } = &account.source else {
        return Err(CommandError::FlagOfKeys { flag: "--secret-only" }.into());
    };
    if let Some(given) = args.access_key_id.as_ref().filter(|given| *given != access_key_id) {
        return Err(CommandError::OtherKey {
            account: name.to_string(),
            configured: access_key_id.to_string(),
            given: given.to_string(),
        }
        .into());
    }
    let (key, owner) = proved_key(args, app, streams, access_key_id, aws_account_id.as_ref())?;
    if let (Some(owner), Some(expected)) = (&owner, aws_account_id)
        && owner.aws_account_id != expected.as_str()
    {
        return Err(CommandError::OtherAwsAccount {
            access_key_id: access_key_id.to_string(),
            found: owner.aws_account_id.clone(),
            expected: expected.to_string(),
        }
        .into());
    }
    app.secrets(&settings.secrets)?.store(&secret_of(name, access_key_id), &key.secret)?;
    streams.status(&format!("Stored the secret of the access key {access_key_id} (account “{name}”)"));
    Ok(())
}
