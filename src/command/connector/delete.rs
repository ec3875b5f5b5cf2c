//! `afed connector delete`: takes a connector out of the configuration, with a word on the profiles that ask for it.

use anyhow::Result;
use clap::Args;

use super::hooks;
use crate::app::App;
use crate::command::config_file;
use crate::command::confirmation::confirm;
use crate::config::edit;
use crate::model::name::ConnectorName;
use crate::ui::Streams;

/// Delete a connector
#[derive(Debug, Args)]
pub struct DeleteArgs {
    /// The connector's name
    #[arg(value_name = "CONNECTOR")]
    pub name: ConnectorName,
    /// Do not ask whether it is meant
    #[arg(long)]
    yes: bool,
}

pub fn run(args: &DeleteArgs, app: &App, streams: &mut Streams) -> Result<()> {
    let path = &app.settings()?.connector_table(args.name.as_str())?.path;
    confirm(app, args.yes, "Delete the connector? (yes or no)")?;
    config_file::edit(app, path, |text| Ok(edit::remove_connector(path, text, &args.name)?))?;
    streams.status(&format!("Deleted the connector “{}” from {}", args.name, path.display()));
    hooks::tell_of_orphans(app, streams, &args.name, |profile| format!("afed profile remove {profile}"));
    Ok(())
}
