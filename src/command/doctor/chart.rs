//! [`Chart`]: the findings so far, and how the examination ends. What an error means is told in the words that the report at
//! the end of every command uses.

use std::error::Error;

use anyhow::Result;

use super::finding::{Finding, State, as_text};
use crate::app::App;
use crate::command::answer;
use crate::command::error::CommandError;
use crate::ui::Streams;

/// The findings so far.
pub struct Chart<'a> {
    pub app: &'a App,
    findings: Vec<Finding>,
}

impl<'a> Chart<'a> {
    pub const fn new(app: &'a App) -> Self {
        Self { app, findings: Vec::new() }
    }

    pub fn ok(&mut self, check: &'static str, about: impl ToString, finding: impl ToString) {
        self.put(check, State::Ok, about, finding, Vec::new());
    }

    pub fn note(&mut self, check: &'static str, about: impl ToString, finding: impl ToString, mend: impl Into<String>) {
        self.put(check, State::Note, about, finding, vec![mend.into()]);
    }

    pub fn warning(
        &mut self,
        check: &'static str,
        about: impl ToString,
        finding: impl ToString,
        mend: impl Into<String>,
    ) {
        self.put(check, State::Warning, about, finding, vec![mend.into()]);
    }

    pub fn fault(
        &mut self,
        check: &'static str,
        about: impl ToString,
        finding: impl ToString,
        mend: impl Into<String>,
    ) {
        self.put(check, State::Fault, about, finding, vec![mend.into()]);
    }

    /// A fault that takes several steps to mend, or can be mended in several ways.
    pub fn fault_with(&mut self, check: &'static str, about: impl ToString, finding: String, mend: Vec<String>) {
        self.put(check, State::Fault, about, finding, mend);
    }

    pub fn not_checked(&mut self, check: &'static str, about: impl ToString, why: impl ToString) {
        self.put(check, State::NotChecked, about, why, Vec::new());
    }

    /// A check that can be made once this is mended.
    pub fn not_checked_yet(&mut self, check: &'static str, about: impl ToString, why: impl ToString, mend: String) {
        self.put(check, State::NotChecked, about, why, vec![mend]);
    }

    /// A fault that is an error somewhere else in afed.
    pub fn failed(&mut self, check: &'static str, about: impl ToString, error: &(dyn Error + 'static)) {
        self.explained(check, State::Fault, about, error);
    }

    /// A check that could not be made, for a reason that says nothing about what was to be checked.
    pub fn hindered(&mut self, check: &'static str, about: impl ToString, error: &(dyn Error + 'static)) {
        self.explained(check, State::NotChecked, about, error);
    }

    /// Whether nothing that was found under this name has to be acted upon.
    pub fn is_well(&self, check: &str) -> bool {
        let mut found = self.findings.iter().filter(|finding| finding.check == check);
        found.all(|finding| matches!(finding.state, State::Ok | State::Note))
    }

    fn explained(&mut self, check: &'static str, state: State, about: impl ToString, error: &(dyn Error + 'static)) {
        let failure = (self.app.explain)(error);
        self.put(check, state, about, failure.causes.join(": "), failure.hints);
    }

    #[expect(clippy::needless_pass_by_value, reason = "what is shown is mostly made for it")]
    fn put(
        &mut self,
        check: &'static str,
        state: State,
        about: impl ToString,
        finding: impl ToString,
        mend: Vec<String>,
    ) {
        let (about, finding) = (about.to_string(), finding.to_string());
        self.findings.push(Finding { check, state, about, finding, mend });
    }

    /// Prints the findings, and fails unless all is well.
    pub fn end(self, in_json: bool, streams: &mut Streams) -> Result<()> {
        match in_json {
            true => answer::json(streams, &self.findings)?,
            false => answer::text(streams, &as_text(&self.findings, streams.look.output.palette))?,
        }
        let count = |state| self.findings.iter().filter(|finding| finding.state == state).count();
        let (faults, warnings, not_checked) = (count(State::Fault), count(State::Warning), count(State::NotChecked));
        match faults + warnings + not_checked {
            0 => Ok(()),
            _ => Err(CommandError::NotWell { faults, warnings, not_checked }.into()),
        }
    }
}
