//! AWS's configuration file as the commands of `afed profile` read and write it.

use std::path::Path;

use anyhow::{Context, Result};

use crate::app::App;
use crate::aws_files::{AwsConfig, AwsFileError};
use crate::command::config_file;
use crate::command::error::CommandError;
use crate::sys::files::{self, Mode};

/// The file's content; a file that is not there is an empty one.
pub fn load(path: &Path) -> Result<AwsConfig> {
    let bytes = files::read_optional(path).map_err(|source| failed(path, "read", source))?.unwrap_or_default();
    AwsConfig::parse(&bytes).with_context(|| unusable(path))
}

/// Changes the file under its lock; it is written only if `edit` changed something.
pub fn change<T>(app: &App, edit: impl FnOnce(&mut AwsConfig) -> Result<T, AwsFileError>) -> Result<(T, AwsConfig)> {
    let path = &app.paths.aws_config;
    let _turn = config_file::lock(app, path)?;
    let before = load(path)?;
    let mut after = before.clone();
    let outcome = edit(&mut after).with_context(|| unusable(path))?;
    if after != before {
        files::replace(path, &after.to_bytes(), Mode::Kept).map_err(|source| failed(path, "written", source))?;
    }
    Ok((outcome, after))
}

fn failed(path: &Path, operation: &'static str, source: std::io::Error) -> CommandError {
    CommandError::File { path: path.to_owned(), operation, source }
}

fn unusable(path: &Path) -> String {
    format!("{} can't be edited", path.display())
}
