//! `afed completions`: the completion script of a shell.

use anyhow::Result;
use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::{Cli, answer};
use crate::ui::Streams;

/// Print the completion script of a shell
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell that the script is for
    #[arg(value_enum)]
    shell: Shell,
}

pub fn run(args: &CompletionsArgs, streams: &mut Streams) -> Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "afed", &mut script);
    answer::text(streams, &String::from_utf8(script)?)
}
