//! What in the file keeps some AWS tool from reading it, or makes tools read it differently.
//! Faults stop no edit of another profile; a command tells them so that nobody looks for them in afed.

use std::collections::HashMap;
use std::fmt;

use super::document::{AwsConfig, lower_key};
use super::line::{Kind, SectionName};

/// One thing that is wrong with a line.
#[derive(Debug, PartialEq, Eq)]
pub struct Fault {
    /// Counted from 1.
    pub line: usize,
    pub kind: FaultKind,
}

/// What is wrong with it. But for the last, the AWS CLI can't read a file that holds one of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// Not `[section]`, not `key = value`, not a comment.
    Unreadable,
    BeforeFirstSection,
    SecondSection {
        first: usize,
    },
    SecondKey {
        first: usize,
    },
    NotUtf8,
    /// `[DEFAULT]` in capitals: the AWS CLI and boto3 add its keys to every profile.
    LeakingDefault,
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "line {} ", self.line)?;
        match self.kind {
            FaultKind::Unreadable => formatter.write_str("is neither a [section] nor key = value"),
            FaultKind::BeforeFirstSection => formatter.write_str("stands before the first section"),
            FaultKind::SecondSection { first } => write!(formatter, "starts the section of line {first} again"),
            FaultKind::SecondKey { first } => write!(formatter, "sets the key of line {first} again"),
            FaultKind::NotUtf8 => formatter.write_str("is not UTF-8"),
            FaultKind::LeakingDefault => {
                formatter.write_str("starts [DEFAULT], whose keys the AWS CLI adds to every profile")
            }
        }
    }
}

impl AwsConfig {
    /// Everything that is wrong, in the order of the lines.
    pub fn faults(&self) -> Vec<Fault> {
        let mut sections = HashMap::new();
        let mut keys = HashMap::new();
        let mut is_in_section = false;
        let mut faults = Vec::new();
        for (index, line) in self.lines.iter().enumerate() {
            let number = index + 1;
            if std::str::from_utf8(&line.content).is_err() {
                faults.push(Fault { line: number, kind: FaultKind::NotUtf8 });
            }
            let kind = match line.kind() {
                Kind::Header(header) => {
                    is_in_section = true;
                    keys.clear();
                    match second(sections.entry(section_text(&self.named(&header).0)).or_insert(number), number) {
                        Some(first) => Some(FaultKind::SecondSection { first }),
                        None => header.leaks().then_some(FaultKind::LeakingDefault),
                    }
                }
                Kind::Setting { .. } | Kind::Continuation(_) if !is_in_section => Some(FaultKind::BeforeFirstSection),
                Kind::Setting { key, .. } => second(keys.entry(lower_key(key)).or_insert(number), number)
                    .map(|first| FaultKind::SecondKey { first }),
                Kind::Broken => Some(FaultKind::Unreadable),
                _ => None,
            };
            faults.extend(kind.map(|kind| Fault { line: number, kind }));
        }
        faults
    }
}

fn second(first: &usize, number: usize) -> Option<usize> {
    (*first != number).then_some(*first)
}

/// Equal texts for equal sections.
fn section_text(section: &SectionName<'_>) -> Vec<u8> {
    match section {
        SectionName::Profile(name) => [b"profile ", *name].concat(),
        SectionName::Other(name) => name.to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::document::Family;
    use super::*;

    #[test]
    fn faults_are_found_with_their_lines() {
        let text =
            b"early = 1\n[DEFAULT]\n[profile x]\na = 1\nA = 2\n  more\njunk\n[plugins]\na = caf\xe9\n[profile \"x\"]\n\
            [profile default]\n[default]\n[profile y\n";
        let faults = AwsConfig::parse(Family::Config, text).ok().unwrap().faults();
        let told: Vec<_> = faults.iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "line 1 stands before the first section",
                "line 2 starts [DEFAULT], whose keys the AWS CLI adds to every profile",
                "line 5 sets the key of line 4 again",
                "line 7 is neither a [section] nor key = value",
                "line 9 is not UTF-8",
                "line 10 starts the section of line 3 again",
                "line 12 starts the section of line 11 again",
                "line 13 is neither a [section] nor key = value",
            ]
        );
    }

    #[test]
    fn an_ordinary_file_has_none() {
        let text = b"# top\n[default]\nregion = eu-west-1\n\n[profile x]\ns3 =\n  a = 1\n  a = 2\nregion = eu-west-1\n[sso-session x]\n";
        assert_eq!(AwsConfig::parse(Family::Config, text).ok().unwrap().faults(), []);
    }
}
