//! What to do about keys and connectors that can't be imported. What a file says is put into a command line to paste only
//! where no shell could take it for more than a word.

use super::{Kind, Verdict, quoted};
use crate::aws_files::ProfileName;
use crate::command::CommandError;
use crate::config::exchange::Flaw;

pub fn verdict(error: &CommandError) -> Verdict {
    let kind = if matches!(error, CommandError::ProfileMissing { .. }) { Kind::Usage } else { Kind::Configuration };
    match hint(error) {
        Some(hint) => Verdict::hint(kind, hint),
        None => Verdict::plain(kind),
    }
}

fn hint(error: &CommandError) -> Option<String> {
    Some(match error {
        CommandError::ProfileMissing { found } => {
            let plain = found.iter().find(|name| name.parse::<ProfileName>().is_ok());
            format!("name one: afed account import {}", plain.map_or("PROFILE", String::as_str))
        }
        CommandError::NoKeys { .. } | CommandError::NoKeyInProfile { .. } => {
            "type the key in instead: afed account create NAME".to_owned()
        }
        CommandError::KeyTaken { .. } => "leave --as out".to_owned(),
        CommandError::NothingImportable { source, .. } => of_flaw(source)?,
        CommandError::NameUnfit { name, fitted, .. } => {
            let new = fitted.as_ref().map_or("NEW", |fitted| fitted.as_str());
            let old = given_or("OLD", name, &format!("={new}"));
            format!("give it another: --rename {old}; or let afed make all names fit: --fit-names")
        }
        CommandError::NameTwice { .. } => "give one of them another name: --rename OLD=NEW".to_owned(),
        CommandError::AccountIdMissing => "say whose key signs: --account ACCOUNT; see afed account list".to_owned(),
        CommandError::AccountIdUnknown { id, .. } => {
            let map = given_or("ID", id, "=ACCOUNT");
            format!("say which it is: --map {map}, or --account ACCOUNT for all; see afed account list")
        }
        _ => return None,
    })
}

fn of_flaw(flaw: &Flaw) -> Option<String> {
    match flaw {
        Flaw::UnknownField { nearest: Some(nearest), .. } => Some(format!("did you mean “{nearest}”?")),
        Flaw::UnknownField { field, nearest: None } => {
            Some(format!("to import without it: --ignore {}", given_or("FIELD", field, "")))
        }
        _ => None,
    }
}

/// What a file says as a word of a command with what comes after, or its placeholder where some shell, not only those that
/// know [`quoted`]'s rules, could take it for more.
fn given_or(placeholder: &str, text: &str, after: &str) -> String {
    let is_plain = |character: char| character.is_ascii_alphanumeric() || " ._-:/@()".contains(character);
    if text.chars().all(is_plain) { quoted(format!("{text}{after}")) } else { format!("{placeholder}{after}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_file_puts_a_command_into_a_hint() {
        let hint = |id: &str| {
            let unknown = CommandError::AccountIdUnknown { id: id.to_owned(), accounts: Vec::new() };
            verdict(&unknown).hints.remove(0).split_once(',').unwrap().0.to_owned()
        };
        assert_eq!(hint("0b54-a2"), "say which it is: --map '0b54-a2=ACCOUNT'");
        for evil in ["'; rm -rf ~; '", "$(id)", "`id`", "a\nb", "‘x"] {
            assert_eq!(hint(evil), "say which it is: --map ID=ACCOUNT", "{evil}");
        }
        let missing = CommandError::ProfileMissing { found: vec!["x; id".to_owned(), "ops".to_owned()] };
        assert_eq!(verdict(&missing).hints, ["name one: afed account import ops"]);
    }
}
