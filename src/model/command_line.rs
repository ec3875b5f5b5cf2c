//! A command line as the configuration has it: split into words as a shell would, run without one.

/// A program and its arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandLine {
    pub program: String,
    pub arguments: Vec<String>,
}

/// Why a text is no command line.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum CommandLineError {
    #[error("a quotation mark in it is never closed")]
    Quotes,
    #[error("it names no program")]
    NoProgram,
}

impl std::str::FromStr for CommandLine {
    type Err = CommandLineError;

    fn from_str(text: &str) -> Result<Self, CommandLineError> {
        let mut words = shell_words::split(text).map_err(|_| CommandLineError::Quotes)?.into_iter();
        let program = words.next().filter(|program| !program.is_empty()).ok_or(CommandLineError::NoProgram)?;
        Ok(Self { program, arguments: words.collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_a_shell_s_and_no_shell_sees_them() {
        for (text, program, arguments) in [
            ("ykman oath accounts code --single ops", "ykman", &["oath", "accounts", "code", "--single", "ops"][..]),
            ("'/opt/my tools/otp' \"the ops key\"", "/opt/my tools/otp", &["the ops key"]),
            ("otp;reboot $(reboot) | tee x", "otp;reboot", &["$(reboot)", "|", "tee", "x"]),
        ] {
            let arguments = arguments.iter().map(|argument| (*argument).to_owned()).collect();
            assert_eq!(text.parse(), Ok(CommandLine { program: program.to_owned(), arguments }));
        }
        for (text, error) in [
            ("", CommandLineError::NoProgram),
            ("  ", CommandLineError::NoProgram),
            ("'' x", CommandLineError::NoProgram),
            ("otp 'ops", CommandLineError::Quotes),
        ] {
            assert_eq!(text.parse::<CommandLine>(), Err(error), "{text}");
        }
    }
}
