//! The composition root: the only place that names concrete adapters and joins them to the ports.

use std::cell::{Cell, OnceCell};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::audit_trail::FileTrail;
use crate::cache::SealedFolder;
use crate::config::ConfigError;
use crate::config::environment::Environment;
use crate::config::file::{self, SourcedFile};
use crate::config::paths::Paths;
use crate::config::settings::{CrowdSettings, DirectorySettings, SecretSettings, Settings};
use crate::crowd::{CrowdDirectory, CrowdOptions};
use crate::federation::FederationEndpoint;
use crate::host_role::{self, MetadataHostRole, Surroundings};
use crate::mfa::{DeviceCodes, Ledger};
use crate::model::actor::Scope;
use crate::model::audit::settings::AuditSettings;
use crate::model::call_chain::{self, CallChain};
use crate::model::console::ConsoleAddress;
use crate::model::failure::Failure;
use crate::model::hex::lower_hex;
use crate::model::mfa::MfaCode;
use crate::model::passphrase_source::PassphraseSource;
use crate::model::person::Evidence;
use crate::model::secret::Secret;
use crate::model::system_name::{SystemName, SystemNameError};
use crate::os_directory::LocalDirectory;
use crate::ports::{CacheError, Clock, Directory, DirectoryError, Nobody, Onlooker, Prompter, SecretStore, Sessions};
use crate::secrets::{self, FileStoreOptions, StoreOptions};
pub use crate::sts::Endpoint;
use crate::sts::{AwsOptions, IamAccessKeys, Service, StsTokenService};
use crate::sys::clock::SystemClock;
use crate::sys::core_images::CoreImages;
use crate::sys::files::{self, Mode};
use crate::sys::network::{Hub, NetworkOptions, Proxies, SystemAuthorities};
use crate::sys::{host, program, run_folder, user};
use crate::ui::{Reach, Spinner, TerminalPrompter};
use crate::vending::VendError;

/// How long STS may take to connect to, and for a call with all its attempts.
const STS_CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const STS_CALL_TIMEOUT: Duration = Duration::from_secs(30);

/// Some hundred thousand connectors have room in it.
const LARGEST_CONFIG: u64 = 1 << 26;

/// What every command starts from. Adapters are made when they are asked for.
pub struct App {
    pub environment: Environment,
    pub paths: Paths,
    pub clock: Rc<dyn Clock>,
    pub prompter: Rc<dyn Prompter>,
    /// Is told what takes long.
    pub onlooker: Rc<dyn Onlooker>,
    /// For secrets that a hook needs: the controlling terminal will do.
    hook_prompter: Rc<dyn Prompter>,
    settings: OnceCell<Settings>,
    config: Option<PathBuf>,
    /// Withheld from this process; for the commands that it runs.
    pub core_images: CoreImages,
    /// Words an error as the report at the end would.
    pub explain: Explain,
    /// The first word of the command line.
    called_as: Option<OsString>,
    /// What all ways to the network share, as soon as one is taken.
    hub: OnceCell<Rc<Hub>>,
    /// What is to be told of a record that was not made.
    pub trail_trouble: Cell<Option<String>>,
}

/// What the process knows before anything is read.
pub struct Start {
    pub environment: Vec<(OsString, OsString)>,
    /// The first word of the command line.
    pub called_as: Option<OsString>,
    /// The value of `--config`.
    pub config: Option<PathBuf>,
    pub input_is_terminal: bool,
    /// Whether somebody at the terminal is shown what is waited for.
    pub shows_waiting: bool,
    pub explain: Explain,
}

