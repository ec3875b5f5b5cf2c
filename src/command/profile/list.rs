//! `afed profile list`: the profiles whose credentials come from afed.

use anyhow::Result;
use clap::Args;
use serde_json::json;

use crate::app::App;
use crate::aws_files::{self, Family, HookProfile};
use crate::command::answer;
use crate::command::aws_file;
use crate::config::settings::Settings;
use crate::model::actor::Scope;
use crate::ui::Streams;

/// List the profiles whose credentials come from afed
#[derive(Debug, Args)]
pub struct ListArgs {
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

pub fn run(args: &ListArgs, app: &App, streams: &mut Streams) -> Result<()> {
    let settings = app.settings()?;
    let profiles = aws_files::hooks(&aws_file::load(&app.paths.aws_config, Family::Config)?);
    if args.json {
        let profiles: Vec<_> = profiles
            .iter()
            .map(|profile| {
                json!({
                    "name": profile.name,
                    "connector": profile.hook.connector(),
                    "scope": profile.hook.scope().as_str(),
                    "region": profile.region,
                    "program": profile.hook.program(),
                    "state": state(profile, settings),
                })
            })
            .collect();
        return answer::json(streams, &profiles);
    }
    if profiles.is_empty() {
        streams.status(&format!("No profile in {} comes from afed", app.paths.aws_config.display()));
        streams.hint("add one: afed profile add CONNECTOR");
        return Ok(());
    }
    let rows: Vec<[String; 4]> = profiles
        .iter()
        .map(|profile| {
            let region = profile.region.clone().unwrap_or_else(|| "none".to_owned());
            [profile.name.clone(), connector(profile), region, state(profile, settings).to_owned()]
        })
        .collect();
    answer::table(streams, ["PROFILE", "CONNECTOR", "REGION", "STATE"], &rows)
}

fn connector(profile: &HookProfile) -> String {
    match profile.hook.scope() {
        Scope::Person => profile.hook.connector().to_string(),
        Scope::System => format!("{} --system", profile.hook.connector()),
    }
}

fn state(profile: &HookProfile, settings: &Settings) -> &'static str {
    if !std::path::Path::new(profile.hook.program()).exists() {
        return "the program is gone";
    }
    match settings.origin_of_connector(profile.hook.connector().as_str()) {
        Some(_) => "works",
        None => "no such connector",
    }
}
