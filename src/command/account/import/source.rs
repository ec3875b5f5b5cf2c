//! Where the key is: the profile that was named or picked, in the credentials file or else in the configuration file.
//! AWS tools take the credentials file's where both have one, and so does this.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::app::App;
use crate::aws_files::{self, AwsConfig, Family, ProfileName, WrittenKey};
use crate::command::aws_file;
use crate::command::error::CommandError;
use crate::command::questions::Question;
use crate::model::account::AccessKeyId;
use crate::model::region::Region;

/// A key, and where it was found.
pub struct Source {
    pub profile: ProfileName,
    pub path: PathBuf,
    pub family: Family,
    pub file: AwsConfig,
    pub key: WrittenKey,
    /// The region that AWS tools use with the profile.
    pub region: Option<Region>,
}

const PROFILE: Question =
    Question { what: "the profile", prompt: "Whose key shall it be?", flag: "afed account import PROFILE" };

impl Source {
    /// How a fault of the key begins.
    pub fn unfit(&self) -> String {
        format!("the key of the profile {} in {} can't be imported", self.profile, self.path.display())
    }
}

/// The key of the named profile, or of one that is picked at the terminal.
pub fn choose(named: Option<ProfileName>, app: &App) -> Result<Source> {
    let profile = match named {
        Some(named) => named,
        None => pick(app)?,
    };
    for (path, family) in places(app) {
        let file = load(&path, family)?;
        let key = aws_files::key_of(&file, &profile)
            .with_context(|| format!("the key of the profile {profile} in {} can't be imported", path.display()))?;
        let Some(key) = key else { continue };
        let region = region_of(app, &profile, &file);
        return Ok(Source { profile, path, family, file, key, region });
    }
    let (credentials, config) = (app.paths.aws_credentials.clone(), app.paths.aws_config.clone());
    Err(CommandError::NoKeyInProfile { profile: profile.to_string(), credentials, config }.into())
}

fn places(app: &App) -> [(PathBuf, Family); 2] {
    [(app.paths.aws_credentials.clone(), Family::Credentials), (app.paths.aws_config.clone(), Family::Config)]
}

/// The file, if AWS tools can read it and read it alike.
fn load(path: &Path, family: Family) -> Result<AwsConfig> {
    let file = aws_file::load(path, family)?;
    match file.faults().into_iter().next() {
        Some(fault) => Err(CommandError::AwsFileFaulty { path: path.to_owned(), fault }.into()),
        None => Ok(file),
    }
}

fn pick(app: &App) -> Result<ProfileName> {
    let mut found: Vec<(String, String)> = Vec::new();
    for (path, family) in places(app) {
        for keyed in aws_files::keyed_profiles(&load(&path, family)?) {
            let is_long_term = !keyed.has_token && keyed.access_key_id.parse::<AccessKeyId>().is_ok();
            if is_long_term && !found.iter().any(|(_, name)| *name == keyed.name) {
                let label = format!("{}: {} in {}", keyed.name, keyed.access_key_id, path.display());
                found.push((label, keyed.name));
            }
        }
    }
    if found.is_empty() {
        let (credentials, config) = (app.paths.aws_credentials.clone(), app.paths.aws_config.clone());
        return Err(CommandError::NoKeys { credentials, config }.into());
    }
    let picked = PROFILE.one_of(app, None, &found).map_err(|error| match error.downcast_ref() {
        Some(CommandError::AnswerMissing { .. }) => {
            CommandError::ProfileMissing { found: found.into_iter().map(|(_, name)| name).collect() }.into()
        }
        _ => error,
    })?;
    Ok(picked.parse()?)
}

/// The region beside the key, else the one in the configuration file. One that can't be read or used says nothing.
fn region_of(app: &App, profile: &ProfileName, file: &AwsConfig) -> Option<Region> {
    let said = |file: &AwsConfig| file.profile(profile.as_str())?.get("region")?.parse().ok();
    said(file).or_else(|| said(&aws_file::load(&app.paths.aws_config, Family::Config).ok()?))
}
