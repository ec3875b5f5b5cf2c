//! Whether the key's lines leave AWS's file, and how: only when the secret store has given the key back, and only if the
//! file still holds that key.

use anyhow::{Context, Result};

use super::source::Source;
use crate::app::App;
use crate::aws_files::{self, AwsConfig, KeyRemoval};
use crate::command::aws_file;
use crate::command::confirmation::yes_or_no;
use crate::command::error::CommandError;
use crate::command::questions::Question;
use crate::model::secret_store_choice::SecretStoreChoice;
use crate::ui::Streams;

/// What the command line says about the key's lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removing {
    Always,
    Never,
    IfWanted,
}

impl Removing {
    pub const fn of(remove: bool, keep: bool) -> Self {
        match (remove, keep) {
            (true, _) => Self::Always,
            (_, true) => Self::Never,
            _ => Self::IfWanted,
        }
    }
}

const REMOVE: Question = Question {
    what: "whether the key shall be removed there",
    prompt: "Remove the key from AWS's file? (yes or no)",
    flag: "--remove or --keep",
};

/// Fails where the key's lines could not be removed, while nothing is stored yet.
pub fn try_out(source: &Source) -> Result<()> {
    remove(source, &mut source.file.clone()).map(drop)
}

/// Removes the lines where that is wanted; else says how.
pub fn offer(
    app: &App,
    streams: &mut Streams,
    source: &Source,
    removing: Removing,
    store: SecretStoreChoice,
) -> Result<()> {
    let (profile, path) = (&source.profile, source.path.display());
    if !wanted(app, removing, store)? {
        streams.warning(&format!("the key is still in {path}, readable for every program that you run"));
        streams.hint(&format!("remove it there: afed account import {profile} --remove"));
        return Ok(());
    }
    let (removal, _) = aws_file::change(app, streams, &source.path, source.family, |file| remove(source, file))?;
    streams.status(&match removal {
        KeyRemoval::Lines => format!("Removed the key from the profile {profile} in {path}"),
        KeyRemoval::Section => format!("Removed the profile {profile} from {path}: nothing but the key was in it"),
    });
    Ok(())
}

/// Nobody is asked where the store is empty after a restart: there the file is the only place that lasts.
fn wanted(app: &App, removing: Removing, store: SecretStoreChoice) -> Result<bool> {
    match removing {
        Removing::Always => Ok(true),
        Removing::Never => Ok(false),
        Removing::IfWanted if store == SecretStoreChoice::Keyutils => Ok(false),
        Removing::IfWanted => ask(app),
    }
}

/// Without a terminal, nothing is removed.
fn ask(app: &App) -> Result<bool> {
    match REMOVE.answer(app, None, Some("no"), yes_or_no) {
        Err(error) if matches!(error.downcast_ref(), Some(CommandError::AnswerMissing { .. })) => Ok(false),
        answer => answer,
    }
}

fn remove(source: &Source, file: &mut AwsConfig) -> Result<KeyRemoval> {
    let (profile, path) = (&source.profile, &source.path);
    let found = aws_files::key_of(file, profile).with_context(|| aws_file::unusable(path))?;
    let is_still_there = found.is_some_and(|found| {
        found.access_key_id == source.key.access_key_id && found.secret.is_the_same_as(&source.key.secret)
    });
    if !is_still_there {
        return Err(CommandError::OtherKeyInProfile { profile: profile.to_string(), path: path.clone() }.into());
    }
    aws_files::remove_key(file, profile).with_context(|| aws_file::unusable(path))
}
