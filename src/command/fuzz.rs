//! Command lines: what is recognised without the parser is what the parser makes of it. An input is one word a line.

use std::ffi::OsString;

use clap::Parser;

use super::prompt::PromptArgs;
use super::{Cli, Verb, hook_line};
use crate::command::SurfaceArgs;
use crate::fuzz::Target;

pub(super) const WORDS: &[&str] = &[
    "\ncreds",
    "\ndeploy",
    "\n--format",
    "\nprocess",
    "\njson",
    "\n--system",
    "\n--config",
    "\n/c.toml",
    "\n--config=",
    "\nprompt",
    "\nexec",
    "\nprofile",
    "\nadd",
    "\nremove",
    "\nconnector",
    "\ncreate",
    "\nedit",
    "\nimport",
    "\naccount",
    "\nrotate",
    "\nconsole",
    "\n--",
    "\n-",
    "\n-q",
    "\n--quiet",
    "\n--color",
    "\nnever",
    "\n--help",
    "\n--version",
    "\n--json",
    "\n--read-only",
    "\n--duration",
    "\n1h",
    "\n--policy-arn",
    "\n--profile",
    "\na=b",
    "{connector}",
    "{left}",
    "{",
    "}",
    "=",
    "'",
    "\"",
    "\\",
    "\n\n",
    "\n--cursor",
];

#[test]
fn what_is_recognised_is_what_the_parser_makes_of_it() {
    Target { name: "command-line", words: WORDS, judge: recognised }.run();
}

#[test]
fn every_command_line_is_taken_or_refused() {
    Target { name: "parser", words: WORDS, judge: parsed }.run();
}

fn words(input: &[u8]) -> Vec<OsString> {
    std::iter::once("afed".into()).chain(String::from_utf8_lossy(input).split('\n').map(OsString::from)).collect()
}

fn recognised(input: &[u8]) -> String {
    let words = words(input);
    if let Some(cli) = hook_line::recognise(&words) {
        let parsed = Cli::try_parse_from(&words).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(format!("{cli:?}"), format!("{parsed:?}"));
        return "hook".to_owned();
    }
    if let Some(prompt) = PromptArgs::recognise(&words) {
        let parsed = Cli::try_parse_from(&words).unwrap_or_else(|error| panic!("{error}"));
        assert!(matches!(parsed.verb, Verb::Prompt(parsed) if parsed == prompt));
        return "prompt".to_owned();
    }
    "neither".to_owned()
}

fn parsed(input: &[u8]) -> String {
    let words = words(input);
    assert_eq!(SurfaceArgs::wish_of_unread(&words).loudness, crate::ui::Loudness::Normal);
    match Cli::try_parse_from(&words) {
        Ok(cli) => format!("{:?}", cli.verb).chars().take_while(|character| *character != '(').collect(),
        Err(error) => format!("{:?} {}", error.kind(), error.render().to_string().is_empty()),
    }
}
