//! `afed connector check`: proves a connector for real, as the person who asks. AWS is asked for credentials, which are
//! neither shown nor kept.

use std::cell::RefCell;
use std::time::Duration;

use anyhow::Result;
use clap::Args;
use jiff::SignedDuration;

use crate::app::App;
use crate::command::account::check::signing;
use crate::command::audited::{self, Issue};
use crate::command::config_file;
use crate::command::mfa_args::MfaArgs;
use crate::command::report::Report;
use crate::command::vending::{self, openness};
use crate::config::settings::Settings;
use crate::model::account::Account;
use crate::model::actor::Scope;
use crate::model::audit::{Event, Origin};
use crate::model::connector::Connector;
use crate::model::lease::Lease;
use crate::model::person::Person;
use crate::ports::{MfaCodes, SecretStore};
use crate::sys::files;
use crate::ui::Streams;
use crate::vending::entitlement::{Entitlement, decide, is_member};
use crate::vending::memory::{Arrival, Caller, Memory};
use crate::vending::{Asker, Order, Recall, Unremembered, VendError, Vended, Vendor, pass_key};

/// Prove a connector: its settings, who you are, whether it is open to you, and that AWS gives credentials
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// The connector's name
    #[arg(value_name = "CONNECTOR")]
    name: String,
    #[command(flatten)]
    mfa: MfaArgs,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

pub fn run(args: &CheckArgs, app: &App, streams: &mut Streams) -> Result<()> {
    let settings = app.settings()?;
    let mut report = Report::default();
    let connector = report.step("settings", || {
        let connector = settings.connector(&args.name, &config_file::read_policy)?;
        let principal = connector.principal.principal_type();
        let found = match connector.duration {
            Some(duration) => format!("{principal} for {duration}"),
            None => principal.to_string(),
        };
        Ok((connector, found))
    });
    report.step_with("policy", connector.as_ref(), |connector| Ok(((), policy(connector))));
    let account = report.step_with("account", connector.as_ref(), |connector| {
        let account = settings.account(connector.account.as_str())?;
        let found = match connector.mfa(&account) {
            Some(device) => format!("{}, with a code of {}", account.name, device.serial),
            None => account.name.to_string(),
        };
        Ok((account, found))
    });
    let store =
        report.step("secret store", || Ok((app.secrets(&settings.secrets)?, settings.secrets.store.to_string())));
    let store = store.as_deref();
    let signing = signing(&mut report, account.as_ref(), store, app);
    let person = report.step_with("person", store, |store| {
        let directory = app.directory(settings, store)?;
        let person = directory.identify(&app.evidence(settings, store)?)?.person;
        let found = person.name.clone();
        Ok((person, found))
    });
    let open = report.step_with("entitlement", connector.as_ref().zip(store).zip(person.as_ref()), |found| {
        let ((connector, store), person) = found;
        Ok(((), entitlement(app, settings, connector, store, person)?))
    });
    let whole = connector.as_ref().zip(account.as_ref()).zip(store).filter(|_| signing.is_some() && open.is_some());
    let telling = RefCell::new(&mut *streams);
    report.step_with("credentials", whole, |((connector, account), store)| {
        let tell = |text: &str| telling.borrow_mut().status(text);
        let codes = app.mfa_codes(args.mfa.code(), Scope::Person, &tell);
        let lease = vend_for_show(app, settings, (connector, account), store, &codes)?;
        Ok(((), issued(&lease)))
    });
    let subject = || audited::subject(Scope::Person, &args.name);
    vending::recorded(Event::Check, subject, report.end(args.json, streams), app, streams)
}

fn policy(connector: &Connector) -> String {
    let Some(policies) = connector.principal.policies() else { return "none, by its type".to_owned() };
    let inline = policies.inline.as_ref().map(|policy| format!("{} characters of JSON", policy.length()));
    let arns = (!policies.arns.is_empty()).then(|| format!("{} by ARN", policies.arns.len()));
    let parts: Vec<String> = inline.into_iter().chain(arns).collect();
    if parts.is_empty() { "none".to_owned() } else { parts.join(", ") }
}

fn entitlement(
    app: &App,
    settings: &Settings,
    connector: &Connector,
    store: &dyn SecretStore,
    person: &Person,
) -> Result<String> {
    let directory = app.directory(settings, store)?;
    match decide(openness(settings, &connector.groups), |group| is_member(directory.as_ref(), person, group))? {
        Entitlement::Member(group) => Ok(format!("member of {group}")),
        Entitlement::Administrator(group) => Ok(format!("administrator through {group}")),
        Entitlement::None => Err(VendError::NotEntitled {
            person: person.name.clone(),
            connector: connector.name.clone(),
            groups: connector.groups.clone(),
        }
        .into()),
    }
}

/// What `creds` would do, with a memory that neither finds nor keeps anything.
fn vend_for_show(
    app: &App,
    settings: &Settings,
    (connector, account): (&Connector, &Account),
    store: &dyn SecretStore,
    codes: &dyn MfaCodes,
) -> Result<Lease> {
    audited::refuse_unrecorded(app)?;
    let endpoint = app.sts_endpoint()?;
    let vendor = Vendor {
        directory: &|| app.directory(settings, store),
        tokens: &app.tokens(endpoint.clone()),
        secrets: store,
        host: &app.host_role(),
        codes,
        turns: &Unremembered,
        memory: Memory {
            passes: &Unremembered,
            leases: &Unremembered,
            clock: app.clock.as_ref(),
            look: &files::look,
            min_life: SignedDuration::ZERO,
        },
    };
    let vended = vendor.vend(Order {
        connector,
        account,
        asker: Asker::Person {
            openness: openness(settings, &connector.groups),
            evidence: &|| app.evidence(settings, store),
        },
        endpoint: endpoint.distinction(),
        recall: Recall {
            key: &pass_key(std::iter::empty()),
            watched: &[],
            arrival: Arrival { at: app.clock.now(), caller: Caller::Person },
            good_for: Duration::ZERO,
            patience: settings.cache_wait,
            audit: &settings.audit,
            describe: &|error| (app.explain)(error),
        },
    });
    vended.map_err(anyhow::Error::new).and_then(|vended| {
        let (connector, account) = (&connector.name, &account.name);
        let Vended { lease, actor, .. } = &vended;
        let issue = Issue { event: Event::Check, actor, connector, account, lease, origin: Origin::New };
        audited::tell(app, audited::issue(&issue, &settings.audit, app)?);
        Ok(vended.lease)
    })
}

fn issued(lease: &Lease) -> String {
    let whom = lease.principal_arn.as_deref().unwrap_or("issued");
    match lease.packed_policy_size {
        Some(percent) => format!("{whom}; policies and tags take {percent} % of what AWS allows"),
        None => whom.to_owned(),
    }
}
