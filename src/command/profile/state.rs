//! What a profile's credentials come from, and what keeps it from working here: as data, and in words for a listing.

use std::path::PathBuf;

use anyhow::Result;
use jiff::Timestamp;

use crate::app::App;
use crate::aws_files::{Hook, Listed, Origin, Place, Shadow};
use crate::command::config_file;
use crate::config::settings::Settings;
use crate::model::name::ConnectorName;
use crate::render::moment::told;
use crate::sys::program::{self, Runnable};

/// What profiles are looked at with: this afed, its configuration and the time.
pub struct Here<'a> {
    settings: &'a Settings,
    config: PathBuf,
    program: PathBuf,
    credentials: PathBuf,
    now: Timestamp,
}

impl<'a> Here<'a> {
    pub fn of(app: &'a App) -> Result<Self> {
        Ok(Self {
            settings: app.settings()?,
            config: std::path::absolute(&app.paths.user_config)?,
            program: app.program()?,
            credentials: app.paths.aws_credentials.clone(),
            now: app.clock.now(),
        })
    }
}

/// Where the credentials come from, for programs.
pub const fn source(origin: &Origin) -> &'static str {
    match origin {
        Origin::Hook(_) => "hook",
        Origin::TemporaryKeys { .. } => "temporary-keys",
        Origin::LongTermKey(_) => "static-keys",
        Origin::OtherProcess => "other-process",
        Origin::Other(_) => "other",
        Origin::Nothing => "none",
    }
}

/// What keeps a profile from working.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// The hook's program is not there.
    ProgramGone(PathBuf),
    NotExecutable(PathBuf),
    AnotherProgram(PathBuf),
    /// The configuration that the hook names is not there.
    ConfigurationGone(PathBuf),
    AnotherConfiguration(PathBuf),
    NoConnector(ConnectorName),
    /// The configuration says something of it that can't be.
    ConnectorUnusable(ConnectorName),
    Shadowed(Shadow),
    NoRegion,
    /// Temporary keys ended at this moment, as it is written beside them.
    KeysEnded(String),
}

/// The state in one phrase: what is wrong, or how it is where nothing is.
pub fn in_words(profile: &Listed, here: &Here<'_>) -> String {
    let problems = problems_in_words(profile, here);
    if !problems.is_empty() {
        return problems.join("; ");
    }
    match &profile.origin {
        Origin::Hook(_) => "works".to_owned(),
        Origin::TemporaryKeys { expires: Some(expires) } => format!("keys until {}", moment(expires, here)),
        Origin::TemporaryKeys { expires: None } => "temporary keys of another tool".to_owned(),
        Origin::LongTermKey(Place::Config) => "static keys in the configuration file".to_owned(),
        Origin::LongTermKey(Place::Credentials) => "static keys in the credentials file".to_owned(),
        Origin::OtherProcess => "credential_process of another program".to_owned(),
        Origin::Other(setting) => format!("has {setting}"),
        Origin::Nothing => "no credentials".to_owned(),
    }
}

/// Each problem in a phrase.
pub fn problems_in_words(profile: &Listed, here: &Here<'_>) -> Vec<String> {
    problems(profile, here).iter().map(|problem| phrase(problem, here)).collect()
}

/// What is wrong with a profile that is afed's.
pub fn problems(profile: &Listed, here: &Here<'_>) -> Vec<Problem> {
    let no_region = profile.region.is_none().then_some(Problem::NoRegion);
    match &profile.origin {
        Origin::Hook(hook) => {
            let of_hook = [of_program(hook, here), of_connector(hook, here)].into_iter().flatten();
            let shadows = profile.shadows.iter().cloned().map(Problem::Shadowed);
            of_hook.chain(shadows).chain(no_region).collect()
        }
        Origin::TemporaryKeys { expires: Some(expires) } => {
            let has_ended = expires.parse::<Timestamp>().is_ok_and(|end| end <= here.now);
            has_ended.then(|| Problem::KeysEnded(expires.clone())).into_iter().chain(no_region).collect()
        }
        _ => Vec::new(),
    }
}

fn of_program(hook: &Hook, here: &Here<'_>) -> Option<Problem> {
    let program = PathBuf::from(hook.program());
    match program::look(&program, &here.program) {
        Runnable::Gone => Some(Problem::ProgramGone(program)),
        Runnable::NotExecutable => Some(Problem::NotExecutable(program)),
        Runnable::Another => Some(Problem::AnotherProgram(program)),
        Runnable::This => None,
    }
}

/// Only the connectors of the configuration that is in use here are known.
fn of_connector(hook: &Hook, here: &Here<'_>) -> Option<Problem> {
    let named = hook.config().map(PathBuf::from);
    if let Some(config) = named.filter(|config| !program::is_same(config, &here.config)) {
        let is_there = config.exists();
        return Some(if is_there { Problem::AnotherConfiguration(config) } else { Problem::ConfigurationGone(config) });
    }
    let connector = hook.connector();
    if here.settings.origin_of_connector(connector.as_str()).is_none() {
        return Some(Problem::NoConnector(connector.clone()));
    }
    let is_usable = here.settings.connector(connector.as_str(), &config_file::read_policy).is_ok();
    (!is_usable).then(|| Problem::ConnectorUnusable(connector.clone()))
}

fn phrase(problem: &Problem, here: &Here<'_>) -> String {
    match problem {
        Problem::ProgramGone(_) => "the program is gone".to_owned(),
        Problem::NotExecutable(_) => "the program can't be run".to_owned(),
        Problem::AnotherProgram(program) => format!("asks another afed: {}", program.display()),
        Problem::ConfigurationGone(_) => "the configuration is gone".to_owned(),
        Problem::AnotherConfiguration(config) => format!("asks another configuration: {}", config.display()),
        Problem::NoConnector(_) => "no such connector".to_owned(),
        Problem::ConnectorUnusable(_) => "the connector can't be used".to_owned(),
        Problem::Shadowed(shadow) if !shadow.holds_key() => format!("shadowed by {}", shadow.keys.join(", ")),
        Problem::Shadowed(Shadow { place: Place::Config, .. }) => "shadowed by its own keys".to_owned(),
        Problem::Shadowed(_) => format!("shadowed by keys in {}", here.credentials.display()),
        Problem::NoRegion => "no region".to_owned(),
        Problem::KeysEnded(at) => format!("keys ended at {at}"),
    }
}

/// As other listings say it, where it is a moment at all.
fn moment(written: &str, here: &Here<'_>) -> String {
    written.parse().map_or_else(|_| written.to_owned(), |time| told(time, here.now))
}
