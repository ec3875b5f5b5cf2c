//! The long-term key of an account: asked for, proved by AWS, and saved together with the account that names it.

use std::path::Path;

use anyhow::Result;
use clap::Args;

use super::unowned;
use crate::app::App;
use crate::command::config_file;
use crate::command::error::CommandError;
use crate::command::questions::{Question, Refusal};
use crate::command::stored::Stored;
use crate::config::ConfigError;
use crate::model::account::{AccessKeyId, SigningCredentials, secret_of};
use crate::model::arn::AwsAccountId;
use crate::model::name::AccountName;
use crate::model::region::Region;
use crate::model::secret::Secret;
use crate::ports::{CallerIdentity, SecretStore, TokenService, TokenServiceError};
use crate::ui::Streams;

/// A key as the command line gives it.
#[derive(Debug, Args)]
pub struct KeyArgs {
    /// The id of the key, such as AKIAIOSFODNN7EXAMPLE [default: asked for]
    #[arg(long, value_name = "ID")]
    pub access_key_id: Option<AccessKeyId>,
    /// Read the secret of the key from standard input [default: asked for]
    #[arg(long)]
    secret_access_key_stdin: bool,
    /// The region whose STS proves it
    #[arg(long, value_name = "REGION", default_value = Region::FALLBACK)]
    pub region: Region,
    /// Save it without asking AWS whose it is
    #[arg(long)]
    pub skip_verify: bool,
}

const KEY_ID: Question = Question { what: "the access key id", prompt: "Access key id", flag: "--access-key-id ID" };
const SECRET: Question =
    Question { what: "the secret access key", prompt: "Secret access key", flag: "--secret-access-key-stdin" };

impl KeyArgs {
    /// Whether no flag says which key it is.
    pub const fn is_silent(&self) -> bool {
        self.access_key_id.is_none() && !self.secret_access_key_stdin
    }

    /// Refuses what only keys have.
    pub fn refuse_flags_of_keys(&self) -> Result<(), CommandError> {
        let given = [
            ("--access-key-id", self.access_key_id.is_some()),
            ("--secret-access-key-stdin", self.secret_access_key_stdin),
        ];
        match given.into_iter().find(|(_, given)| *given) {
            Some((flag, _)) => Err(CommandError::FlagOfKeys { flag }),
            None => Ok(()),
        }
    }

    /// The id that was given, or is asked for with today's as default.
    pub fn id(&self, app: &App, today: Option<&AccessKeyId>) -> Result<AccessKeyId> {
        KEY_ID.answer(app, self.access_key_id.clone(), today.map(AccessKeyId::as_str), str::parse)
    }

    /// The key with its secret, and whose it is unless the proof was waived.
    pub fn proved(
        &self,
        app: &App,
        streams: &mut Streams,
        id: &AccessKeyId,
        owner: Option<&AwsAccountId>,
    ) -> Result<(SigningCredentials, Option<CallerIdentity>)> {
        let tokens = app.tokens(app.sts_endpoint()?);
        let key = |secret: &Secret| SigningCredentials::long_term(id.clone(), secret.clone(), owner.cloned());
        let (secret, identity) = SECRET.proved_secret(app, streams, self.secret_access_key_stdin, |secret| {
            if self.skip_verify {
                return Ok(None);
            }
            tokens.caller_identity(&key(secret), &self.region).map(Some).map_err(|error| match error {
                TokenServiceError::WrongSecret { .. } => (Refusal::OfTheSecret, error.into()),
                _ => (Refusal::OfSomethingElse, error.into()),
            })
        })?;
        Ok((key(&secret), identity))
    }
}

/// Refuses a key of another AWS account than the one that the configuration says.
pub fn refuse_other_owner(
    account: &AccountName,
    id: &AccessKeyId,
    expected: Option<&AwsAccountId>,
    found: Option<&CallerIdentity>,
) -> Result<(), CommandError> {
    match (expected, found) {
        (Some(expected), Some(found)) if found.aws_account_id != expected.as_str() => {
            Err(CommandError::OtherAwsAccount {
                account: account.to_string(),
                access_key_id: id.to_string(),
                found: found.aws_account_id.clone(),
                expected: expected.to_string(),
            })
        }
        _ => Ok(()),
    }
}

/// Says what nobody should do.
pub fn warn_of_root(owner: Option<&CallerIdentity>, streams: &mut Streams) {
    if owner.is_some_and(|owner| owner.arn.ends_with(":root")) {
        streams.warning("this is a key of the root user; make an IAM user with fewer rights and use its key");
    }
}

/// Both or none: the secret is stored when the configuration is ready to be written, and taken back if it is not. The key
/// that is replaced is noted as well; who calls settles that.
pub fn save(
    app: &App,
    path: &Path,
    secrets: &dyn SecretStore,
    (account, key): (&AccountName, &SigningCredentials),
    replaced: Option<&AccessKeyId>,
    edit: impl FnOnce(&str) -> Result<String, ConfigError>,
) -> Result<()> {
    let mut stored = None;
    let written = config_file::edit(app, path, |text| {
        let edited = edit(text)?;
        // A secret that was there before may serve another configuration: it is not this run's to forget.
        let is_new = secrets.lookup(&secret_of(account, &key.id))?.is_none();
        let new = is_new.then_some(&key.id);
        let loose: Vec<&AccessKeyId> = new.into_iter().chain(replaced).collect();
        if !loose.is_empty() {
            unowned::note(path, account, &loose)?;
        }
        stored = Some(Stored::store(secrets, secret_of(account, &key.id), &key.secret)?);
        Ok(edited)
    });
    if let (Err(_), Some(stored)) = (&written, stored) {
        // What is new was noted, and is settled below.
        stored.take_back()?;
    }
    if written.is_err() || replaced.is_none() {
        // What can't be settled now stays noted, and the next run settles it.
        drop(unowned::settle(app, path, secrets));
    }
    written
}
