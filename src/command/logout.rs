//! `afed logout`: ends the Crowd session there and here.

use anyhow::Result;
use clap::Args;

use super::audited;
use super::error::CommandError;
use crate::app::App;
use crate::config::settings::DirectorySettings;
use crate::model::audit::{Event, Subject};
use crate::ui::Streams;
use crate::vending::sign_in::{self, LogOut};

/// End the session at Crowd and forget it here
#[derive(Debug, Args)]
pub struct LogoutArgs {}

pub fn run(_: &LogoutArgs, app: &App, streams: &mut Streams) -> Result<()> {
    let settings = app.settings()?;
    let DirectorySettings::Crowd(crowd) = &settings.directory else {
        return Err(CommandError::NoLogIn.into());
    };
    let secrets = app.secrets(&settings.secrets)?;
    let sessions = app.sessions(crowd, secrets.as_ref())?;
    let outcome = audited::deed(Event::LogOut, Subject::default(), app, || {
        // Before and after, as at log-in; what can't be ended now must not keep the session alive.
        drop(app.end_passes());
        Ok(sign_in::log_out(sessions.as_ref(), secrets.as_ref(), &crowd.session_secret())?)
    })?;
    app.end_passes()?;
    match outcome {
        LogOut::NotLoggedIn => streams.status("Nobody was logged in"),
        LogOut::Done => streams.status("Logged out"),
        LogOut::HereOnly(error) => {
            streams.status("Logged out here");
            return Err(anyhow::Error::new(error).context("Crowd could not be told; the session ends there by itself"));
        }
    }
    Ok(())
}
