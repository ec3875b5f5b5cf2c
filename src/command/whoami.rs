//! `afed whoami`: who the directory says it is, which groups matter, and which connectors are open.
//! What is shown as open is decided by the same function that `creds` asks.

use std::collections::BTreeSet;

use anyhow::Result;
use clap::Args;
use serde_json::{Value, json};

use super::answer;
use super::vending::openness;
use crate::app::App;
use crate::config::settings::Settings;
use crate::model::name::GroupName;
use crate::model::person::Identity;
use crate::render::moment::{told, zulu};
use crate::ui::Streams;
use crate::vending::entitlement::{Entitlement, Memberships, decide};

/// Say who you are to the directory and what is open to you
#[derive(Debug, Args)]
pub struct WhoamiArgs {
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

struct Open {
    connector: String,
    because: String,
}

pub fn run(args: &WhoamiArgs, app: &App, streams: &mut Streams) -> Result<()> {
    let settings = app.settings()?;
    let secrets = app.secrets(&settings.secrets)?;
    let evidence = app.evidence(settings, secrets.as_ref())?;
    let directory = app.directory(settings, secrets.as_ref())?;
    let identity = directory.identify(&evidence)?;
    let memberships = Memberships::of(&identity.person, directory.as_ref());
    let groups = groups_that_matter(settings)?;
    let mine = groups
        .into_iter()
        .filter_map(|group| memberships.includes(&group).map(|member| member.then_some(group)).transpose())
        .collect::<Result<Vec<GroupName>, _>>()?;
    let open = open_connectors(settings, &memberships)?;
    if args.json {
        return answer::json(streams, &as_json(&identity, &mine, &open));
    }
    answer::facts(streams, as_facts(app, &identity, &mine, &open))
}

/// Every group that opens a connector, and the administrators'.
fn groups_that_matter(settings: &Settings) -> Result<BTreeSet<GroupName>> {
    let mut groups: BTreeSet<GroupName> = settings.administrators.groups.iter().cloned().collect();
    for connector in settings.connector_names() {
        groups.extend(settings.groups_of(connector)?);
    }
    Ok(groups)
}

fn open_connectors(settings: &Settings, memberships: &Memberships<'_>) -> Result<Vec<Open>> {
    let mut open = Vec::new();
    for connector in settings.connector_names() {
        let groups = settings.groups_of(connector)?;
        let because = match decide(openness(settings, &groups), memberships)? {
            Entitlement::Member(group) => format!("member of {group}"),
            Entitlement::Administrator(group) => format!("administrator through {group}"),
            Entitlement::None => continue,
        };
        open.push(Open { connector: connector.to_owned(), because });
    }
    Ok(open)
}

fn as_json(identity: &Identity, groups: &[GroupName], open: &[Open]) -> Value {
    let open: Vec<_> = open.iter().map(|open| json!({ "name": open.connector, "because": open.because })).collect();
    json!({ "person": identity.person, "until": identity.until.map(zulu), "groups": groups, "connectors": open })
}

fn as_facts(
    app: &App,
    identity: &Identity,
    groups: &[GroupName],
    open: &[Open],
) -> Vec<(&'static str, Option<String>)> {
    let names: Vec<&str> = groups.iter().map(GroupName::as_str).collect();
    let mut facts = vec![
        ("person", Some(identity.person.name.clone())),
        ("display name", identity.person.display_name.clone()),
        ("e-mail", identity.person.email.clone()),
        ("session until", identity.until.map(|until| told(until, app.clock.now()))),
        ("groups", Some(if names.is_empty() { "none that opens anything".to_owned() } else { names.join(", ") })),
        ("connectors", open.is_empty().then(|| "none is open to you".to_owned())),
    ];
    facts.extend(open.iter().map(|open| ("connector", Some(format!("{} ({})", open.connector, open.because)))));
    facts
}
