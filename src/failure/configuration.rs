//! What to do about a configuration that can't be used.

use super::{Kind, Verdict, places, quoted};
use crate::config::ConfigError;
use crate::model::principal::RuleError;
use crate::model::region::Region;
use crate::model::trust::{Distrusted, Doubt, ROOT};

pub fn verdict(error: &ConfigError) -> Verdict {
    if let ConfigError::Field { source, .. } = error {
        return super::of_answer(source.as_ref());
    }
    let hints = match error {
        ConfigError::Distrusted(distrusted) => of_distrust(distrusted),
        other => hint(other).into_iter().collect(),
    };
    Verdict { kind: Kind::Configuration, hints }
}

fn hint(error: &ConfigError) -> Option<String> {
    match error {
        ConfigError::Missing { hindrance: None, .. } => Some("set it up: afed init".to_owned()),
        // What keeps `init` from making one.
        ConfigError::Missing { hindrance: Some(hindrance), .. } => hint(hindrance),
        ConfigError::ChosenMissing { path, by } => Some(format!(
            "see that {by} names the right file; to make it: afed init --config {}",
            quoted(path.display())
        )),
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
        ConfigError::File { path, operation, source } => places::of_use(path, operation, source),
        ConfigError::Rule { source, .. } => of_rule(source),
        _ => None,
    }
}

/// What to do about a file that somebody else may have written, or a folder or link in which they could exchange one.
pub fn of_distrust(Distrusted { path, doubt }: &Distrusted) -> Vec<String> {
    let (path, is_link) = (quoted(path.display()), path.is_symlink());
    match doubt {
        Doubt::WritableByOthers { .. } => vec![format!("see who has written it, then: chmod go-w {path}")],
        // As where root has kept somebody's home: nothing is to be taken from them.
        Doubt::OfSomebodyElse { owner, me: ROOT } => vec![
            format!("run it as that user: sudo -H -u '#{owner}' afed doctor"),
            "or as root with nothing of theirs: env -i PATH=\"$PATH\" HOME=/root afed doctor".to_owned(),
        ],
        // Whoever took the link over would be led where its maker wanted them.
        Doubt::OfSomebodyElse { .. } if is_link => {
            vec![format!("see where it leads, and if that is yours, name it instead: ls -ld {path}")]
        }
        Doubt::OfSomebodyElse { owner, .. } => vec![
            format!("see who has written it, then: sudo chown -h \"$(id -u)\" {path}"),
            format!("or run it as that user: sudo -H -u '#{owner}' afed doctor"),
        ],
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn nobody_is_told_to_take_a_link_over() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("link");
        std::os::unix::fs::symlink("nowhere", &path).unwrap();
        let expected =
            format!("see where it leads, and if that is yours, name it instead: ls -ld {}", quoted(path.display()));
        let doubt = Doubt::OfSomebodyElse { owner: 8, me: 1_000 };
        assert_eq!(of_distrust(&Distrusted { path, doubt }), [expected]);
    }

    #[test]
    fn nobody_is_told_to_take_from_others_what_root_has_come_upon() {
        let hints = |doubt| of_distrust(&Distrusted { path: "/home/alice".into(), doubt });
        assert_eq!(
            hints(Doubt::OfSomebodyElse { owner: 1_000, me: ROOT }),
            [
                "run it as that user: sudo -H -u '#1000' afed doctor",
                "or as root with nothing of theirs: env -i PATH=\"$PATH\" HOME=/root afed doctor",
            ]
        );
        assert_eq!(
            hints(Doubt::OfSomebodyElse { owner: 8, me: 1_000 }),
            [
                "see who has written it, then: sudo chown -h \"$(id -u)\" '/home/alice'",
                "or run it as that user: sudo -H -u '#8' afed doctor",
            ]
        );
        assert_eq!(
            hints(Doubt::WritableByOthers { mode: 0o777 }),
            ["see who has written it, then: chmod go-w '/home/alice'"]
        );
    }
}
