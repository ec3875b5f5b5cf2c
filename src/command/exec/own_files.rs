//! AWS's two files for one command alone: a profile with the hook for each connector, and no key anywhere. So every AWS tool
//! in the command renews its credentials by itself, whatever the person's own files say.

use anyhow::{Context as _, Result};

use super::ExecArgs;
use super::profile::{DEFAULT, RunProfile};
use crate::app::App;
use crate::aws_files::{self, AwsConfig, Family, Hook, Overwrite, ProfileName};
use crate::command::config_file;
use crate::command::error::CommandError;
use crate::command::vending;
use crate::config::settings::Settings;
use crate::model::account::AccountSource;
use crate::model::audit::Event;
use crate::model::connector::Connector;
use crate::model::narrowing::Narrowing;
use crate::model::passphrase_source::PassphraseSource;
use crate::ports::Cause;
use crate::render::environment;
use crate::sys::execution::Execution;
use crate::sys::files;
use crate::sys::locks::LockError;
use crate::sys::run_folder::RunFolder;
use crate::ui::Streams;

/// Makes the files and points the command to them, after every connector has been proved to be open.
pub fn make(
    args: &ExecArgs,
    profiles: &[RunProfile],
    execution: &mut Execution,
    app: &App,
    streams: &mut Streams,
) -> Result<RunFolder> {
    let subject = || args.subject(profiles);
    let (resolved, config) = vending::recorded(Event::Exec, subject, plan(args, profiles, app), app, streams)?;
    for (_, connector) in &resolved {
        vending::answer(args.wanted(&connector.name, &Narrowing::default()), app, streams)
            .with_context(|| format!("the command was not started: no credentials of “{}”", connector.name))?;
    }
    set_region_and_connector(&resolved, execution);
    if !needs_host(&resolved, app.settings()?)? {
        environment::HOST_ROLE.iter().for_each(|name| execution.clear(name));
    }
    let written = write(&config, app).map_err(Into::into);
    let folder = vending::recorded(Event::Exec, subject, written, app, streams)?;
    execution.set("AWS_CONFIG_FILE", folder.path().join("config"));
    execution.set("AWS_SHARED_CREDENTIALS_FILE", folder.path().join("credentials"));
    // Older SDKs (Go 1, JavaScript 2) read the configuration file only when they are told to.
    execution.set("AWS_SDK_LOAD_CONFIG", "1");
    Ok(folder)
}

/// The profiles with their connectors, and the file that says so.
fn plan(args: &ExecArgs, given: &[RunProfile], app: &App) -> Result<(Vec<(ProfileName, Connector)>, AwsConfig)> {
    let settings = app.settings()?;
    if let Some(number) = passphrase_descriptor(settings) {
        return Err(CommandError::PassphraseNotForHooks { number }.into());
    }
    let profiles = resolved(given, settings)?;
    let config = config(args, &profiles, app)?;
    Ok((profiles, config))
}

fn cause(error: LockError) -> Cause {
    match error {
        LockError::File(source) => source.into(),
        held => held.into(),
    }
}

/// The descriptor that the passphrase of the secret store comes by: a hook can't be given it, and a command must not.
pub fn passphrase_descriptor(settings: &Settings) -> Option<i32> {
    match settings.secrets.passphrase {
        PassphraseSource::FileDescriptor(number) => Some(number),
        _ => None,
    }
}

fn resolved(given: &[RunProfile], settings: &Settings) -> Result<Vec<(ProfileName, Connector)>> {
    let mut profiles: Vec<(ProfileName, Connector)> = Vec::new();
    for RunProfile { name, connector } in given {
        if profiles.iter().any(|(earlier, _)| earlier == name) {
            return Err(CommandError::ProfileTwice { profile: name.clone() }.into());
        }
        profiles.push((name.clone(), settings.connector(connector.as_str(), &config_file::read_policy)?));
    }
    Ok(profiles)
}

fn config(args: &ExecArgs, profiles: &[(ProfileName, Connector)], app: &App) -> Result<AwsConfig> {
    let mut config = AwsConfig::parse(Family::Config, b"")?;
    let (program, chosen) = (app.program()?, app.chosen_config()?);
    for (name, connector) in profiles {
        let hook = Hook::new(&program, chosen.as_deref(), connector.name.clone(), args.scope.scope())?;
        aws_files::add_hook(&mut config, name, &hook, &connector.region, Overwrite::Refuse)?;
    }
    Ok(config)
}

/// Of several profiles each has its own region, which a variable would override.
fn set_region_and_connector(profiles: &[(ProfileName, Connector)], execution: &mut Execution) {
    if let [(_, only)] = profiles {
        environment::REGIONS.iter().for_each(|name| execution.set(name, only.region.as_str()));
    }
    if let Some((_, connector)) = profiles.iter().find(|(name, _)| name.as_str() == DEFAULT) {
        execution.set(environment::CONNECTOR, connector.name.as_str());
    }
}

/// Whether a hook will have to ask the services that give the role of this host.
fn needs_host(profiles: &[(ProfileName, Connector)], settings: &Settings) -> Result<bool> {
    for (_, connector) in profiles {
        let account = settings.account(connector.account.as_str())?;
        if matches!(account.source, AccountSource::InstanceRole { .. }) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn write(config: &AwsConfig, app: &App) -> Result<RunFolder, CommandError> {
    let base = app.run_folders();
    let folder = RunFolder::create(&base, app.onlooker.as_ref())
        .map_err(|error| CommandError::RunFolder { path: base, source: cause(error) })?;
    for (name, bytes) in [("config", config.to_bytes()), ("credentials", Vec::new())] {
        let path = folder.path().join(name);
        files::put(&path, &bytes).map_err(|source| CommandError::File { path, operation: "written", source })?;
    }
    Ok(folder)
}
