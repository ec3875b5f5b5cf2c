//! A text that a command is given: a file, or `-` for standard input, of a size that can be meant.

use std::io::Read;

use super::error::CommandError;
use crate::ui::Streams;

/// The text, and what it is called in messages.
pub struct TextFile {
    pub name: String,
    pub text: String,
}

/// Reads it whole; `longest` counts bytes.
pub fn read(file: &str, longest: u64, streams: &mut Streams) -> Result<TextFile, CommandError> {
    let name = if file == "-" { "standard input" } else { file }.to_owned();
    let mut bytes = Vec::new();
    // One byte more tells a longer text from one that ends there.
    let read = match file {
        "-" => streams.input.reader.by_ref().take(longest + 1).read_to_end(&mut bytes),
        file => std::fs::File::open(file).and_then(|file| file.take(longest + 1).read_to_end(&mut bytes)),
    };
    let length = read.map_err(|source| CommandError::File { path: name.clone().into(), operation: "read", source })?;
    if u64::try_from(length).is_ok_and(|length| length > longest) {
        return Err(CommandError::TooLong { path: name.into(), longest });
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(TextFile { name, text }),
        Err(error) => Err(CommandError::NotText { path: name.into(), offset: error.utf8_error().valid_up_to() }),
    }
}
