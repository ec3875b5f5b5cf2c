//! `afed init`: asks for the directory and the secret store, proves both, then writes the configuration.

pub mod unfinished;

use anyhow::Result;
use clap::Args;
use toml_edit::Value;

use super::audited;
use super::config_file;
use super::error::CommandError;
use super::questions::{Question, Refusal};
use super::stored::Stored;
use crate::app::{App, read_config};
use crate::config::ConfigError;
use crate::config::file::{self, DirectoryChoice, SourcedFile};
use crate::config::paths::Paths;
use crate::config::settings::{CrowdSettings, DirectorySettings, SecretSettings, Settings};
use crate::config::starter::{Starter, StarterCrowd};
use crate::model::audit::{Event, Subject};
use crate::model::crowd_address::{CrowdAddress, PlainHttp};
use crate::model::crowd_application::CrowdApplication;
use crate::model::secret::{Secret, SecretId};
use crate::model::secret_store_choice::SecretStoreChoice;
use crate::ports::{Directory, DirectoryError, SecretStore};
use crate::sys::files::{self, Mode};
use crate::ui::Streams;

/// Set up the directory and the secret store, prove both, and write the configuration
///
/// What no flag says is asked for at the terminal. Nothing is written unless both work
#[derive(Debug, Args)]
pub struct InitArgs {
    /// Who says who people are [default: asked for]
    #[arg(long, value_enum)]
    directory: Option<DirectoryChoice>,
    /// Crowd's base URL, such as https://crowd.example.com/crowd [default: asked for]
    #[arg(long, value_name = "URL")]
    crowd_url: Option<String>,
    /// The name of the application that afed is to Crowd [default: asked for]
    #[arg(long, value_name = "NAME")]
    application: Option<String>,
    /// Read the application's password from standard input [default: asked for]
    #[arg(long)]
    application_password_stdin: bool,
    /// A group of administrators, who may use every connector [default: asked for] [may be repeated]
    #[arg(long = "admin-group", value_name = "GROUP")]
    admin_groups: Vec<String>,
    /// Have no administrators
    #[arg(long, conflicts_with = "admin_groups")]
    no_admin_groups: bool,
    /// Where secrets rest [default: auto, the keyring of this platform]
    #[arg(long, value_enum, value_name = "STORE")]
    secret_store: Option<SecretStoreChoice>,
    /// Take the passphrase of an encrypted secret file from this file [default: asked for at each use]
    #[arg(long, value_name = "FILE", group = "passphrase")]
    passphrase_file: Option<String>,
    /// Take the passphrase of an encrypted secret file from this file descriptor [default: asked for at each use]
    #[arg(long, value_name = "NUMBER", group = "passphrase")]
    passphrase_fd: Option<i32>,
    /// Take the passphrase of an encrypted secret file from this systemd credential [default: asked for at each use]
    #[arg(long, value_name = "NAME", group = "passphrase")]
    passphrase_credential: Option<String>,
    /// Trust the PEM certificates in this file in place of the system's
    #[arg(long, value_name = "FILE")]
    ca_bundle: Option<String>,
    /// Allow http without TLS to another machine, passwords readable on the way
    #[arg(long)]
    allow_http: bool,
    /// Store a new password of the application and change nothing else
    #[arg(long, conflicts_with_all = [
        "directory", "crowd_url", "application", "admin_groups", "no_admin_groups", "secret_store", "passphrase",
        "ca_bundle", "allow_http",
    ])]
    password_only: bool,
}

const DIRECTORY: Question =
    Question { what: "the directory", prompt: "Who says who people are?", flag: "--directory crowd or --directory os" };
const CROWD_URL: Question = Question {
    what: "Crowd's address",
    prompt: "Crowd's base URL (such as https://crowd.example.com/crowd)",
    flag: "--crowd-url URL",
};
const APPLICATION: Question = Question {
    what: "the application's name",
    prompt: "The application that afed is to Crowd",
    flag: "--application NAME",
};
const PASSWORD: Question = Question {
    what: "the application's password",
    prompt: "The application's password",
    flag: "--application-password-stdin",
};
const ADMIN_GROUPS: Question = Question {
    what: "the list of administrator groups",
    prompt: "Groups of administrators, separated by commas (may be empty)",
    flag: "--admin-group GROUP or --no-admin-groups",
};
const STORE: Question =
    Question { what: "the secret store", prompt: "Where shall secrets rest?", flag: "--secret-store STORE" };

pub fn run(args: &InitArgs, app: &App, streams: &mut Streams) -> Result<()> {
    audited::attempt(Event::Configuration, &Subject::default(), app, || match args.password_only {
        true => replace_password(args, app, streams),
        false => set_up(args, app, streams),
    })
}

