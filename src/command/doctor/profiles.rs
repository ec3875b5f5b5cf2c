//! The hooks in AWS's configuration file: whether AWS tools come through them to a program and a connector that are there,
//! or to something else that takes their place.

use std::path::Path;

use super::chart::Chart;
use super::configuration::edit_at;
use crate::aws_files::{self, AwsConfig, Family, HookProfile, Shadow};
use crate::command::aws_file;
use crate::config::settings::Settings;
use crate::model::actor::Scope;
use crate::render::pasted::quoted;

const CHECK: &str = "profile";
/// What AWS tools take before any profile, unless they are told one on the command line.
const STRONGER: [&str; 4] =
    ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_WEB_IDENTITY_TOKEN_FILE"];

pub fn examine(chart: &mut Chart<'_>, settings: Option<&Settings>) {
    let paths = &chart.app.paths;
    let (config, credentials) = (paths.aws_config.clone(), paths.aws_credentials.clone());
    let files = (load(chart, &config, Family::Config), load(chart, &credentials, Family::Credentials));
    let (Some(config_file), Some(credentials_file)) = files else { return };
    let hooks = aws_files::hooks(&config_file);
    for profile in &hooks {
        let shadows = aws_files::shadows(&profile.name, &config_file, &credentials_file);
        of_hook(chart, profile, settings);
        for shadow in &shadows {
            shadowed(chart, &profile.name, shadow);
        }
        if shadows.is_empty() && is_whole(profile, settings) {
            chart.ok(CHECK, &profile.name, format!("asks for {}", profile.hook.connector()));
        }
    }
    if !hooks.is_empty() {
        stronger_variables(chart);
    }
}

/// The file; its faults keep some AWS tool from reading it.
fn load(chart: &mut Chart<'_>, path: &Path, family: Family) -> Option<AwsConfig> {
    match aws_file::load(path, family) {
        Ok(file) => {
            for fault in file.faults() {
                let found = format!("some AWS tools can't read it: {fault}");
                chart.warning("AWS files", path.display(), found, edit_at(path, Some(fault.line)));
            }
            Some(file)
        }
        Err(error) => {
            chart.failed("AWS files", path.display(), error.as_ref());
            None
        }
    }
}

/// Whether nothing is wrong with the hook itself.
fn is_whole(profile: &HookProfile, settings: Option<&Settings>) -> bool {
    gone(profile).is_none()
        && profile.region.is_some()
        && settings.is_some_and(|settings| has_connector(profile, settings))
}

fn has_connector(profile: &HookProfile, settings: &Settings) -> bool {
    profile.hook.config().is_some() || settings.origin_of_connector(profile.hook.connector().as_str()).is_some()
}

/// The path in the hook that leads nowhere.
fn gone(profile: &HookProfile) -> Option<&str> {
    [Some(profile.hook.program()), profile.hook.config()].into_iter().flatten().find(|path| !Path::new(path).exists())
}

fn of_hook(chart: &mut Chart<'_>, profile: &HookProfile, settings: Option<&Settings>) {
    let connector = profile.hook.connector();
    let system = if profile.hook.scope() == Scope::System { " --system" } else { "" };
    let write_anew = format!("afed profile add {} --connector {connector}{system}", quoted(&profile.name));
    let Some(settings) = settings else {
        return chart.not_checked(CHECK, &profile.name, super::NO_CONFIGURATION);
    };
    if !has_connector(profile, settings) {
        let mend = format!("afed profile remove {}", quoted(&profile.name));
        return chart.fault(CHECK, &profile.name, format!("there is no connector “{connector}”"), mend);
    }
    if let Some(path) = gone(profile) {
        chart.fault(CHECK, &profile.name, format!("its hook names {path}, which is not there"), &write_anew);
    }
    if profile.region.is_none() {
        chart.warning(CHECK, &profile.name, "it has no region, and some AWS tools ask for one", &write_anew);
    }
}

fn shadowed(chart: &mut Chart<'_>, name: &str, shadow: &Shadow) {
    let paths = &chart.app.paths;
    let path = if shadow.family == Family::Config { &paths.aws_config } else { &paths.aws_credentials };
    let found = format!("{} in {} may be taken in place of its hook", shadow.keys.join(", "), path.display());
    let edit = edit_at(path, Some(shadow.line));
    let take_over = format!("afed account import {} --remove", quoted(name));
    let mends = if shadow.is_long_term_key() { vec![take_over, edit] } else { vec![edit] };
    chart.fault_with(CHECK, name, found, mends);
}

fn stronger_variables(chart: &mut Chart<'_>) {
    let set: Vec<&str> = STRONGER.into_iter().filter(|name| chart.app.environment.get(name).is_some()).collect();
    if !set.is_empty() {
        let found = "AWS tools take these before any profile that is not named on their command line";
        chart.warning("environment", set.join(", "), found, format!("unset {}", set.join(" ")));
    }
}
