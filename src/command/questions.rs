//! Answers that come from a flag, or from a person at a terminal, or else are missing by the flag's name.

use anyhow::Result;

use super::error::CommandError;
use crate::app::App;
use crate::model::secret::Secret;
use crate::ports::{Cause, PromptError};
use crate::ui::Streams;

/// A question and the flag that answers it.
#[derive(Debug, Clone, Copy)]
pub struct Question {
    /// How the answer is called in a sentence, such as `the user name`.
    pub what: &'static str,
    /// What is shown at the prompt.
    pub prompt: &'static str,
    pub flag: &'static str,
}

impl Question {
    /// The flag's value, or a line from the terminal.
    pub fn text(self, app: &App, given: Option<&str>, default: Option<&str>) -> Result<String> {
        let answer = match given {
            Some(answer) => answer.to_owned(),
            None => self.asked(app.prompter.text(self.prompt, default))?,
        };
        if answer.trim().is_empty() { Err(CommandError::AnswerEmpty { what: self.what }.into()) } else { Ok(answer) }
    }

    /// One line of standard input when the flag says so, or typed without echo.
    pub fn secret(self, app: &App, streams: &mut Streams, from_input: bool) -> Result<Secret> {
        let answer = if from_input { streams.input.secret()? } else { self.asked(app.prompter.secret(self.prompt))? };
        if answer.is_empty() { Err(CommandError::AnswerEmpty { what: self.what }.into()) } else { Ok(answer) }
    }

    /// One of a list.
    pub fn one_of<T: Clone>(self, app: &App, given: Option<T>, items: &[(String, T)]) -> Result<T> {
        if let Some(given) = given {
            return Ok(given);
        }
        let labels: Vec<String> = items.iter().map(|(label, _)| label.clone()).collect();
        let picked = self.asked(app.prompter.pick(self.prompt, &labels))?;
        items
            .get(picked)
            .map(|(_, value)| value.clone())
            .ok_or_else(|| CommandError::AnswerEmpty { what: self.what }.into())
    }

    /// A list on one line, separated by commas; an empty line is an empty list.
    pub fn list(self, app: &App) -> Result<Vec<String>> {
        let line = self.asked(app.prompter.text(self.prompt, Some("")))?;
        Ok(line.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect())
    }

    /// What to say of an answer that was given and is none.
    pub fn unfit(self, source: impl Into<Cause>) -> CommandError {
        CommandError::AnswerUnfit { what: self.what, source: source.into() }
    }

    fn asked<T>(self, answer: Result<T, PromptError>) -> Result<T> {
        answer.map_err(|error| match error {
            PromptError::NoTerminal => CommandError::AnswerMissing { what: self.what, flag: self.flag }.into(),
            other => other.into(),
        })
    }
}
