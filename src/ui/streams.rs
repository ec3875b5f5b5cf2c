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

impl Input {
    /// A secret that was piped in: one line, its line end taken off.
    pub fn secret(&mut self) -> io::Result<Secret> {
        const LONGEST: u64 = 64 * 1_024;
        // Room for all from the start: a text that grows leaves copies of its bytes behind.
        let mut text = Zeroizing::new(String::with_capacity(LONGEST as usize + 1));
        self.reader.by_ref().take(LONGEST).read_to_string(&mut text)?;
        let line = text.strip_suffix('\n').unwrap_or(&text);
        let line = line.strip_suffix('\r').unwrap_or(line);
        Ok(Secret::new(line.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piped_secret_loses_its_line_end_only() {
        for (piped, expected) in
            [("secret\n", "secret"), ("secret\r\n", "secret"), (" secret ", " secret "), ("a\n\n", "a\n"), ("", "")]
        {
            let mut input = Input { reader: Box::new(piped.as_bytes()), is_terminal: false };
            assert_eq!(input.secret().unwrap().expose(), expected);
        }
    }
}
