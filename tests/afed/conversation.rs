//! A conversation with afed at a pseudo-terminal of its own, through tests/terminal/converse.py.
//! The sandbox searches the whole screen for secrets, so whatever is typed without echo must not show on it.

use std::io::Write;
use std::path::Path;
use std::process::Child;

use serde_json::{Value, json};

use crate::sandbox::{Run, Sandbox};

const CONVERSE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/terminal/converse.py");

/// The keys that people press.
pub const ENTER: &str = "\r";
pub const DOWN: &str = "\u{1b}[B";
pub const INTERRUPT: &str = "\u{3}";

/// A conversation that has not begun.
pub struct Conversation<'a> {
    sandbox: &'a Sandbox,
    run: Run<'a>,
    plan: Value,
}

/// How a conversation ended.
#[derive(Debug, serde::Deserialize)]
pub struct Ended {
    pub code: Option<i32>,
    /// All that was on the screen, control sequences included.
    pub transcript: String,
    pub stdout: String,
    pub stderr: String,
    /// The terminal echoes, reads lines and shows its cursor as before.
    pub sane: bool,
    pub failure: Option<String>,
}

impl Sandbox {
    /// afed with these arguments, at a terminal.
    pub fn converse<'a>(&'a self, arguments: &[&str]) -> Conversation<'a> {
        self.converse_with(Path::new(env!("CARGO_BIN_EXE_afed")), arguments)
    }

    /// Another program with these arguments, at a terminal.
    pub fn converse_with<'a>(&'a self, program: &Path, arguments: &[&str]) -> Conversation<'a> {
        let command: Vec<&str> = [program.to_str().unwrap()].iter().chain(arguments).copied().collect();
        let run = self.program(Path::new("python3")).args(&[CONVERSE]).env("TERM", "xterm").env("NO_COLOR", "1");
        Conversation { sandbox: self, run, plan: json!({ "command": command, "steps": [] }) }
    }
}

impl Conversation<'_> {
    /// Waits for the text, then types.
    pub fn answer(self, expected: &str, keys: &str) -> Self {
        self.step(json!({ "expect": expected, "send": keys }))
    }

    /// Waits for the text, then types a line.
    pub fn line(self, expected: &str, text: &str) -> Self {
        self.answer(expected, &format!("{text}{ENTER}"))
    }

    /// Waits for the text, then types a line that must not show on the screen or anywhere else.
    pub fn hidden_line(self, expected: &str, text: &str) -> Self {
        self.sandbox.keep_secret(text);
        self.line(expected, text)
    }

    /// Waits for the text, and types nothing.
    pub fn sees(self, expected: &str) -> Self {
        self.step(json!({ "expect": expected }))
    }

    /// Waits for the text, then presses Ctrl-C, whatever the program does.
    pub fn interrupt_at(self, expected: &str) -> Self {
        self.step(json!({ "expect": expected, "interrupt": true }))
    }

    /// Waits for the text and until keys are read, then sends the program this signal, such as `TERM`.
    pub fn signal_at(self, expected: &str, signal: &str) -> Self {
        self.step(json!({ "expect": expected, "signal": signal }))
    }

    /// Waits for the text and until keys are read, then takes the terminal away.
    pub fn hang_up_at(self, expected: &str) -> Self {
        self.step(json!({ "expect": expected, "hang_up": "reading" }))
    }

    /// Waits for the text, then takes the terminal away, whatever the program does.
    pub fn hang_up_after(self, expected: &str) -> Self {
        self.step(json!({ "expect": expected, "hang_up": "at once" }))
    }

    fn step(mut self, step: Value) -> Self {
        self.plan["steps"].as_array_mut().unwrap().push(step);
        self
    }

    /// A terminal of so many columns.
    pub fn columns(self, columns: u16) -> Self {
        self.size(24, columns)
    }

    /// A terminal of so many lines and columns.
    pub fn size(mut self, rows: u16, columns: u16) -> Self {
        self.plan["size"] = json!([rows, columns]);
        self
    }

    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.run = self.run.env(name, value);
        self
    }

    /// The standard streams are pipes; only the controlling terminal is one.
    pub fn with_piped_streams(mut self) -> Self {
        self.plan["streams"] = "pipes".into();
        self
    }

    /// In a background process group of the terminal.
    pub fn in_the_background(mut self) -> Self {
        self.plan["background"] = true.into();
        self
    }

    /// This conversation may print temporary credentials.
    pub fn vends(mut self) -> Self {
        self.run = self.run.vends();
        self
    }

    /// Begins it, for who looks at the program meanwhile, and ends it.
    pub fn begin(self) -> Child {
        let plan = self.plan.to_string();
        let mut child = self.run.input(&plan).command().spawn().unwrap();
        child.stdin.take().unwrap().write_all(plan.as_bytes()).unwrap();
        child
    }

    /// Holds it, and leaves the terminal as it was.
    pub fn ended(self) -> Ended {
        let outcome = self.run.input(&self.plan.to_string()).succeeds();
        let ended: Ended = serde_json::from_str(&outcome.stdout).unwrap();
        assert_eq!(ended.failure, None, "{}", ended.transcript);
        assert!(ended.sane, "the terminal was not left as it was: {ended:?}");
        ended
    }

    /// Holds it and expects exit code 0.
    pub fn succeeds(self) -> Ended {
        let ended = self.ended();
        assert_eq!(ended.code, Some(0), "{ended:?}");
        ended
    }

    /// Holds it and expects this exit code, with this as the last thing on the screen.
    pub fn fails(self, code: i32, last: &str) {
        let ended = self.ended();
        assert_eq!(ended.code, Some(code), "{ended:?}");
        assert!(ended.screen_ends_with(last), "{ended:?}");
    }
}

impl Ended {
    pub fn screen_ends_with(&self, text: &str) -> bool {
        self.transcript.replace("\r\n", "\n").ends_with(text)
    }
}
