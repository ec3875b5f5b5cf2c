//! Questions, asked on the terminal itself and never on stdout or stderr, which belong to the caller.
//! Without a terminal, or from the background, nothing is asked: the question would stop the process for ever.
//! A person who breaks off ends the question and not the process, which has its own way to its end.

use std::io;

use dialoguer::console::Term;
use dialoguer::{Input, Select};

use super::theme::PlainTheme;
use crate::model::secret::Secret;
use crate::ports::{Check, PromptError, Prompter};

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

    fn refuse_without_terminal(self) -> Result<(), PromptError> {
        match self.reach {
            Reach::StandardInput { is_terminal: false } => Err(PromptError::NoTerminal),
            _ => Ok(()),
        }
    }

    fn terminal(self) -> Result<Term, PromptError> {
        self.refuse_without_terminal()?;
        controlling_terminal()
    }
}

#[cfg(unix)]
fn controlling_terminal() -> Result<Term, PromptError> {
    let terminal = open_controlling_terminal()?;
    let writer = terminal.try_clone().map_err(PromptError::Terminal)?;
    Ok(Term::read_write_pair(terminal, writer))
}

#[cfg(unix)]
fn open_controlling_terminal() -> Result<std::fs::File, PromptError> {
    let terminal = std::fs::OpenOptions::new().read(true).write(true).open("/dev/tty");
    let terminal = terminal.map_err(|_| PromptError::NoTerminal)?;
    match nix::unistd::tcgetpgrp(&terminal) {
        Ok(foreground) if foreground == nix::unistd::getpgrp() => Ok(terminal),
        _ => Err(PromptError::NoTerminal),
    }
}

#[cfg(not(unix))]
fn controlling_terminal() -> Result<Term, PromptError> {
    let terminal = Term::stderr();
    if terminal.is_term() { Ok(terminal) } else { Err(PromptError::NoTerminal) }
}

impl Prompter for TerminalPrompter {
    fn text(&self, question: &str, default: Option<&str>, check: Check<'_>) -> Result<String, PromptError> {
        let terminal = self.terminal()?;
        let input = Input::<String>::with_theme(&PlainTheme).with_prompt(question);
        let mut input = input.validate_with(|answer: &String| check(answer));
        if let Some(default) = default {
            input = input.default(default.to_owned());
        }
        ask(&terminal, || input.interact_text_on(&terminal))
    }

    #[cfg(unix)]
    fn secret(&self, question: &str) -> Result<Secret, PromptError> {
        self.refuse_without_terminal()?;
        super::hidden_line::ask(question, open_controlling_terminal()?)
    }

    #[cfg(not(unix))]
    fn secret(&self, question: &str) -> Result<Secret, PromptError> {
        let terminal = self.terminal()?;
        let password = dialoguer::Password::with_theme(&PlainTheme).with_prompt(question);
        ask(&terminal, || password.interact_on(&terminal)).map(Secret::new)
    }

    fn pick(&self, question: &str, items: &[String]) -> Result<usize, PromptError> {
        let terminal = self.terminal()?;
        refuse_low(&terminal)?;
        let select = Select::with_theme(&PlainTheme).with_prompt(question).items(items).default(0);
        ask(&terminal, || select.interact_on(&terminal))
    }
}

/// The terminal library panics where there is no line for a choice between its question and its last line.
fn refuse_low(terminal: &Term) -> Result<(), PromptError> {
    const NEEDED: u16 = 3;
    let (rows, _) = terminal.size();
    if rows < NEEDED { Err(PromptError::TooLow { rows, needed: NEEDED }) } else { Ok(()) }
}

/// Runs a dialogue and leaves the terminal as it was, also where it is broken off.
fn ask<T>(terminal: &Term, dialogue: impl FnOnce() -> dialoguer::Result<T>) -> Result<T, PromptError> {
    let held = HeldInterrupts::hold()?;
    let answer = dialogue().map_err(failed);
    match &answer {
        Err(PromptError::Interrupted) => {
            drop(terminal.show_cursor().and_then(|()| terminal.write_line("")));
        }
        _ => held.release()?,
    }
    answer
}

/// Keeps the signal back that the terminal library sends this process together with its error; the error is enough.
/// After an interruption the signal stays held, as it is still there to be delivered and the process is about to end.
struct HeldInterrupts;

#[cfg(unix)]
impl HeldInterrupts {
    fn hold() -> Result<Self, PromptError> {
        interrupts().thread_block().map_err(|error| PromptError::Terminal(error.into()))?;
        Ok(Self)
    }

    fn release(self) -> Result<(), PromptError> {
        interrupts().thread_unblock().map_err(|error| PromptError::Terminal(error.into()))
    }
}

#[cfg(unix)]
fn interrupts() -> nix::sys::signal::SigSet {
    nix::sys::signal::Signal::SIGINT.into()
}

#[cfg(not(unix))]
impl HeldInterrupts {
    fn hold() -> Result<Self, PromptError> {
        Ok(Self)
    }

    fn release(self) -> Result<(), PromptError> {
        Ok(())
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
