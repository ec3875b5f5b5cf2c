//! Questions, asked on the terminal itself and never on stdout or stderr, which belong to the caller.
//! Without a terminal, or from the background, nothing is asked: the question would stop the process for ever.

use std::io;

use dialoguer::console::Term;
use dialoguer::{Input, Password, Select};

use crate::model::secret::Secret;
use crate::ports::{PromptError, Prompter};

/// Which terminal counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Standard input must be one: for commands that people type.
    StandardInput { is_terminal: bool },
    /// The controlling terminal will do: for hooks, whose standard streams belong to an SDK.
    ControllingTerminal,
}

/// A prompter over the controlling terminal.
#[derive(Debug, Clone, Copy)]
pub struct TerminalPrompter {
    reach: Reach,
}

impl TerminalPrompter {
    pub const fn new(reach: Reach) -> Self {
        Self { reach }
    }

    fn terminal(self) -> Result<Term, PromptError> {
        if self.reach == (Reach::StandardInput { is_terminal: false }) {
            return Err(PromptError::NoTerminal);
        }
        controlling_terminal()
    }
}

#[cfg(unix)]
fn controlling_terminal() -> Result<Term, PromptError> {
    let open = || std::fs::OpenOptions::new().read(true).write(true).open("/dev/tty");
    let reader = open().map_err(|_| PromptError::NoTerminal)?;
    let writer = open().map_err(|_| PromptError::NoTerminal)?;
    match nix::unistd::tcgetpgrp(&reader) {
        Ok(foreground) if foreground == nix::unistd::getpgrp() => Ok(Term::read_write_pair(reader, writer)),
        _ => Err(PromptError::NoTerminal),
    }
}

#[cfg(not(unix))]
fn controlling_terminal() -> Result<Term, PromptError> {
    let terminal = Term::stderr();
    if terminal.is_term() { Ok(terminal) } else { Err(PromptError::NoTerminal) }
}

impl Prompter for TerminalPrompter {
    fn text(&self, question: &str, default: Option<&str>) -> Result<String, PromptError> {
        let terminal = self.terminal()?;
        let mut input = Input::<String>::new().with_prompt(question);
        if let Some(default) = default {
            input = input.default(default.to_owned());
        }
        input.interact_text_on(&terminal).map_err(failed)
    }

    fn secret(&self, question: &str) -> Result<Secret, PromptError> {
        let terminal = self.terminal()?;
        Password::new().with_prompt(question).interact_on(&terminal).map(Secret::new).map_err(failed)
    }

    fn pick(&self, question: &str, items: &[String]) -> Result<usize, PromptError> {
        let terminal = self.terminal()?;
        Select::new().with_prompt(question).items(items).default(0).interact_on(&terminal).map_err(failed)
    }
}

fn failed(error: dialoguer::Error) -> PromptError {
    let dialoguer::Error::IO(error) = error;
    match error.kind() {
        io::ErrorKind::Interrupted => PromptError::Interrupted,
        io::ErrorKind::NotConnected => PromptError::NoTerminal,
        _ => PromptError::Terminal(error),
    }
}
