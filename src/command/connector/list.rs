//! `afed connector list`: every connector, and to whom it is open.

use anyhow::Result;
use clap::Args;

use crate::app::App;
use crate::command::{answer, config_file};
use crate::model::connector::Connector;
use crate::render::table::table;
use crate::ui::Streams;

/// List the connectors and to whom each is open
#[derive(Debug, Args)]
pub struct ListArgs {
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

pub fn run(args: &ListArgs, app: &App, streams: &mut Streams) -> Result<()> {
    let settings = app.settings()?;
    let connectors = settings
        .connector_names()
        .map(|name| settings.connector(name, &config_file::read_policy))
        .collect::<Result<Vec<Connector>, _>>()?;
    if args.json {
        return answer::json(streams, &connectors.iter().map(super::show::as_json).collect::<Vec<_>>());
    }
    if connectors.is_empty() {
        streams.status("There is no connector yet");
        streams.hint("add one: afed connector create");
        return Ok(());
    }
    let rows: Vec<[String; 5]> = connectors
        .iter()
        .map(|connector| {
            [
                connector.name.to_string(),
                connector.account.to_string(),
                connector.principal.principal_type().to_string(),
                connector.duration.map_or_else(|| "as given".to_owned(), |duration| duration.to_string()),
                super::show::open_to(connector),
            ]
        })
        .collect();
    answer::text(streams, &table(["CONNECTOR", "ACCOUNT", "PRINCIPAL", "DURATION", "OPEN TO"], &rows))
}
