//! The profiles in AWS's files that are afed's: whether AWS tools come through them to a program and a connector that are
//! there, or to something else that takes their place.

use std::path::Path;

use super::chart::Chart;
use super::configuration::edit_at;
use crate::app::App;
use crate::aws_files::{self, AwsConfig, Family, Listed, Origin, Place, Shadow};
use crate::command::aws_file;
use crate::command::profile::state::{self, Here, Problem};
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
    let (Some(config), Some(credentials)) = files else { return };
    let profiles = aws_files::listing(&config, &credentials);
    let hooks: Vec<&Listed> = profiles.iter().filter(|profile| matches!(profile.origin, Origin::Hook(_))).collect();
    for profile in &profiles {
        of_profile(chart, profile, settings);
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

fn of_profile(chart: &mut Chart<'_>, profile: &Listed, settings: Option<&Settings>) {
    let is_hook = matches!(profile.origin, Origin::Hook(_));
    let here = match settings.map(|_| Here::of(chart.app)) {
        Some(Ok(here)) => here,
        Some(Err(error)) => return chart.hindered(CHECK, &profile.name, error.as_ref()),
        None if is_hook => return chart.not_checked(CHECK, &profile.name, super::NO_CONFIGURATION),
        None => return,
    };
    let mut problems = state::problems(profile, &here);
    // Without its connector nothing else of a profile is worth mending.
    if problems.iter().any(|problem| matches!(problem, Problem::NoConnector(_))) {
        problems.retain(|problem| matches!(problem, Problem::NoConnector(_)));
    }
    for problem in &problems {
        tell(chart, profile, problem);
    }
    if let (Origin::Hook(hook), true) = (&profile.origin, problems.is_empty()) {
        chart.ok(CHECK, &profile.name, format!("asks for {}", hook.connector()));
    }
}

fn tell(chart: &mut Chart<'_>, profile: &Listed, problem: &Problem) {
    let (name, write_anew) = (&profile.name, write_anew(profile));
    let remove = format!("afed profile remove {}", quoted(name));
    match problem {
        Problem::NoConnector(connector) => {
            chart.fault(CHECK, name, format!("there is no connector “{connector}”"), remove);
        }
        Problem::ConnectorUnusable(connector) => {
            let found = format!("the configuration of its connector “{connector}” can't be used");
            chart.fault(CHECK, name, found, format!("afed connector check {connector}"));
        }
        Problem::ProgramGone(path) | Problem::ConfigurationGone(path) => {
            let found = format!("its hook names {}, which is not there", path.display());
            chart.fault(CHECK, name, found, write_anew);
        }
        Problem::NotExecutable(path) => {
            let found = format!("its hook names {}, which can't be run", path.display());
            chart.fault(CHECK, name, found, write_anew);
        }
        Problem::AnotherProgram(path) => {
            let found = format!("its hook names another afed, {}", path.display());
            chart.warning(CHECK, name, found, write_anew);
        }
        Problem::AnotherConfiguration(path) => {
            let found = format!("it asks by another configuration, {}", path.display());
            chart.note(CHECK, name, found, format!("afed --config {} doctor", quoted(path.display())));
        }
        Problem::NoRegion => {
            chart.warning(CHECK, name, "it has no region, and some AWS tools ask for one", write_anew);
        }
        Problem::KeysEnded(at) => chart.warning(CHECK, name, format!("its temporary keys ended at {at}"), remove),
        Problem::Shadowed(shadow) => shadowed(chart, name, shadow),
    }
}

/// The command that writes the profile as it should be.
fn write_anew(profile: &Listed) -> String {
    let Origin::Hook(hook) = &profile.origin else {
        return format!("aws configure set region REGION --profile {}", quoted(&profile.name));
    };
    let system = if hook.scope() == Scope::System { " --system" } else { "" };
    format!("afed profile add {} --connector {}{system}", quoted(&profile.name), hook.connector())
}

fn shadowed(chart: &mut Chart<'_>, name: &str, shadow: &Shadow) {
    let path = path_of(chart.app, shadow.place).to_owned();
    let found = format!("{} in {} may be taken in place of its hook", shadow.keys.join(", "), path.display());
    let edit = edit_at(&path, Some(shadow.line));
    let take_over = format!("afed account import {} --remove", quoted(name));
    let mends = if shadow.is_long_term_key() { vec![take_over, edit] } else { vec![edit] };
    chart.fault_with(CHECK, name, found, mends);
}

fn path_of(app: &App, place: Place) -> &Path {
    match place {
        Place::Config => &app.paths.aws_config,
        Place::Credentials => &app.paths.aws_credentials,
    }
}

fn stronger_variables(chart: &mut Chart<'_>) {
    let set: Vec<&str> = STRONGER.into_iter().filter(|name| chart.app.environment.get(name).is_some()).collect();
    if !set.is_empty() {
        let found = "AWS tools take these before any profile that is not named on their command line";
        chart.warning("environment", set.join(", "), found, format!("unset {}", set.join(" ")));
    }
}
