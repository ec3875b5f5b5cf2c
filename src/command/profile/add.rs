//! `afed profile add`: writes hooks into AWS's configuration file and leaves every other byte as it was. Of several profiles
//! all are written, or none.

use anyhow::{Context, Result};
use clap::Args;

use super::foreign;
use super::wanted::{self, WantedProfile};
use crate::app::App;
use crate::aws_files::{self, AddOutcome, AwsConfig, AwsFileError, Family, Overwrite, ProfileName};
use crate::command::answer;
use crate::command::aws_file;
use crate::command::scope_args::ScopeArgs;
use crate::render::table::printable;
use crate::ui::Streams;

/// Add a profile whose credentials come from a connector
#[derive(Debug, Args)]
pub struct AddArgs {
    /// The profile's name [default: the connector's]
    #[arg(value_name = "PROFILE", required_unless_present_any = ["connector", "all"])]
    name: Option<ProfileName>,
    /// The connector that gives the credentials [default: the one named as the profile]
    #[arg(long, value_name = "CONNECTOR")]
    connector: Option<String>,
    /// Add one for each connector that is open to you, named as it; with --system, to the system
    #[arg(long, conflicts_with_all = ["name", "connector"])]
    all: bool,
    #[command(flatten)]
    scope: ScopeArgs,
    /// Overwrite a profile that afed did not write
    #[arg(long)]
    force: bool,
    /// Print what would change in the file, and change nothing
    #[arg(long)]
    dry_run: bool,
}

/// What became of each profile, in the order in which they were wanted.
type Outcomes = Vec<(ProfileName, AddOutcome)>;

pub fn run(args: &AddArgs, app: &App, streams: &mut Streams) -> Result<()> {
    let scope = args.scope.scope();
    let wanted = match (&args.name, args.connector.as_deref()) {
        _ if args.all => wanted::all(app, streams, scope)?,
        (Some(name), connector) => vec![wanted::one(app, connector.unwrap_or(name.as_str()), Some(name), scope)?],
        (None, connector) => vec![wanted::one(app, connector.unwrap_or_default(), None, scope)?],
    };
    if wanted.is_empty() {
        streams.status("No connector is open to you, so there is no profile to add");
        streams.hint("see to whom they are open: afed connector list");
        return Ok(());
    }
    let overwrite = if args.force { Overwrite::Force } else { Overwrite::Refuse };
    let path = &app.paths.aws_config;
    let (outcomes, file) = if args.dry_run {
        let mut file = aws_file::load(path, Family::Config)?;
        (add(&mut file, &wanted, overwrite).with_context(|| aws_file::unusable(path))?, file)
    } else {
        aws_file::change_config(app, streams, |file| add(file, &wanted, overwrite))?
    };
    if outcomes.iter().any(|(_, outcome)| is_refused(outcome)) {
        return Err(refusal(app, streams, &wanted, outcomes)?);
    }
    if args.dry_run {
        return show(app, streams, &file);
    }
    tell(app, streams, &outcomes, &file)
}

/// All of them, or none and why.
fn add(file: &mut AwsConfig, wanted: &[WantedProfile], overwrite: Overwrite) -> Result<Outcomes, AwsFileError> {
    let mut edited = file.clone();
    let outcomes: Outcomes = wanted
        .iter()
        .map(|one| {
            let outcome = aws_files::add_hook(&mut edited, &one.name, &one.hook, &one.region, overwrite)?;
            Ok((one.name.clone(), outcome))
        })
        .collect::<Result<_, AwsFileError>>()?;
    if !outcomes.iter().any(|(_, outcome)| is_refused(outcome)) {
        *file = edited;
    }
    Ok(outcomes)
}

const fn is_refused(outcome: &AddOutcome) -> bool {
    matches!(outcome, AddOutcome::RefusedForeign { .. })
}

/// Shows what --force would do to the profiles that are somebody else's.
fn refusal(app: &App, streams: &mut Streams, wanted: &[WantedProfile], outcomes: Outcomes) -> Result<anyhow::Error> {
    let path = &app.paths.aws_config;
    let before = aws_file::load(path, Family::Config)?;
    let mut after = before.clone();
    let is_foreign =
        |one: &&WantedProfile| outcomes.iter().any(|(name, outcome)| *name == one.name && is_refused(outcome));
    for one in wanted.iter().filter(is_foreign) {
        aws_files::add_hook(&mut after, &one.name, &one.hook, &one.region, Overwrite::Force)?;
    }
    let refused = outcomes.into_iter().filter_map(|(name, outcome)| match outcome {
        AddOutcome::RefusedForeign { keys } => Some((name.to_string(), keys)),
        _ => None,
    });
    Ok(foreign::refusal(streams, path, &before, &after, refused.collect()))
}

fn show(app: &App, streams: &mut Streams, after: &AwsConfig) -> Result<()> {
    let path = &app.paths.aws_config;
    let lines = aws_file::difference(path, &aws_file::load(path, Family::Config)?, after);
    if lines.is_empty() {
        streams.status(&format!("Nothing would change in {}", path.display()));
        return Ok(());
    }
    let text: String = lines.iter().map(|line| printable(line) + "\n").collect();
    answer::text(streams, &text)?;
    streams.status("Nothing was changed");
    Ok(())
}

fn tell(app: &App, streams: &mut Streams, outcomes: &Outcomes, file: &AwsConfig) -> Result<()> {
    let path = app.paths.aws_config.display();
    for (name, outcome) in outcomes {
        let done = match outcome {
            AddOutcome::Added => "was added",
            AddOutcome::Updated => "was updated",
            AddOutcome::Unchanged | AddOutcome::RefusedForeign { .. } => "is there already, as it should be,",
        };
        streams.status(&format!("The profile “{name}” {done} in {path}"));
    }
    for fault in file.faults() {
        streams.warning(&format!("some AWS tools can't read {path}: {fault}"));
    }
    warn_of_keys(app, streams, outcomes)?;
    if let [(name, _)] = outcomes.as_slice() {
        streams.hint(&format!("use it: aws --profile {name} sts get-caller-identity"));
    }
    Ok(())
}

/// What the credentials file says of these profiles wins in most AWS tools.
fn warn_of_keys(app: &App, streams: &mut Streams, outcomes: &Outcomes) -> Result<()> {
    let path = &app.paths.aws_credentials;
    let credentials = aws_file::load_if_readable(app, streams, path, Family::Credentials)?;
    let keyed = aws_files::keyed_profiles(&credentials);
    for keyed in keyed.iter().filter(|keyed| outcomes.iter().any(|(name, _)| name.as_str() == keyed.name)) {
        let name = &keyed.name;
        streams.warning(&format!("most AWS tools take the keys of “{name}” in {} instead", path.display()));
        if keyed.has_token {
            streams.hint(&format!("take them away, and add the profile again: afed profile remove {name}"));
        } else {
            streams.hint(&format!("take them over and remove them there: afed account import {name}"));
        }
    }
    Ok(())
}
