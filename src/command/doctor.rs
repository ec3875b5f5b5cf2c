//! `afed doctor`: looks at everything that the main job rests on, and says what is wrong and what mends it. Each group of
//! checks has a file of its own here. Nothing is changed, one failing check does not stop another, and every call ends in time.

mod access;
mod audit_trail;
mod aws;
mod chart;
mod clock;
mod completions;
mod configuration;
mod directory;
mod finding;
mod leftovers;
mod patience;
mod profiles;
mod programs;
mod secret_store;
mod watched;

use anyhow::Result;
use clap::Args;

use crate::app::App;
use crate::ui::Streams;
use chart::Chart;
use patience::Patience;

/// Find out what is wrong, and what mends it: configuration, files, hooks, audit trail, secret store, directory, keys
///
/// Nothing is changed. The exit code is 0 only if all is well: no warning, no fault, nothing that could not be checked
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

/// Why something was not checked.
const NO_CONFIGURATION: &str = "the configuration can't be used";
const NO_STORE: &str = "the secret store gives no secrets";

pub fn run(args: &DoctorArgs, app: &App, streams: &mut Streams) -> Result<()> {
    let mut chart = Chart::new(app);
    configuration::examine(&mut chart);
    let settings = app.settings().ok();
    programs::examine(&mut chart);
    completions::examine(&mut chart);
    access::examine(&mut chart, settings);
    leftovers::examine(&mut chart, settings);
    audit_trail::examine(&mut chart, settings);
    profiles::examine(&mut chart, settings);
    let Some(settings) = settings else {
        for check in ["secret store", "directory", "session", "AWS STS", "key"] {
            chart.not_checked(check, "", NO_CONFIGURATION);
        }
        return chart.end(args.json, streams);
    };
    let store = secret_store::examine(&mut chart, settings);
    let patience = Patience::default();
    directory::examine(&mut chart, settings, store.as_deref(), &patience);
    aws::examine(&mut chart, settings, store.as_deref(), &patience);
    chart.end(args.json, streams)
}
