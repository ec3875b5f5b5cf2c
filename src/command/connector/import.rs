//! `afed connector import`: connectors from JSON. Every rule that holds for `connector create` holds for each of them, and
//! all are written at once, or none.

mod account_map;
mod naming;
mod resolution;

use anyhow::Result;
use clap::Args;

use self::account_map::AccountMap;
use self::naming::Naming;
use self::resolution::{Import, Resolution};
use crate::app::App;
use crate::command::answer;
use crate::command::config_file;
use crate::command::error::CommandError;
use crate::command::text_file;
use crate::config::edit;
use crate::config::exchange;
use crate::config::settings::Settings;
use crate::model::name::AccountName;
use crate::ui::Streams;

/// Room for some ten thousand connectors, each with a policy of the greatest length.
const LONGEST: u64 = 64 * 1024 * 1024;

/// Add the connectors that a JSON file describes: all of them, or none
///
/// Reads one connector or a list, in the field names of the server add-on's REST API: name, type, scope, partition,
/// accountId, roleArn, externalId, iamPolicy, groups; and what afed connector export has printed. Without groups a
/// connector is open to administrators only
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// The file, or - for standard input
    #[arg(value_name = "FILE")]
    file: String,
    /// The account of every connector that no --map is about [default: the one that accountId names]
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<AccountName>,
    /// The account that stands for an accountId [may be repeated]
    #[arg(long = "map", value_name = "ID=ACCOUNT")]
    maps: Vec<String>,
    /// Another name for a connector of the file [may be repeated]
    #[arg(long = "rename", value_name = "OLD=NEW")]
    renames: Vec<String>,
    /// Make names fit that afed does not take: “Deploy to prod” becomes Deploy-to-prod
    #[arg(long)]
    fit_names: bool,
    /// Leave a field out that is not known here [may be repeated]
    #[arg(long = "ignore", value_name = "FIELD")]
    ignored: Vec<String>,
    /// Do not open connectors of the scope SYSTEM to the system (afed creds NAME --system)
    #[arg(long)]
    no_system_scope: bool,
    /// Change connectors that are there already, where they differ
    #[arg(long)]
    replace: bool,
    /// Print the tables that would be written, and write nothing
    #[arg(long)]
    pub dry_run: bool,
}

pub fn run(args: &ImportArgs, app: &App, streams: &mut Streams) -> Result<()> {
    let settings = app.settings()?;
    let file = text_file::read(&args.file, LONGEST, streams)?;
    let read = exchange::read(&file.text, &args.ignored.iter().cloned().collect())
        .map_err(|found| CommandError::nothing_importable(&file.name, found))?;
    let resolution = Resolution {
        file: &file.name,
        path: &app.paths.user_config,
        settings,
        accounts: AccountMap::of(settings, args.account.as_ref(), &args.maps)?,
        naming: Naming::of(&args.renames, args.fit_names)?,
        keeps_system_scope: !args.no_system_scope,
        replaces: args.replace,
    };
    if read.connectors.is_empty() {
        streams.status(&format!("There is no connector in {}", file.name));
    }
    let imports = resolution.of_all(read.connectors, streams)?;
    if !read.left_out.is_empty() {
        let fields: Vec<&str> = read.left_out.iter().map(String::as_str).collect();
        streams.status(&format!("Left out: {}", fields.join(", ")));
    }
    let puts: Vec<_> =
        imports.iter().filter(|import| import.changes_something()).map(|import| import.put.clone()).collect();
    if args.dry_run {
        imports.iter().for_each(|import| tell(import, ["Would add", "Would change"], settings, streams));
        return answer::text(streams, &edit::connectors_as_text(&puts));
    }
    if !puts.is_empty() {
        let path = &app.paths.user_config;
        config_file::edit(app, path, |text| Ok(edit::put_connectors(path, text, &puts)?))?;
    }
    imports.iter().for_each(|import| tell(import, ["Added", "Changed"], settings, streams));
    Ok(())
}

fn tell(import: &Import, [added, changed]: [&str; 2], settings: &Settings, streams: &mut Streams) {
    let name = &import.put.name;
    let origin = match &import.renamed_from {
        Some(old) => format!(" (“{old}” in the file)"),
        None => String::new(),
    };
    if !import.changes_something() {
        streams.status(&format!("The connector “{name}”{origin} is so already"));
        return;
    }
    let done = if import.put.before.is_some() { changed } else { added };
    let open_to = super::show::open_to(&import.connector, settings);
    streams.status(&format!("{done} the connector “{name}”{origin}, open to: {open_to}"));
}
