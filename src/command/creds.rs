//! `afed creds`: the main job. Hands temporary credentials to a shell, a program or an SDK.

use anyhow::Result;
use clap::Args;

use super::answer;
use super::audited;
use super::error::CommandError;
use super::mfa_args::MfaArgs;
use super::narrow_args::NarrowArgs;
use super::scope_args::ScopeArgs;
use super::vending::{self, Answer, Wanted};
use super::written_profile::{self, Destination};
use crate::app::App;
use crate::aws_files::{Overwrite, ProfileName};
use crate::model::actor::Scope;
use crate::model::audit::Event;
use crate::render::moment;
use crate::render::{self, Context, Format, FormatChoice};
use crate::sys::shell::{self, Shell};
use crate::ui::Streams;
use crate::vending::memory::Caller;

/// Print temporary credentials of a connector
///
/// Earlier ones are printed again while they live; membership is asked for again after five minutes, or
/// what recheck_after says. At a terminal they are printed only in a format that is asked for
#[derive(Debug, Args)]
#[command(override_usage = "afed creds [OPTIONS] CONNECTOR\n       afed creds --unset [--format FORMAT]")]
pub struct CredsArgs {
    /// The connector's name
    #[arg(value_name = "CONNECTOR", required_unless_present = "unset")]
    connector: Option<String>,
    /// Print the lines that take all AWS credentials out of the shell again, with no connector
    #[arg(long, conflicts_with_all = ["connector", "system", "duration", "policy_file", "policy_arns", "read_only", "code", "write_profile"])]
    unset: bool,
    #[command(flatten)]
    scope: ScopeArgs,
    #[command(flatten)]
    narrow: NarrowArgs,
    #[command(flatten)]
    mfa: MfaArgs,
    /// How to print them
    #[arg(long, value_enum, default_value = "auto")]
    format: FormatChoice,
    /// Write them into this profile of AWS's credentials file, and print nothing
    #[arg(long, value_name = "PROFILE", conflicts_with = "format")]
    write_profile: Option<ProfileName>,
    /// Replace a long-term key or another source of credentials in that profile
    #[arg(long, requires = "write_profile")]
    force: bool,
}

impl CredsArgs {
    /// What an SDK asks for.
    pub fn of_hook(connector: &str, scope: Scope) -> Self {
        Self {
            connector: Some(connector.to_owned()),
            unset: false,
            scope: scope.into(),
            narrow: NarrowArgs::default(),
            mfa: MfaArgs::default(),
            format: FormatChoice::Given(Format::Process),
            write_profile: None,
            force: false,
        }
    }

    /// The words that ask for the same credentials again, where any shell takes them as they are. Without the flags it would
    /// be others, with more rights.
    fn words(&self, connector: &str, app: &App) -> Option<String> {
        let config = app.chosen_config().ok()?;
        let config = config.iter().flat_map(|path| ["--config".to_owned(), path.display().to_string()]);
        let scope = (self.scope.scope() == Scope::System).then(|| "--system".to_owned());
        let words = std::iter::once(connector.to_owned()).chain(scope).chain(self.narrow.words()).chain(config);
        let words: Vec<String> = words.collect();
        let is_plain = |character: char| character.is_ascii_alphanumeric() || "-_./:+=@".contains(character);
        words.iter().all(|word| word.chars().all(is_plain)).then(|| words.join(" "))
    }

    /// The profile that gets the credentials, in place of standard output.
    fn destination(&self) -> Option<Destination<'_>> {
        let overwrite = if self.force { Overwrite::Force } else { Overwrite::Refuse };
        self.write_profile.as_ref().map(|profile| Destination { profile, overwrite })
    }

    /// Whether an SDK asks, through `credential_process`.
    pub fn is_hook(&self) -> bool {
        self.format == FormatChoice::Given(Format::Process)
    }
}

pub fn run(args: &CredsArgs, app: &App, streams: &mut Streams) -> Result<()> {
    match &args.connector {
        Some(connector) => vend(connector, args, app, streams),
        None => clear(args.format, app, streams),
    }
}

fn vend(connector: &str, args: &CredsArgs, app: &App, streams: &mut Streams) -> Result<()> {
    let caller = if args.is_hook() { Caller::Program } else { Caller::Person };
    let (destination, scope) = (args.destination(), args.scope.scope());
    let checked = destination.map_or(Ok(()), |destination| written_profile::check(destination, app));
    let narrowing = checked.and_then(|()| Ok(args.narrow.read()?));
    let narrowing = vending::recorded(Event::Vend, || audited::subject(scope, connector), narrowing, app, streams)?;
    let wanted =
        Wanted { event: Event::Vend, connector, scope, narrowing: &narrowing, caller, mfa_code: args.mfa.code() };
    let answer = vending::answer(wanted, app, streams)?;
    let done = hand_on(&answer, args, app, streams);
    vending::recorded(Event::Vend, || answer.subject(), done, app, streams)
}

fn hand_on(answer: &Answer, args: &CredsArgs, app: &App, streams: &mut Streams) -> Result<()> {
    if let Some(destination) = args.destination() {
        return written_profile::write(destination, answer, app, streams);
    }
    let format = match args.format {
        FormatChoice::Given(format) => format,
        FormatChoice::Auto if streams.output_is_terminal => {
            explain(answer, args.words(answer.connector.as_str(), app).as_deref(), app, streams);
            return Ok(());
        }
        FormatChoice::Auto => format_of(calling_shell(app)),
    };
    let person = answer.actor.person().map(|person| person.name.as_str());
    let context = Context { connector: &answer.connector, person, region: Some(&answer.region) };
    let text = render::lease(&answer.lease, format, context)?;
    streams.payload(text.expose().as_bytes()).map_err(CommandError::OutputLost)?;
    Ok(())
}

/// On a screen the secret key would be seen and nothing would be set, so there it takes a format to get it.
fn explain(answer: &Answer, words: Option<&str>, app: &App, streams: &mut Streams) {
    let until = moment::told(answer.lease.expires_at, app.clock.now());
    let connector = &answer.connector;
    streams.status(&format!(
        "Credentials of “{connector}” are ready, until {until}; they are not shown on a screen unless --format is given"
    ));
    if let Some(words) = words {
        let shell = calling_shell(app);
        streams.hint(&format!("to set them in this shell: {}", shell.evaluation(words)));
        streams.hint(&format!("to see them: afed creds {words} --format {}", format_of(shell).name()));
    }
}

fn clear(choice: FormatChoice, app: &App, streams: &mut Streams) -> Result<()> {
    let (shell, format) = match choice {
        FormatChoice::Given(format) => (None, format),
        FormatChoice::Auto => {
            let shell = calling_shell(app);
            (Some(shell), format_of(shell))
        }
    };
    answer::text(streams, &render::clearing(format)?)?;
    if let Some(shell) = shell.filter(|_| streams.output_is_terminal) {
        streams.hint(&format!("to clear them in this shell: {}", shell.evaluation("--unset")));
    }
    Ok(())
}

fn calling_shell(app: &App) -> Shell {
    shell::calling(app.login_shell().as_deref())
}

const fn format_of(shell: Shell) -> Format {
    match shell {
        Shell::Posix => Format::Bash,
        Shell::Zsh => Format::Zsh,
        Shell::Fish => Format::Fish,
        Shell::Powershell => Format::Powershell,
        Shell::Cmd => Format::Cmd,
        Shell::Nushell => Format::Nushell,
        Shell::Elvish => Format::Elvish,
    }
}
