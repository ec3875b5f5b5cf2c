//! One table of one file: its fields read as the types of the model, and the words of their faults.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::config::error::ConfigError;
use crate::model::duration::SessionDuration;
use crate::model::name::GroupName;
use crate::ports::Cause;

/// It would be a folder of that name, which nobody means, and which is a trap for whoever takes it away in a shell.
#[derive(Debug, thiserror::Error)]
#[error("“~” is no home folder here: write the whole path, or one that begins at this file")]
struct Tilde;

/// Where a field stands, for the words of its faults.
pub(super) struct Place<'a> {
    path: &'a Path,
    table: String,
}

impl<'a> Place<'a> {
    pub fn new(path: &'a Path, table: impl Into<String>) -> Self {
        Self { path, table: table.into() }
    }

    pub fn bad(&self, field: &'static str, source: impl Into<Cause>) -> ConfigError {
        ConfigError::Field { path: self.path.to_owned(), table: self.table.clone(), field, source: source.into() }
    }

    pub fn missing(&self, field: &'static str) -> ConfigError {
        ConfigError::FieldMissing { path: self.path.to_owned(), table: self.table.clone(), field }
    }

    pub fn parse<T>(&self, field: &'static str, text: &str) -> Result<T, ConfigError>
    where
        T: std::str::FromStr,
        T::Err: std::error::Error + Send + Sync + 'static,
    {
        text.parse().map_err(|error: T::Err| self.bad(field, error))
    }

    pub fn groups(&self, field: &'static str, names: &[String]) -> Result<Vec<GroupName>, ConfigError> {
        names.iter().map(|name| self.parse(field, name)).collect()
    }

    pub fn timeout(&self, field: &'static str, text: Option<&str>, default: Duration) -> Result<Duration, ConfigError> {
        let Some(text) = text else { return Ok(default) };
        let duration: SessionDuration = self.parse(field, text)?;
        Ok(Duration::from_secs(duration.seconds().into()))
    }

    /// A path in a configuration file is relative to that file.
    pub fn beside(&self, field: &'static str, path: &Path) -> Result<PathBuf, ConfigError> {
        if path.starts_with("~") {
            return Err(self.bad(field, Tilde));
        }
        Ok(self.path.parent().unwrap_or(Path::new("")).join(path))
    }

    pub fn at_most_one(&self, first: (&'static str, bool), second: (&'static str, bool)) -> Result<(), ConfigError> {
        if first.1 && second.1 {
            let table = self.table.clone();
            return Err(ConfigError::Contradiction {
                path: self.path.to_owned(),
                table,
                first: first.0,
                second: second.0,
            });
        }
        Ok(())
    }
}
