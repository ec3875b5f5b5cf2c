//! The flags that every verb has: how much is shown, and in which colours.

use std::ffi::OsString;

use clap::{Args, ValueEnum};

use super::GLOBAL;
use crate::ui::{ColorChoice, Loudness, Wish};

/// How afed shows itself.
#[derive(Debug, Args)]
pub struct SurfaceArgs {
    /// Write colours: at a terminal only, always, or never
    #[arg(
        long,
        global = true,
        value_enum,
        value_name = "WHEN",
        default_value = "auto",
        hide_possible_values = true,
        help_heading = GLOBAL
    )]
    color: ColorChoice,
    /// Say nothing but answers, warnings and errors
    #[arg(long, short, global = true, help_heading = GLOBAL)]
    quiet: bool,
}

impl SurfaceArgs {
    pub const fn plain() -> Self {
        Self { color: ColorChoice::Auto, quiet: false }
    }

    pub const fn wish(&self) -> Wish {
        Wish { color: self.color, loudness: if self.quiet { Loudness::Quiet } else { Loudness::Normal } }
    }

    /// What was asked for on a command line that the parser did not take, or that asks for help.
    pub fn wish_of_unread(arguments: &[OsString]) -> Wish {
        let words: Vec<&str> =
            arguments.iter().map_while(|word| word.to_str()).take_while(|word| *word != "--").collect();
        let named = |(position, word): (usize, &&str)| match word.strip_prefix("--color") {
            Some("") => words.get(position + 1).copied().map(str::to_owned),
            Some(value) => value.strip_prefix('=').map(str::to_owned),
            None => None,
        };
        let color = words.iter().enumerate().find_map(named);
        let color = color.and_then(|name| ColorChoice::from_str(&name, false).ok()).unwrap_or_default();
        Wish { color, loudness: Loudness::Normal }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_colour_is_found_on_a_line_that_is_wrong_otherwise() {
        for (line, color) in [
            (&["afed", "--color", "never", "creds"][..], ColorChoice::Never),
            (&["afed", "creds", "--color=always", "--nonsense"], ColorChoice::Always),
            (&["afed", "--color"], ColorChoice::Auto),
            (&["afed", "--color", "mauve"], ColorChoice::Auto),
            (&["afed", "--colors=always"], ColorChoice::Auto),
            (&["afed", "exec", "deploy", "--", "ls", "--color=always"], ColorChoice::Auto),
        ] {
            let line: Vec<OsString> = line.iter().map(OsString::from).collect();
            assert_eq!(SurfaceArgs::wish_of_unread(&line).color, color, "{line:?}");
        }
    }
}
