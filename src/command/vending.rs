//! From a connector's name to credentials for whoever asks: what each verb that hands them on begins with.
//! From memory where that answers, and then no configuration is read. What is done with them is the verb's own.

use std::cell::RefCell;
use std::ffi::OsString;
use std::path::Path;

use anyhow::Result;
use jiff::SignedDuration;

use super::audited::{self, Issue};
use super::config_file;
use crate::app::{App, Endpoint};
use crate::config::settings::Settings;
use crate::model::actor::{Actor, Scope};
use crate::model::audit::settings::AuditSettings;
use crate::model::audit::{Event, Origin, Subject};
use crate::model::connector::Connector;
use crate::model::file_mark::Watched;
use crate::model::lease::Lease;
use crate::model::mfa::MfaCode;
use crate::model::name::{AccountName, ConnectorName, GroupName};
use crate::model::narrowing::Narrowing;
use crate::model::pass::{Admission, PassKey};
use crate::model::region::Region;
use crate::ports::{LeaseStore, PassStore};
use crate::sys::{files, host, user};
use crate::ui::Streams;
use crate::vending::entitlement::Openness;
use crate::vending::memory::{Arrival, Caller, Memory, Recalled};
use crate::vending::{Asker, Order, Recall, Source, VendError, Vended, Vendor, pass_key};

/// How full AWS's allowance for policies and tags may be before it is worth a warning, in per cent.
const PACKED_POLICY_WARNING: u32 = 80;
/// Who brings a code does not hear of the failures of those who have none, nor they of a code that was wrong: what tells
/// the two apart. The code itself does not; what it leads to is the same for every right one.
const WITH_CODE: [&[u8]; 2] = [b"mfa code", b"given"];

/// Credentials, with what is told of them besides.
pub struct Answer {
    pub lease: Lease,
    pub connector: ConnectorName,
    pub actor: Actor,
    pub region: Region,
    account: AccountName,
    origin: Origin,
    audit: AuditSettings,
}

impl Answer {
    /// What is recorded of what becomes of it.
    pub fn subject(&self) -> Subject {
        let (connector, account) = (Some(self.connector.to_string()), Some(self.account.to_string()));
        Subject { connector, account, ..Subject::of_actor(&self.actor) }
    }
}

impl From<Recalled> for Answer {
    fn from(recalled: Recalled) -> Self {
        let Recalled { lease, admission, .. } = recalled;
        let Admission { connector, actor, region, account, audit, .. } = admission;
        Self { lease, connector, actor, region, account, origin: Origin::Cached, audit }
    }
}

/// What is wanted, and by what.
#[derive(Clone, Copy)]
pub struct Wanted<'a> {
    /// What it is recorded as.
    pub event: Event,
    /// The connector's name.
    pub connector: &'a str,
    /// For whom.
    pub scope: Scope,
    /// What of the connector's is taken away.
    pub narrowing: &'a Narrowing,
    pub caller: Caller,
    /// The code of an MFA device that came with it.
    pub mfa_code: Option<&'a MfaCode>,
}

/// Credentials of the connector, for whoever is entitled to them. What is odd about them is told as a warning.
pub fn answer(wanted: Wanted<'_>, app: &App, streams: &mut Streams) -> Result<Answer> {
    lasting_answer(wanted, SignedDuration::ZERO, app, streams)
}

/// The same, with new credentials where the earlier ones have less than this left. It is the caller's to look whether the new
/// ones have as much.
pub fn lasting_answer(
    wanted: Wanted<'_>,
    min_life: SignedDuration,
    app: &App,
    streams: &mut Streams,
) -> Result<Answer> {
    match found(wanted, min_life, app, streams) {
        Ok(answer) => {
            let Answer { lease, connector, actor, account, origin, audit, .. } = &answer;
            let issue = Issue { event: wanted.event, actor, connector, account, lease, origin: *origin };
            let trouble = audited::issue(&issue, audit, app)?;
            trouble.into_iter().for_each(|trouble| streams.warning(&trouble));
            Ok(answer)
        }
        Err(error) => {
            let subject = || audited::subject(wanted.scope, wanted.connector);
            recorded(wanted.event, subject, Err(error), app, streams)
        }
    }
}

