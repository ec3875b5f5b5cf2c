//! `afed whoami`: who the directory says it is, which groups matter, and which connectors are open.
//! What is shown as open is decided by the same function that `creds` asks.

use std::collections::BTreeSet;

use anyhow::Result;
use clap::Args;
use serde_json::{Value, json};

use super::{answer, standing};
use crate::app::App;
use crate::config::settings::Settings;
use crate::model::name::GroupName;
use crate::model::person::Identity;
use crate::render::moment::{told, zulu};
use crate::ui::Streams;
use crate::vending::entitlement::Memberships;

/// Say who you are to the directory and what is open to you
#[derive(Debug, Args)]
pub struct WhoamiArgs {
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

/// What the directory tells of a person.
struct Told {
    identity: Identity,
    /// Those among the groups that matter.
    groups: Vec<GroupName>,
    /// The group that makes an administrator of them.
    administrator: Option<GroupName>,
    open: Vec<Open>,
    /// The connectors about which the directory did not tell.
    not_known: Vec<String>,
}

struct Open {
    connector: String,
    because: String,
}

pub fn run(args: &WhoamiArgs, app: &App, streams: &mut Streams) -> Result<()> {
    let settings = app.settings()?;
    let (identity, directory) = standing::identify(app, settings)?;
    let memberships = Memberships::of(&identity.person, directory.as_ref());
    let is_mine = |group: &&GroupName| memberships.includes(group).unwrap_or(false);
    let groups = groups_that_matter(settings)?.iter().filter(is_mine).cloned().collect();
    let administrator = settings.administrators.groups.iter().find(is_mine).cloned();
    let (mut open, mut not_known) = (Vec::new(), Vec::new());
    for (connector, entitlement) in standing::of(settings, &memberships)? {
        match entitlement {
            None => not_known.push(connector),
            Some(entitlement) => {
                open.extend(standing::because(&entitlement).map(|because| Open { connector, because }));
            }
        }
    }
    standing::troubles(&memberships).iter().for_each(|trouble| streams.warning(trouble));
    let told = Told { identity: identity.clone(), groups, administrator, open, not_known };
    if args.json {
        return answer::json(streams, &as_json(&told));
    }
    answer::facts(streams, as_facts(app, settings, &told))
}

/// Every group that opens a connector, and the administrators'.
fn groups_that_matter(settings: &Settings) -> Result<BTreeSet<GroupName>> {
    let mut groups: BTreeSet<GroupName> = settings.administrators.groups.iter().cloned().collect();
    for connector in settings.connector_names() {
        groups.extend(settings.groups_of(connector)?);
    }
    Ok(groups)
}

fn as_json(told: &Told) -> Value {
    let Told { identity, groups, administrator, open, not_known } = told;
    let open: Vec<_> = open.iter().map(|open| json!({ "name": open.connector, "because": open.because })).collect();
    json!({
        "person": identity.person,
        "until": identity.until.map(zulu),
        "groups": groups,
        "administrator": administrator,
        "connectors": open,
        "not_known": not_known,
    })
}

fn as_facts(app: &App, settings: &Settings, told_of: &Told) -> Vec<(&'static str, Option<String>)> {
    let Told { identity, groups, administrator, open, not_known } = told_of;
    let names: Vec<&str> = groups.iter().map(GroupName::as_str).collect();
    let opens = if settings.administrators.use_every_connector { "" } else { "; that opens no connector" };
    let mut facts = vec![
        ("person", Some(identity.person.name.clone())),
        ("display name", identity.person.display_name.clone()),
        ("e-mail", identity.person.email.clone()),
        ("session until", identity.until.map(|until| told(until, app.clock.now()))),
        ("groups", Some(if names.is_empty() { "none that opens anything".to_owned() } else { names.join(", ") })),
        ("administrator", administrator.as_ref().map(|group| format!("through {group}{opens}"))),
        ("connectors", (open.is_empty() && not_known.is_empty()).then(|| "none is open to you".to_owned())),
    ];
    facts.extend(open.iter().map(|open| ("connector", Some(format!("{} ({})", open.connector, open.because)))));
    facts.extend(not_known.iter().map(|connector| ("connector", Some(format!("{connector} (not known)")))));
    facts
}