/// From an error to the failure in words.
pub type Explain = fn(&(dyn std::error::Error + 'static)) -> Failure;

impl App {
    pub fn new(start: Start) -> Result<Self> {
        let environment = Environment::new(start.environment);
        let paths = Paths::resolve(&environment, start.config.as_deref())?;
        let reach = Reach::StandardInput { is_terminal: start.input_is_terminal };
        let onlooker: Rc<dyn Onlooker> = match start.shows_waiting {
            true => Rc::new(Spinner::default()),
            false => Rc::new(Nobody),
        };
        Ok(Self {
            environment,
            paths,
            clock: Rc::new(SystemClock),
            prompter: Rc::new(TerminalPrompter::new(reach)),
            hook_prompter: Rc::new(TerminalPrompter::new(Reach::ControllingTerminal)),
            settings: OnceCell::new(),
            config: start.config,
            core_images: CoreImages::withhold(),
            explain: start.explain,
            called_as: start.called_as,
            hub: OnceCell::new(),
            onlooker,
            trail_trouble: Cell::default(),
        })
    }

    /// What all connections share. A warm call makes none, so it reads nothing of the proxies either.
    fn hub(&self) -> &Rc<Hub> {
        self.hub.get_or_init(|| {
            let proxies = Proxies::read(|name| self.environment.get(name).map(OsString::as_os_str));
            Rc::new(Hub::new(Rc::clone(&self.onlooker), self.system_authorities(), proxies))
        })
    }

    /// Where the certificates are that are trusted where no others are named.
    pub fn system_authorities(&self) -> SystemAuthorities {
        SystemAuthorities::named(|name| self.environment.get(name).cloned())
    }

    /// The configuration file that was asked for on the command line or in the environment, as an absolute path.
    pub fn chosen_config(&self) -> std::io::Result<Option<PathBuf>> {
        let chosen = self.config.clone().or_else(|| self.environment.path("AFED_CONFIG"));
        chosen.map(std::path::absolute).transpose()
    }

    /// The one of the command line alone, as an absolute path.
    pub fn given_config(&self) -> std::io::Result<Option<PathBuf>> {
        self.config.as_ref().map(std::path::absolute).transpose()
    }

    /// Where this program is, as the person called it.
    pub fn program(&self) -> std::io::Result<PathBuf> {
        program::path(self.called_as.as_deref(), self.environment.get("PATH").map(OsString::as_os_str))
    }

    /// Every file on PATH that is called as this program.
    pub fn programs_on_path(&self) -> Vec<PathBuf> {
        program::on_search_path(self.environment.get("PATH").map(OsString::as_os_str))
    }

    /// The person's log-in shell, as the environment names it.
    pub fn login_shell(&self) -> Option<PathBuf> {
        self.environment.path("SHELL")
    }

    /// The settings, read once: the machine's file first, then the person's.
    pub fn settings(&self) -> Result<&Settings, ConfigError> {
        if let Some(settings) = self.settings.get() {
            return Ok(settings);
        }
        let files: Vec<SourcedFile> = [&self.paths.machine_config, &self.paths.user_config]
            .into_iter()
            .filter_map(|path| read_config(path).transpose())
            .collect::<Result<_, _>>()?;
        if files.is_empty() {
            return Err(self.no_configuration());
        }
        let settings = Settings::resolve(files)?;
        settings.check_trail_place(&self.paths, &files::own_path_or_same)?;
        Ok(self.settings.get_or_init(|| settings))
    }

    /// That there is no configuration. It is set up where its file and the lock of that can be made, unless another place was
    /// asked for.
    pub fn no_configuration(&self) -> ConfigError {
        let user = self.paths.user_config.clone();
        let in_environment = || self.environment.path("AFED_CONFIG").map(|_| "AFED_CONFIG");
        if let Some(by) = self.config.as_ref().map(|_| "--config").or_else(in_environment) {
            return ConfigError::ChosenMissing { path: user, by };
        }
        let hindered = |path: &Path, foreseen: std::io::Result<()>| {
            let source = foreseen.err()?;
            Some(Box::new(ConfigError::File { path: path.to_owned(), operation: "written", source }))
        };
        let locks = &self.paths.locks;
        let hindrance = hindered(&user, files::foresee_replacing(&user))
            .or_else(|| hindered(locks, files::foresee_private_folder(locks)));
        ConfigError::Missing { user, hindrance }
    }

    /// The secret store that the settings choose.
    pub fn secrets(&self, settings: &SecretSettings) -> Result<Box<dyn SecretStore>> {
        let mut passphrase = settings.passphrase.clone();
        if let PassphraseSource::SystemdCredential { folder, .. } = &mut passphrase {
            *folder = self.environment.path("CREDENTIALS_DIRECTORY");
        }
        let file = FileStoreOptions {
            path: settings.store_file(&self.paths).to_owned(),
            passphrase,
            prompter: Rc::clone(&self.hook_prompter),
            onlooker: Rc::clone(&self.onlooker),
        };
        Ok(secrets::open(settings.store, StoreOptions { keyring_timeout: settings.timeout, file })?)
    }

    /// The directory that the settings choose.
    pub fn directory(&self, settings: &Settings, secrets: &dyn SecretStore) -> Result<Box<dyn Directory>, VendError> {
        Ok(match &settings.directory {
            DirectorySettings::Crowd(crowd) => Box::new(self.crowd_with_stored_password(crowd, secrets)?),
            DirectorySettings::Os => Box::new(LocalDirectory),
        })
    }

    /// The users and groups of this machine as a directory.
    pub const fn local_directory(&self) -> LocalDirectory {
        LocalDirectory
    }

    /// Where sessions are opened and closed, with a directory that has them.
    pub fn sessions(&self, crowd: &CrowdSettings, secrets: &dyn SecretStore) -> Result<Box<dyn Sessions>> {
        Ok(Box::new(self.crowd_with_stored_password(crowd, secrets)?))
    }

    /// The Crowd server of the settings, with this password for the application.
    pub fn crowd(&self, settings: &CrowdSettings, password: Secret) -> CrowdDirectory {
        let options = CrowdOptions {
            address: settings.address.clone(),
            application: settings.application.clone(),
            password,
            connect_timeout: settings.connect_timeout,
            call_timeout: settings.call_timeout,
            ca_bundle: settings.ca_bundle.clone().or_else(|| self.environment.path("AWS_CA_BUNDLE")),
        };
        CrowdDirectory::new(options, self.hub())
    }

    /// The Crowd server of these settings, with the application's password from the store.
    pub fn crowd_with_stored_password(
        &self,
        settings: &CrowdSettings,
        secrets: &dyn SecretStore,
    ) -> Result<CrowdDirectory, VendError> {
        let Some(password) = secrets.lookup(&settings.application_secret())? else {
            return Err(DirectoryError::ApplicationPasswordMissing {
                directory: settings.address.to_string(),
                application: settings.application.to_string(),
            }
            .into());
        };
        Ok(self.crowd(settings, password))
    }

    /// What the caller of this process can show: the stored session, or the user that the kernel says they are.
    pub fn evidence(&self, settings: &Settings, secrets: &dyn SecretStore) -> Result<Evidence, VendError> {
        match &settings.directory {
            DirectorySettings::Crowd(crowd) => match secrets.lookup(&crowd.session_secret())? {
                Some(token) => Ok(Evidence::Session(token)),
                None => Err(DirectoryError::NotLoggedIn { directory: crowd.address.to_string() }.into()),
            },
            DirectorySettings::Os => {
                let uid = user::effective_uid().map_err(|source| DirectoryError::LocalLookup {
                    what: "the user of this process".to_owned(),
                    source,
                })?;
                Ok(Evidence::LocalUser { uid })
            }
        }
    }

    /// What the system is called: by the settings, else by this machine's kernel, never by the caller.
    pub fn system_name(&self, settings: &Settings) -> Result<SystemName> {
        if let Some(name) = &settings.system_name {
            return Ok(name.clone());
        }
        let host = host::name().context("this machine does not tell its host name")?;
        let host = host.to_str().ok_or(SystemNameError::NoHostName)?;
        Ok(SystemName::of_host(host)?)
    }

    /// Where STS is asked, as the environment has it.
    pub fn sts_endpoint(&self) -> Result<Endpoint> {
        self.endpoint(Service::Sts)
    }

    fn endpoint(&self, service: Service) -> Result<Endpoint> {
        Ok(Endpoint::resolve(service, |name| self.environment.text(name).map(str::to_owned))?)
    }

    pub fn tokens(&self, endpoint: Endpoint) -> StsTokenService {
        self.tokens_within(STS_CALL_TIMEOUT, endpoint)
    }

    /// The same, with no more than this time for a call.
    pub fn tokens_within(&self, limit: Duration, endpoint: Endpoint) -> StsTokenService {
        StsTokenService::new(self.aws_options(limit, endpoint), Rc::clone(&self.clock), self.hub())
    }

    /// The keys of IAM users, where the environment says that IAM is.
    pub fn access_keys(&self) -> Result<IamAccessKeys> {
        self.access_keys_within(STS_CALL_TIMEOUT)
    }

    /// The same, with no more than this time for a call.
    pub fn access_keys_within(&self, limit: Duration) -> Result<IamAccessKeys> {
        let options = self.aws_options(limit, self.endpoint(Service::Iam)?);
        Ok(IamAccessKeys::new(options, Rc::clone(&self.clock), self.hub()))
    }

    fn aws_options(&self, limit: Duration, endpoint: Endpoint) -> AwsOptions {
        AwsOptions {
            endpoint,
            ca_bundle: self.environment.path("AWS_CA_BUNDLE"),
            connect_timeout: STS_CONNECT_TIMEOUT.min(limit),
            call_timeout: limit,
        }
    }

    /// AWS's sign-in at this address; it is given as long as STS.
    pub fn console_sign_in(&self, address: &ConsoleAddress) -> FederationEndpoint {
        let options = NetworkOptions {
            connect_timeout: STS_CONNECT_TIMEOUT,
            call_timeout: STS_CALL_TIMEOUT,
            ca_bundle: self.environment.path("AWS_CA_BUNDLE"),
        };
        FederationEndpoint::new(address, options, self.hub())
    }

    /// Whether a browser has something to show itself on, or the environment names one that needs nothing.
    pub fn has_display(&self) -> bool {
        let named = ["DISPLAY", "WAYLAND_DISPLAY", "BROWSER"];
        cfg!(any(target_os = "macos", windows)) || named.iter().any(|name| self.environment.get(name).is_some())
    }

    /// The role of the host that this process runs in.
    pub fn host_role(&self) -> MetadataHostRole {
        let surroundings = Surroundings::read(|name| self.environment.text(name).map(str::to_owned));
        let ca_bundle = self.environment.path("AWS_CA_BUNDLE");
        MetadataHostRole::new(surroundings, ca_bundle, Rc::clone(&self.clock), Rc::clone(self.hub()))
    }

    /// What of the environment may change which credentials the host gives, by name and value.
    pub fn host_variables(&self) -> impl Iterator<Item = &[u8]> {
        let given = |name: &&'static str| Some([name.as_bytes(), self.environment.get(name)?.as_encoded_bytes()]);
        host_role::VARIABLES.iter().filter_map(given).flatten()
    }

    /// The ways to codes of MFA devices. For the system nobody is asked, even where somebody sits at the terminal.
    pub fn mfa_codes<'a>(&self, given: Option<&'a MfaCode>, scope: Scope, tell: &'a dyn Fn(&str)) -> DeviceCodes<'a> {
        DeviceCodes {
            given,
            prompter: (scope == Scope::Person).then(|| Rc::clone(&self.hook_prompter)),
            chain: self.call_chain(),
            ledger: Ledger::new(self.paths.cache.clone(), Rc::clone(&self.onlooker)),
            clock: Rc::clone(&self.clock),
            pause: &std::thread::sleep,
            tell,
        }
    }

    /// The runs of afed around this one, as the environment tells.
    pub fn call_chain(&self) -> CallChain {
        CallChain::read(self.environment.text(call_chain::VARIABLE))
    }

    /// Where the private folders of AWS's files are, for runs that have some.
    pub fn run_folders(&self) -> PathBuf {
        let runtime = self.environment.path("XDG_RUNTIME_DIR").filter(|folder| run_folder::is_private(folder));
        runtime.map_or_else(|| self.paths.runs.clone(), |folder| folder.join("afed"))
    }

    /// Where decisions are recorded; `None` where the settings want none.
    pub fn audit_trail(&self, settings: &AuditSettings) -> Option<FileTrail> {
        let path = settings.file.clone().unwrap_or_else(|| self.paths.audit_trail.clone());
        settings.enabled.then(|| FileTrail::new(path, settings.clone()))
    }

    /// What earlier runs have left. Without a secret store, only what the kernel's key opens is found.
    pub fn cache<'a>(&self, secrets: Option<&'a dyn SecretStore>) -> SealedFolder<'a> {
        SealedFolder::new(self.paths.cache.clone(), secrets, Rc::clone(&self.clock), Rc::clone(&self.onlooker))
    }

    /// Ends every pass that was given to whoever was logged in until now. Where no folder of passes can be had, there is
    /// none to end.
    pub fn end_passes(&self) -> Result<(), CacheError> {
        let path = &self.paths.session_mark;
        let mut mark = [0; 16];
        let written = getrandom::fill(&mut mark)
            .map_err(std::io::Error::from)
            .and_then(|()| files::replace_here(path, format!("{}\n", lower_hex(&mark)).as_bytes(), Mode::Private));
        match written {
            Ok(()) => Ok(()),
            Err(_) if files::look(&self.paths.cache).is_ok_and(|folder| folder.mark.is_none()) => Ok(()),
            Err(source) => Err(CacheError::File { path: path.clone(), operation: "written", source }),
        }
    }
}

/// The configuration file at `path`, if there is one.
pub fn read_config(path: &Path) -> Result<Option<SourcedFile>, ConfigError> {
    read_config_text(path)?.map(|text| file::parse(path.to_owned(), &text)).transpose()
}

/// The text of the configuration file at `path`, if there is one that nobody else can have written.
pub fn read_config_text(path: &Path) -> Result<Option<String>, ConfigError> {
    let failed = |source: std::io::Error| match source.downcast() {
        Ok(distrusted) => ConfigError::Distrusted(distrusted),
        Err(source) => ConfigError::File { path: path.to_owned(), operation: "read", source },
    };
    let found = files::none_where_absent(files::read_trusted(path, LARGEST_CONFIG)).map_err(failed)?;
    let text = |bytes| String::from_utf8(bytes).map_err(|error| failed(std::io::Error::other(error.utf8_error())));
    found.map(text).transpose()
}
