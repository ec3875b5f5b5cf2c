//! Decisions on their way into the audit trail. Whatever hands out credentials, opens or ends a session, replaces a key or
//! changes the configuration comes through here, before anything of it leaves the process.
//! Where the trail is required, what can't be recorded is denied; else it is told, and the answer stands. Whoever left an
//! answer out, or changed their mind, was refused nothing, and has no line.

use anyhow::Result;
use jiff::Timestamp;

use super::error::CommandError;
use crate::app::App;
use crate::model::actor::{Actor, Scope};
use crate::model::audit::settings::AuditSettings;
use crate::model::audit::{Decision, Entry, Event, Grant, Origin, Process, Reason, Subject, session_name_of};
use crate::model::failure::{FailureKind, ReasonCode};
use crate::model::lease::Lease;
use crate::model::name::{AccountName, ConnectorName};
use crate::ports::{AuditError, AuditTrail, PromptError};
use crate::sys::{parent, user};
use crate::vending::VendError;

/// Credentials that are about to be handed on.
pub struct Issue<'a> {
    pub event: Event,
    pub actor: &'a Actor,
    pub connector: &'a ConnectorName,
    pub account: &'a AccountName,
    pub lease: &'a Lease,
    pub origin: Origin,
}

/// What is to be told of a record that was not made.
pub type Trouble = Option<String>;

/// Records credentials. After an error they must not be handed on.
pub fn issue(issue: &Issue<'_>, settings: &AuditSettings, app: &App) -> Result<Trouble> {
    let Issue { event, actor, connector, account, lease, origin } = issue;
    let subject = Subject {
        connector: Some(connector.to_string()),
        account: Some(account.to_string()),
        ..Subject::of_actor(actor)
    };
    let grant = Some(grant_of(lease));
    let entry = Entry { origin: Some(*origin), grant, ..entry(*event, subject, app.clock.now()) };
    record(&entry, settings, app)
}

/// Records credentials that prove an account, and are handed to nobody. Who wanted the proof is asked of no directory.
pub fn proof(subject: &Subject, lease: &Lease, app: &App) -> Result<()> {
    let grant = Some(grant_of(lease));
    let at = app.clock.now();
    let entry = Entry { origin: Some(Origin::New), grant, ..entry(Event::Check, subject.clone(), at) };
    tell(app, record(&entry, settings_of(app), app)?);
    Ok(())
}

fn grant_of(lease: &Lease) -> Grant {
    let arn = lease.principal_arn.as_deref();
    Grant {
        aws_account_id: lease.aws_account_id.clone(),
        principal_arn: arn.map(str::to_owned),
        session_name: arn.and_then(session_name_of).map(str::to_owned),
        access_key_id: lease.access_key_id.clone(),
        expires_at: lease.expires_at,
    }
}

/// Records that somebody got nothing. Nothing is handed on, so a record that can't be made is only told. What failed because
/// it can't be recorded is not tried again.
pub fn failure(event: Event, subject: Subject, error: &anyhow::Error, app: &App) -> Trouble {
    let remembered = error.chain().find_map(|cause| cause.downcast_ref::<VendError>());
    let person = remembered.and_then(VendError::person).map(str::to_owned);
    let is_remembered = matches!(remembered, Some(VendError::Remembered { .. }));
    let subject = Subject { name: person.or(subject.name), ..subject };
    let failure = (app.explain)(error.as_ref());
    if failure.kind == FailureKind::Usage || failure.code == ReasonCode::NotRecorded {
        return None;
    }
    let decision = if failure.kind == FailureKind::Denied { Decision::Deny } else { Decision::Fail };
    let sentence = failure.causes.into_iter().next().unwrap_or_default();
    let entry = Entry {
        decision,
        reason: Some(Reason { code: failure.code.as_str(), sentence }),
        origin: is_remembered.then_some(Origin::Cached),
        ..entry(event, subject, app.clock.now())
    };
    record(&entry, settings_of(app), app).unwrap_or_else(|error| Some(format!("{error:#}")))
}

/// Does what is recorded as done or failed, and may name on the way whom that is about. It is not begun where the record must be
/// made and can't be.
pub fn deed<T>(
    event: Event,
    mut subject: Subject,
    app: &App,
    deed: impl FnOnce(&mut Subject) -> Result<T>,
) -> Result<T> {
    refuse_unrecorded(app)?;
    let outcome = deed(&mut subject);
    let done = attempt(event, &subject, app, || outcome)?;
    success(event, subject, app)?;
    Ok(done)
}

