//! Whether a trail is whole: every line as it was written, each behind the one that it names.
//! What can't be seen from the lines alone is a missing end; a hash that was kept elsewhere shows it.

use std::fmt;

use super::chain::{Digest, Seal, digest};

/// What is wrong, and in which line of which file (both from 0).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub file: usize,
    pub line: usize,
    pub fault: Fault,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It was never written by afed, or its place in the chain can't be read any more.
    Foreign,
    /// It was cut off while it was written, and the next line says so.
    Torn,
    /// The file ends in the middle of it, and nothing was written since.
    TornEnd,
    /// It does not have the hash that it was written with.
    Changed,
    /// So many lines before it are not there.
    Missing(u64),
    /// It stands behind one that it came before, or for a second time, or does not belong here.
    OutOfOrder,
    /// The line before it is another one than the one it was written behind.
    Unlinked,
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Foreign => formatter.write_str("this is no line that afed wrote"),
            Self::Torn => formatter.write_str("this line was cut off while it was written"),
            Self::TornEnd => formatter.write_str("the file ends in the middle of this line"),
            Self::Changed => formatter.write_str("this line was changed"),
            Self::Missing(1) => formatter.write_str("a line is missing before this one"),
            Self::Missing(count) => write!(formatter, "{count} lines are missing before this one"),
            Self::OutOfOrder => formatter.write_str("this line is not in its place"),
            Self::Unlinked => formatter.write_str("the line before this one was replaced"),
        }
    }
}

/// Where a trail may begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beginning {
    /// With the first line of all.
    First,
    /// With a later one: older files are not kept.
    Any,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    pub findings: Vec<Finding>,
    pub lines: u64,
    /// The hash of the last line.
    pub head: Option<Digest>,
    /// Whether the hash that was kept elsewhere is that of a line.
    pub has_expected: bool,
}

/// Looks through files, the oldest first.
pub fn verify<'a>(
    files: impl IntoIterator<Item = &'a [u8]>,
    beginning: Beginning,
    expected: Option<&Digest>,
) -> Verification {
    let mut walk = Walk {
        found: Verification { findings: Vec::new(), lines: 0, head: None, has_expected: expected.is_none() },
        next: None,
        beginning,
        expected,
    };
    files.into_iter().enumerate().for_each(|(file, bytes)| walk.file(file, bytes));
    walk.found
}

struct Walk<'a> {
    found: Verification,
    /// The number and the hash that the next line goes on with.
    next: Option<(u64, Digest)>,
    beginning: Beginning,
    expected: Option<&'a Digest>,
}

impl Walk<'_> {
    fn file(&mut self, file: usize, bytes: &[u8]) {
        let mut foreign: Option<(usize, usize)> = None;
        let mut start = 0;
        let ends_whole = bytes.is_empty() || bytes.ends_with(b"\n");
        for (line, text) in bytes.strip_suffix(b"\n").unwrap_or(bytes).split(|byte| *byte == b'\n').enumerate() {
            let end = start + text.len();
            if bytes.is_empty() {
                return;
            }
            let is_whole = end < bytes.len();
            match Seal::read(text).filter(|_| is_whole) {
                Some(seal) => {
                    let rest = foreign.take().map(|(line, from)| (line, &bytes[from..start - 1]));
                    self.rest(file, rest, &seal);
                    self.line(Finding { file, line, fault: Fault::Changed }, &seal, text);
                }
                None => {
                    foreign.get_or_insert((line, start));
                }
            }
            start = end + 1;
        }
        if let Some((line, _)) = foreign {
            let fault = if ends_whole { Fault::Foreign } else { Fault::TornEnd };
            self.found.findings.push(Finding { file, line, fault });
        }
    }

    /// What stands between two lines and is none: the later one knows whether it was torn.
    fn rest(&mut self, file: usize, rest: Option<(usize, &[u8])>, seal: &Seal) {
        match (rest, seal.torn) {
            (Some((line, rest)), Some(torn)) if digest(rest) == torn => {
                self.found.findings.push(Finding { file, line, fault: Fault::Torn });
            }
            (Some((line, _)), _) => self.found.findings.push(Finding { file, line, fault: Fault::Foreign }),
            (None, _) => {}
        }
    }

    fn line(&mut self, changed: Finding, seal: &Seal, text: &[u8]) {
        let is_intact = seal.holds(text);
        if let Some(fault) = self.misplacement(seal) {
            self.found.findings.push(Finding { fault, ..changed });
        }
        if !is_intact {
            self.found.findings.push(changed);
        }
        self.found.lines += 1;
        self.found.has_expected |= is_intact && self.expected == Some(&seal.hash);
        self.found.head = Some(seal.hash);
        self.next = Some((seal.number.saturating_add(1), seal.hash));
    }

    fn misplacement(&self, seal: &Seal) -> Option<Fault> {
        let Some((number, hash)) = self.next else {
            let is_first = seal.number == 1 && seal.previous.is_none();
            return match self.beginning {
                Beginning::First if !is_first => Some(Fault::Missing(seal.number.saturating_sub(1))),
                _ => None,
            };
        };
        match seal.number {
            later if later > number => Some(Fault::Missing(later - number)),
            earlier if earlier < number => Some(Fault::OutOfOrder),
            _ if seal.previous != Some(hash) => Some(Fault::Unlinked),
            _ => None,
        }
    }
}
