//! The command line that opens a browser, as the configuration has it: split as a shell would, run without one.
//! `{url}` is in it exactly once, and never in the name of the program.

use crate::model::command_line::{CommandLine, CommandLineError};

const URL: &str = "{url}";

/// A program, and its arguments with the place for the URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrowserCommand(CommandLine);

/// Why a text is no such command line.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum BrowserCommandError {
    #[error(transparent)]
    Words(CommandLineError),
    #[error("it names no program; write such as: firefox --new-tab {{url}}")]
    NoProgram,
    #[error("it has {{url}} {0} times in its arguments; it must be there once")]
    Url(usize),
    #[error("it has {{url}} in the name of the program")]
    UrlAsProgram,
}

impl BrowserCommand {
    /// A program that takes the URL as its last argument.
    pub fn of(program: &str, before: &[&str]) -> Self {
        let arguments = before.iter().copied().chain([URL]).map(str::to_owned).collect();
        Self(CommandLine { program: program.to_owned(), arguments })
    }

    pub fn program(&self) -> &str {
        &self.0.program
    }

    /// The arguments with the URL in its place.
    pub fn arguments(&self, url: &str) -> Vec<String> {
        self.0.arguments.iter().map(|argument| argument.replace(URL, url)).collect()
    }
}

impl std::str::FromStr for BrowserCommand {
    type Err = BrowserCommandError;

    fn from_str(text: &str) -> Result<Self, BrowserCommandError> {
        let command: CommandLine = text.parse().map_err(|error| match error {
            CommandLineError::NoProgram => BrowserCommandError::NoProgram,
            other @ CommandLineError::Quotes => BrowserCommandError::Words(other),
        })?;
        if command.program.contains(URL) {
            return Err(BrowserCommandError::UrlAsProgram);
        }
        match command.arguments.iter().map(|argument| argument.matches(URL).count()).sum() {
            1 => Ok(Self(command)),
            times => Err(BrowserCommandError::Url(times)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_split_as_a_shell_would_and_is_given_to_none() {
        for (text, program, arguments) in [
            ("firefox {url}", "firefox", &["U"][..]),
            ("firefox --new-tab {url}", "firefox", &["--new-tab", "U"]),
            ("'/opt/my browser/run' --profile \"a b\" {url}", "/opt/my browser/run", &["--profile", "a b", "U"]),
            ("firefox 'ext+container:name=aws&url={url}'", "firefox", &["ext+container:name=aws&url=U"]),
            ("x {url};reboot $(reboot) `reboot` > y", "x", &["U;reboot", "$(reboot)", "`reboot`", ">", "y"]),
        ] {
            let command: BrowserCommand = text.parse().unwrap();
            assert_eq!(
                (command.program(), command.arguments("U")),
                (program, arguments.iter().map(|a| (*a).to_owned()).collect())
            );
        }
    }

    #[test]
    fn a_command_that_would_not_get_the_url_once_is_refused() {
        for (text, error) in [
            ("", BrowserCommandError::NoProgram),
            ("'' {url}", BrowserCommandError::NoProgram),
            ("firefox", BrowserCommandError::Url(0)),
            ("firefox {url} {url}", BrowserCommandError::Url(2)),
            ("firefox {url}{url}", BrowserCommandError::Url(2)),
            ("{url} {url}", BrowserCommandError::UrlAsProgram),
            ("firefox '{url}", BrowserCommandError::Words(CommandLineError::Quotes)),
        ] {
            assert_eq!(text.parse::<BrowserCommand>(), Err(error), "{text}");
        }
    }
}