/// What comes before credentials are asked for, or after they were recorded: if it fails, that is recorded as well.
pub fn recorded<T>(
    event: Event,
    subject: impl FnOnce() -> Subject,
    done: Result<T>,
    app: &App,
    streams: &mut Streams,
) -> Result<T> {
    done.inspect_err(|error| {
        let trouble = audited::failure(event, subject(), error, app);
        trouble.into_iter().for_each(|trouble| streams.warning(&trouble));
    })
}

/// The credentials, not yet recorded: nobody else may have them.
fn found(wanted: Wanted<'_>, min_life: SignedDuration, app: &App, streams: &mut Streams) -> Result<Answer> {
    app.call_chain().check_vending(wanted.connector)?;
    let request = Request { min_life, ..Request::look_at(wanted, app)? };
    match request.recall(app)? {
        Some(recalled) => {
            warn_of_age(recalled.trouble.as_deref(), streams);
            Ok(recalled.into())
        }
        None => request.vend(app, streams),
    }
}

/// What is asked for, and what it is derived from, looked at before any of it is read.
struct Request<'a> {
    wanted: Wanted<'a>,
    endpoint: Endpoint,
    key: PassKey,
    watched: RefCell<Vec<Watched>>,
    arrival: Arrival,
    min_life: SignedDuration,
}

impl<'a> Request<'a> {
    fn look_at(wanted: Wanted<'a>, app: &App) -> Result<Self> {
        let paths = &app.paths;
        // Where the mark can't be looked at, neither can the passes beside it, so there is none that it could end.
        let mark = files::look(&paths.session_mark)
            .unwrap_or_else(|_| Watched { path: paths.session_mark.clone(), mark: None });
        let mut watched = vec![config_file::look(&paths.machine_config)?, config_file::look(&paths.user_config)?, mark];
        watched.extend(wanted.narrowing.policy.iter().map(|policy| policy.file.clone()));
        let arrival = Arrival { at: app.clock.now(), caller: wanted.caller };
        let endpoint = app.sts_endpoint()?;
        let uid = user::effective_uid().map(|uid| uid.to_string()).unwrap_or_default();
        // By its own spelling, links and all: the files that it names lie beside this path, and not beside another.
        let config = std::path::absolute(&paths.user_config)?;
        let inputs = [env!("CARGO_PKG_VERSION"), wanted.connector, endpoint.distinction().unwrap_or_default(), &uid];
        let (host, narrowing) = (host_of(wanted.scope), wanted.narrowing.parts());
        let inputs = inputs.map(str::as_bytes).into_iter().chain([config.as_os_str().as_encoded_bytes()]);
        let narrowing = narrowing.iter().flat_map(|(name, value)| [name.as_bytes(), value.as_bytes()]);
        let host = host.iter().map(|host| host.as_encoded_bytes());
        let code = wanted.mfa_code.iter().flat_map(|_| WITH_CODE);
        // The host is the only one that comes without a name, and therefore last.
        let key = pass_key(inputs.chain(app.host_variables()).chain(narrowing).chain(code).chain(host));
        Ok(Self { wanted, endpoint, key, watched: RefCell::new(watched), arrival, min_life: SignedDuration::ZERO })
    }

    /// Credentials from memory: no configuration is read, nobody is asked.
    fn recall(&self, app: &App) -> Result<Option<Recalled>, VendError> {
        let cache = app.cache(None);
        self.memory(app, &cache).recall(&self.key, self.arrival)
    }

