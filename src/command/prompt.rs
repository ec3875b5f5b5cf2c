//! `afed prompt`: which connector's credentials are in use in this shell, for its prompt. It is run before every command line
//! that somebody types, so it starts nothing, asks nobody, and says nothing where it can't tell.

use std::ffi::OsString;

use anyhow::Result;
use clap::Args;
use jiff::Timestamp;

use super::answer;
use crate::app::App;
use crate::aws_files::{self, AwsConfig, Family};
use crate::model::name::ConnectorName;
use crate::render::prompt::{self, Left, PromptFormat};
use crate::sys::files;
use crate::ui::Streams;

const FORMAT: &str = "{connector} {left}";
/// Far more than an AWS configuration of 10,000 profiles has.
const LARGEST_FILE: u64 = 16 * 1_024 * 1_024;

/// Print whose credentials this shell uses, and how long they are valid, for its prompt
///
/// Nothing where they are not afed's. A profile renews its credentials itself, so only its connector is told
#[derive(Debug, PartialEq, Eq, Args)]
pub struct PromptArgs {
    /// What to print: {connector} is the name, {left} such as 42m, or expired
    #[arg(long, value_name = "FORMAT", default_value = FORMAT)]
    format: PromptFormat,
}

impl PromptArgs {
    /// The arguments, program included, if they are those of a prompt: the parser's grammar takes longer to build than
    /// everything else takes. All else is left to the parser.
    pub fn recognise(arguments: &[OsString]) -> Option<Self> {
        let mut words = arguments.iter().skip(1).map(|word| word.to_str());
        let format = match (words.next()??, words.next(), words.next(), words.next()) {
            ("prompt", None, ..) => FORMAT,
            ("prompt", Some(Some("--format")), Some(Some(format)), None) if !format.starts_with('-') => format,
            _ => return None,
        };
        format.parse().ok().map(|format| Self { format })
    }
}

pub fn run(args: &PromptArgs, app: &App, streams: &mut Streams) -> Result<()> {
    let Some((connector, left)) = in_use(app) else { return Ok(()) };
    answer::text(streams, &prompt::segment(&args.format, &connector, left))
}

/// Keys in the environment win over profiles in every SDK, also where they are somebody else's.
fn in_use(app: &App) -> Option<(ConnectorName, Option<Left>)> {
    let exported = || app.environment.text("AFED_CONNECTOR");
    if app.environment.get("AWS_ACCESS_KEY_ID").is_some() {
        return Some((exported()?.parse().ok()?, left(app)));
    }
    // `afed exec` may give a program a file of profiles in place of keys; then there is no need to name one.
    let profile = app.environment.text("AWS_PROFILE").or_else(|| exported().map(|_| "default"))?;
    Some((connector_of_profile(app, profile)?, None))
}

fn left(app: &App) -> Option<Left> {
    let expiry: Timestamp = app.environment.text("AWS_CREDENTIAL_EXPIRATION")?.parse().ok()?;
    let seconds = expiry.duration_since(app.clock.now()).as_secs();
    Some(u64::try_from(seconds).ok().filter(|seconds| *seconds > 0).map_or(Left::Expired, Left::Seconds))
}

fn connector_of_profile(app: &App, name: &str) -> Option<ConnectorName> {
    let bytes = files::read_unled(&app.paths.aws_config, LARGEST_FILE).ok()?;
    let config = AwsConfig::parse(Family::Config, &bytes).ok()?;
    let own = aws_files::hooks(&config).into_iter().find(|own| own.name == name)?;
    Some(own.hook.connector().clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{Cli, Verb};
    use clap::Parser;

    fn words(line: &[&str]) -> Vec<OsString> {
        ["afed"].iter().chain(line).map(OsString::from).collect()
    }

    #[test]
    fn a_prompt_is_what_the_parser_would_make_of_it() {
        for line in [&["prompt"][..], &["prompt", "--format", " {connector}"], &["prompt", "--format", ""]] {
            let Verb::Prompt(parsed) = Cli::try_parse_from(words(line)).unwrap().verb else { panic!("{line:?}") };
            assert_eq!(PromptArgs::recognise(&words(line)), Some(parsed), "{line:?}");
        }
        for line in [
            &[][..],
            &["creds"],
            &["prompt", "--help"],
            &["prompt", "--format"],
            &["prompt", "--format", "{x}"],
            &["prompt", "--format", "--help"],
            &["prompt", "--format=x"],
            &["prompt", "--format", "x", "y"],
            &["--config", "x", "prompt"],
        ] {
            assert_eq!(PromptArgs::recognise(&words(line)), None, "{line:?}");
        }
    }
}
