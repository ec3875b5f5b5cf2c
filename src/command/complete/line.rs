//! A command line that is still being typed, held against the grammar: what can stand where the cursor is. Nothing is an error
//! here; where the words before the cursor make no sense, nothing can.

use std::path::PathBuf;

use clap::{Arg, ArgAction, Command, Id};

/// What can stand at the cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected<'a> {
    /// A verb below the command, or one of its flags.
    Verb,
    /// A value of a positional argument, or a flag.
    Positional(&'a Arg),
    /// The value of a flag. What the word holds besides it, such as `--format=`, comes before it.
    Value {
        option: &'a Arg,
        before: &'a str,
    },
    /// A flag, or the mark after which a program's command line stands.
    Flag {
        or_program: bool,
    },
    /// A part of the command line that begins with this word.
    Program {
        from: usize,
    },
    Nothing,
}

/// The line up to the cursor.
#[derive(Debug)]
pub struct Line<'a> {
    pub command: &'a Command,
    pub expected: Expected<'a>,
    /// The word at the cursor, as far as it is typed.
    pub typed: &'a str,
    /// The value of `--config`.
    pub config: Option<PathBuf>,
    flags_end: bool,
    given: Vec<&'a Id>,
}

impl<'a> Line<'a> {
    /// Reads the words, of which the first is the program and the last the one at the cursor.
    pub fn read(grammar: &'a Command, words: &'a [String]) -> Self {
        let mut walk = Walk {
            line: Line {
                command: grammar,
                expected: Expected::Nothing,
                typed: words.last().map_or("", String::as_str),
                config: None,
                flags_end: false,
                given: Vec::new(),
            },
            position: 1,
            waiting: None,
            is_lost: false,
        };
        let last = words.len().saturating_sub(1);
        for (index, word) in words[..last].iter().enumerate().skip(1) {
            if walk.is_program(word) {
                return walk.end(Expected::Program { from: index });
            }
            walk.take(word);
        }
        let expected = walk.expected(last);
        walk.end(expected)
    }

    /// The flags that can be given here and were not yet, unless they may be repeated.
    pub fn flags(&self) -> impl Iterator<Item = &'a Arg> {
        let may_come = |option: &&Arg| {
            let repeats = matches!(option.get_action(), ArgAction::Append | ArgAction::Count);
            !option.is_hide_set() && (repeats || !self.given.contains(&option.get_id()))
        };
        let options = if self.flags_end { None } else { Some(self.command.get_opts().chain(flags_of(self.command))) };
        options.into_iter().flatten().filter(may_come)
    }
}

/// Flags without a value.
fn flags_of(command: &Command) -> impl Iterator<Item = &Arg> {
    command.get_arguments().filter(|argument| !argument.is_positional() && !argument.get_action().takes_values())
}

struct Walk<'a> {
    line: Line<'a>,
    /// Of the next positional argument, counted from 1.
    position: usize,
    /// The flag whose value comes next.
    waiting: Option<&'a Arg>,
    /// A word came that the grammar has no place for.
    is_lost: bool,
}

impl<'a> Walk<'a> {
    fn take(&mut self, word: &'a str) {
        if let Some(option) = self.waiting.take() {
            self.keep(option, word);
        } else if self.line.flags_end || !is_flag(word) {
            self.take_plain(word);
        } else if word == "--" {
            self.line.flags_end = true;
        } else if let Some((option, value)) = self.flag(word) {
            self.line.given.push(option.get_id());
            match value {
                Some(value) => self.keep(option, value),
                None if option.get_action().takes_values() => self.waiting = Some(option),
                None => {}
            }
        }
    }

    fn take_plain(&mut self, word: &str) {
        let below = self.line.command.find_subcommand(word).filter(|_| self.position == 1 && !self.line.flags_end);
        if let Some(below) = below {
            self.line.command = below;
        } else if let Some(positional) = self.positional() {
            self.position += usize::from(!takes_many(positional));
        } else {
            self.is_lost = true;
        }
    }

    fn keep(&mut self, option: &Arg, value: &str) {
        if option.get_long() == Some("config") {
            self.line.config = Some(PathBuf::from(value));
        }
    }

    /// The flag that the word is, with its value where both are one word.
    fn flag(&self, word: &'a str) -> Option<(&'a Arg, Option<&'a str>)> {
        let name = word.strip_prefix("--")?;
        let (name, value) = name.split_once('=').map_or((name, None), |(name, value)| (name, Some(value)));
        let option = self.line.command.get_arguments().find(|option| option.get_long() == Some(name))?;
        Some((option, value))
    }

