//! How lines hang together: each has a number, the hash of the line before it, and its own hash at its end.
//! A line is found and linked by its bytes alone. What a crash has torn stays in the file, and the next line vouches for it.

use sha2::{Digest as _, Sha256};

use super::Entry;
use super::line::Line;

pub type Digest = [u8; 32];

/// What a new line follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    pub number: u64,
    /// The hash of the line before; `None` where there is none, or none that could be found.
    pub previous: Option<Digest>,
    /// Of what stands behind that line and is none: the rest of one that was torn.
    pub torn: Option<Digest>,
    /// The file does not end with a line's end.
    pub is_amid_line: bool,
}

/// No line is longer, as each of its texts is bounded. What is longer is none.
pub const LONGEST_LINE: usize = 16 << 10;

const LINE_START: &[u8] = b"{\"number\":";
const SEAL: &str = ",\"hash\":\"";
/// The seal with its 64 digits, quote and brace.
const SEAL_LENGTH: usize = SEAL.len() + 64 + 2;

impl Link {
    /// The first line of all.
    pub const fn first() -> Self {
        Self { number: 1, previous: None, torn: None, is_amid_line: false }
    }

    /// What follows on a file that ends like this; `None` where no line is to be seen in it.
    pub fn after(tail: &[u8]) -> Option<Self> {
        let is_amid_line = tail.last() != Some(&b'\n');
        let mut end = tail.len() - usize::from(!is_amid_line && !tail.is_empty());
        let all = end;
        let mut is_whole = !is_amid_line;
        loop {
            let start = tail[..end].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
            if is_whole && let Some(seal) = Seal::read(&tail[start..end]) {
                let torn = (end < all).then(|| digest(&tail[end + 1..all]));
                return Some(Self { number: seal.number + 1, previous: Some(seal.hash), torn, is_amid_line });
            }
            is_whole = true;
            end = start.checked_sub(1)?;
        }
    }

    /// Whether a file that begins like this may be what is left of a trail: some of a line, or of a file system's zeros.
    pub fn may_begin(bytes: &[u8]) -> bool {
        let common = bytes.len().min(LINE_START.len());
        bytes[..common] == LINE_START[..common] || bytes.first() == Some(&0)
    }

    /// On a file in which there is no line to follow.
    pub fn after_ruin(tail: &[u8]) -> Self {
        let is_amid_line = tail.last().is_some_and(|byte| *byte != b'\n');
        let rest = tail.strip_suffix(b"\n").unwrap_or(tail);
        Self { number: 1, previous: None, torn: Some(digest(rest)), is_amid_line }
    }

    /// The entry as a line, with its end; and before it the end of one that was torn.
    pub fn line(&self, entry: &Entry) -> String {
        let mut line = Line::begin(self.number);
        line.digest("previous", self.previous.as_ref());
        if self.torn.is_some() {
            line.digest("torn", self.torn.as_ref());
        }
        line.entry(entry);
        let mut text = line.into_text();
        let hash = digest(text.as_bytes());
        text.push_str(SEAL);
        text.push_str(&crate::model::hex::lower_hex(&hash));
        text.push_str("\"}\n");
        if self.is_amid_line {
            text.insert(0, '\n');
        }
        text
    }
}

/// What a line says of its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    pub number: u64,
    pub previous: Option<Digest>,
    pub torn: Option<Digest>,
    /// By its own word.
    pub hash: Digest,
}

impl Seal {
    /// Reads a line without its end; `None` if it is no line of a trail.
    pub fn read(line: &[u8]) -> Option<Self> {
        let line = std::str::from_utf8(line).ok()?;
        let (body, seal) = line.split_at_checked(line.len().checked_sub(SEAL_LENGTH)?)?;
        let hash = parse(seal.strip_prefix(SEAL)?.strip_suffix("\"}")?)?;
        let (number, rest) = body.strip_prefix("{\"number\":")?.split_once(",\"previous\":")?;
        let (previous, rest) = match rest.strip_prefix("null") {
            Some(rest) => (None, rest),
            None => {
                let (previous, rest) = quoted(rest)?;
                (Some(previous), rest)
            }
        };
        let torn = match rest.strip_prefix(",\"torn\":") {
            Some(rest) => Some(quoted(rest)?.0),
            None => None,
        };
        let number = number.parse().ok().filter(|number: &u64| *number < u64::MAX)?;
        Some(Self { number, previous, torn, hash })
    }

    /// Whether the line has the hash that it says it has.
    pub fn holds(&self, line: &[u8]) -> bool {
        line.len().checked_sub(SEAL_LENGTH).is_some_and(|end| digest(&line[..end]) == self.hash)
    }
}

pub fn digest(bytes: &[u8]) -> Digest {
    Sha256::digest(bytes).into()
}

/// A hash as people write it.
pub fn parse(text: &str) -> Option<Digest> {
    let mut digest = [0; 32];
    if text.len() != 64 {
        return None;
    }
    for (byte, pair) in digest.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        *byte = nibble(pair[0])? << 4 | nibble(pair[1])?;
    }
    Some(digest)
}

fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

fn quoted(text: &str) -> Option<(Digest, &str)> {
    let (digits, rest) = text.strip_prefix('"')?.split_at_checked(64)?;
    Some((parse(digits)?, rest.strip_prefix('"')?))
}
