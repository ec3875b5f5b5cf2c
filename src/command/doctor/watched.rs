//! Which files and folders afed rests on, and who else may do what with each: those that hold something, those that decide
//! who gets what or whom secrets are handed to, and the programs that are run. Whether it is so is looked at in `access`.

use std::cell::RefCell;
use std::io;
use std::path::{Path, PathBuf};

use super::chart::Chart;
use crate::config::settings::{DirectorySettings, Settings};
use crate::model::audit::settings::AuditSettings;
use crate::model::passphrase_source::PassphraseSource;
use crate::model::secret_store_choice::SecretStoreChoice;

/// What others may do with a file, the more first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Others {
    /// Whoever writes it decides what afed or an AWS tool does.
    MayRead,
    /// There are secrets in it, or what nobody else needs to know.
    MayNothing,
}

/// The files, and the folders that afed has for itself.
pub fn watched(chart: &Chart<'_>, settings: Option<&Settings>) -> Vec<(PathBuf, Others)> {
    let paths = &chart.app.paths;
    let mut watched = vec![
        (paths.machine_config.clone(), Others::MayRead),
        (paths.user_config.clone(), Others::MayNothing),
        (paths.aws_config.clone(), Others::MayRead),
        (paths.aws_credentials.clone(), Others::MayNothing),
        (paths.cache.clone(), Others::MayNothing),
        (paths.locks.clone(), Others::MayNothing),
    ];
    watched.extend(paths.cache.parent().map(|folder| (folder.to_owned(), Others::MayNothing)));
    watched.extend(certificates(chart, settings).into_iter().map(|file| (file, Others::MayRead)));
    let audit = settings.map_or(&AuditSettings::DEFAULT, |settings| &settings.audit);
    let trail = chart.app.audit_trail(audit);
    watched.extend(trail.iter().flat_map(|trail| trail.files()).map(|file| (file, Others::MayNothing)));
    let Some(settings) = settings else { return watched };
    let obeyed = policy_files(settings).into_iter().chain(programs(settings));
    watched.extend(obeyed.map(|file| (file, Others::MayRead)));
    let secrets = &settings.secrets;
    if secrets.store == SecretStoreChoice::File {
        watched.push((secrets.store_file(paths).to_owned(), Others::MayNothing));
        if let PassphraseSource::File(file) = &secrets.passphrase {
            watched.push((file.clone(), Others::MayNothing));
        }
    }
    watched
}

/// Where the certificates are that the configuration and the environment name.
fn certificates(chart: &Chart<'_>, settings: Option<&Settings>) -> Vec<PathBuf> {
    let named = settings.and_then(|settings| match &settings.directory {
        DirectorySettings::Crowd(crowd) => crowd.ca_bundle.clone(),
        DirectorySettings::Os => None,
    });
    let of_aws = chart.app.environment.path("AWS_CA_BUNDLE");
    named.into_iter().chain(of_aws).chain(chart.app.system_authorities().places()).collect()
}

/// The policy files that connectors name. None is read: whoever asks for a connector is told what is wrong with its file.
fn policy_files(settings: &Settings) -> Vec<PathBuf> {
    let named = RefCell::new(Vec::new());
    let note = |path: &Path| {
        named.borrow_mut().push(path.to_owned());
        Err(io::ErrorKind::Unsupported.into())
    };
    for connector in settings.connector_names() {
        // What is wrong with the connector is told of the configuration.
        drop(settings.connector(connector, &note));
    }
    named.into_inner()
}

/// The programs that the configuration has afed run. One without a folder is looked for on PATH, which is the caller's own.
fn programs(settings: &Settings) -> Vec<PathBuf> {
    let accounts = settings.account_names().filter_map(|account| settings.account(account).ok());
    let devices = accounts.filter_map(|account| Some(account.mfa()?.process.as_ref()?.program.clone()));
    let browser = settings.console.browser.as_ref().map(|browser| browser.program().to_owned());
    devices.chain(browser).map(PathBuf::from).filter(|program| program.is_absolute()).collect()
}
