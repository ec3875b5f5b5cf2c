//! `afed exec`: runs a command with a connector's credentials. Without files of its own the command takes the place of this
//! process, keys in its environment; with them, afed stays beside it until it ends.

mod own_files;
mod profile;

use std::ffi::{OsStr, OsString};

use anyhow::Result;
use clap::Args;
use jiff::SignedDuration;

use super::audited;
use super::config_file;
use super::error::CommandError;
use super::mfa_args::MfaArgs;
use super::narrow_args::NarrowArgs;
use super::scope_args::ScopeArgs;
use super::vending::{self, Answer, Wanted};
use crate::app::App;
use crate::model::audit::{Event, Subject};
use crate::model::call_chain::{self, CallChain};
use crate::model::connector::Connector;
use crate::model::duration::SessionDuration;
use crate::model::name::ConnectorName;
use crate::model::narrowing::Narrowing;
use crate::render::{self, Context, environment};
use crate::sys::execution::{Ending, Execution};
use crate::ui::Streams;
use crate::vending::memory::Caller;
use profile::RunProfile;

/// Run a command with temporary credentials of a connector
///
/// The command gets keys, region and AFED_CONNECTOR in its environment and no other AWS credentials of the caller's. Its exit
/// code is afed's
#[derive(Debug, Args)]
#[command(override_usage = "afed exec [OPTIONS] CONNECTOR [--] COMMAND...\n       \
                            afed exec [OPTIONS] --profile NAME=CONNECTOR... [--] COMMAND...")]
pub struct ExecArgs {
    /// The connector's name; beside --profile there is none, and the command begins here
    #[arg(value_name = "CONNECTOR", required = true)]
    first: Option<OsString>,
    #[command(flatten)]
    scope: ScopeArgs,
    #[command(flatten)]
    narrow: NarrowArgs,
    #[command(flatten)]
    mfa: MfaArgs,
    /// How much of their life the credentials must have left, such as 30m; with less, new ones are fetched [default: a minute]
    #[arg(long, value_name = "DURATION", conflicts_with_all = OWN_FILES)]
    min_life: Option<SessionDuration>,
    /// Let the AWS tools in the command fetch credentials by themselves, for as long as it runs: by a private AWS
    /// configuration, and not by its environment
    #[arg(long, conflicts_with_all = NARROWING)]
    refresh: bool,
    /// Give the command a profile of this name with credentials of this connector; as with --refresh. One that is named
    /// default serves whatever names none
    #[arg(long = "profile", value_name = "NAME=CONNECTOR", conflicts_with_all = NARROWING)]
    profiles: Vec<RunProfile>,
    /// The command and its arguments
    #[arg(value_name = "COMMAND", trailing_var_arg = true)]
    rest: Vec<OsString>,
}

/// What is to be run, and with what.
struct Plan<'a> {
    words: Vec<&'a OsStr>,
    credentials: Credentials,
}

/// How a command has its credentials.
enum Credentials {
    /// As keys in its environment.
    Keys(ConnectorName),
    /// By profiles in files of its own.
    Profiles(Vec<RunProfile>),
}

const OWN_FILES: [&str; 2] = ["refresh", "profiles"];
/// What a hook can't be told.
const NARROWING: [&str; 4] = ["duration", "policy_file", "policy_arns", "read_only"];

impl ExecArgs {
    fn plan(&self) -> Result<Plan<'_>> {
        let words = self.rest.iter().map(AsRef::as_ref);
        let (words, credentials): (Vec<&OsStr>, _) = if self.profiles.is_empty() {
            let first = self.first.as_ref().map(|name| name.to_string_lossy()).unwrap_or_default();
            let connector: ConnectorName = first.parse()?;
            let credentials = if self.refresh {
                Credentials::Profiles(vec![RunProfile::default_of(connector)?])
            } else {
                Credentials::Keys(connector)
            };
            (words.collect(), credentials)
        } else {
            let words = self.first.iter().map(AsRef::as_ref).chain(words);
            (words.collect(), Credentials::Profiles(self.profiles.clone()))
        };
        if words.is_empty() {
            return Err(CommandError::NothingToRun.into());
        }
        Ok(Plan { words, credentials })
    }

    /// What is recorded of a run by profiles, which names a connector where there is but one.
    fn subject(&self, profiles: &[RunProfile]) -> Subject {
        match profiles {
            [only] => audited::subject(self.scope.scope(), only.connector.as_str()),
            _ => Subject { scope: Some(self.scope.scope()), ..Subject::default() },
        }
    }

    fn wanted<'a>(&'a self, connector: &'a ConnectorName, narrowing: &'a Narrowing) -> Wanted<'a> {
        Wanted {
            event: Event::Exec,
            connector: connector.as_str(),
            scope: self.scope.scope(),
            narrowing,
            caller: Caller::Person,
            mfa_code: self.mfa.code(),
        }
    }
}

