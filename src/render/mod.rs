//! Leases and listings as bytes, for shells, SDKs and people. Pure.
//! [`lease`] gives the whole answer at once, so that the caller writes it once or not at all.
//! Secrets are exposed in `credentials` only, and the answer is a secret again.

mod cmd;
pub mod completion;
mod credentials;
mod document;
mod dotenv;
mod elvish;
pub mod environment;
mod error;
#[cfg(test)]
mod example;
mod fish;
mod format;
mod functions;
#[cfg(test)]
mod fuzz;
mod ini;
pub mod moment;
mod nushell;
pub mod paint;
pub mod pasted;
mod posix;
mod powershell;
pub mod prompt;
#[cfg(test)]
mod shells;
pub mod table;
mod variables;

use crate::model::lease::Lease;
use crate::model::name::ConnectorName;
use crate::model::region::Region;
use crate::model::secret::Secret;

pub use error::RenderError;
pub use format::{Format, FormatChoice};
pub use functions::{FunctionShell, functions};

use credentials::Credentials;
use variables::Variables;

/// What an answer tells besides the lease itself.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    pub connector: &'a ConnectorName,
    /// Who it was issued for; `None` in system scope.
    pub person: Option<&'a str>,
    /// Where the credentials are meant to be used; `None` leaves the caller's region variables alone.
    pub region: Option<&'a Region>,
}

/// The whole answer to a request for credentials, with its last line end.
pub fn lease(lease: &Lease, format: Format, context: Context<'_>) -> Result<Secret, RenderError> {
    let credentials = Credentials::of(lease);
    let mut text = String::with_capacity(credentials.room());
    match format {
        Format::Process => document::process(&mut text, &credentials)?,
        Format::Json => document::json(&mut text, &credentials, lease, context)?,
        Format::Ini => ini::section(&mut text, &credentials, context)?,
        Format::Dotenv => dotenv::lines(&mut text, &variables::of_aws(&credentials, context))?,
        shell => shell_lines(&mut text, shell, &variables::of(&credentials, context))?,
    }
    Ok(Secret::new(text))
}

/// What takes away all that the answers in this format set, and all that they clear.
pub fn clearing(format: Format) -> Result<String, RenderError> {
    let mut text = String::new();
    shell_lines(&mut text, format, &variables::cleared())?;
    Ok(text)
}

fn shell_lines(text: &mut String, format: Format, variables: &Variables<'_>) -> Result<(), RenderError> {
    match format {
        Format::Bash | Format::Zsh => posix::lines(text, variables),
        Format::Fish => fish::lines(text, variables),
        Format::Powershell => powershell::lines(text, variables),
        Format::Cmd => cmd::lines(text, variables),
        Format::Nushell => nushell::record(text, variables),
        Format::Elvish => elvish::lines(text, variables),
        Format::Json | Format::Process | Format::Ini | Format::Dotenv => {
            Err(RenderError::ClearsNothing { format: format.name() })
        }
    }
}
