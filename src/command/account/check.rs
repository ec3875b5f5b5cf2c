//! `afed account check`: proves an account for real, step by step.

use std::cell::RefCell;

use anyhow::Result;
use clap::Args;

use super::key;
use super::show::code_source;
use crate::app::App;
use crate::command::audited;
use crate::command::mfa_args::MfaArgs;
use crate::command::report::Report;
use crate::model::account::{Account, AccountSource, SigningCredentials};
use crate::model::actor::Scope;
use crate::model::audit::{Event, Subject};
use crate::model::duration::SessionDuration;
use crate::model::mfa::MfaDevice;
use crate::model::region::Region;
use crate::ports::{Attempt, CodeRequest, IssueAction, IssueRequest, MfaCodes, SecretStore, TokenService};
use crate::ui::Streams;
use crate::vending::{Signer, issue};

/// How long STS makes the session that proves an MFA device last, at least.
const SHORTEST_SESSION: SessionDuration = SessionDuration::from_seconds(900);

/// Prove an account: its settings, its secret, and what AWS says of its key
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// The account's name
    #[arg(value_name = "ACCOUNT")]
    name: String,
    /// The region whose STS is asked
    #[arg(long, value_name = "REGION", default_value = Region::FALLBACK)]
    region: Region,
    #[command(flatten)]
    mfa: MfaArgs,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

pub fn run(args: &CheckArgs, app: &App, streams: &mut Streams) -> Result<()> {
    let settings = app.settings()?;
    let mut report = Report::default();
    let account = report.step("settings", || {
        let account = settings.account(&args.name)?;
        let found = match account.access_key_id() {
            Some(id) => format!("the access key {id}"),
            None => "the role of this host".to_owned(),
        };
        Ok((account, found))
    });
    let store =
        report.step("secret store", || Ok((app.secrets(&settings.secrets)?, settings.secrets.store.to_string())));
    let credentials = signing(&mut report, account.as_ref(), store.as_deref(), app);
    let owner = report.step_with("key", credentials.as_ref(), |credentials| {
        let owner = app.tokens(app.sts_endpoint()?).caller_identity(credentials, &args.region)?;
        let found = owner.arn.clone();
        Ok((owner, found))
    });
    report.step_with("AWS account", account.as_ref().zip(credentials.as_ref()).zip(owner.as_ref()), |found| {
        let ((account, credentials), owner) = found;
        key::refuse_other_owner(&account.name, &credentials.id, account.aws_account_id(), Some(owner))?;
        Ok(((), owner.aws_account_id.clone()))
    });
    if let Some(device) = account.as_ref().and_then(Account::mfa) {
        let proof = Proof { args, app, streams: &RefCell::new(&mut *streams) };
        report.step_with("MFA device", account.as_ref().zip(credentials.as_ref()).zip(owner.as_ref()), |found| {
            let ((account, credentials), _) = found;
            proof.of_device(account, device, credentials)?;
            Ok(((), format!("{}; code from {}", device.serial, code_source(device))))
        });
    }
    key::warn_of_root(owner.as_ref(), streams);
    audited::attempt(Event::Check, &args.subject(), app, || report.end(args.json, streams))
}

impl CheckArgs {
    fn subject(&self) -> Subject {
        Subject { account: Some(self.name.clone()), ..Subject::default() }
    }
}

/// What the proof of a device needs.
struct Proof<'a, 'b> {
    args: &'a CheckArgs,
    app: &'a App,
    streams: &'a RefCell<&'b mut Streams>,
}

impl Proof<'_, '_> {
    /// Asks for a session that nobody gets, which needs no permission: AWS gives it for a right code only.
    fn of_device(&self, account: &Account, device: &MfaDevice, credentials: &SigningCredentials) -> Result<()> {
        audited::refuse_unrecorded(self.app)?;
        let tell = |text: &str| self.streams.borrow_mut().notice(text);
        let codes = self.app.mfa_codes(self.args.mfa.code(), Scope::Person, &tell);
        let _turn = codes.turn(&device.serial, self.app.settings()?.cache_wait)?;
        let request = IssueRequest {
            region: self.args.region.clone(),
            duration: SHORTEST_SESSION,
            mfa_serial: Some(device.serial.clone()),
            action: IssueAction::GetSessionToken,
        };
        let code = CodeRequest { device, account: &account.name, connector: None, attempt: Attempt::First };
        let session = issue(&self.app.tokens(self.app.sts_endpoint()?), &codes, credentials, &request, Some(code))?;
        audited::proof(&self.args.subject(), &session, self.app)
    }
}

/// What signs for the account: its secret is in the store, or its host gives it.
pub fn signing(
    report: &mut Report,
    account: Option<&Account>,
    store: Option<&dyn SecretStore>,
    app: &App,
) -> Option<SigningCredentials> {
    let of_host = account.is_some_and(|account| matches!(account.source, AccountSource::InstanceRole { .. }));
    let step = if of_host { "host role" } else { "secret" };
    report.step_with(step, account.zip(store), |(account, store)| {
        let signer = Signer::of(account, &app.host_role())?;
        let credentials = signer.credentials(store)?;
        let found = match &signer {
            Signer::LongTermKey { id, .. } => format!("of the access key {id}"),
            Signer::Host(given) => format!("given by {}", given.address),
        };
        Ok((credentials, found))
    })
}
