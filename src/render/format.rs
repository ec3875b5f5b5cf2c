//! The formats of `afed creds`. The doc comments are the text that `--help` shows.
//! Which shell `auto` stands for is found out elsewhere; this room only writes what it is told.

use clap::ValueEnum;
use clap::builder::PossibleValue;

/// How credentials are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Export lines for bash and other POSIX shells
    Bash,
    /// Export lines for zsh
    Zsh,
    /// Lines that set variables in fish
    Fish,
    /// Lines that set variables in PowerShell
    Powershell,
    /// Lines that set variables in the Windows command prompt
    Cmd,
    /// A record of variables for Nushell's load-env, as JSON
    Nushell,
    /// Lines that set variables in Elvish
    Elvish,
    /// One JSON object for scripts, with the connector and the person
    Json,
    /// The JSON object that AWS tools read through credential_process
    Process,
    /// A section for the AWS credentials file
    Ini,
    /// A file for docker --env-file and the dotenv libraries
    Dotenv,
}

impl Format {
    /// The name by which it is asked for.
    pub fn name(self) -> String {
        self.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
    }
}

/// A format as asked for: a given one, or the one of the shell that called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormatChoice {
    Auto,
    Given(Format),
}

impl ValueEnum for FormatChoice {
    fn value_variants<'a>() -> &'a [Self] {
        use Format::{Bash, Cmd, Dotenv, Elvish, Fish, Ini, Json, Nushell, Powershell, Process, Zsh};
        const ALL: [FormatChoice; 12] = [
            FormatChoice::Auto,
            FormatChoice::Given(Bash),
            FormatChoice::Given(Zsh),
            FormatChoice::Given(Fish),
            FormatChoice::Given(Powershell),
            FormatChoice::Given(Cmd),
            FormatChoice::Given(Nushell),
            FormatChoice::Given(Elvish),
            FormatChoice::Given(Json),
            FormatChoice::Given(Process),
            FormatChoice::Given(Ini),
            FormatChoice::Given(Dotenv),
        ];
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        match self {
            Self::Auto => Some(PossibleValue::new("auto").help("Export lines for the shell that called")),
            Self::Given(format) => format.to_possible_value(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_can_be_asked_for_and_has_a_help_text() {
        let given: Vec<_> = Format::value_variants().iter().copied().map(FormatChoice::Given).collect();
        assert_eq!(FormatChoice::value_variants()[0], FormatChoice::Auto);
        assert_eq!(FormatChoice::value_variants()[1..], given);
        let values = FormatChoice::value_variants().iter().filter_map(ValueEnum::to_possible_value);
        let named: Vec<_> = values.map(|value| (value.get_name().to_owned(), value.get_help().is_some())).collect();
        let names = [
            "auto",
            "bash",
            "zsh",
            "fish",
            "powershell",
            "cmd",
            "nushell",
            "elvish",
            "json",
            "process",
            "ini",
            "dotenv",
        ];
        assert_eq!(named, names.map(|name| (name.to_owned(), true)));
    }
}
