//! `afed connector list`: every connector, to whom it is open, and why it is open to whoever asks.
//! The list is printed whether or not the directory can be asked; what is not known then is said to be so. A connector that
//! breaks a rule is told and left out, so that nobody is kept from the others.

use anyhow::Result;
use clap::Args;
use serde_json::{Value, json};

use crate::app::App;
use crate::command::answer;
use crate::command::standing::{self, Standing};
use crate::config::settings::Settings;
use crate::model::connector::Connector;
use crate::ui::Streams;
use crate::vending::entitlement::{Entitlement, Memberships};

/// List the connectors, to whom each is open, and why it is open to you
///
/// Where nobody is logged in, the directory can't be asked or a connector can't be used, the rest is listed all the same
#[derive(Debug, Args)]
pub struct ListArgs {
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

pub fn run(args: &ListArgs, app: &App, streams: &mut Streams) -> Result<()> {
    let settings = app.settings()?;
    if settings.connector_names().next().is_none() && !args.json {
        streams.status("There is no connector yet");
        streams.hint("add one: afed connector create");
        return Ok(());
    }
    let connectors = standing::usable(app, settings, streams, "not listed");
    let standing = if connectors.is_empty() { Standing::new() } else { my_standing(app, settings, streams) };
    let entitlement = |connector: &Connector| standing.get(connector.name.as_str()).and_then(Option::as_ref);
    if args.json {
        let shown: Vec<Value> = connectors
            .iter()
            .map(|connector| {
                let mut shown = super::show::as_json(connector);
                shown["open_to_you"] = entitlement(connector).map_or(Value::Null, as_json);
                shown
            })
            .collect();
        return answer::json(streams, &shown);
    }
    let rows: Vec<[String; 6]> = connectors
        .iter()
        .map(|connector| {
            [
                connector.name.to_string(),
                connector.account.to_string(),
                connector.principal.principal_type().to_string(),
                connector.duration.map_or_else(|| "as given".to_owned(), |duration| duration.to_string()),
                super::show::open_to(connector, settings),
                in_words(entitlement(connector)),
            ]
        })
        .collect();
    answer::table(streams, ["CONNECTOR", "ACCOUNT", "PRINCIPAL", "DURATION", "OPEN TO", "OPEN TO YOU"], &rows)
}

/// What the directory tells of whoever asks; nothing, with a warning, where it can't be asked.
fn my_standing(app: &App, settings: &Settings, streams: &mut Streams) -> Standing {
    let asked = || -> Result<(Standing, Vec<String>)> {
        let (identity, directory) = standing::identify(app, settings)?;
        let memberships = Memberships::of(&identity.person, directory.as_ref());
        Ok((standing::of(settings, &memberships)?, standing::troubles(&memberships)))
    };
    match asked() {
        Ok((standing, troubles)) => {
            troubles.iter().for_each(|trouble| streams.warning(trouble));
            standing
        }
        Err(error) => {
            let failure = (app.explain)(error.as_ref());
            streams.warning(&format!("what is open to you is not known: {}", failure.sentence()));
            failure.hints.iter().for_each(|hint| streams.remedy(hint));
            Standing::new()
        }
    }
}

fn in_words(entitlement: Option<&Entitlement>) -> String {
    match entitlement {
        None => "not known".to_owned(),
        Some(entitlement) => standing::because(entitlement).unwrap_or_else(|| "no".to_owned()),
    }
}

fn as_json(entitlement: &Entitlement) -> Value {
    json!({ "open": *entitlement != Entitlement::None, "because": standing::because(entitlement) })
}