    fn vend(&self, app: &App, streams: &mut Streams) -> Result<Answer> {
        let settings = app.settings()?;
        // No credentials shall be made that nobody could have recorded, and nobody asked for a code of them.
        audited::refuse_unrecorded(app)?;
        let connector = settings.connector(self.wanted.connector, &|path| self.read(path))?;
        let connector = self.wanted.narrowing.apply(connector)?;
        let account = settings.account(connector.account.as_str())?;
        let secrets = app.secrets(&settings.secrets)?;
        let cache = app.cache(Some(secrets.as_ref()));
        let streams = RefCell::new(streams);
        let tell = |text: &str| streams.borrow_mut().notice(text);
        let vendor = Vendor {
            directory: &|| app.directory(settings, secrets.as_ref()),
            tokens: &app.tokens(self.endpoint.clone()),
            secrets: secrets.as_ref(),
            host: &app.host_role(),
            codes: &app.mfa_codes(self.wanted.mfa_code, self.wanted.scope, &tell),
            turns: &cache,
            memory: self.memory(app, &cache),
        };
        let system_name = match self.wanted.scope {
            Scope::System => Some(app.system_name(settings)?),
            Scope::Person => None,
        };
        let evidence: &dyn Fn() -> _ = &|| app.evidence(settings, secrets.as_ref());
        let vended = vendor.vend(Order {
            connector: &connector,
            account: &account,
            asker: match &system_name {
                Some(name) => Asker::System(name),
                None => Asker::Person { openness: openness(settings, &connector.groups), evidence },
            },
            endpoint: self.endpoint.distinction(),
            recall: Recall {
                key: &self.key,
                watched: &self.watched.borrow(),
                arrival: self.arrival,
                good_for: settings.recheck_after,
                patience: settings.cache_wait,
                audit: &settings.audit,
                describe: &|error| (app.explain)(error),
            },
        })?;
        warn(&vended, app, &mut streams.borrow_mut());
        let Connector { name, region, .. } = connector;
        let origin = if matches!(vended.source, Source::Issued) { Origin::New } else { Origin::Cached };
        let Vended { lease, actor, .. } = vended;
        let audit = settings.audit.clone();
        Ok(Answer { lease, actor, connector: name, region, account: account.name, origin, audit })
    }

    fn memory<'m>(&self, app: &'m App, cache: &'m (impl PassStore + LeaseStore)) -> Memory<'m> {
        let clock = app.clock.as_ref();
        Memory { passes: cache, leases: cache, clock, look: &files::look, min_life: self.min_life }
    }

    /// Reads a policy file; it is watched from then on.
    fn read(&self, path: &Path) -> std::io::Result<Vec<u8>> {
        self.watched.borrow_mut().push(files::look(path)?);
        config_file::read_policy(path)
    }
}

/// A request for the system is told from a person's by one more input: the host, after which the system may be named.
fn host_of(scope: Scope) -> Option<OsString> {
    (scope == Scope::System).then(|| host::name().unwrap_or_default())
}

/// What opens a connector, as the settings have it.
pub fn openness<'a>(settings: &'a Settings, groups: &'a [GroupName]) -> Openness<'a> {
    Openness {
        groups,
        administrator_groups: &settings.administrators.groups,
        administrators_use_every_connector: settings.administrators.use_every_connector,
    }
}

fn warn_of_age(trouble: Option<&str>, streams: &mut Streams) {
    if let Some(trouble) = trouble {
        streams.warning(&format!("these are the earlier credentials, still valid: {trouble}"));
    }
}

fn warn(vended: &Vended, app: &App, streams: &mut Streams) {
    if let Source::MemoryForWantOfNew(trouble) = &vended.source {
        warn_of_age(Some(trouble), streams);
    }
    if let (Source::Issued, Some(percent)) = (&vended.source, vended.lease.packed_policy_size)
        && percent > PACKED_POLICY_WARNING
    {
        streams.warning(&format!("policies and tags take {percent} % of what AWS allows for them"));
    }
    if let Some(error) = &vended.not_kept {
        streams.warning(&format!("the next call will ask again: {}", (app.explain)(error).sentence()));
    }
}
