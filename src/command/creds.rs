//! `afed creds`: the main job. Hands temporary credentials to a shell, a program or an SDK.

use std::cell::RefCell;
use std::path::Path;

use anyhow::Result;
use clap::Args;

use super::config_file;
use super::error::CommandError;
use crate::app::{App, Endpoint};
use crate::config::settings::Settings;
use crate::model::connector::Connector;
use crate::model::file_mark::Watched;
use crate::model::lease::Lease;
use crate::model::name::{ConnectorName, GroupName};
use crate::model::pass::PassKey;
use crate::model::region::Region;
use crate::ports::{LeaseStore, PassStore};
use crate::render::{self, Context, Format, FormatChoice};
use crate::sys::shell::{self, Shell};
use crate::sys::{files, user};
use crate::ui::Streams;
use crate::vending::entitlement::Openness;
use crate::vending::memory::{Arrival, Caller, Memory, Recalled};
use crate::vending::{Order, Recall, Source, VendError, Vended, Vendor, pass_key};

/// How full AWS's allowance for policies and tags may be before it is worth a warning, in per cent.
const PACKED_POLICY_WARNING: u32 = 80;

/// Print temporary credentials of a connector
///
/// Earlier ones are printed again while they live; membership is asked for again after five minutes, or
/// what recheck_after says
#[derive(Debug, Args)]
pub struct CredsArgs {
    /// The connector's name
    #[arg(value_name = "CONNECTOR")]
    connector: String,
    /// How to print them
    #[arg(long, value_enum, default_value = "auto")]
    format: FormatChoice,
}

impl CredsArgs {
    /// What an SDK asks for.
    pub fn of_hook(connector: &str) -> Self {
        Self { connector: connector.to_owned(), format: FormatChoice::Given(Format::Process) }
    }

    /// Whether an SDK asks, through `credential_process`.
    pub fn is_hook(&self) -> bool {
        self.format == FormatChoice::Given(Format::Process)
    }
}

pub fn run(args: &CredsArgs, app: &App, streams: &mut Streams) -> Result<()> {
    let request = Request::look_at(args, app)?;
    let answer = match request.recall(app)? {
        Some(recalled) => {
            warn_of_age(recalled.trouble.as_deref(), streams);
            recalled.into()
        }
        None => request.vend(app, streams)?,
    };
    let format = match args.format {
        FormatChoice::Given(format) => format,
        FormatChoice::Auto => calling_format(app),
    };
    let context = Context { connector: &answer.connector, person: Some(&answer.person), region: Some(&answer.region) };
    let text = render::lease(&answer.lease, format, context)?;
    streams.payload(text.expose().as_bytes()).map_err(CommandError::OutputLost)?;
    if args.format == FormatChoice::Auto && streams.output_is_terminal {
        let shell = shell::calling(app.login_shell().as_deref());
        streams.hint(&format!("to set them in this shell: {}", shell.evaluation(&args.connector)));
    }
    Ok(())
}

/// Credentials, with what the formats tell besides.
struct Answer {
    lease: Lease,
    connector: ConnectorName,
    person: String,
    region: Region,
}

impl From<Recalled> for Answer {
    fn from(recalled: Recalled) -> Self {
        let Recalled { lease, admission, .. } = recalled;
        Self { lease, connector: admission.connector, person: admission.person.name, region: admission.region }
    }
}

/// What is asked for, and what it is derived from, looked at before any of it is read.
struct Request<'a> {
    connector: &'a str,
    endpoint: Endpoint,
    key: PassKey,
    watched: RefCell<Vec<Watched>>,
    arrival: Arrival,
}