impl Credentials {
    fn connectors(&self) -> Vec<ConnectorName> {
        match self {
            Self::Keys(connector) => vec![connector.clone()],
            Self::Profiles(profiles) => profiles.iter().map(|profile| profile.connector.clone()).collect(),
        }
    }
}

/// The exit code is the command's.
pub fn run(args: &ExecArgs, app: &App, streams: &mut Streams) -> Result<u8> {
    let named = args.first.as_ref().filter(|_| args.profiles.is_empty()).map(|name| name.to_string_lossy());
    let asked = || match &named {
        Some(connector) => audited::subject(args.scope.scope(), connector),
        None => args.subject(&args.profiles),
    };
    let around = app.call_chain();
    let prepared = prepared(args, &around, app, streams.output_is_terminal);
    let (plan, mut execution) = vending::recorded(Event::Exec, asked, prepared, app, streams)?;
    let credentials = plan.credentials;
    let connectors = credentials.connectors();
    let (ending, subject) = match &credentials {
        Credentials::Keys(connector) => {
            let subject = set_keys(args, connector, &mut execution, app, streams)?;
            tell_where(&connectors, &around, streams);
            (execution.replace(), subject)
        }
        Credentials::Profiles(profiles) => {
            let _folder = own_files::make(args, profiles, &mut execution, app, streams)?;
            tell_where(&connectors, &around, streams);
            (execution.supervise(), args.subject(profiles))
        }
    };
    let ended = ending.map(Ending::into_exit_code).map_err(|error| CommandError::NotRun(error).into());
    vending::recorded(Event::Exec, || subject, ended, app, streams)
}

/// What can be known before anybody is asked.
fn prepared<'a>(
    args: &'a ExecArgs,
    around: &CallChain,
    app: &App,
    output_is_terminal: bool,
) -> Result<(Plan<'a>, Execution)> {
    let plan = args.plan()?;
    let words = plan.words.iter().copied();
    let chain = around.with_run(&plan.credentials.connectors(), words, output_is_terminal)?;
    let execution = execution(&plan.words, &chain, app);
    Ok((plan, execution))
}

fn execution(words: &[&OsStr], chain: &CallChain, app: &App) -> Execution {
    let (program, arguments) = words.split_first().map_or((OsStr::new(""), &[][..]), |(first, rest)| (*first, rest));
    let mut execution = Execution::new(program, arguments, app.core_images);
    environment::foreign().for_each(|name| execution.clear(name));
    execution.set(call_chain::VARIABLE, chain.to_string());
    execution
}

fn set_keys(
    args: &ExecArgs,
    connector: &ConnectorName,
    execution: &mut Execution,
    app: &App,
    streams: &mut Streams,
) -> Result<Subject> {
    let asked = || audited::subject(args.scope.scope(), connector.as_str());
    let narrowing = vending::recorded(Event::Exec, asked, args.narrow.read().map_err(Into::into), app, streams)?;
    let answer = match args.min_life {
        None => vending::answer(args.wanted(connector, &narrowing), app, streams)?,
        Some(min_life) => lasting_answer(args.wanted(connector, &narrowing), min_life, app, streams)?,
    };
    let person = answer.actor.person().map(|person| person.name.as_str());
    let context = Context { connector: &answer.connector, person, region: Some(&answer.region) };
    environment::HOST_ROLE.iter().for_each(|name| execution.clear(name));
    for (name, value) in render::environment::environment(&answer.lease, context)? {
        execution.set_secret(name, &value);
    }
    execution.withhold(own_files::passphrase_descriptor(app.settings()?));
    Ok(answer.subject())
}

