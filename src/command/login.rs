//! `afed login`: makes a Crowd session and keeps its token in the secret store.

use anyhow::Result;
use clap::Args;

use super::audited;
use super::error::CommandError;
use super::questions::Question;
use crate::app::App;
use crate::config::settings::DirectorySettings;
use crate::model::actor::Scope;
use crate::model::audit::{Event, Subject};
use crate::render::moment::told;
use crate::ui::Streams;
use crate::vending::sign_in;

/// Log in to Crowd and keep the session
#[derive(Debug, Args)]
pub struct LoginArgs {
    /// The user name at Crowd [default: asked for]
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// Read the password from standard input [default: asked for]
    #[arg(long)]
    password_stdin: bool,
}

const USER: Question = Question { what: "the user name", prompt: "User name", flag: "--user NAME" };
const PASSWORD: Question = Question { what: "the password", prompt: "Password", flag: "--password-stdin" };

pub fn run(args: &LoginArgs, app: &App, streams: &mut Streams) -> Result<()> {
    let settings = app.settings()?;
    let DirectorySettings::Crowd(crowd) = &settings.directory else {
        return Err(CommandError::NoLogIn.into());
    };
    let subject = Subject { scope: Some(Scope::Person), name: args.user.clone(), ..Subject::default() };
    let identity = audited::deed(Event::LogIn, subject, app, |subject| {
        let secrets = app.secrets(&settings.secrets)?;
        let sessions = app.sessions(crowd, secrets.as_ref())?;
        let user = USER.text(app, args.user.as_deref(), None)?;
        let user = user.trim();
        subject.name = Some(user.to_owned());
        let password = PASSWORD.secret(app, streams, args.password_stdin)?;
        // Once more, as whoever was asked may have taken their time.
        audited::refuse_unrecorded(app)?;
        // Before and after: whatever happens between, nobody gets what another person's session has opened.
        app.end_passes()?;
        let identity = sign_in::log_in(sessions.as_ref(), secrets.as_ref(), &crowd.session_secret(), user, &password)?;
        // By the name that all other lines have, however it was typed.
        subject.name = Some(identity.person.name.clone());
        Ok(identity)
    })?;
    app.end_passes()?;
    let until = identity.until.map(|until| format!(", until {}", told(until, app.clock.now()))).unwrap_or_default();
    streams.status(&format!("Logged in as {}{until}", identity.person.name));
    Ok(())
}