impl<'a> Request<'a> {
    fn look_at(args: &'a CredsArgs, app: &App) -> Result<Self> {
        let paths = &app.paths;
        // Where the mark can't be looked at, neither can the passes beside it, so there is none that it could end.
        let mark = files::look(&paths.session_mark)
            .unwrap_or_else(|_| Watched { path: paths.session_mark.clone(), mark: None });
        let watched = vec![config_file::look(&paths.machine_config)?, config_file::look(&paths.user_config)?, mark];
        let caller = if args.is_hook() { Caller::Program } else { Caller::Person };
        let arrival = Arrival { at: app.clock.now(), caller };
        let endpoint = app.sts_endpoint()?;
        let uid = user::effective_uid().map(|uid| uid.to_string()).unwrap_or_default();
        let config = std::path::absolute(&paths.user_config)?;
        let inputs = [env!("CARGO_PKG_VERSION"), &args.connector, endpoint.distinction().unwrap_or_default(), &uid];
        let inputs = inputs.map(str::as_bytes).into_iter().chain([config.as_os_str().as_encoded_bytes()]);
        let key = pass_key(inputs.chain(app.host_variables()));
        Ok(Self { connector: &args.connector, endpoint, key, watched: RefCell::new(watched), arrival })
    }

    /// Credentials from memory: no configuration is read, nobody is asked.
    fn recall(&self, app: &App) -> Result<Option<Recalled>, VendError> {
        let cache = app.cache(None);
        memory(app, &cache).recall(&self.key, self.arrival)
    }

    fn vend(&self, app: &App, streams: &mut Streams) -> Result<Answer> {
        let settings = app.settings()?;
        let connector = settings.connector(self.connector, &|path| self.read(path))?;
        let account = settings.account(connector.account.as_str())?;
        let secrets = app.secrets(&settings.secrets)?;
        let cache = app.cache(Some(secrets.as_ref()));
        let vendor = Vendor {
            directory: &|| app.directory(settings, secrets.as_ref()),
            tokens: &app.tokens(self.endpoint.clone()),
            secrets: secrets.as_ref(),
            host: &app.host_role(),
            turns: &cache,
            memory: memory(app, &cache),
        };
        let vended = vendor.vend(Order {
            connector: &connector,
            account: &account,
            openness: openness(settings, &connector.groups),
            endpoint: self.endpoint.distinction(),
            evidence: &|| app.evidence(settings, secrets.as_ref()),
            recall: Recall {
                key: &self.key,
                watched: &self.watched.borrow(),
                arrival: self.arrival,
                good_for: settings.recheck_after,
                patience: settings.cache_wait,
                describe: &|error| (app.explain)(error),
            },
        })?;
        warn(&vended, streams);
        let Connector { name, region, .. } = connector;
        Ok(Answer { lease: vended.lease, person: vended.person.name, connector: name, region })
    }

    /// Reads a policy file; it is watched from then on.
    fn read(&self, path: &Path) -> std::io::Result<Vec<u8>> {
        self.watched.borrow_mut().push(files::look(path)?);
        config_file::read_policy(path)
    }
}

fn memory<'a>(app: &'a App, cache: &'a (impl PassStore + LeaseStore)) -> Memory<'a> {
    Memory { passes: cache, leases: cache, clock: app.clock.as_ref(), look: &files::look }
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

fn warn(vended: &Vended, streams: &mut Streams) {
    if let Source::MemoryForWantOfNew(trouble) = &vended.source {
        warn_of_age(Some(trouble), streams);
    }
    if let (Source::Issued, Some(percent)) = (&vended.source, vended.lease.packed_policy_size)
        && percent > PACKED_POLICY_WARNING
    {
        streams.warning(&format!("policies and tags take {percent} % of what AWS allows for them"));
    }
    if let Some(error) = &vended.not_kept {
        streams.warning(&format!("the next call will ask again: {error}"));
    }
}

fn calling_format(app: &App) -> Format {
    match shell::calling(app.login_shell().as_deref()) {
        Shell::Posix => Format::Bash,
        Shell::Zsh => Format::Zsh,
        Shell::Fish => Format::Fish,
        Shell::Powershell => Format::Powershell,
        Shell::Cmd => Format::Cmd,
        Shell::Nushell => Format::Nushell,
    }
}
