//! `afed cache list`: the credentials that are kept, through which connector and for whom, and how long they live.

use anyhow::Result;
use clap::Args;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::opened_entries;
use crate::app::App;
use crate::command::answer;
use crate::model::actor::{Actor, Scope};
use crate::render::moment::{told, zulu};
use crate::ui::Streams;
use crate::vending::stock::{self, Kept};

const NOT_KNOWN: &str = "not known";

/// List the credentials that are kept on this machine, without their secrets
#[derive(Debug, Args)]
pub struct ListArgs {
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

pub fn run(args: &ListArgs, app: &App, streams: &mut Streams) -> Result<()> {
    let (entries, now) = (opened_entries(app)?, app.clock.now());
    let kept = stock::kept(&entries, now);
    if args.json {
        return answer::json(streams, &kept.iter().map(|kept| as_json(kept, now)).collect::<Vec<_>>());
    }
    if kept.is_empty() {
        streams.status(&format!("No credentials are kept in {}", app.paths.cache.display()));
        return Ok(());
    }
    let rows: Vec<[String; 4]> = kept.iter().map(|kept| as_row(kept, now)).collect();
    answer::table(streams, ["CONNECTOR", "FOR", "STATE", "EXPIRES"], &rows)
}

fn as_json(kept: &Kept<'_>, now: Timestamp) -> Value {
    let minutes_left = |expires_at: Timestamp| expires_at.duration_since(now).as_mins().max(0);
    json!({
        "connector": kept.holder.map(|(connector, _)| connector.as_str()),
        "scope": kept.holder.map(|(_, actor)| actor.scope().as_str()),
        "name": kept.holder.map(|(_, actor)| actor.name()),
        "state": kept.condition.as_str(),
        "expires_at": kept.expires_at.map(zulu),
        "minutes_left": kept.expires_at.map(minutes_left),
    })
}

fn as_row(kept: &Kept<'_>, now: Timestamp) -> [String; 4] {
    let (connector, whom) = match kept.holder {
        Some((connector, actor)) => (connector.to_string(), in_words(actor)),
        None => (NOT_KNOWN.to_owned(), NOT_KNOWN.to_owned()),
    };
    let expires = kept.expires_at.map_or_else(|| NOT_KNOWN.to_owned(), |expires_at| told(expires_at, now));
    [connector, whom, kept.condition.as_str().to_owned(), expires]
}

fn in_words(actor: &Actor) -> String {
    match actor.scope() {
        Scope::Person => actor.name().to_owned(),
        Scope::System => format!("the system ({})", actor.name()),
    }
}
