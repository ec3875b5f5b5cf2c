//! What is said before an error about profiles that are somebody else's: what --force would have changed.

use std::path::Path;

use crate::aws_files::AwsConfig;
use crate::command::aws_file;
use crate::command::error::CommandError;
use crate::ui::Streams;

/// Shows how the file would have changed; gives the error, which names the profiles and their keys.
pub fn refusal(
    streams: &mut Streams,
    path: &Path,
    before: &AwsConfig,
    after: &AwsConfig,
    mut refused: Vec<(String, Vec<String>)>,
) -> anyhow::Error {
    aws_file::difference(path, before, after).iter().for_each(|line| streams.status(line));
    let path = path.to_owned();
    let error = match refused.as_mut_slice() {
        [(profile, keys)] => {
            CommandError::ForeignProfile { profile: std::mem::take(profile), path, keys: std::mem::take(keys) }
        }
        _ => {
            CommandError::ForeignProfiles { profiles: refused.into_iter().map(|(profile, _)| profile).collect(), path }
        }
    };
    error.into()
}
