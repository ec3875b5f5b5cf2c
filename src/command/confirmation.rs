//! Whether something is really meant that can't be undone.

use anyhow::Result;

use super::error::CommandError;
use super::questions::Question;
use crate::app::App;

/// Goes on where the flag or a person says yes; without a terminal the flag is missing.
pub fn confirm(app: &App, given: bool, prompt: &'static str) -> Result<()> {
    let question = Question { what: "the confirmation", prompt, flag: "--yes" };
    let meant = question.answer(app, given.then_some(true), Some("no"), yes_or_no)?;
    if meant { Ok(()) } else { Err(CommandError::NotMeant.into()) }
}

/// The answer to a question that has two.
pub fn yes_or_no(text: &str) -> Result<bool> {
    match text {
        "yes" | "y" => Ok(true),
        "no" | "n" => Ok(false),
        _ => Err(anyhow::anyhow!("answer yes or no")),
    }
}
