//! `afed connector edit`: changes what the flags say, or what a person answers, and keeps all else as it is written.

use anyhow::Result;
use clap::Args;

use super::fields::{self, Clearable, ConnectorFields};
use super::revision;
use crate::app::App;
use crate::command::config_file;
use crate::config::edit;
use crate::config::settings::{check_connector, check_with};
use crate::model::name::ConnectorName;
use crate::ui::Streams;

/// Change a connector; its rules are checked before anything is written
///
/// Without a flag, everything is asked for at the terminal, with today's values as defaults. Flags that may be
/// repeated take the place of the whole earlier list
#[derive(Debug, Args)]
pub struct EditArgs {
    /// The connector's name
    #[arg(value_name = "CONNECTOR")]
    pub name: ConnectorName,
    #[command(flatten)]
    fields: ConnectorFields,
    /// A key that it shall be without [may be repeated]
    #[arg(long = "clear", value_enum, value_name = "KEY")]
    clear: Vec<Clearable>,
}

pub fn run(args: &EditArgs, app: &App, streams: &mut Streams) -> Result<()> {
    let settings = app.settings()?;
    let origin = settings.connector_table(args.name.as_str())?;
    let (path, before) = (&origin.path, &origin.value);
    let mut after = before.clone();
    if args.fields.is_silent() && args.clear.is_empty() {
        revision::revise(&mut after, app, settings)?;
    } else {
        args.clear.iter().for_each(|key| key.clear(&mut after));
        args.fields.apply(&mut after)?;
    }
    let changed = edit::changed_keys(before, &after);
    if changed.is_empty() {
        streams.status(&format!("The connector “{}” is so already", args.name));
        return Ok(());
    }
    let connector = check_connector(&args.name, after.clone(), path, &config_file::read_policy)
        .map_err(|error| fields::of_the_flag(error, |field| changed.contains(&field)))?;
    check_with(&connector, &settings.account(connector.account.as_str())?)?;
    fields::check_policy(&connector, &after, streams)?;
    config_file::edit(app, path, |text| Ok(edit::change_connector(path, text, &args.name, before, &after)?))?;
    streams.status(&format!("Changed the connector “{}” in {}: {}", args.name, path.display(), changed.join(", ")));
    Ok(())
}
