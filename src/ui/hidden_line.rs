//! One line typed without echo. The echo is off before the question shows, and on again however the answer ends:
//! keys that break off are read like all others and end no process, so nothing stays half done, and a signal from elsewhere
//! ends it only when the echo is on again (on Linux).

use std::fs::File;
use std::io::{self, Read, Write};

use nix::sys::termios::{self, LocalFlags, SetArg, SpecialCharacterIndices as Index, Termios};
use zeroize::Zeroizing;

use super::interruption::{Interruption, Listener};
use super::theme::marked;
use crate::model::secret::Secret;
use crate::ports::PromptError;

/// In bytes. Room for it is reserved, so that no copy of what is typed stays behind.
const LONGEST_LINE: usize = 4096;

/// Asks until something is typed.
pub fn ask(question: &str, mut terminal: File) -> Result<Secret, PromptError> {
    // Let go of when the echo is on again.
    let interruption = Interruption::hold();
    let quiet = Quiet::new(terminal.try_clone().map_err(PromptError::Terminal)?)?;
    let listener = interruption.listener();
    loop {
        write!(terminal, "{} ", marked(question)).map_err(PromptError::Terminal)?;
        let line = read_line(&mut Typed { quiet: &quiet, listener: &listener }, quiet.keys);
        writeln!(terminal).map_err(PromptError::Terminal)?;
        let line = line?;
        if !line.is_empty() {
            let text = std::str::from_utf8(&line).map_err(|error| PromptError::Terminal(io::Error::other(error)))?;
            return Ok(Secret::new(text.to_owned()));
        }
    }
}

/// A terminal without echo, for as long as this lives.
struct Quiet {
    terminal: File,
    original: Termios,
    quiet: Termios,
    keys: Keys,
}

/// The person's own editing keys.
#[derive(Debug, Clone, Copy)]
struct Keys {
    interrupt: u8,
    end: u8,
    kill: u8,
    erase: u8,
}

impl Keys {
    fn of(terminal: &Termios) -> Self {
        let key = |index: Index| terminal.control_chars[index as usize];
        Self { interrupt: key(Index::VINTR), end: key(Index::VEOF), kill: key(Index::VKILL), erase: key(Index::VERASE) }
    }
}

impl Quiet {
    fn new(terminal: File) -> Result<Self, PromptError> {
        let original = termios::tcgetattr(&terminal).map_err(|error| PromptError::Terminal(error.into()))?;
        let mut quiet = original.clone();
        quiet
            .local_flags
            .remove(LocalFlags::ECHO | LocalFlags::ECHONL | LocalFlags::ICANON | LocalFlags::ISIG | LocalFlags::IEXTEN);
        quiet.control_chars[Index::VMIN as usize] = 1;
        quiet.control_chars[Index::VTIME as usize] = 0;
        // What was typed before the question was no answer to it.
        termios::tcsetattr(&terminal, SetArg::TCSAFLUSH, &quiet)
            .map_err(|error| PromptError::Terminal(error.into()))?;
        Ok(Self { terminal, keys: Keys::of(&original), original, quiet })
    }

    fn become_quiet(&self) {
        self.set(&self.quiet);
    }

    fn become_loud(&self) {
        self.set(&self.original);
    }

    /// A terminal that has gone away has no echo, and needs none.
    fn set(&self, modes: &Termios) {
        let _ = termios::tcsetattr(&self.terminal, SetArg::TCSADRAIN, modes);
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        self.become_loud();
    }
}

/// What is typed, while signals are let through whenever one comes. A process that ignores it goes on without echo.
struct Typed<'a> {
    quiet: &'a Quiet,
    listener: &'a Listener,
}

impl Read for Typed<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut terminal = &self.quiet.terminal;
        loop {
            let has_input = self.listener.has_input(terminal);
            self.listener.let_through(|| self.quiet.become_loud(), || self.quiet.become_quiet());
            if has_input {
                return terminal.read(buffer);
            }
        }
    }
}

/// What the editing keys leave of what is typed.
fn read_line(input: &mut impl Read, keys: Keys) -> Result<Zeroizing<Vec<u8>>, PromptError> {
    let mut line = Zeroizing::new(Vec::with_capacity(LONGEST_LINE));
    loop {
        match read_byte(input)? {
            b'\r' | b'\n' => return Ok(line),
            byte if byte == keys.interrupt => return Err(PromptError::Interrupted),
            byte if byte == keys.end && line.is_empty() => return Err(PromptError::Interrupted),
            byte if byte == keys.end => return Ok(line),
            byte if byte == keys.kill => line.clear(),
            byte if byte == keys.erase || matches!(byte, 0x08 | 0x7f) => drop_last_character(&mut line),
            byte if line.len() < LONGEST_LINE => line.push(byte),
            _ => return Err(PromptError::Terminal(io::Error::other("the line is too long"))),
        }
    }
}

fn read_byte(input: &mut impl Read) -> Result<u8, PromptError> {
    let mut byte = Zeroizing::new([0]);
    input.read_exact(&mut *byte).map_err(PromptError::Terminal)?;
    Ok(byte[0])
}

fn drop_last_character(line: &mut Vec<u8>) {
    const IS_CONTINUATION: std::ops::RangeInclusive<u8> = 0x80..=0xbf;
    while line.pop().is_some_and(|byte| IS_CONTINUATION.contains(&byte)) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: Keys = Keys { interrupt: 3, end: 4, kill: 21, erase: 127 };

    #[test]
    fn the_editing_keys_work_as_everywhere() {
        for (typed, line) in [
            ("horse\r", "horse"),
            ("horse\nstaple\n", "horse"),
            ("hose\u{7f}\u{8}rse\r", "horse"),
            ("\u{7f}\u{7f}horse\r", "horse"),
            ("hör\u{7f}\u{7f}orse\r", "horse"),
            ("battery\u{15}horse\r", "horse"),
            ("horse\u{4}", "horse"),
            ("\r", ""),
        ] {
            assert_eq!(read_line(&mut typed.as_bytes(), KEYS).unwrap().as_slice(), line.as_bytes(), "{typed:?}");
        }
    }

    #[test]
    fn a_line_is_broken_off_or_too_long_or_cut_short() {
        for typed in ["\u{3}", "horse\u{3}", "\u{4}"] {
            assert!(matches!(read_line(&mut typed.as_bytes(), KEYS), Err(PromptError::Interrupted)), "{typed:?}");
        }
        for typed in ["horse", &"h".repeat(LONGEST_LINE + 1)] {
            assert!(matches!(read_line(&mut typed.as_bytes(), KEYS), Err(PromptError::Terminal(_))), "{typed:?}");
        }
    }
}
