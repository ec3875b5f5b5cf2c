//! AWS's own files as commands read and write them.

use std::path::Path;

use anyhow::{Context, Result};

use super::config_file;
use super::error::CommandError;
use crate::app::App;
use crate::aws_files::{AwsConfig, AwsFileError, Family};
use crate::sys::files::{self, Mode};

/// The file's content; a file that is not there is an empty one.
pub fn load(path: &Path, family: Family) -> Result<AwsConfig> {
    let bytes = files::read_optional(path).map_err(|source| failed(path, "read", source))?.unwrap_or_default();
    AwsConfig::parse(family, &bytes).with_context(|| unusable(path))
}

/// Changes the config file under its lock; it is written only if `edit` changed something.
pub fn change_config<T>(
    app: &App,
    edit: impl FnOnce(&mut AwsConfig) -> Result<T, AwsFileError>,
) -> Result<(T, AwsConfig)> {
    let path = &app.paths.aws_config;
    change(app, path, Family::Config, |file| edit(file).with_context(|| unusable(path)))
}

/// Changes either file under its lock; it is written only if `edit` changed something.
pub fn change<T>(
    app: &App,
    path: &Path,
    family: Family,
    edit: impl FnOnce(&mut AwsConfig) -> Result<T>,
) -> Result<(T, AwsConfig)> {
    let _turn = config_file::lock(app, path)?;
    let before = load(path, family)?;
    let mut after = before.clone();
    let outcome = edit(&mut after)?;
    if after != before {
        files::replace(path, &after.to_bytes(), Mode::Kept).map_err(|source| failed(path, "written", source))?;
    }
    Ok((outcome, after))
}

fn failed(path: &Path, operation: &'static str, source: std::io::Error) -> CommandError {
    CommandError::File { path: path.to_owned(), operation, source }
}

/// How a fault of the file begins.
pub fn unusable(path: &Path) -> String {
    format!("{} can't be edited", path.display())
}