    fn positional(&self) -> Option<&'a Arg> {
        self.line.command.get_positionals().find(|argument| argument.get_index() == Some(self.position))
    }

    /// Whether this word, which comes next, begins a program's command line.
    fn is_program(&self, word: &str) -> bool {
        let is_here = self.positional().is_some_and(Arg::is_trailing_var_arg_set) && !is_flag(word);
        self.waiting.is_none()
            && (is_here || self.line.flags_end && self.line.command.get_positionals().any(takes_program))
    }

    fn expected(&self, index: usize) -> Expected<'a> {
        if let Some(option) = self.waiting {
            return Expected::Value { option, before: "" };
        }
        if self.is_lost {
            return Expected::Nothing;
        }
        let typed = self.line.typed;
        // Nothing is typed yet: flags can still come, and the mark that ends them is the clearer way.
        if self.is_program(typed) && (self.line.flags_end || !typed.is_empty()) {
            return Expected::Program { from: index };
        }
        if !self.line.flags_end
            && is_flag(typed)
            && let Some((option, Some(value))) = self.flag(typed)
        {
            return Expected::Value { option, before: &typed[..typed.len() - value.len()] };
        }
        match self.positional() {
            Some(positional) if takes_program(positional) => Expected::Flag { or_program: true },
            Some(positional) => Expected::Positional(positional),
            None if self.position == 1 && self.line.command.has_subcommands() => Expected::Verb,
            None => Expected::Flag { or_program: false },
        }
    }

    fn end(mut self, expected: Expected<'a>) -> Line<'a> {
        self.line.expected = expected;
        self.line
    }
}

fn is_flag(word: &str) -> bool {
    word.starts_with('-') && word != "-"
}

fn takes_program(argument: &Arg) -> bool {
    argument.is_last_set() || argument.is_trailing_var_arg_set()
}

fn takes_many(argument: &Arg) -> bool {
    argument.get_num_args().is_some_and(|range| range.max_values() > 1)
        || matches!(argument.get_action(), ArgAction::Append)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grammar() -> Command {
        let value = |name: &'static str| Arg::new(name).long(name);
        let mut grammar = Command::new("afed")
            .arg(value("config").global(true))
            .subcommand(Command::new("creds").args([Arg::new("connector"), value("format")]))
            .subcommand(Command::new("profile").subcommand(Command::new("list")))
            .subcommand(Command::new("exec").args([
                Arg::new("connector"),
                value("profile").action(ArgAction::Append),
                Arg::new("command").last(true).num_args(1..),
            ]))
            .subcommand(
                Command::new("run")
                    .args([Arg::new("connector"), Arg::new("command").trailing_var_arg(true).num_args(1..)]),
            );
        grammar.build();
        grammar
    }

    /// What is expected, with the flags that can be given.
    fn expected(line: &str) -> String {
        let (grammar, words) = (grammar(), line.split(' ').map(str::to_owned).collect::<Vec<_>>());
        let line = Line::read(&grammar, &words);
        let flags: Vec<_> = line.flags().filter_map(Arg::get_long).collect();
        let what = match line.expected {
            Expected::Verb => format!("verb of {}", line.command.get_name()),
            Expected::Positional(argument) => argument.get_id().to_string(),
            Expected::Value { option, before } => format!("{} after “{before}”", option.get_id()),
            Expected::Flag { or_program } => format!("flag, program {or_program}"),
            Expected::Program { from } => return format!("program {from}"),
            Expected::Nothing => return "nothing".to_owned(),
        };
        format!("{what}; {}", flags.join(" "))
    }

    #[test]
    fn what_can_stand_at_the_cursor_follows_from_the_words_before_it() {
        for (line, is_expected) in [
            ("", "verb of afed; config help"),
            ("afed", "verb of afed; config help"),
            ("afed ", "verb of afed; config help"),
            ("afed cr", "verb of afed; config help"),
            ("afed --config x.toml ", "verb of afed; help"),
            ("afed --config=x.toml ", "verb of afed; help"),
            ("afed --config ", "config after “”; help"),
            ("afed --config --", "config after “”; help"),
            ("afed profile ", "verb of profile; config help"),
            ("afed profile list ", "flag, program false; config help"),
            ("afed creds ", "connector; format config help"),
            ("afed creds --format json ", "connector; config help"),
            ("afed creds --format=js", "format after “--format=”; format config help"),
            ("afed creds --format=json deploy ", "flag, program false; config help"),
            ("afed creds -- ", "connector; "),
            ("afed creds creds ", "flag, program false; format config help"),
            ("afed creds deploy x ", "nothing"),
            ("afed bogus ", "nothing"),
            ("afed exec ", "connector; profile config help"),
            ("afed exec --profile a=b ", "connector; profile config help"),
            ("afed exec deploy ", "flag, program true; profile config help"),
            ("afed exec deploy -- ", "program 4"),
            ("afed exec deploy -- aws --x", "program 4"),
            ("afed exec deploy -- env creds --config ", "program 4"),
            ("afed exec --profile a=b -- aws", "program 5"),
            ("afed run deploy ", "flag, program true; config help"),
            ("afed run deploy --con", "flag, program true; config help"),
            ("afed run deploy --config=x --", "flag, program true; help"),
            ("afed run deploy --config x -- aws", "program 6"),
            ("afed run -- aws", "program 3"),
            ("afed run deploy aw", "program 3"),
            ("afed run deploy aws s3", "program 3"),
        ] {
            assert_eq!(expected(line), is_expected, "{line:?}");
        }
    }

    #[test]
    fn the_configuration_of_the_line_is_known() {
        for (line, config) in [
            ("afed --config x.toml creds ", Some("x.toml")),
            ("afed creds --config=y.toml ", Some("y.toml")),
            ("afed creds --config ", None),
            ("afed exec deploy -- other --config z.toml ", None),
        ] {
            let (grammar, words) = (grammar(), line.split(' ').map(str::to_owned).collect::<Vec<_>>());
            assert_eq!(Line::read(&grammar, &words).config, config.map(PathBuf::from), "{line}");
        }
    }
}
