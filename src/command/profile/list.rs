//! `afed profile list`: the profiles whose credentials come from afed, over both of AWS's files, and what is wrong with them.

use anyhow::Result;
use clap::Args;
use serde_json::{Value, json};

use super::state::{self, Here};
use crate::app::App;
use crate::aws_files::{self, Family, Hook, Listed, Origin};
use crate::command::answer;
use crate::command::aws_file;
use crate::model::actor::Scope;
use crate::ui::Streams;

/// Variables with which most AWS tools sign, whatever the profile's own source is.
const KEY_VARIABLE: &str = "AWS_ACCESS_KEY_ID";

/// List the profiles whose credentials come from afed
#[derive(Debug, Args)]
pub struct ListArgs {
    /// List the profiles of others too
    #[arg(long)]
    all: bool,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

pub fn run(args: &ListArgs, app: &App, streams: &mut Streams) -> Result<()> {
    let here = Here::of(app)?;
    let config = aws_file::load(&app.paths.aws_config, Family::Config)?;
    let credentials = aws_file::load_if_readable(app, streams, &app.paths.aws_credentials, Family::Credentials)?;
    let mut profiles = aws_files::listing(&config, &credentials);
    profiles.retain(|profile| args.all || is_ours(profile));
    if app.environment.get(KEY_VARIABLE).is_some() && profiles.iter().any(is_ours) {
        streams.warning(&format!(
            "{KEY_VARIABLE} is set: most AWS tools sign with it where only AWS_PROFILE names a profile"
        ));
    }
    if args.json {
        let profiles: Vec<_> = profiles.iter().map(|profile| as_json(profile, &here)).collect();
        return answer::json(streams, &profiles);
    }
    if profiles.is_empty() {
        let path = app.paths.aws_config.display();
        let told = if args.all {
            format!("There is no profile in {path}")
        } else {
            format!("No profile in {path} comes from afed")
        };
        streams.status(&told);
        streams.hint("add one: afed profile add CONNECTOR");
        return Ok(());
    }
    let rows: Vec<[String; 4]> = profiles
        .iter()
        .map(|profile| {
            let region = profile.region.clone().unwrap_or_else(|| "none".to_owned());
            let connector = hook(profile).map(connector).unwrap_or_default();
            [profile.name.clone(), connector, region, state::in_words(profile, &here)]
        })
        .collect();
    answer::table(streams, ["PROFILE", "CONNECTOR", "REGION", "STATE"], &rows)
}

/// Written by `profile add` or `creds --write-profile`, or as they do.
const fn is_ours(profile: &Listed) -> bool {
    matches!(profile.origin, Origin::Hook(_) | Origin::TemporaryKeys { expires: Some(_) })
}

const fn hook(profile: &Listed) -> Option<&Hook> {
    match &profile.origin {
        Origin::Hook(hook) => Some(hook),
        _ => None,
    }
}

fn connector(hook: &Hook) -> String {
    match hook.scope() {
        Scope::Person => hook.connector().to_string(),
        Scope::System => format!("{} --system", hook.connector()),
    }
}

fn as_json(profile: &Listed, here: &Here<'_>) -> Value {
    let hook = hook(profile);
    let expires = match &profile.origin {
        Origin::TemporaryKeys { expires } => expires.as_deref(),
        _ => None,
    };
    json!({
        "name": profile.name,
        "source": state::source(&profile.origin),
        "connector": hook.map(Hook::connector),
        "scope": hook.map(|hook| hook.scope().as_str()),
        "region": profile.region,
        "program": hook.map(Hook::program),
        "config": hook.and_then(Hook::config),
        "expires": expires,
        "problems": state::problems_in_words(profile, here),
        "state": state::in_words(profile, here),
    })
}
