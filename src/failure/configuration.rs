//! What to do about a configuration that can't be used.

use super::{Kind, Verdict, quoted};
use crate::config::ConfigError;
use crate::model::principal::RuleError;
use crate::model::region::Region;
use crate::model::trust::{Distrusted, Doubt};

pub fn verdict(error: &ConfigError) -> Verdict {
    if let ConfigError::Field { source, .. } = error {
        return super::of_answer(source.as_ref());
    }
    match hint(error) {
        Some(hint) => Verdict::hint(Kind::Configuration, hint),
        None => Verdict::plain(Kind::Configuration),
    }
}

fn hint(error: &ConfigError) -> Option<String> {
    match error {
        ConfigError::Missing { .. } => Some("set it up: afed init".to_owned()),
        ConfigError::UnknownKey { nearest, .. } => nearest.map(|nearest| format!("did you mean “{nearest}”?")),
        ConfigError::SystemName { .. } => Some("give another, such as: system_name = \"build-1\"".to_owned()),
        ConfigError::PersonInSystemScope { .. } => {
            Some("give the value without {user.…}, or make the system a connector of its own".to_owned())
        }
        ConfigError::NoSuchConnector { nearest, .. } => Some(nearest.as_ref().map_or_else(
            || "see which there are: afed connector list".to_owned(),
            |nearest| format!("did you mean “{nearest}”? All of them: afed connector list"),
        )),
        ConfigError::NoSuchAccount { nearest, .. } | ConfigError::AccountOfConnector { nearest, .. } => {
            Some(nearest.as_ref().map_or_else(
                || "see which there are: afed account list".to_owned(),
                |nearest| format!("did you mean “{nearest}”? All of them: afed account list"),
            ))
        }
        ConfigError::DefinedTwice { second, .. } => {
            Some(format!("take it out of one of them; the second can be edited at {}", second.display()))
        }
        ConfigError::NameTaken { what, .. } => {
            Some(format!("choose another name, or edit the file to change {what} that is there"))
        }
        ConfigError::ChangedMeanwhile { .. } => Some("look at it, and run the command again".to_owned()),
        ConfigError::NotEditable { table, .. } => {
            Some(format!("change it in an editor; written as a table of its own, [{table}], afed can change it too"))
        }
        ConfigError::File { path, operation: "written", source }
            if source.kind() == std::io::ErrorKind::PermissionDenied =>
        {
            Some(format!("run it as the user who may write there: ls -l {}", quoted(path.display())))
        }
        ConfigError::Distrusted(distrusted) => Some(of_distrust(distrusted)),
        ConfigError::Rule { source, .. } => of_rule(source),
        _ => None,
    }
}

/// What to do about a file that somebody else may have written.
pub fn of_distrust(Distrusted { path, doubt }: &Distrusted) -> String {
    format!("see who has written it, then: {} {}", doubt.mend(), quoted(path.display()))
}

/// What to do about a folder or a link that somebody else could exchange, as where root has kept somebody's home.
pub fn of_distrusted_way(distrusted: &Distrusted) -> Vec<String> {
    match distrusted.doubt {
        Doubt::OfSomebodyElse { owner } => vec![
            format!("run it as that user: sudo -H -u '#{owner}' afed doctor"),
            "or with a home of your own, as root with root's: HOME=/root afed doctor".to_owned(),
        ],
        Doubt::WritableByOthers { .. } => vec![of_distrust(distrusted)],
    }
}

/// What to do about a rule of AWS, where its words do not say it.
pub fn of_rule(rule: &RuleError) -> Option<String> {
    match rule {
        RuleError::AccountUnfit { .. } => Some("see which type each account has: afed account list".to_owned()),
        RuleError::ChainedTooLong(_) => {
            Some("give it a duration of 1h at most, or an access-key account that assumes the role".to_owned())
        }
        RuleError::Partition { partition, .. } => {
            Some(format!("use a region of that partition, such as {}", Region::fallback_of(partition)))
        }
        _ => None,
    }
}
