//! Answers that come from a flag, or from a person at a terminal, or else are missing by the flag's name.
//! What is typed is checked at once and asked for again; what a flag says is checked by whoever takes it.

use anyhow::Result;

use super::error::CommandError;
use crate::app::App;
use crate::model::secret::Secret;
use crate::ports::{Cause, PromptError};
use crate::ui::Streams;

/// How often a secret may be typed before a wrong one is final.
const TRIES: u32 = 3;

/// A question and the flag that answers it.
#[derive(Debug, Clone, Copy)]
pub struct Question {
    /// How the answer is called in a sentence, such as `the user name`.
    pub what: &'static str,
    /// What is shown at the prompt.
    pub prompt: &'static str,
    pub flag: &'static str,
}

/// Whether a secret was refused, and another one may be accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    OfTheSecret,
    OfSomethingElse,
}

impl Question {
    /// The flag's value, or what was typed, as the parser reads it.
    pub fn answer<T, E: Into<anyhow::Error>>(
        self,
        app: &App,
        given: Option<T>,
        default: Option<&str>,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Result<T> {
        if let Some(given) = given {
            return Ok(given);
        }
        let check = |text: &str| match parse(text.trim()) {
            Ok(_) => Ok(()),
            Err(error) => Err(format!("{:#}", error.into())),
        };
        let text = self.asked(app.prompter.text(self.prompt, default, &check))?;
        parse(text.trim()).map_err(Into::into)
    }

    /// The flag's value, or a line that was typed; neither may be empty.
    pub fn text(self, app: &App, given: Option<&str>, default: Option<&str>) -> Result<String> {
        let not_empty = |text: &str| match text.trim() {
            "" => Err(CommandError::AnswerEmpty { what: self.what }),
            _ => Ok(text.to_owned()),
        };
        match given {
            Some(given) => Ok(not_empty(given)?),
            None => self.answer(app, None, default, not_empty),
        }
    }

    /// What was typed, as the parser reads it, or nothing where nothing was typed.
    pub fn optional<T, E: Into<anyhow::Error>>(
        self,
        app: &App,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Result<Option<T>> {
        self.answer(app, None, Some(""), |text| if text.is_empty() { Ok(None) } else { parse(text).map(Some) })
    }

    /// What was typed over today's answer, as the parser reads it; `-` for none.
    pub fn revised<T, E: Into<anyhow::Error>>(
        self,
        app: &App,
        today: Option<&str>,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Result<Option<T>> {
        self.answer(app, None, Some(today.unwrap_or("-")), |text| match text {
            "-" => Ok(None),
            text => parse(text).map(Some),
        })
    }

    /// One line of standard input when the flag says so, or typed without echo; a terminal is never read with echo.
    pub fn secret(self, app: &App, streams: &mut Streams, from_input: bool) -> Result<Secret> {
        let answer = if from_input && !streams.input.is_terminal {
            let unread = |source| CommandError::SecretNotPiped { what: self.what, flag: self.flag, source };
            streams.input.secret().map_err(unread)?
        } else {
            self.asked(app.prompter.secret(self.prompt))?
        };
        if answer.is_empty() { Err(CommandError::AnswerEmpty { what: self.what }.into()) } else { Ok(answer) }
    }

    /// A secret and what its proof gave. Whoever types it may do so again when it is refused; a pipe has one line.
    pub fn proved_secret<T>(
        self,
        app: &App,
        streams: &mut Streams,
        from_input: bool,
        prove: impl Fn(&Secret) -> Result<T, (Refusal, anyhow::Error)>,
    ) -> Result<(Secret, T)> {
        let mut tries_left = if from_input { 1 } else { TRIES };
        loop {
            tries_left -= 1;
            let secret = self.secret(app, streams, from_input)?;
            match prove(&secret) {
                Ok(proof) => return Ok((secret, proof)),
                Err((Refusal::OfTheSecret, error)) if tries_left > 0 => streams.warning(&format!("{error}; try again")),
                Err((_, error)) => return Err(error),
            }
        }
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
        self.answer(app, None, Some(""), |line| anyhow::Ok(separated(line)))
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

/// The items of a line that commas separate.
pub fn separated(line: &str) -> Vec<String> {
    line.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
}
