//! What the connectors of the file are called here. A name that afed does not take is refused, given another one by a flag,
//! or made fit in a way that shows what it was.

use std::collections::HashMap;

use crate::command::error::CommandError;
use crate::model::name::{ConnectorName, MAX_LENGTH, NameError};

/// How names change on their way.
pub struct Naming {
    renames: HashMap<String, ConnectorName>,
    fits: bool,
}

impl Naming {
    pub fn of(renames: &[String], fits: bool) -> Result<Self, CommandError> {
        let pair = |rename: &String| {
            // The new name holds no equals sign, and the old one may.
            let (old, new) = rename.rsplit_once('=').ok_or_else(|| CommandError::NotKeyValue(rename.clone()))?;
            let new = new.parse().map_err(|error: NameError| CommandError::AnswerUnfit {
                what: "the value of --rename",
                source: error.into(),
            })?;
            Ok((old.to_owned(), new))
        };
        Ok(Self { renames: renames.iter().map(pair).collect::<Result<_, CommandError>>()?, fits })
    }

    pub fn name(&self, written: &str) -> Result<ConnectorName, CommandError> {
        if let Some(name) = self.renames.get(written) {
            return Ok(name.clone());
        }
        written.parse().or_else(|source: NameError| {
            let fitted = fitted(written).parse().ok();
            match fitted {
                Some(name) if self.fits => Ok(name),
                fitted => Err(CommandError::NameUnfit { name: written.to_owned(), fitted, source }),
            }
        })
    }
}

/// Runs of characters that a name can't hold become one hyphen; none is at an end, and the rest is cut off.
fn fitted(written: &str) -> String {
    let mut name = String::new();
    for character in written.chars() {
        match character {
            'a'..='z' | 'A'..='Z' | '0'..='9' => name.push(character),
            '.' | '_' if !name.is_empty() => name.push(character),
            _ if !name.is_empty() && !name.ends_with('-') => name.push('-'),
            _ => {}
        }
    }
    name.truncate(MAX_LENGTH);
    name.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_fit_only_where_that_is_asked_for() {
        let long = "x".repeat(70);
        for (written, fit) in [
            ("deploy", Some("deploy")),
            ("Deploy to prod (EU)", Some("Deploy-to-prod-EU")),
            ("--x--y--", Some("x-y")),
            ("größer", Some("gr-er")),
            ("a/b.c", Some("a-b.c")),
            (long.as_str(), Some(&long[..64])),
            ("ż", None),
            ("", None),
        ] {
            let found = Naming::of(&[], true).unwrap().name(written);
            assert_eq!(found.ok().map(|name| name.to_string()).as_deref(), fit, "{written}");
            let strict = Naming::of(&[], false).unwrap().name(written);
            assert_eq!(strict.is_ok(), written == "deploy", "{written}");
        }
        let renaming = Naming::of(&["a=b c=deploy".to_owned()], false).unwrap();
        assert_eq!(renaming.name("a=b c").unwrap().as_str(), "deploy");
        assert!(Naming::of(&["a=b c".to_owned()], true).is_err());
        assert!(Naming::of(&["deploy".to_owned()], true).is_err());
    }
}
