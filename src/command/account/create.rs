//! `afed account create`: proves a long-term key, stores its secret and writes the account.

use anyhow::Result;
use clap::Args;

use crate::app::App;
use crate::command::config_file;
use crate::command::error::CommandError;
use crate::command::questions::{Question, Refusal};
use crate::config::edit;
use crate::config::file::{AccountTable, AccountType};
use crate::config::settings::Settings;
use crate::model::account::{AccessKey, AccessKeyId, Account, AccountSource};
use crate::model::arn::AwsAccountId;
use crate::model::name::AccountName;
use crate::model::region::Region;
use crate::model::secret::Secret;
use crate::ports::{CallerIdentity, SecretStore, TokenService, TokenServiceError};
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
    /// The id of the key, such as AKIAIOSFODNN7EXAMPLE [default: asked for]
    #[arg(long, value_name = "ID")]
    access_key_id: Option<AccessKeyId>,
    /// Read the secret of the key from standard input [default: asked for]
    #[arg(long)]
    secret_access_key_stdin: bool,
    /// The region whose STS proves the key
    #[arg(long, value_name = "REGION", default_value = Region::FALLBACK)]
    region: Region,
    /// Save the key without asking AWS whose it is
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
    let id = KEY_ID.answer(app, args.access_key_id.clone(), None, str::parse)?;
    let source = AccountSource::AccessKey { access_key_id: id.clone(), aws_account_id: None };
    let account = Account { name: name.clone(), source };
    let secrets = app.secrets(&settings.secrets)?;
    // A store that does not open shall say so before anybody looks up a key.
    secrets.lookup(&account.secret_id())?;
    let (key, owner) = proved_key(args, app, streams, &id, None)?;
    let table = AccountTable {
        account_type: AccountType::AccessKey,
        access_key_id: Some(key.id.as_str().to_owned()),
        aws_account_id: owner.as_ref().map(|owner| owner.aws_account_id.clone()),
    };
    save(app, secrets.as_ref(), &account, &key, &table)?;
    streams.status(&match &owner {
        Some(owner) => format!("Added the account “{name}”: {} in AWS account {}", owner.arn, owner.aws_account_id),
        None => format!("Added the account “{name}” without asking AWS"),
    });
    if owner.is_some_and(|owner| owner.arn.ends_with(":root")) {
        streams.warning("this is a key of the root user; make an IAM user with fewer rights and use its key");
    }
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

/// The key with its secret, and whose it is unless the proof was waived.
fn proved_key(
    args: &CreateArgs,
    app: &App,
    streams: &mut Streams,
    id: &AccessKeyId,
    owner: Option<&AwsAccountId>,
) -> Result<(AccessKey, Option<CallerIdentity>)> {
    let tokens = app.tokens(app.sts_endpoint()?);
    let key = |secret: &Secret| AccessKey { id: id.clone(), secret: secret.clone(), owner: owner.cloned() };
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
fn save(app: &App, secrets: &dyn SecretStore, account: &Account, key: &AccessKey, table: &AccountTable) -> Result<()> {
    let path = &app.paths.user_config;
    let mut stored = false;
    let written = config_file::edit(app, path, |text| {
        let edited = edit::add_account(path, text, &account.name, table)?;
        secrets.store(&account.secret_id(), &key.secret)?;
        stored = true;
        Ok(edited)
    });
    if written.is_err() && stored {
        secrets.forget(&account.secret_id())?;
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
    let AccountSource::AccessKey { access_key_id, aws_account_id } = &account.source;
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
    app.secrets(&settings.secrets)?.store(&account.secret_id(), &key.secret)?;
    streams.status(&format!("Stored the secret of the access key {access_key_id} (account “{name}”)"));
    Ok(())
}
