//! `afed profile add`: writes the hook into AWS's configuration file and leaves every other byte as it was.

use anyhow::Result;
use clap::Args;

use crate::app::App;
use crate::aws_files::{self, AddOutcome, Hook, Overwrite, ProfileName};
use crate::command::aws_file;
use crate::command::config_file;
use crate::command::error::CommandError;
use crate::command::scope_args::ScopeArgs;
use crate::model::actor::Scope;
use crate::ui::Streams;
use crate::vending::VendError;

/// Add a profile whose credentials come from a connector
#[derive(Debug, Args)]
pub struct AddArgs {
    /// The profile's name [default: the connector's]
    #[arg(value_name = "PROFILE", required_unless_present = "connector")]
    name: Option<ProfileName>,
    /// The connector that gives the credentials [default: the one named as the profile]
    #[arg(long, value_name = "CONNECTOR")]
    connector: Option<String>,
    #[command(flatten)]
    scope: ScopeArgs,
    /// Overwrite a profile that afed did not write
    #[arg(long)]
    force: bool,
}

pub fn run(args: &AddArgs, app: &App, streams: &mut Streams) -> Result<()> {
    let settings = app.settings()?;
    let named_alike = || args.name.as_ref().map(ToString::to_string).unwrap_or_default();
    let connector = args.connector.clone().unwrap_or_else(named_alike);
    let connector = settings.connector(&connector, &config_file::read_policy)?;
    let scope = args.scope.scope();
    if scope == Scope::System && !connector.system_scope {
        return Err(VendError::NoSystemScope { connector: connector.name }.into());
    }
    let name = match &args.name {
        Some(name) => name.clone(),
        None => connector.name.as_str().parse()?,
    };
    let hook = Hook::new(&app.program()?, app.chosen_config()?.as_deref(), connector.name.clone(), scope)?;
    let overwrite = if args.force { Overwrite::Force } else { Overwrite::Refuse };
    let path = &app.paths.aws_config;
    let (outcome, file) =
        aws_file::change_config(app, |config| aws_files::add_hook(config, &name, &hook, &connector.region, overwrite))?;
    let done = match outcome {
        AddOutcome::RefusedForeign { keys } => {
            return Err(CommandError::ForeignProfile { profile: name.to_string(), path: path.clone(), keys }.into());
        }
        AddOutcome::Unchanged => "is there already, as it should be,",
        AddOutcome::Added => "was added",
        AddOutcome::Updated => "was updated",
    };
    streams.status(&format!("The profile “{name}” {done} in {}", path.display()));
    for fault in file.faults() {
        streams.warning(&format!("some AWS tools can't read {}: {fault}", path.display()));
    }
    streams.hint(&format!("use it: aws --profile {name} sts get-caller-identity"));
    Ok(())
}