fn set_up(args: &InitArgs, app: &App, streams: &mut Streams) -> Result<()> {
    let path = &app.paths.user_config;
    let _turn = config_file::lock(app, path)?;
    unfinished::settle_earlier(app, streams);
    let machine = refuse_configured(&app.paths)?;
    let starter = ask(args, app, streams)?;
    let text = starter.to_toml();
    let settings = Settings::resolve(machine.into_iter().chain([file::parse(path.clone(), &text)?]).collect())?;
    let secrets = app.secrets(&settings.secrets)?;
    let password = settings.directory.application_secret();
    // A password that was there before may serve another configuration: it is not this run's to forget.
    let is_kept = password.as_ref().map_or(Ok(false), |id| secrets.lookup(id).map(|found| found.is_some()))?;
    if !is_kept {
        unfinished::note(path, starter)?;
    }
    let written = establish(args, app, streams, (&settings, &text), secrets.as_ref());
    if !is_kept {
        // What can't be settled now stays noted, and the next run settles it.
        drop(unfinished::settle(app, secrets.as_ref(), password.as_ref()));
    }
    written?;
    streams.status(&format!("Wrote {}", path.display()));
    streams.hint("add the key of an IAM user: afed account create NAME --access-key-id AKIA…");
    Ok(())
}

/// Proves store and directory; then both or none: the password is stored before the file names it.
fn establish(
    args: &InitArgs,
    app: &App,
    streams: &mut Streams,
    (settings, text): (&Settings, &str),
    secrets: &dyn SecretStore,
) -> Result<()> {
    prove_store(secrets)?;
    streams.status(&format!("The secret store works: {}", settings.secrets.store));
    let stored = match &settings.directory {
        DirectorySettings::Crowd(crowd) => {
            let password = proved_password(args, app, streams, crowd)?;
            Some(Stored::store(secrets, crowd.application_secret(), &password)?)
        }
        DirectorySettings::Os => {
            app.directory(settings, secrets)?.probe()?;
            None
        }
    };
    let written = write(app, text);
    if let (Err(_), Some(stored)) = (&written, stored) {
        // What is new was noted, and is settled by who calls.
        stored.take_back()?;
    }
    written
}

fn write(app: &App, text: &str) -> Result<()> {
    let path = &app.paths.user_config;
    config_file::recorded(app, path, ("", text), || {
        let failed = |source| ConfigError::File { path: path.clone(), operation: "written", source };
        Ok(files::replace(path, text.as_bytes(), Mode::Private).map_err(failed)?)
    })
}

/// The machine's file, where that leaves the directory to the person's.
fn refuse_configured(paths: &Paths) -> Result<Option<SourcedFile>> {
    let Paths { user_config, machine_config, .. } = paths;
    let machine = read_config(machine_config)?;
    let shared = machine.as_ref().and_then(|machine| machine.file.directory);
    if user_config.exists() {
        // What is wrong with it is not asked here.
        let own = read_config(user_config).ok().flatten().and_then(|own| own.file.directory);
        return Err(CommandError::AlreadyConfigured { path: user_config.clone(), directory: own.or(shared) }.into());
    }
    match shared {
        Some(_) => Err(CommandError::AlreadyConfigured { path: machine_config.clone(), directory: shared }.into()),
        None => Ok(machine),
    }
}

fn replace_password(args: &InitArgs, app: &App, streams: &mut Streams) -> Result<()> {
    let settings = app.settings()?;
    let DirectorySettings::Crowd(crowd) = &settings.directory else {
        return Err(CommandError::CrowdOnly { flag: "--password-only" }.into());
    };
    audited::refuse_unrecorded(app)?;
    let password = proved_password(args, app, streams, crowd)?;
    audited::secret("of the application", Subject::default(), app, || {
        Ok(app.secrets(&settings.secrets)?.store(&crowd.application_secret(), &password)?)
    })?;
    streams.status(&format!("Stored the password of the application “{}”", crowd.application));
    Ok(())
}

fn ask(args: &InitArgs, app: &App, streams: &mut Streams) -> Result<Starter> {
    let choices = [
        ("Atlassian Crowd, or Jira acting as a Crowd server".to_owned(), DirectoryChoice::Crowd),
        ("the users and groups of this machine".to_owned(), DirectoryChoice::Os),
    ];
    let directory = DIRECTORY.one_of(app, args.directory, &choices)?;
    let store = match args.secret_store {
        Some(store) => store,
        None if args.directory.is_some() => SecretStoreChoice::Auto,
        None => pick_store(app, streams)?,
    };
    let crowd = match directory {
        DirectoryChoice::Crowd => Some(ask_crowd(args, app)?),
        DirectoryChoice::Os => {
            refuse_crowd_flags(args)?;
            None
        }
    };
    let admin_groups = match (&args.admin_groups[..], args.no_admin_groups) {
        ([], false) => ADMIN_GROUPS.list(app)?,
        (groups, _) => groups.to_vec(),
    };
    Ok(Starter { directory, crowd, admin_groups, store, passphrase: passphrase(args)? })
}

