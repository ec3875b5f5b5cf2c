//! A person for the tests of this room: types what it was told to, then is gone.

use std::cell::RefCell;
use std::collections::VecDeque;

use crate::model::secret::Secret;
use crate::ports::{Check, PromptError, Prompter};

pub struct TypingPrompter(RefCell<VecDeque<String>>);

impl TypingPrompter {
    pub fn of(typed: &[&str]) -> Self {
        Self(RefCell::new(typed.iter().map(|text| (*text).to_owned()).collect()))
    }

    pub fn nobody() -> Self {
        Self::of(&[])
    }

    /// How many answers nobody has asked for yet.
    pub fn left(&self) -> usize {
        self.0.borrow().len()
    }
}

impl Prompter for TypingPrompter {
    fn text(&self, _question: &str, _default: Option<&str>, _check: Check<'_>) -> Result<String, PromptError> {
        Err(PromptError::NoTerminal)
    }

    fn secret(&self, _question: &str) -> Result<Secret, PromptError> {
        self.0.borrow_mut().pop_front().map(Secret::new).ok_or(PromptError::NoTerminal)
    }

    fn pick(&self, _question: &str, _items: &[String]) -> Result<usize, PromptError> {
        Err(PromptError::NoTerminal)
    }
}
