//! `afed complete`: what can stand at the cursor of a command line, for the completion scripts. It reads names and nothing
//! else: no network, no secret store, no question; whatever goes wrong, it offers less.

#[cfg(test)]
mod fuzz;
mod line;
mod names;
mod offers;

use std::ffi::OsString;

use anyhow::Result;
use clap::{Args, CommandFactory};

use self::line::Line;
use self::names::Names;
use super::{Cli, answer};
use crate::app::App;
use crate::render::completion::{self, CompletionShell};
use crate::ui::Streams;

/// More words than anybody types.
const LONGEST_LINE: usize = 10_000;

/// Say what can stand at the cursor
#[derive(Debug, Args)]
#[command(hide = true)]
pub struct CompleteArgs {
    /// The shell that asks
    #[arg(value_enum)]
    shell: CompletionShell,
    /// Which word the cursor is at, counted from 0 [default: the last]
    #[arg(long, value_name = "NUMBER")]
    cursor: Option<usize>,
    /// The words of the command line up to the cursor
    #[arg(last = true, value_name = "WORD")]
    words: Vec<OsString>,
}

pub fn run(args: &CompleteArgs, app: &App, streams: &mut Streams) -> Result<()> {
    let mut written: Vec<String> = args.words.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    if let Some(cursor) = args.cursor {
        // A shell may have left out the last word, where it is empty.
        written.resize(cursor.min(LONGEST_LINE) + 1, String::new());
    }
    let words: Vec<String> = written.iter().map(|word| args.shell.unquoted(word)).collect();
    let mut grammar = Cli::command();
    grammar.build();
    let line = Line::read(&grammar, &words);
    let offer = offers::at(&line, &Names::new(app, line.config.clone()));
    let typed = written.last().map_or("", String::as_str);
    answer::text(streams, &completion::answer(args.shell, &offer, typed))
}
