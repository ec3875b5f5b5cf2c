//! What a check found, step by step: each step goes well, fails, or is skipped because an earlier one failed.
//! The whole report is the answer; the first failure ends the command and gives its exit code.

use anyhow::{Error, Result};
use serde_json::json;

use super::answer;
use crate::render::paint::Tone;
use crate::ui::Streams;

/// The steps so far.
#[derive(Debug, Default)]
pub struct Report {
    steps: Vec<Step>,
    first_failure: Option<Error>,
}

#[derive(Debug)]
struct Step {
    name: &'static str,
    result: StepResult,
    found: String,
}

#[derive(Debug, Clone, Copy)]
enum StepResult {
    Ok,
    Failed,
    Skipped,
}

impl StepResult {
    const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }

    const fn tone(self) -> Tone {
        match self {
            Self::Ok => Tone::Good,
            Self::Failed => Tone::Bad,
            Self::Skipped => Tone::Unimportant,
        }
    }
}

impl Report {
    /// Takes a step that depends on none before it. What it found is told in the words that come with its value.
    pub fn step<T>(&mut self, name: &'static str, run: impl FnOnce() -> Result<(T, String)>) -> Option<T> {
        self.step_with(name, Some(()), |()| run())
    }

    /// Takes a step that needs what an earlier one gave, or skips it.
    pub fn step_with<I, T>(
        &mut self,
        name: &'static str,
        input: Option<I>,
        run: impl FnOnce(I) -> Result<(T, String)>,
    ) -> Option<T> {
        let Some(input) = input else {
            self.steps.push(Step { name, result: StepResult::Skipped, found: "an earlier step failed".to_owned() });
            return None;
        };
        match run(input) {
            Ok((value, found)) => {
                self.steps.push(Step { name, result: StepResult::Ok, found });
                Some(value)
            }
            Err(error) => {
                self.steps.push(Step { name, result: StepResult::Failed, found: error.to_string() });
                self.first_failure.get_or_insert(error);
                None
            }
        }
    }

    /// Prints the report, and fails as the first step that failed.
    pub fn end(self, in_json: bool, streams: &mut Streams) -> Result<()> {
        if in_json {
            let steps = self.steps.iter();
            let steps =
                steps.map(|step| json!({ "step": step.name, "result": step.result.word(), "found": step.found }));
            answer::json(streams, &steps.collect::<Vec<_>>())?;
        } else {
            let row = |step: &Step| {
                let (name, found) = ((step.name.to_owned(), Tone::Plain), (step.found.clone(), Tone::Plain));
                [name, (step.result.word().to_owned(), step.result.tone()), found]
            };
            let rows: Vec<[(String, Tone); 3]> = self.steps.iter().map(row).collect();
            answer::table(streams, ["STEP", "RESULT", "FOUND"], &rows)?;
        }
        self.first_failure.map_or(Ok(()), Err)
    }
}
