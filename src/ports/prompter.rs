//! How a person at a terminal is asked. What is not asked must be given as a flag.

use crate::model::secret::Secret;

/// Asks a person at a terminal. Without one, every method fails with [`PromptError::NoTerminal`].
pub trait Prompter {
    /// A line of text that passes the check, with an answer to take when it is left empty.
    fn text(&self, question: &str, default: Option<&str>, check: Check<'_>) -> Result<String, PromptError>;
    /// A secret, typed without echo.
    fn secret(&self, question: &str) -> Result<Secret, PromptError>;
    /// The position of the one item that was picked from a list.
    fn pick(&self, question: &str, items: &[String]) -> Result<usize, PromptError>;
}

/// What is wrong with an answer. The person is told so and asked again.
pub type Check<'a> = &'a dyn Fn(&str) -> Result<(), String>;

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
pub enum PromptError {
    /// Nobody can be asked; the caller must name the flag that gives the answer.
    #[error("there is no terminal to ask at")]
    NoTerminal,
    /// The person broke off.
    #[error("interrupted")]
    Interrupted,
    #[error("the terminal is too low to choose at: it has {rows} of the {needed} lines that it takes")]
    TooLow { rows: u16, needed: u16 },
    #[error("the terminal can't be used")]
    Terminal(#[source] std::io::Error),
}
