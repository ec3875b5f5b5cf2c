//! `afed profile remove`: takes a profile out again, as if it had never been there.

use anyhow::Result;
use clap::Args;

use crate::app::App;
use crate::aws_files::{self, Overwrite, ProfileName, RemoveOutcome};
use crate::command::aws_file;
use crate::command::error::CommandError;
use crate::ui::Streams;

/// Remove a profile whose credentials come from afed
#[derive(Debug, Args)]
pub struct RemoveArgs {
    /// The profile's name
    #[arg(value_name = "PROFILE")]
    name: ProfileName,
    /// Remove it even if afed did not write it
    #[arg(long)]
    force: bool,
}

pub fn run(args: &RemoveArgs, app: &App, streams: &mut Streams) -> Result<()> {
    let overwrite = if args.force { Overwrite::Force } else { Overwrite::Refuse };
    let path = &app.paths.aws_config;
    let (outcome, _) = aws_file::change_config(app, |config| aws_files::remove_hook(config, &args.name, overwrite))?;
    match outcome {
        RemoveOutcome::RefusedForeign { keys } => {
            Err(CommandError::ForeignProfile { profile: args.name.to_string(), path: path.clone(), keys }.into())
        }
        RemoveOutcome::NotThere => {
            Err(CommandError::NoSuchProfile { profile: args.name.to_string(), path: path.clone() }.into())
        }
        RemoveOutcome::Removed => {
            streams.status(&format!("The profile “{}” was removed from {}", args.name, path.display()));
            Ok(())
        }
    }
}