/// Asks until a store is picked that answers, so that nobody answers all else in vain.
fn pick_store(app: &App, streams: &mut Streams) -> Result<SecretStoreChoice> {
    let stores: Vec<(String, SecretStoreChoice)> =
        crate::secrets::AVAILABLE.iter().map(|choice| (choice.described(), *choice)).collect();
    loop {
        let store = STORE.one_of(app, None, &stores)?;
        // A file is made with its passphrase, which is asked for when all else is known.
        if store == SecretStoreChoice::File {
            return Ok(store);
        }
        let settings = SecretSettings { store, ..SecretSettings::default() };
        match app.secrets(&settings)?.lookup(&SecretId::Probe) {
            Ok(_) => return Ok(store),
            Err(error) => streams.warning(&format!("{error}; pick another, or mend it first (Ctrl-C leaves)")),
        }
    }
}

fn ask_crowd(args: &InitArgs, app: &App) -> Result<StarterCrowd> {
    let plain_http = if args.allow_http { PlainHttp::Anywhere } else { PlainHttp::LoopbackOnly };
    let address = |text: &str| CrowdAddress::parse(text.trim(), plain_http).map(|address| address.to_string());
    let application = |text: &str| text.trim().parse::<CrowdApplication>().map(|application| application.to_string());
    let given_url = args.crowd_url.as_deref().map(address).transpose().map_err(|error| CROWD_URL.unfit(error))?;
    let given_name = args.application.as_deref().map(application).transpose();
    let given_name = given_name.map_err(|error| APPLICATION.unfit(error))?;
    Ok(StarterCrowd {
        url: CROWD_URL.answer(app, given_url, None, address)?,
        application: APPLICATION.answer(app, given_name, Some("afed"), application)?,
        ca_bundle: args.ca_bundle.as_deref().map(absolute).transpose()?,
        allow_http: args.allow_http,
    })
}

fn refuse_crowd_flags(args: &InitArgs) -> Result<(), CommandError> {
    let given = [
        ("--crowd-url", args.crowd_url.is_some()),
        ("--application", args.application.is_some()),
        ("--application-password-stdin", args.application_password_stdin),
        ("--ca-bundle", args.ca_bundle.is_some()),
        ("--allow-http", args.allow_http),
    ];
    match given.into_iter().find(|(_, given)| *given) {
        Some((flag, _)) => Err(CommandError::CrowdOnly { flag }),
        None => Ok(()),
    }
}

fn passphrase(args: &InitArgs) -> Result<Option<(&'static str, Value)>> {
    if let Some(path) = &args.passphrase_file {
        return Ok(Some(("passphrase_file", absolute(path)?.into())));
    }
    if let Some(descriptor) = args.passphrase_fd {
        return Ok(Some(("passphrase_fd", i64::from(descriptor).into())));
    }
    Ok(args.passphrase_credential.as_deref().map(|name| ("passphrase_credential", name.into())))
}

/// A path given on the command line is relative to where the person is, one in the file to where the file is.
fn absolute(path: &str) -> Result<String> {
    Ok(std::path::absolute(path)?.to_string_lossy().into_owned())
}

/// The application's password, after Crowd has accepted it.
fn proved_password(args: &InitArgs, app: &App, streams: &mut Streams, crowd: &CrowdSettings) -> Result<Secret> {
    let (password, ()) = PASSWORD.proved_secret(app, streams, args.application_password_stdin, |password| {
        app.crowd(crowd, password.clone()).probe().map_err(|error| match error {
            DirectoryError::ApplicationRejected { .. } => (Refusal::OfTheSecret, error.into()),
            _ => (Refusal::OfSomethingElse, error.into()),
        })
    })?;
    streams.status(&format!("Crowd accepts the application “{}”: {}", crowd.application, crowd.address));
    Ok(password)
}

/// Shows that the store keeps, gives back and forgets.
fn prove_store(secrets: &dyn SecretStore) -> Result<()> {
    let probe = Secret::new("afed was here".to_owned());
    secrets.store(&SecretId::Probe, &probe)?;
    let found = secrets.lookup(&SecretId::Probe)?;
    secrets.forget(&SecretId::Probe)?;
    match found {
        Some(found) if found.is_the_same_as(&probe) => Ok(()),
        _ => Err(CommandError::StoreForgets.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_s_directory_is_a_configuration_and_the_rest_of_its_file_is_not() {
        let root = tempfile::tempdir().unwrap();
        let environment = crate::config::environment::Environment::new([]);
        let mut paths = Paths::resolve(&environment, Some(&root.path().join("config.toml"))).unwrap();
        paths.machine_config = root.path().join("machine.toml");
        assert!(refuse_configured(&paths).unwrap().is_none());
        files::replace(&paths.machine_config, "version = 1\n[cache]\nwait = \"5s\"\n".as_bytes(), Mode::Private)
            .unwrap();
        assert!(refuse_configured(&paths).unwrap().is_some());
        files::replace(&paths.machine_config, "version = 1\ndirectory = \"os\"\n".as_bytes(), Mode::Private).unwrap();
        let refused = refuse_configured(&paths).unwrap_err().to_string();
        assert_eq!(refused, format!("there is already a configuration: {}", paths.machine_config.display()));
    }
}
