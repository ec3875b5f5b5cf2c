//! `afed connector create`: asks for what the flags leave open, checks every rule of AWS, writes the connector.

use anyhow::Result;
use clap::Args;

use super::fields::{self, ConnectorFields};
use super::interview;
use crate::app::App;
use crate::command::config_file;
use crate::config::edit;
use crate::config::file::ConnectorTable;
use crate::config::settings::{Settings, check_connector, check_with};
use crate::model::name::ConnectorName;
use crate::model::principal::PrincipalType;
use crate::ui::Streams;

/// Add a connector: an account, a principal type, and the groups it is open to
///
/// Account, principal type, role and groups are asked for at the terminal where no flag says them
#[derive(Debug, Args)]
#[command(after_help = interview::POLICY_HINT)]
pub struct CreateArgs {
    /// What the connector shall be called [default: asked for]
    #[arg(value_name = "NAME")]
    pub name: Option<ConnectorName>,
    #[command(flatten)]
    fields: ConnectorFields,
}

pub fn run(args: &CreateArgs, app: &App, streams: &mut Streams) -> Result<()> {
    let settings = app.settings()?;
    let name = interview::name(args.name.clone(), app, settings)?;
    let table = complete(args, app, streams, settings)?;
    let path = &app.paths.user_config;
    // Nothing stands in the file yet, so a value that can't be used is told by the flag that gave it.
    let connector = check_connector(&name, table.clone(), path, &config_file::read_policy)
        .map_err(|error| fields::of_the_flag(error, |_| true))?;
    check_with(&connector, &settings.account(connector.account.as_str())?)?;
    fields::check_policy(&connector, &table, streams)?;
    config_file::edit(app, path, |text| Ok(edit::add_connector(path, text, &name, &table)?))?;
    let open_to = super::show::open_to(&connector, settings);
    streams.status(&format!("Added the connector “{name}”, open to: {open_to}"));
    streams.hint(&format!("use it: afed creds {name}"));
    Ok(())
}

/// The flags, and answers for what they leave open. Where even the principal type is open, a person is led through
/// all that it takes; else only what no connector can be without is asked for.
fn complete(args: &CreateArgs, app: &App, streams: &mut Streams, settings: &Settings) -> Result<ConnectorTable> {
    let given = &args.fields;
    let mut table = ConnectorTable::default();
    given.apply(&mut table)?;
    let account = interview::account(table.account.take(), app, settings)?;
    let principal = interview::principal(table.principal, interview::type_of(&account, settings), app)?;
    table.account = Some(account);
    table.principal = Some(principal);
    if principal == PrincipalType::AssumeRole && table.role_arn.is_none() {
        table.role_arn = Some(interview::role_arn(app)?);
    }
    if given.principal.is_none() {
        interview::lead_through(&mut table, principal, app, streams)?;
    }
    if given.groups.is_empty() && !given.administrators_only {
        table.groups = interview::groups(app)?;
    }
    Ok(table)
}
