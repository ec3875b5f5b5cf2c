//! What a profile's credentials come from, and what keeps it from working here, in words.

use std::path::{Path, PathBuf};

use anyhow::Result;
use jiff::Timestamp;

use crate::app::App;
use crate::aws_files::{Hook, Listed, Origin, Place, Shadow};
use crate::config::settings::Settings;
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
        Origin::TemporaryKeys { .. } => "temporary keys",
        Origin::LongTermKey(_) => "static keys",
        Origin::OtherProcess => "other process",
        Origin::Other(_) => "other",
        Origin::Nothing => "none",
    }
}

/// The state in one phrase: what is wrong, or how it is where nothing is.
pub fn in_words(profile: &Listed, here: &Here<'_>) -> String {
    let problems = problems(profile, here);
    if !problems.is_empty() {
        return problems.join("; ");
    }
    match &profile.origin {
        Origin::Hook(_) => "works".to_owned(),
        Origin::TemporaryKeys { expires: Some(expires) } => format!("keys until {expires}"),
        Origin::TemporaryKeys { expires: None } => "temporary keys of another tool".to_owned(),
        Origin::LongTermKey(Place::Config) => "static keys in the configuration file".to_owned(),
        Origin::LongTermKey(Place::Credentials) => "static keys in the credentials file".to_owned(),
        Origin::OtherProcess => "credential_process of another program".to_owned(),
        Origin::Other(setting) => format!("has {setting}"),
        Origin::Nothing => "no credentials".to_owned(),
    }
}

/// What is wrong with a profile that is afed's.
pub fn problems(profile: &Listed, here: &Here<'_>) -> Vec<String> {
    let no_region = profile.region.is_none().then(|| "no region".to_owned());
    match &profile.origin {
        Origin::Hook(hook) => {
            let of_hook = [of_program(hook, here), of_connector(hook, here)].into_iter().flatten();
            let shadows = profile.shadows.iter().map(|shadow| in_the_way(shadow, here));
            of_hook.chain(shadows).chain(no_region).collect()
        }
        Origin::TemporaryKeys { expires: Some(expires) } => {
            let has_ended = expires.parse::<Timestamp>().is_ok_and(|end| end <= here.now);
            has_ended.then(|| format!("keys ended at {expires}")).into_iter().chain(no_region).collect()
        }
        _ => Vec::new(),
    }
}

fn of_program(hook: &Hook, here: &Here<'_>) -> Option<String> {
    let program = Path::new(hook.program());
    match program::look(program, &here.program) {
        Runnable::Gone => Some("the program is gone".to_owned()),
        Runnable::NotExecutable => Some("the program can't be run".to_owned()),
        Runnable::Another => Some(format!("asks another afed: {}", program.display())),
        Runnable::This => None,
    }
}

/// Only the connectors of the configuration that is in use here are known.
fn of_connector(hook: &Hook, here: &Here<'_>) -> Option<String> {
    if let Some(config) = hook.config().filter(|config| !is_same_file(Path::new(config), &here.config)) {
        return Some(format!("asks another configuration: {config}"));
    }
    let is_known = here.settings.origin_of_connector(hook.connector().as_str()).is_some();
    (!is_known).then(|| "no such connector".to_owned())
}

fn is_same_file(one: &Path, other: &Path) -> bool {
    one == other || one.canonicalize().is_ok_and(|one| other.canonicalize().is_ok_and(|other| one == other))
}

fn in_the_way(shadow: &Shadow, here: &Here<'_>) -> String {
    match shadow {
        Shadow::Keys(Place::Credentials) => format!("shadowed by keys in {}", here.credentials.display()),
        Shadow::Keys(Place::Config) => "shadowed by its own keys".to_owned(),
        Shadow::Setting(setting) => format!("shadowed by {setting}"),
    }
}
