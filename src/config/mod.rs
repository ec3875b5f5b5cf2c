//! The configuration: the file as written, the settings as resolved, and edits that keep what people wrote.
//! Text in, text out: whoever calls reads and writes the files.

pub mod changes;
mod diagnosis;
pub mod edit;
pub mod environment;
mod error;
pub mod examination;
pub mod exchange;
pub mod file;
#[cfg(test)]
mod fuzz;
pub mod notes;
pub mod outline;
pub mod paths;
pub mod settings;
pub mod starter;

pub use error::ConfigError;
