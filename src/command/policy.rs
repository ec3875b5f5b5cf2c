//! `afed policy`: session policies to start from and their faults, and the permissions that connectors need.

mod check;
mod examples;
mod needed;

use anyhow::Result;
use clap::{Args, Subcommand};

use crate::app::App;
use crate::ui::Streams;

const AFTER_HELP: &str = "\
AWS has a generator to write policies, https://awspolicygen.s3.amazonaws.com/policygen.html,
and a simulator to try them, https://policysim.aws.amazon.com/";

/// Write policies: examples, their faults, and what a connector needs
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct PolicyArgs {
    #[command(subcommand)]
    verb: PolicyVerb,
}

#[derive(Debug, Subcommand)]
enum PolicyVerb {
    Examples(examples::ExamplesArgs),
    Check(check::CheckArgs),
    Needed(needed::NeededArgs),
}

pub fn run(args: PolicyArgs, app: &App, streams: &mut Streams) -> Result<()> {
    match args.verb {
        PolicyVerb::Examples(args) => examples::run(&args, streams),
        PolicyVerb::Check(args) => check::run(&args, streams),
        PolicyVerb::Needed(args) => needed::run(&args, app, streams),
    }
}
