//! What is offered for each kind of value. An argument says by the name of its value what it takes: whatever is a CONNECTOR in
//! the help is offered the connectors, and so on; values of a fixed list are known to the grammar.

use clap::{Arg, Command};

use super::line::{Expected, Line};
use super::names::Names;
use crate::policy::examples;
use crate::render::completion::{Candidate, Offer};

/// The managed policy that is named most.
const READ_ONLY_ACCESS: &str = "arn:aws:iam::aws:policy/ReadOnlyAccess";

/// What can stand at the cursor of this line.
pub fn at(line: &Line<'_>, names: &Names<'_>) -> Offer {
    let verb = line.command.get_name();
    match line.expected {
        Expected::Nothing => Offer::Words(Vec::new()),
        Expected::Program { from } => Offer::Program { from },
        Expected::Value { option, before } => value(verb, option, line, before, names),
        Expected::Verb => Offer::Words(or_flags(line, verbs(line.command))),
        Expected::Positional(_) if line.typed.starts_with('-') => Offer::Words(or_flags(line, Vec::new())),
        Expected::Positional(argument) => value(verb, argument, line, "", names),
        Expected::Flag { or_program } => {
            let mark = or_program.then(|| candidate("--", Some("the command to run comes behind it")));
            Offer::Words(flags(line).into_iter().chain(mark).collect())
        }
    }
}

fn value(verb: &str, argument: &Arg, line: &Line<'_>, before: &str, names: &Names<'_>) -> Offer {
    let fixed = argument.get_possible_values();
    let candidates = if fixed.is_empty() {
        match kind(argument) {
            "FILE" => return Offer::File,
            kind => names_of(verb, kind, names),
        }
    } else {
        let visible = fixed.into_iter().filter(|value| !value.is_hide_set());
        visible.map(|value| candidate(value.get_name(), value.get_help().map(ToString::to_string))).collect()
    };
    // Of NAME=CONNECTOR, the connector comes behind what was typed.
    let typed = &line.typed[before.len()..];
    let left = match (takes_pair(argument), typed.find('=')) {
        (true, Some(mark)) => &line.typed[..=before.len() + mark],
        (true, None) => return Offer::Words(Vec::new()),
        (false, _) => before,
    };
    let behind = |candidate: Candidate| Candidate { word: format!("{left}{}", candidate.word), ..candidate };
    Offer::Words(candidates.into_iter().map(behind).collect())
}

/// What the help calls the value; of a pair, its second half.
fn kind(argument: &Arg) -> &str {
    let name = argument.get_value_names().and_then(|names| names.first()).map_or("", |name| name.as_str());
    match argument.get_long() {
        Some("policy-arn") => "POLICY_ARN",
        Some("region") => "REGION",
        _ => name.rsplit('=').next().unwrap_or(name),
    }
}

fn takes_pair(argument: &Arg) -> bool {
    argument.get_value_names().is_some_and(|names| names.iter().any(|name| name.contains('=')))
}

fn names_of(verb: &str, kind: &str, names: &Names<'_>) -> Vec<Candidate> {
    let plain = |words: Vec<String>| words.into_iter().map(|word| candidate(&word, None::<String>)).collect();
    match (verb, kind) {
        (_, "CONNECTOR") => names.connectors(),
        (_, "ACCOUNT") => names.accounts(),
        ("add", "PROFILE") => names.addable_profiles(),
        ("import", "PROFILE") => names.profiles_with_keys(),
        (_, "PROFILE") => names.own_profiles(),
        (_, "EXAMPLE") => examples::ALL.iter().map(|example| candidate(example.name, Some(example.about))).collect(),
        (_, "GROUP") => plain(names.outline().groups.into_iter().collect()),
        (_, "REGION") => plain(names.outline().regions.into_iter().collect()),
        (_, "POLICY_ARN") => {
            let mut arns = names.outline().policy_arns;
            arns.insert(READ_ONLY_ACCESS.to_owned());
            plain(arns.into_iter().collect())
        }
        _ => Vec::new(),
    }
}

fn verbs(command: &Command) -> Vec<Candidate> {
    let visible = command.get_subcommands().filter(|below| !below.is_hide_set());
    visible.map(|below| candidate(below.get_name(), below.get_about().map(ToString::to_string))).collect()
}

/// The flags instead, where one is being typed or there is nothing else.
fn or_flags(line: &Line<'_>, words: Vec<Candidate>) -> Vec<Candidate> {
    if words.is_empty() || line.typed.starts_with('-') { flags(line) } else { words }
}

fn flags(line: &Line<'_>) -> Vec<Candidate> {
    if !line.typed.is_empty() && !line.typed.starts_with('-') {
        return Vec::new();
    }
    let flag = |option: &Arg| {
        let help = option.get_help().map(|help| help.to_string().lines().next().unwrap_or_default().to_owned());
        Some(candidate(&format!("--{}", option.get_long()?), help))
    };
    line.flags().filter_map(flag).collect()
}

fn candidate(word: &str, description: Option<impl Into<String>>) -> Candidate {
    Candidate { word: word.to_owned(), description: description.map(Into::into) }
}
