//! What to do when a profile in AWS's files can't be had as it was asked for.

use super::{Kind, Verdict};
use crate::command::CommandError;
use crate::render::pasted::quoted;

pub fn verdict(error: &CommandError) -> Verdict {
    match error {
        CommandError::NoSuchProfile { .. } => {
            Verdict::hint(Kind::Configuration, "see which there are: afed profile list")
        }
        CommandError::ForeignProfile { .. } => Verdict::hint(
            Kind::Configuration,
            "take another name for the profile, or add --force to make this one afed's",
        ),
        CommandError::ForeignProfiles { .. } => {
            Verdict::hint(Kind::Configuration, "none was added; add --force to make all of them afed's")
        }
        CommandError::LongTermKeyThere { profile, .. } => Verdict::hint(
            Kind::Configuration,
            format!(
                "keep the key: afed account import {profile}; or take another name for the profile, or add --force to replace the key"
            ),
        ),
        CommandError::ReadOnlyFile { path } => {
            Verdict::hint(Kind::Configuration, format!("let yourself write it: chmod u+w {}", quoted(path.display())))
        }
        _ => Verdict::plain(Kind::Configuration),
    }
}
