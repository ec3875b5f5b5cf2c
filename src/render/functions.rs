//! The functions that set, refresh and clear credentials in the current shell, as texts that shells read at their start.
//! Each stands in a file of its own language; only the call of afed is put into it, quoted for that shell.

use clap::ValueEnum;

use super::{elvish, fish, nushell, posix, powershell};

/// A shell that has functions which can change its own environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FunctionShell {
    /// eval "$(afed shell-init bash)" in ~/.bashrc
    Bash,
    /// eval "$(afed shell-init zsh)" in ~/.zshrc
    Zsh,
    /// afed shell-init fish | source in ~/.config/fish/config.fish
    Fish,
    /// afed shell-init powershell | Out-String | Invoke-Expression in $PROFILE
    Powershell,
    /// A file for the folder vendor/autoload in $nu.data-dir
    Nushell,
    /// eval (afed shell-init elvish | slurp) in ~/.config/elvish/rc.elv
    Elvish,
}

/// Where the call of afed goes.
const CALL: &str = "{{afed}}";

/// The functions for a shell; they call this program with these arguments before their own.
pub fn functions(shell: FunctionShell, program: &str, arguments: &[&str]) -> String {
    let (text, before, quote, after): (_, _, fn(&mut String, &str), _) = match shell {
        FunctionShell::Bash => (include_str!("functions/functions.bash"), "", posix::quote, ""),
        FunctionShell::Zsh => (include_str!("functions/functions.zsh"), "", posix::quote, ""),
        FunctionShell::Fish => (include_str!("functions/functions.fish"), "", fish::quote, ""),
        FunctionShell::Powershell => (include_str!("functions/functions.ps1"), "& (", powershell::quote, ")"),
        FunctionShell::Nushell => (include_str!("functions/functions.nu"), "^", nushell::quote, ""),
        FunctionShell::Elvish => (include_str!("functions/functions.elv"), "(external ", elvish::quote, ")"),
    };
    let mut call = before.to_owned();
    quote(&mut call, program);
    call.push_str(after);
    for argument in arguments {
        let (open, close) = if shell == FunctionShell::Powershell { (" (", ")") } else { (" ", "") };
        call.push_str(open);
        quote(&mut call, argument);
        call.push_str(close);
    }
    text.replace(CALL, &call)
}