/// Does what records itself when it is decided; whatever keeps it from coming so far, or to its end, is recorded here.
pub fn attempt<T>(event: Event, subject: &Subject, app: &App, attempt: impl FnOnce() -> Result<T>) -> Result<T> {
    attempt().inspect_err(|error| {
        if !is_a_change_of_mind(error) {
            tell(app, failure(event, subject.clone(), error, app));
        }
    })
}

fn is_a_change_of_mind(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        matches!(cause.downcast_ref(), Some(CommandError::NotMeant))
            || matches!(cause.downcast_ref(), Some(PromptError::Interrupted))
    })
}

/// Records what is done.
pub fn success(event: Event, subject: Subject, app: &App) -> Result<()> {
    tell(app, record(&entry(event, subject, app.clock.now()), settings_of(app), app)?);
    Ok(())
}

/// For what changes something before all of it is decided: denies it, where the record must be made and can't be.
pub fn refuse_unrecorded(app: &App) -> Result<(), CommandError> {
    let settings = settings_of(app);
    match app.audit_trail(settings).filter(|_| settings.required) {
        Some(trail) => trail.probe().map_err(CommandError::NotRecorded),
        None => Ok(()),
    }
}

/// Has trouble told when the command ends, once.
pub fn tell(app: &App, trouble: Trouble) {
    if trouble.is_some() {
        app.trail_trouble.set(trouble);
    }
}

/// Records which tables of the configuration are changed, with their names, and then has them written. This, and [`secret`],
/// is a part of an [`attempt`], which records what fails.
pub fn configuration(changed: &[String], app: &App, write: impl FnOnce() -> Result<()>) -> Result<()> {
    if changed.is_empty() {
        return write();
    }
    let only = |group: &str| match changed {
        [one] => one.strip_prefix(group).map(str::to_owned),
        _ => None,
    };
    let subject = Subject { connector: only("connectors."), account: only("accounts."), ..Subject::default() };
    change(&changed.join(", "), subject, app, write)
}

/// Records that the secret of something is replaced which the configuration goes on naming, and then has that done.
pub fn secret(whose: &str, subject: Subject, app: &App, store: impl FnOnce() -> Result<()>) -> Result<()> {
    change(&format!("the secret {whose}"), subject, app, store)
}

fn change(what: &str, subject: Subject, app: &App, make: impl FnOnce() -> Result<()>) -> Result<()> {
    let reason = Reason { code: "changed", sentence: format!("changes {what}") };
    let entry = Entry { reason: Some(reason), ..entry(Event::Configuration, subject, app.clock.now()) };
    tell(app, record(&entry, settings_of(app), app)?);
    make()
}

/// For somebody who is not known, or not yet.
pub fn subject(scope: Scope, connector: &str) -> Subject {
    Subject { scope: Some(scope), connector: Some(connector.to_owned()), ..Subject::default() }
}

fn entry(event: Event, subject: Subject, at: Timestamp) -> Entry {
    let parent = parent::pid();
    let process = Process {
        pid: std::process::id(),
        uid: user::effective_uid().ok(),
        parent,
        program: parent.and_then(parent::program),
    };
    Entry { at, event, decision: Decision::Allow, reason: None, subject, origin: None, grant: None, process }
}

/// As the configuration has it; where there is none, or none that can be read, as without one.
fn settings_of(app: &App) -> &AuditSettings {
    app.settings().map_or(&AuditSettings::DEFAULT, |settings| &settings.audit)
}

fn record(entry: &Entry, settings: &AuditSettings, app: &App) -> Result<Trouble> {
    let Some(trail) = app.audit_trail(settings) else { return Ok(None) };
    match trail.record(entry) {
        Ok(second) => Ok(second.as_ref().map(in_words)),
        Err(error) if settings.required => Err(CommandError::NotRecorded(error).into()),
        Err(error) => Ok(Some(in_words(&error))),
    }
}

fn in_words(error: &AuditError) -> String {
    let cause = std::error::Error::source(error).map(|cause| format!(": {cause}")).unwrap_or_default();
    format!("{error}{cause}")
}
