//! The terminal: payload on stdout, all else on stderr, questions on the terminal itself.
//! stdout is a protocol: an answer is built whole and written once, so a late error leaves it empty.

#[cfg(unix)]
mod hidden_line;
mod prompts;
mod streams;
mod theme;

pub use prompts::{Reach, TerminalPrompter};
pub use streams::{Input, Streams};
