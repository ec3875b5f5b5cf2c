//! `afed account rotate`: gives an account a new key and ends the old one; what was broken off is finished or undone.

mod records;

use std::cell::RefCell;
use std::path::Path;

use anyhow::Result;
use clap::Args;

use crate::app::App;
use crate::command::audited;
use crate::command::config_file;
use crate::command::confirmation::confirm;
use crate::command::error::CommandError;
use crate::config::notes;
use crate::config::settings::Settings;
use crate::model::account::{Account, AccountSource};
use crate::model::audit::{Event, Subject as Audited};
use crate::model::name::AccountName;
use crate::model::region::Region;
use crate::ports::RotationRecords;
use crate::sys::locks::FileLock;
use crate::ui::Streams;
use crate::vending::rotation::{OldKey, Plan, Rotator, Situation, Step, Subject};
use records::Records;

/// Replace an account's key by a new one
///
/// The new key is made, kept, proved and taken into use before the old one is deactivated and deleted. What an earlier
/// run has left unfinished is finished or undone first
#[derive(Debug, Args)]
pub struct RotateArgs {
    /// The account's name
    #[arg(value_name = "ACCOUNT")]
    pub name: AccountName,
    /// Do it without asking
    #[arg(long)]
    yes: bool,
    /// Only deactivate the old key; the next run deletes it
    #[arg(long)]
    keep_old: bool,
    /// A region of the key's partition
    #[arg(long, value_name = "REGION", default_value = Region::FALLBACK)]
    region: Region,
}

pub fn run(args: &RotateArgs, app: &App, streams: &mut Streams) -> Result<()> {
    // Before anything is read: whoever waited must see what the other one did.
    let _turn = turn(app, &args.name)?;
    let settings = app.settings()?;
    let account = settings.account(args.name.as_str())?;
    let config = settings.origin_of_account(args.name.as_str()).unwrap_or(&app.paths.user_config);
    let secrets = app.secrets(&settings.secrets)?;
    let diagnostics = RefCell::new(streams);
    let rotator = Rotator {
        keys: &app.access_keys()?,
        tokens: &app.tokens(app.sts_endpoint()?),
        secrets: secrets.as_ref(),
        leases: &app.cache(Some(secrets.as_ref())),
        records: &Records::of(app, config, &args.name),
        clock: app.clock.as_ref(),
        pause: &std::thread::sleep,
        tell: &|step| diagnostics.borrow_mut().status(&said(step)),
    };
    let situation = rotator.look(subject(args, &account)?)?;
    announce(&situation, args, settings, &mut diagnostics.borrow_mut());
    confirm(app, args.yes, "Replace the key? (yes or no)")?;
    let old_key = if args.keep_old { OldKey::Keep } else { OldKey::Delete };
    let subject = Audited { account: Some(args.name.to_string()), ..Audited::default() };
    // Once more, as whoever was asked may have taken their time.
    audited::refuse_unrecorded(app)?;
    rotator.run(&situation, old_key)?;
    audited::success(Event::Rotate, subject, app)?;
    conclude(args, &mut diagnostics.borrow_mut());
    Ok(())
}

/// Takes the turn to change an account's key.
pub fn turn(app: &App, account: &AccountName) -> Result<FileLock> {
    config_file::lock(app, &notes::rotation(&app.paths.user_config, account))
}

/// Refuses to change or delete a key while another one is on its way to the account: nobody would know of it any more.
pub fn refuse_unfinished(app: &App, config: &Path, account: &AccountName) -> Result<(), CommandError> {
    let records = Records::of(app, config, account);
    match records.load() {
        Ok(None) => Ok(()),
        Ok(Some(_)) | Err(_) => {
            Err(CommandError::RotationUnfinished { account: account.clone(), journal: records.place() })
        }
    }
}

/// What to do about a rotation of this account that was broken off or waits for its end.
pub fn hint_of_unfinished(app: &App, config: &Path, account: &AccountName) -> Option<String> {
    let unfinished = !matches!(Records::of(app, config, account).load(), Ok(None));
    unfinished
        .then(|| format!("a rotation of this account's key is not finished; go on with: afed account rotate {account}"))
}

fn subject(args: &RotateArgs, account: &Account) -> Result<Subject, CommandError> {
    let AccountSource::AccessKey { access_key_id, aws_account_id, .. } = &account.source else {
        return Err(CommandError::NoKeyToRotate { account: account.name.to_string() });
    };
    Ok(Subject {
        account: account.name.clone(),
        access_key_id: access_key_id.clone(),
        aws_account_id: aws_account_id.clone(),
        region: args.region.clone(),
    })
}

/// Says what was found and what is going to be done, before it is.
fn announce(situation: &Situation, args: &RotateArgs, settings: &Settings, streams: &mut Streams) {
    for key in &situation.keys {
        streams.status(&format!("{} has the key {key}", situation.arn));
    }
    let name = &args.name;
    match &situation.plan {
        Plan::Start => {}
        Plan::StartOver { lost, .. } if lost.is_empty() => {
            streams.status("An earlier run was broken off before it had a new key; starting again");
        }
        Plan::StartOver { lost, .. } => {
            let lost: Vec<&str> = lost.iter().map(|key| key.id.as_str()).collect();
            let lost = lost.join(", ");
            streams
                .status(&format!("An earlier run made {lost} and was broken off before it was stored; undoing that"));
        }
        Plan::Prove { new } => streams.status(&format!("An earlier run has made and stored {new}; going on with it")),
        Plan::Retire { .. } | Plan::Foreign { .. } => {
            streams.status(&format!("The account “{name}” has its new key already; the old one is left to end"));
        }
    }
    let sharing = sharing(settings, name);
    if !sharing.is_empty() {
        streams.warning(&format!("the same key is in use here as: {}; they lose it", sharing.join(", ")));
    }
    streams.warning("other machines that have the old key, in afed or elsewhere, lose access when it ends");
}

/// The other accounts of this configuration that stand for the same key.
fn sharing<'a>(settings: &'a Settings, name: &AccountName) -> Vec<&'a str> {
    let key = |name: &str| settings.account_table(name).ok().and_then(|table| table.value.access_key_id.as_deref());
    let own = key(name.as_str());
    settings.account_names().filter(|other| *other != name.as_str() && key(other) == own).collect()
}

fn said(step: Step<'_>) -> String {
    match step {
        Step::Undone(key) => format!("Deleted the key {key}, whose secret nobody has"),
        Step::Created(key) => format!("Made the key {key} and stored its secret"),
        Step::Proved(key) => format!("AWS accepts {key}"),
        Step::Switched(key) => format!("The account has the key {key} now"),
        Step::Deactivated(key) => format!("Deactivated the old key {key}"),
        Step::Deleted(key) => format!("Deleted the old key {key} and forgot its secret"),
    }
}

fn conclude(args: &RotateArgs, streams: &mut Streams) {
    if args.keep_old {
        streams.hint(&format!("when nothing misses the old key, delete it: afed account rotate {}", args.name));
    }
}
