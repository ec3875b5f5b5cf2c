//! `afed connector export`: connectors as JSON, which `connector import` reads.

use std::collections::BTreeSet;

use anyhow::Result;
use clap::Args;

use crate::app::App;
use crate::command::{answer, config_file};
use crate::config::exchange;
use crate::ui::Streams;

/// Print connectors as JSON, for afed connector import
///
/// A list in the order of the names. A policy that is in a file is printed as it is now
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// The connectors
    #[arg(value_name = "CONNECTOR", required_unless_present = "all", conflicts_with = "all")]
    names: Vec<String>,
    /// All of them
    #[arg(long)]
    all: bool,
}

pub fn run(args: &ExportArgs, app: &App, streams: &mut Streams) -> Result<()> {
    let settings = app.settings()?;
    let names: BTreeSet<&str> =
        if args.all { settings.connector_names().collect() } else { args.names.iter().map(String::as_str).collect() };
    let connectors = names.into_iter().map(|name| settings.connector(name, &config_file::read_policy));
    let connectors = connectors.collect::<Result<Vec<_>, _>>()?;
    answer::text(streams, &exchange::write(&connectors)?)
}
