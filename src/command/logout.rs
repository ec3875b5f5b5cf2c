//! `afed logout`: ends the Crowd session there and here. Where nobody is logged in nothing happens, and nothing is recorded.

use anyhow::Result;
use clap::Args;

use super::audited;
use super::error::CommandError;
use crate::app::App;
use crate::config::settings::DirectorySettings;
use crate::model::actor::Scope;
use crate::model::audit::{Event, Subject};
use crate::model::person::Person;
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
    let subject = Subject { scope: Some(Scope::Person), ..Subject::default() };
    let id = crowd.session_secret();
    let (secrets, sessions, token) = audited::attempt(Event::LogOut, &subject, app, || {
        let secrets = app.secrets(&settings.secrets)?;
        let sessions = app.sessions(crowd, secrets.as_ref())?;
        let token = secrets.lookup(&id)?;
        Ok((secrets, sessions, token))
    })?;
    let Some(token) = token else {
        app.end_passes()?;
        streams.status("Nobody was logged in");
        return Ok(());
    };
    audited::deed(Event::LogOut, subject, app, |subject| {
        // Before and after, as at log-in; what can't be ended now must not keep the session alive.
        drop(app.end_passes());
        let tell = |person: &Person| subject.name = Some(person.name.clone());
        let outcome = sign_in::log_out(sessions.as_ref(), secrets.as_ref(), (&id, &token), tell)?;
        app.end_passes()?;
        match outcome {
            LogOut::Done => Ok(()),
            LogOut::HereOnly(error) => {
                streams.status("Logged out here");
                Err(anyhow::Error::new(error).context("Crowd could not be told; the session ends there by itself"))
            }
        }
    })?;
    streams.status("Logged out");
    Ok(())
}
