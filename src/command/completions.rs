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
    answer::text(streams, &String::from_utf8(script(args.shell))?)
}

/// The script as this program writes it.
pub fn script(shell: Shell) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "afed", &mut script);
    script
}
