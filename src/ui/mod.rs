//! The terminal: payload on stdout, all else on stderr, questions on the terminal itself.
//! stdout is a protocol: an answer is built whole and written once, so a late error leaves it empty.

#[cfg(unix)]
mod hidden_line;
mod interruption;
mod look;
mod prompts;
mod spinner;
mod streams;
mod theme;

pub use look::{ColorChoice, Look, Loudness, Terminals, Wish};
pub use prompts::{Reach, TerminalPrompter};
pub use spinner::Spinner;
pub use streams::{Input, NoSecret, Streams};
