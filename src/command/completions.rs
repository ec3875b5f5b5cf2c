//! `afed completions`: the completion script of a shell. The scripts are kept as files; each asks `afed complete`.

use anyhow::Result;
use clap::Args;

use super::answer;
use crate::render::completion::CompletionShell;
use crate::ui::Streams;

/// Print the completion script of a shell
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell that the script is for
    #[arg(value_enum)]
    shell: CompletionShell,
}

pub fn run(args: &CompletionsArgs, streams: &mut Streams) -> Result<()> {
    answer::text(streams, script(args.shell))
}

/// The script as this program prints it.
pub const fn script(shell: CompletionShell) -> &'static str {
    match shell {
        CompletionShell::Bash => include_str!("../../completions/afed.bash"),
        CompletionShell::Elvish => include_str!("../../completions/afed.elv"),
        CompletionShell::Fish => include_str!("../../completions/afed.fish"),
        CompletionShell::Nushell => include_str!("../../completions/afed.nu"),
        CompletionShell::Powershell => include_str!("../../completions/_afed.ps1"),
        CompletionShell::Zsh => include_str!("../../completions/_afed"),
    }
}
