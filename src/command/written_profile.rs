//! `afed creds --write-profile`: temporary keys in AWS's credentials file, for tools that ask no process. What would win over
//! them goes from both files; a long-term key and somebody else's source of credentials stay unless that is forced.

use std::path::Path;

use anyhow::{Context, Result};

use super::aws_file;
use super::error::CommandError;
use super::vending::Answer;
use crate::app::App;
use crate::aws_files::{self, AwsConfig, Family, InTheWay, Overwrite, ProfileName, Room, TemporaryKeys};
use crate::render::moment;
use crate::render::pasted::quoted;
use crate::sys::files::shared;
use crate::ui::Streams;

/// Where the keys go.
#[derive(Clone, Copy)]
pub struct Destination<'a> {
    pub profile: &'a ProfileName,
    pub overwrite: Overwrite,
}

/// Fails where the keys could not be written, before anybody is asked for some.
pub fn check(destination: Destination<'_>, app: &App) -> Result<()> {
    for (path, family) in [(&app.paths.aws_credentials, Family::Credentials), (&app.paths.aws_config, Family::Config)] {
        make_room(&mut aws_file::load(path, family)?, path, destination)?;
    }
    Ok(())
}

/// Writes the keys, and then the region that AWS tools want to find beside them.
pub fn write(destination: Destination<'_>, answer: &Answer, app: &App, streams: &mut Streams) -> Result<()> {
    let (path, config_path) = (&app.paths.aws_credentials, &app.paths.aws_config);
    let name = destination.profile;
    let lease = &answer.lease;
    let keys = TemporaryKeys {
        access_key_id: &lease.access_key_id,
        secret_access_key: &lease.secret_access_key,
        session_token: &lease.session_token,
        expires: moment::zulu(lease.expires_at),
    };
    let (gone, credentials) = aws_file::change(app, streams, path, Family::Credentials, |file| {
        let gone = make_room(file, path, destination)?;
        aws_files::set_keys(file, name, &keys).with_context(|| aws_file::unusable(path))?;
        Ok(gone)
    })?;
    tell_what_went(streams, path, name, &gone);
    let (gone, config) = aws_file::change(app, streams, config_path, Family::Config, |file| {
        let gone = make_room(file, config_path, destination)?;
        aws_files::set_missing_region(file, &credentials, name, &answer.region)
            .with_context(|| aws_file::unusable(config_path))?;
        Ok(gone)
    })?;
    tell_what_went(streams, config_path, name, &gone);
    let until = moment::told(lease.expires_at, app.clock.now());
    streams.status(&format!("The keys are in the profile “{name}” in {}, until {until}", path.display()));
    warn(streams, &[(path, &credentials), (config_path, &config)]);
    if shared::is_open_to_others(path) {
        streams.warning(&format!("others may read {}, with all keys in it", path.display()));
        streams.hint(&format!("keep it to yourself: chmod 600 {}", quoted(path.display())));
    }
    streams.hint(&format!("use them: aws --profile {name} sts get-caller-identity"));
    Ok(())
}

/// What had to go.
fn make_room(file: &mut AwsConfig, path: &Path, destination: Destination<'_>) -> Result<Vec<String>> {
    let Destination { profile, overwrite } = destination;
    let room = aws_files::make_room(file, profile, overwrite).with_context(|| aws_file::unusable(path))?;
    let (profile, path) = (profile.to_string(), path.to_owned());
    Err(match room {
        Room::WasThere => return Ok(Vec::new()),
        Room::Made(keys) => return Ok(keys),
        Room::Refused { what: InTheWay::LongTermKey, keys } => {
            CommandError::LongTermKeyThere { profile, path, keys }.into()
        }
        Room::Refused { what: InTheWay::ForeignSource, keys } => {
            CommandError::ForeignProfile { profile, path, keys }.into()
        }
    })
}

fn tell_what_went(streams: &mut Streams, path: &Path, name: &ProfileName, gone: &[String]) {
    if !gone.is_empty() {
        let (path, keys) = (path.display(), gone.join(", "));
        streams.status(&format!(
            "Removed {keys} from the profile “{name}” in {path}: some AWS tools would take it and not the keys"
        ));
    }
}

fn warn(streams: &mut Streams, files: &[(&std::path::PathBuf, &AwsConfig)]) {
    for (path, file) in files {
        for fault in file.faults() {
            streams.warning(&format!("some AWS tools can't read {}: {fault}", path.display()));
        }
    }
}
