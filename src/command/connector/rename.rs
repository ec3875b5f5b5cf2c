//! `afed connector rename`: another name in the configuration, and a word on the profiles that ask for the old one.

use anyhow::Result;
use clap::Args;

use super::hooks;
use crate::app::App;
use crate::command::config_file;
use crate::command::error::CommandError;
use crate::config::edit;
use crate::model::name::ConnectorName;
use crate::ui::Streams;

/// Give a connector another name
#[derive(Debug, Args)]
pub struct RenameArgs {
    /// What it is called today
    #[arg(value_name = "CONNECTOR")]
    pub old: ConnectorName,
    /// What it shall be called
    #[arg(value_name = "NEW")]
    new: ConnectorName,
}

pub fn run(args: &RenameArgs, app: &App, streams: &mut Streams) -> Result<()> {
    let settings = app.settings()?;
    let path = &settings.connector_table(args.old.as_str())?.path;
    if let Some(taken) = settings.origin_of_connector(args.new.as_str()) {
        return Err(CommandError::NameTaken {
            what: "a connector",
            name: args.new.to_string(),
            path: taken.to_owned(),
            // That one may be this one.
            hint: if args.old == args.new {
                "choose another name"
            } else {
                "choose another name, or delete that one first"
            },
        }
        .into());
    }
    config_file::edit(app, path, |text| Ok(edit::rename_connector(path, text, &args.old, &args.new)?))?;
    streams.status(&format!("The connector “{}” is called “{}” now, in {}", args.old, args.new, path.display()));
    hooks::tell_of_orphans(app, streams, &args.old, |profile| {
        format!("let it ask for the new name: afed profile add {profile} --connector {}", args.new)
    });
    Ok(())
}
