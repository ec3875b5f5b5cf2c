//! AWS's own files as commands read and write them. Other programs write them too, without a lock: see `sys::files::shared`.

use std::path::Path;

use anyhow::{Context, Error, Result};

use super::config_file;
use super::error::CommandError;
use crate::app::App;
use crate::aws_files::{self, AwsConfig, AwsFileError, Family};
use crate::sys::files::shared::{self, ChangeError, SharedFileError};
use crate::ui::Streams;

/// The file's content; a file that is not there is an empty one.
pub fn load(path: &Path, family: Family) -> Result<AwsConfig> {
    let bytes = shared::read(path).map_err(|source| failed(path, "read", source))?.unwrap_or_default();
    AwsConfig::parse(family, &bytes).with_context(|| unusable(path))
}

/// The content of a file that the command can do without: one that can't be read is told, and taken for an empty one.
pub fn load_if_readable(app: &App, streams: &mut Streams, path: &Path, family: Family) -> Result<AwsConfig> {
    load(path, family).or_else(|error| {
        streams.warning(&format!("not looked at: {}", (app.explain)(error.as_ref()).sentence()));
        AwsConfig::parse(family, b"").with_context(|| unusable(path))
    })
}

/// Changes the config file under its lock; it is written only if `edit` changed something.
pub fn change_config<T>(
    app: &App,
    streams: &mut Streams,
    mut edit: impl FnMut(&mut AwsConfig) -> Result<T, AwsFileError>,
) -> Result<(T, AwsConfig)> {
    let path = &app.paths.aws_config;
    change(app, streams, path, Family::Config, |file| edit(file).with_context(|| unusable(path)))
}

/// Changes either file under its lock; it is written only if `edit` changed something. Where another program writes it at
/// the same time, `edit` is given what that one wrote.
pub fn change<T>(
    app: &App,
    streams: &mut Streams,
    path: &Path,
    family: Family,
    mut edit: impl FnMut(&mut AwsConfig) -> Result<T>,
) -> Result<(T, AwsConfig)> {
    let _turn = config_file::turn(app, path)?;
    let mut done = None;
    let changed = shared::change(path, |bytes| -> Result<Option<Vec<u8>>> {
        let before = AwsConfig::parse(family, bytes).with_context(|| unusable(path))?;
        let mut after = before.clone();
        let outcome = edit(&mut after)?;
        let bytes = (after != before).then(|| after.to_bytes());
        done = Some((outcome, after));
        Ok(bytes)
    });
    let changed = changed.map_err(|error| not_changed(path, error))?;
    if changed.names_left_behind > 0 {
        streams.warning(&format!("{} had other hard links; they lead to what it was before", path.display()));
    }
    done.context("nothing was made of the file")
}

/// How `after` differs from the file as it is, as text for people.
pub fn difference(path: &Path, before: &AwsConfig, after: &AwsConfig) -> Vec<String> {
    let lines = aws_files::difference(before, after);
    if lines.is_empty() {
        return lines;
    }
    let path = path.display();
    [format!("--- {path}"), format!("+++ {path}")].into_iter().chain(lines).collect()
}

fn not_changed(path: &Path, error: ChangeError<Error>) -> Error {
    match error {
        ChangeError::Edit(error) => error,
        ChangeError::File(SharedFileError::Read(source)) => failed(path, "read", source).into(),
        ChangeError::File(SharedFileError::Write(source)) => failed(path, "written", source).into(),
        ChangeError::File(SharedFileError::ReadOnly) => CommandError::ReadOnlyFile { path: path.to_owned() }.into(),
    }
}

fn failed(path: &Path, operation: &'static str, source: std::io::Error) -> CommandError {
    CommandError::File { path: path.to_owned(), operation, source }
}

/// How a fault of the file begins.
pub fn unusable(path: &Path) -> String {
    format!("{} can't be edited", path.display())
}
