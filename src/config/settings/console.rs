//! From the table of the console to what a sign-in needs. Nothing of it has to be given.

use std::time::Duration;

use super::place::Place;
use crate::config::error::ConfigError;
use crate::config::file::{ConsoleTable, DurationValue};
use crate::model::console::{BrowserCommand, ConsoleAddress, check_duration};
use crate::model::duration::SessionDuration;

const ISSUER: &str = "afed";
const BROWSER_WAIT: Duration = Duration::from_secs(60);

/// How people get to the console.
#[derive(Debug)]
pub struct ConsoleSettings {
    /// Replaces the known sign-in host of every partition.
    pub sign_in: Option<ConsoleAddress>,
    /// Replaces the known console of every partition.
    pub console: Option<ConsoleAddress>,
    pub issuer: String,
    /// For connectors that may have one.
    pub session_duration: Option<SessionDuration>,
    pub browser: Option<BrowserCommand>,
    /// How long the browser may take to come.
    pub browser_wait: Duration,
}

/// Resolves the table, or its absence.
pub(super) fn resolve(place: &Place<'_>, table: ConsoleTable) -> Result<ConsoleSettings, ConfigError> {
    let session_duration = match &table.session_duration {
        None => None,
        Some(DurationValue::Seconds(seconds)) => Some(SessionDuration::from_seconds(*seconds)),
        Some(DurationValue::Text(text)) => Some(place.parse("session_duration", text)?),
    };
    if let Some(duration) = session_duration {
        check_duration(duration).map_err(|error| place.bad("session_duration", error))?;
    }
    Ok(ConsoleSettings {
        sign_in: table.sign_in_url.as_deref().map(|text| place.parse("sign_in_url", text)).transpose()?,
        console: table.console_url.as_deref().map(|text| place.parse("console_url", text)).transpose()?,
        issuer: table.issuer.unwrap_or_else(|| ISSUER.to_owned()),
        session_duration,
        browser: table.browser.as_deref().map(|text| place.parse("browser", text)).transpose()?,
        browser_wait: place.timeout("browser_wait", table.browser_wait.as_deref(), BROWSER_WAIT)?,
    })
}
