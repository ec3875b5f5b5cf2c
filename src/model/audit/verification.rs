//! Whether a trail is whole: every line as it was written, each behind the one that it names. It is looked through piece by
//! piece, and no more of it is kept than a line has.
//! What can't be seen from the lines alone is a missing end; a hash that was kept elsewhere shows it.

use std::fmt;

use sha2::{Digest as _, Sha256};

use super::chain::{Digest, LONGEST_LINE, Seal};

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
    /// The number of the first line.
    pub first: Option<u64>,
    /// The hash of the last line.
    pub head: Option<Digest>,
    /// Whether the hash that was kept elsewhere is that of a line.
    pub has_expected: bool,
}

/// Looks through files, the oldest first, and each to its end.
pub struct Verifier {
    found: Verification,
    /// The number and the hash that the next line goes on with.
    next: Option<(u64, Digest)>,
    beginning: Beginning,
    expected: Option<Digest>,
    file: usize,
    line: usize,
    /// The line so far, unless it is too long to be one.
    text: Vec<u8>,
    is_overlong: bool,
    rest: Option<Rest>,
}

/// What stands between two lines and is none. The later one knows whether it was torn.
struct Rest {
    /// Where it begins.
    line: usize,
    digest: Sha256,
}

impl Verifier {
    pub fn new(beginning: Beginning, expected: Option<Digest>) -> Self {
        let has_expected = expected.is_none();
        Self {
            found: Verification { findings: Vec::new(), lines: 0, first: None, head: None, has_expected },
            next: None,
            beginning,
            expected,
            file: 0,
            line: 0,
            text: Vec::new(),
            is_overlong: false,
            rest: None,
        }
    }

    /// Goes on with what follows in the file.
    pub fn feed(&mut self, mut piece: &[u8]) {
        while let Some(end) = piece.iter().position(|byte| *byte == b'\n') {
            self.go_on_with(&piece[..end]);
            self.end_line();
            piece = &piece[end + 1..];
        }
        self.go_on_with(piece);
    }

    /// What follows is the next file.
    pub fn end_file(&mut self) {
        if let Some(Rest { line, .. }) = self.rest.take().filter(|rest| !self.is_overlong || rest.line < self.line) {
            self.tell(line, Fault::Foreign);
        }
        if self.is_overlong || !self.text.is_empty() {
            self.tell(self.line, Fault::TornEnd);
        }
        (self.file, self.line, self.is_overlong) = (self.file + 1, 0, false);
        self.text.clear();
    }

    pub fn into_found(self) -> Verification {
        self.found
    }

    fn tell(&mut self, line: usize, fault: Fault) {
        self.found.findings.push(Finding { file: self.file, line, fault });
    }

    fn go_on_with(&mut self, piece: &[u8]) {
        if !self.is_overlong && self.text.len() + piece.len() <= LONGEST_LINE {
            return self.text.extend_from_slice(piece);
        }
        if !self.is_overlong {
            self.is_overlong = true;
            self.begin_rest();
        }
        if let Some(rest) = &mut self.rest {
            rest.digest.update(piece);
        }
    }

    /// Takes what there is of the line to what is none.
    fn begin_rest(&mut self) {
        match &mut self.rest {
            Some(rest) => rest.digest.update(b"\n"),
            None => self.rest = Some(Rest { line: self.line, digest: Sha256::new() }),
        }
        if let Some(rest) = &mut self.rest {
            rest.digest.update(&self.text);
        }
        self.text.clear();
    }

    fn end_line(&mut self) {
        if self.is_overlong {
            self.is_overlong = false;
        } else if let Some(seal) = Seal::read(&self.text) {
            if let Some(Rest { line, digest }) = self.rest.take() {
                let is_torn = seal.torn.is_some_and(|torn| torn == Digest::from(digest.finalize()));
                self.tell(line, if is_torn { Fault::Torn } else { Fault::Foreign });
            }
            self.judge(&seal);
            self.text.clear();
        } else {
            self.begin_rest();
        }
        self.line += 1;
    }

    fn judge(&mut self, seal: &Seal) {
        let is_intact = seal.holds(&self.text);
        if let Some(fault) = self.misplacement(seal) {
            self.tell(self.line, fault);
        }
        if !is_intact {
            self.tell(self.line, Fault::Changed);
        }
        self.found.lines += 1;
        self.found.first.get_or_insert(seal.number);
        self.found.has_expected |= is_intact && self.expected == Some(seal.hash);
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
