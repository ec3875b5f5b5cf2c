//! The three standard streams as the process was given them.

use std::io::{self, Read, Write};

use zeroize::Zeroizing;

use super::look::{Look, Loudness};
use crate::model::secret::Secret;
use crate::render::paint::Tone;
use crate::render::table::printable;

/// Where the answer and everything said about it go.
pub struct Streams {
    pub input: Input,
    pub output: Box<dyn Write>,
    pub output_is_terminal: bool,
    pub diagnostics: Box<dyn Write>,
    pub look: Look,
}

/// Standard input, and whether a person sits at it.
pub struct Input {
    pub reader: Box<dyn Read>,
    pub is_terminal: bool,
}

impl Streams {
    /// Writes the whole answer, once.
    pub fn payload(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.output.write_all(bytes)?;
        self.output.flush()
    }

    /// Says what was done, to whoever wants to know.
    pub fn status(&mut self, text: &str) {
        if self.look.loudness == Loudness::Normal {
            self.notice(text);
        }
    }

    /// Says what to do next, to whoever wants to know.
    pub fn hint(&mut self, text: &str) {
        if self.look.loudness == Loudness::Normal {
            self.remedy(text);
        }
    }

    /// Says what was asked for, or what somebody has to know to go on: also when everything else is quiet.
    pub fn notice(&mut self, text: &str) {
        self.say(None, text);
    }

    /// Says what did not go as it should although the answer stands.
    pub fn warning(&mut self, text: &str) {
        self.say(Some(("warning:", Tone::Doubtful)), text);
    }

    /// Says what to do about a warning.
    pub fn remedy(&mut self, text: &str) {
        self.say(Some(("hint:", Tone::Advice)), text);
    }

    /// A reader that has gone away must not turn a done deed into a failure, so nothing is made of it.
    fn say(&mut self, kind: Option<(&str, Tone)>, text: &str) {
        let kind = kind.map(|(kind, tone)| format!("{} ", self.look.diagnostics.paint(tone, kind)));
        drop(writeln!(self.diagnostics, "{}{}", kind.unwrap_or_default(), printable(text)));
    }
}

/// Why what was piped in is no secret.
#[derive(Debug, thiserror::Error)]
pub enum NoSecret {
    #[error(transparent)]
    Unreadable(io::Error),
    #[error("it is longer than {LONGEST_SECRET} bytes")]
    TooLong,
    #[error("it is not UTF-8 text")]
    NotText,
    /// Which of them is meant is not for afed to guess, and with all of them nothing would be signed or opened.
    #[error("it has more than one line")]
    SeveralLines,
}

/// Far more than any password has.
const LONGEST_SECRET: usize = 64 * 1_024;

impl Input {
    /// A secret that was piped in: all there is, one line, its line end taken off.
    pub fn secret(&mut self) -> Result<Secret, NoSecret> {
        // Room for all from the start: what grows leaves copies of its bytes behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(LONGEST_SECRET + 2));
        let limit = LONGEST_SECRET as u64 + 1;
        self.reader.by_ref().take(limit).read_to_end(&mut bytes).map_err(NoSecret::Unreadable)?;
        if bytes.len() > LONGEST_SECRET {
            return Err(NoSecret::TooLong);
        }
        let text = str::from_utf8(&bytes).map_err(|_| NoSecret::NotText)?;
        let line = text.strip_suffix('\n').map_or(text, |line| line.strip_suffix('\r').unwrap_or(line));
        if line.contains('\n') { Err(NoSecret::SeveralLines) } else { Ok(Secret::new(line.to_owned())) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piped(bytes: &[u8]) -> Result<Secret, NoSecret> {
        Input { reader: Box::new(io::Cursor::new(bytes.to_vec())), is_terminal: false }.secret()
    }

    #[test]
    fn a_piped_secret_loses_its_line_end_only() {
        let longest = "a".repeat(LONGEST_SECRET);
        for (text, expected) in [
            ("secret\n", "secret"),
            ("secret\r\n", "secret"),
            ("secret\r", "secret\r"),
            (" secret ", " secret "),
            ("\n", ""),
            ("", ""),
            (&longest, &longest),
        ] {
            assert_eq!(piped(text.as_bytes()).unwrap().expose(), expected);
        }
    }

    #[test]
    fn what_is_no_secret_is_not_cut_to_one() {
        for text in ["a\n\n", "a\nb", "a\r\nb\r\n", "\na"] {
            assert!(matches!(piped(text.as_bytes()), Err(NoSecret::SeveralLines)), "{text:?}");
        }
        assert!(matches!(piped("a".repeat(LONGEST_SECRET + 1).as_bytes()), Err(NoSecret::TooLong)));
        assert!(matches!(piped(b"\xff"), Err(NoSecret::NotText)));
    }
}
