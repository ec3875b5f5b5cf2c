//! Leases and listings as bytes, for shells, SDKs and people. Pure.
//! [`lease`] gives the whole answer at once, so that the caller writes it once or not at all.
//! Secrets are exposed in `credentials` only, and the answer is a secret again.

mod cmd;
mod credentials;
mod document;
mod dotenv;
mod error;
#[cfg(test)]
mod example;
mod fish;
mod format;
mod ini;
pub mod moment;
mod nushell;
pub mod pasted;
mod posix;
mod powershell;
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

use credentials::Credentials;

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
        Format::Bash | Format::Zsh => posix::lines(&mut text, &variables::of(&credentials, context))?,
        Format::Fish => fish::lines(&mut text, &variables::of(&credentials, context))?,
        Format::Powershell => powershell::lines(&mut text, &variables::of(&credentials, context))?,
        Format::Cmd => cmd::lines(&mut text, &variables::of(&credentials, context))?,
        Format::Nushell => nushell::lines(&mut text, &variables::of(&credentials, context))?,
        Format::Dotenv => dotenv::lines(&mut text, &variables::of(&credentials, context))?,
    }
    Ok(Secret::new(text))
}