/// Credentials that live so long from now on. What the connector never gives is not asked of AWS.
fn lasting_answer(wanted: Wanted<'_>, min_life: SessionDuration, app: &App, streams: &mut Streams) -> Result<Answer> {
    let asked = || audited::subject(wanted.scope, wanted.connector);
    let connector = vending::recorded(Event::Exec, asked, long_lived(wanted, min_life, app), app, streams)?;
    let (name, asked) = (connector.name, min_life);
    let min_life = SignedDuration::from_secs(min_life.seconds().into());
    let answer = vending::lasting_answer(wanted, min_life, app, streams)?;
    let left = answer.lease.expires_at.duration_since(app.clock.now());
    if left >= min_life {
        return Ok(answer);
    }
    let left = SessionDuration::from_seconds(u32::try_from(left.as_secs()).unwrap_or_default());
    let short = CommandError::LifeTooShort { connector: name, left, asked, duration: connector.duration };
    vending::recorded(Event::Exec, || answer.subject(), Err(short.into()), app, streams)
}

/// The connector, unless what it gives never lives so long.
fn long_lived(wanted: Wanted<'_>, min_life: SessionDuration, app: &App) -> Result<Connector> {
    let connector = app.settings()?.connector(wanted.connector, &config_file::read_policy)?;
    let connector = wanted.narrowing.apply(connector)?;
    match connector.duration {
        Some(duration) if duration <= min_life => {
            Err(CommandError::DurationTooShort { connector: connector.name, duration, asked: min_life }.into())
        }
        _ => Ok(connector),
    }
}

/// People who have lost count of their shells see where they are; programs have no use for it.
fn tell_where(connectors: &[ConnectorName], around: &CallChain, streams: &mut Streams) {
    if let Some(around) = around.around().filter(|_| streams.output_is_terminal) {
        let connectors = call_chain::quoted(connectors);
        streams.status(&format!("Running with {connectors}, inside a run with {around}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: ExecArgs,
    }

    /// The connectors and the command.
    fn read(line: &str) -> Result<String, String> {
        let line =
            Line::try_parse_from(format!("exec {line}").split(' ')).map_err(|error| format!("{:?}", error.kind()))?;
        let Plan { words, credentials } = line.args.plan().map_err(|error| error.to_string())?;
        let how = match &credentials {
            Credentials::Keys(connector) => connector.to_string(),
            Credentials::Profiles(profiles) => {
                let all = profiles.iter().map(|profile| format!("{}={}", profile.name, profile.connector));
                all.collect::<Vec<_>>().join(",")
            }
        };
        let words: Vec<_> = words.iter().map(|word| word.to_string_lossy()).collect();
        Ok(format!("{how}: {}", words.join(" ")))
    }

    #[test]
    fn the_command_begins_behind_the_connector_or_the_profiles() {
        for (line, expected) in [
            ("deploy -- aws s3 ls", Ok("deploy: aws s3 ls")),
            ("deploy aws s3 ls", Ok("deploy: aws s3 ls")),
            ("deploy --refresh aws --profile x --refresh", Ok("default=deploy: aws --profile x --refresh")),
            ("--refresh deploy -- aws --help", Ok("default=deploy: aws --help")),
            ("deploy aws --version", Ok("deploy: aws --version")),
            ("deploy -- env -- aws", Ok("deploy: env -- aws")),
            ("deploy env -- aws", Ok("deploy: env -- aws")),
            ("deploy env -i -- aws -- x", Ok("deploy: env -i -- aws -- x")),
            ("--profile a=b -- aws", Ok("a=b: aws")),
            ("--profile a=b aws s3 --x", Ok("a=b: aws s3 --x")),
            ("--profile a=b --profile default=d -- aws s3", Ok("a=b,default=d: aws s3")),
            ("deploy", Err("there is no command to run")),
            ("deploy --", Err("there is no command to run")),
            ("-- aws", Err("there is no command to run")),
            ("--profile a=b", Err("MissingRequiredArgument")),
            ("--profile a aws", Err("ValueValidation")),
            ("deploy --refresh --read-only -- aws", Err("ArgumentConflict")),
            ("deploy --refresh --duration 15m -- aws", Err("ArgumentConflict")),
            ("--profile a=b --policy-file x -- aws", Err("ArgumentConflict")),
            ("deploy --min-life 5m --refresh -- aws", Err("ArgumentConflict")),
            ("deploy --min-life 5x -- aws", Err("ValueValidation")),
        ] {
            assert_eq!(read(line), expected.map(str::to_owned).map_err(str::to_owned), "{line}");
        }
    }
}
