//! `afed profile remove`: takes a profile out again, as if it had never been there: its hook in the configuration file, and
//! temporary keys in the credentials file.

use std::path::Path;

use anyhow::{Context, Result};
use clap::Args;

use super::foreign;
use crate::app::App;
use crate::aws_files::{self, Family, Overwrite, ProfileName, RemoveOutcome};
use crate::command::aws_file;
use crate::command::error::CommandError;
use crate::ui::Streams;

/// Remove a profile whose credentials come from afed
///
/// What others have set in it stays, and so does the profile then
#[derive(Debug, Args)]
pub struct RemoveArgs {
    /// The profile's name
    #[arg(value_name = "PROFILE")]
    name: ProfileName,
    /// Remove all of it, even if afed did not write it
    #[arg(long)]
    force: bool,
}

pub fn run(args: &RemoveArgs, app: &App, streams: &mut Streams) -> Result<()> {
    let overwrite = if args.force { Overwrite::Force } else { Overwrite::Refuse };
    let had_keys = remove_keys(args, app, streams)?;
    let (path, name) = (&app.paths.aws_config, &args.name);
    let (outcome, _) = aws_file::change_config(app, streams, |file| aws_files::remove_hook(file, name, overwrite))?;
    match outcome {
        RemoveOutcome::NotThere if had_keys => Ok(()),
        RemoveOutcome::RefusedForeign { keys } if had_keys => {
            streams.status(&format!("It is still in {}, with {}", path.display(), keys.join(", ")));
            streams.hint(&format!("to remove all of it: afed profile remove {name} --force"));
            Ok(())
        }
        RemoveOutcome::RefusedForeign { keys } => Err(refusal(args, streams, path, keys)?),
        RemoveOutcome::NotThere => {
            Err(CommandError::NoSuchProfile { profile: name.to_string(), path: path.clone() }.into())
        }
        RemoveOutcome::LeftWith { keys } => {
            let (path, keys) = (path.display(), keys.join(", "));
            streams
                .status(&format!("afed's lines were removed from the profile “{name}” in {path}; it still has {keys}"));
            streams.hint(&format!("to remove all of it: afed profile remove {name} --force"));
            Ok(())
        }
        RemoveOutcome::Removed => {
            streams.status(&format!("The profile “{name}” was removed from {}", path.display()));
            Ok(())
        }
    }
}

/// Takes away what `creds --write-profile` has written; whether there was something.
fn remove_keys(args: &RemoveArgs, app: &App, streams: &mut Streams) -> Result<bool> {
    let path = &app.paths.aws_credentials;
    let found = aws_file::load_if_readable(app, streams, path, Family::Credentials)?;
    if !aws_files::has_temporary(&found, &args.name) {
        return Ok(false);
    }
    let (had_keys, _) = aws_file::change(app, streams, path, Family::Credentials, |file| {
        aws_files::remove_temporary(file, &args.name).with_context(|| aws_file::unusable(path))
    })?;
    if had_keys {
        streams.status(&format!("The keys of the profile “{}” were removed from {}", args.name, path.display()));
    }
    Ok(had_keys)
}

fn refusal(args: &RemoveArgs, streams: &mut Streams, path: &Path, keys: Vec<String>) -> Result<anyhow::Error> {
    let before = aws_file::load(path, Family::Config)?;
    let mut after = before.clone();
    aws_files::remove_hook(&mut after, &args.name, Overwrite::Force)?;
    Ok(foreign::refusal(streams, path, &before, &after, vec![(args.name.to_string(), keys)]))
}
