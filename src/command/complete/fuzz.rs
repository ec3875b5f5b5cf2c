//! Command lines that are still being typed: never a fault, and an answer that no shell takes for more than it is. An input is
//! one word a line.

use clap::{Arg, CommandFactory, ValueEnum};

use super::line::{Expected, Line};
use crate::command::Cli;
use crate::command::fuzz::WORDS;
use crate::fuzz::{Target, case, text};
use crate::render::completion::{Candidate, CompletionShell, Offer, answer};

#[test]
fn a_line_that_is_being_typed_is_no_fault() {
    Target { name: "completion", words: WORDS, judge: completed }.run();
}

fn completed(input: &[u8]) -> String {
    thread_local! {
        static GRAMMAR: clap::Command = {
            let mut grammar = Cli::command();
            grammar.build();
            grammar
        };
    }
    let Some(line) = text(input) else { return "no text".to_owned() };
    let told = CompletionShell::value_variants().iter().map(|shell| {
        let written: Vec<&str> = line.split('\n').collect();
        let words: Vec<String> = written.iter().map(|word| shell.unquoted(word)).collect();
        let typed = written.last().copied().unwrap_or_default();
        assert_lines(*shell, typed);
        GRAMMAR.with(|grammar| expected(grammar, &words))
    });
    told.collect::<Vec<_>>().join(" ")
}

/// An answer has a line for each candidate at most, whatever stands in it.
fn assert_lines(shell: CompletionShell, typed: &str) {
    let word = |word: &str| Candidate { word: word.to_owned(), description: Some(format!("{typed}\u{1b}[2J\n{word}")) };
    let candidates = vec![word(typed), word("a b"), word(&format!("x{typed}'")), word("deploy")];
    let answered = answer(shell, &Offer::Words(candidates), typed);
    assert!(answered.ends_with('\n') && answered.lines().count() <= 5, "{answered:?}");
    assert!(!answered.chars().any(|character| character.is_control() && !"\n\t".contains(character)), "{answered:?}");
}

fn expected(grammar: &clap::Command, words: &[String]) -> String {
    let line = Line::read(grammar, words);
    assert!(line.flags().filter_map(Arg::get_long).count() < 40);
    match line.expected {
        Expected::Value { before, .. } => assert!(line.typed.starts_with(before)),
        Expected::Program { from } => assert!(from < words.len()),
        _ => {}
    }
    format!("{} {}", line.command.get_name(), case(&line.expected))
}
