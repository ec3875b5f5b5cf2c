//! How questions look: plain text that reads the same on every terminal.

use std::fmt::{Result, Write};

use dialoguer::theme::Theme;

/// No colours; a colon only where there is no other mark already, and no brackets around nothing.
pub struct PlainTheme;

impl Theme for PlainTheme {
    fn format_prompt(&self, out: &mut dyn Write, question: &str) -> Result {
        out.write_str(&marked(question))
    }

    fn format_input_prompt(&self, out: &mut dyn Write, question: &str, default: Option<&str>) -> Result {
        match default {
            Some(default) if !default.is_empty() => write!(out, "{question} [{default}]: "),
            _ => write!(out, "{} ", marked(question)),
        }
    }

    fn format_input_prompt_selection(&self, out: &mut dyn Write, question: &str, answer: &str) -> Result {
        write!(out, "{} {answer}", marked(question))
    }
}

/// The question with a mark at its end.
pub fn marked(question: &str) -> String {
    if question.ends_with('?') { question.to_owned() } else { format!("{question}:") }
}
