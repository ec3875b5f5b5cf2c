//! `afed console`: signs in to the AWS Management Console with a connector's credentials.
//! What can be refused is refused before anybody is asked. The link is a secret: it goes to standard output, or to the
//! browser by a way that no other user of the machine sees.

use anyhow::Result;
use clap::Args;
use zeroize::Zeroizing;

use super::audited;
use super::config_file;
use super::error::CommandError;
use super::mfa_args::MfaArgs;
use super::narrow_args::PolicyArgs;
use super::vending::{self, Answer, Wanted};
use crate::app::App;
use crate::config::settings::ConsoleSettings;
use crate::model::actor::Scope;
use crate::model::audit::Event;
use crate::model::connector::Connector;
use crate::model::console::{self, BrowserCommand, ConsoleAddress, ConsoleSite, Destination};
use crate::model::duration::SessionDuration;
use crate::model::narrowing::Narrowing;
use crate::model::region::Region;
use crate::model::secret::Secret;
use crate::ports::{ConsoleSignIn, ConsoleVisit};
use crate::sys::relay::{Relay, RelayError};
use crate::ui::Streams;
use crate::vending::memory::Caller;

/// Sign in to the AWS Management Console
///
/// Opens a browser, or prints the link with --print. The link is good for 15 minutes, for whoever has it
#[derive(Debug, Args)]
pub struct ConsoleArgs {
    /// The connector's name
    #[arg(value_name = "CONNECTOR")]
    connector: String,
    /// Open this service, such as s3 [default: the console's front page]
    #[arg(long, value_name = "NAME", conflicts_with = "destination")]
    service: Option<String>,
    /// Open this page of the console
    #[arg(long, value_name = "URL")]
    destination: Option<String>,
    /// The region to open the console in [default: the connector's]
    #[arg(long, conflicts_with = "destination")]
    region: Option<String>,
    /// How long the console session lives, for a role that a long-term key assumes: 15m to 12h [default: session_duration
    /// of the configuration, else as long as the credentials]
    #[arg(long)]
    duration: Option<String>,
    #[command(flatten)]
    narrow: PolicyArgs,
    #[command(flatten)]
    mfa: MfaArgs,
    /// Print the link and open no browser
    #[arg(long)]
    print: bool,
}

/// What to sign in to, and how.
struct Plan {
    sign_in: ConsoleAddress,
    destination: Destination,
    duration: Option<SessionDuration>,
    /// `None`: the link is printed.
    browser: Option<BrowserCommand>,
}

pub fn run(args: &ConsoleArgs, app: &App, streams: &mut Streams) -> Result<()> {
    let subject = || audited::subject(Scope::Person, &args.connector);
    let (plan, narrowing) = vending::recorded(Event::Console, subject, prepare(args, app), app, streams)?;
    let wanted = Wanted {
        event: Event::Console,
        connector: &args.connector,
        scope: Scope::Person,
        narrowing: &narrowing,
        caller: Caller::Person,
        mfa_code: args.mfa.code(),
    };
    let answer = vending::answer(wanted, app, streams)?;
    let done = sign_in(args, plan, &answer, app, streams);
    vending::recorded(Event::Console, || answer.subject(), done, app, streams)
}

/// All that can be refused before anybody is asked.
fn prepare(args: &ConsoleArgs, app: &App) -> Result<(Plan, Narrowing)> {
    let settings = app.settings()?;
    let connector = settings.connector(&args.connector, &config_file::read_policy)?;
    Ok((plan(args, &connector, app, &settings.console)?, args.narrow.read()?))
}

fn sign_in(args: &ConsoleArgs, plan: Plan, answer: &Answer, app: &App, streams: &mut Streams) -> Result<()> {
    let settings = &app.settings()?.console;
    let link = app.console_sign_in(&plan.sign_in).sign_in_url(ConsoleVisit {
        lease: &answer.lease,
        destination: &plan.destination,
        issuer: &settings.issuer,
        duration: plan.duration,
    })?;
    let Some(browser) = plan.browser else { return print(&link, streams) };
    hand_over(&link, &browser, settings).map_err(CommandError::BrowserFailed)?;
    streams.status(&format!("The browser signs in with “{}”: {}", args.connector, plan.destination.as_str()));
    Ok(())
}

/// All rules that can be known before a call.
fn plan(args: &ConsoleArgs, connector: &Connector, app: &App, settings: &ConsoleSettings) -> Result<Plan> {
    console::check_principal(&connector.principal)?;
    let account = app.settings()?.account(connector.account.as_str())?;
    let asked = args.duration.as_deref().map(str::parse).transpose()?;
    let duration = console::session_duration(asked, settings.session_duration, &connector.principal, &account.source)?;
    let asked = args.region.as_deref().map(str::parse::<Region>).transpose()?;
    let region = console::region(asked.as_ref(), &connector.region)?;
    let site = ConsoleSite::of(&region, settings.sign_in.as_ref(), settings.console.as_ref())?;
    let destination = match (&args.destination, &args.service) {
        (Some(url), _) => Destination::page(url, &site.console)?,
        (None, Some(service)) => Destination::service(service, &site.console, &region)?,
        (None, None) => Destination::home(&site.console, &region),
    };
    let browser = if args.print { None } else { Some(browser(app, settings)?) };
    Ok(Plan { sign_in: site.sign_in, destination, duration, browser })
}

fn print(link: &Secret, streams: &mut Streams) -> Result<()> {
    // Made in one piece: a text that grows leaves copies of its bytes behind.
    let line = Zeroizing::new([link.expose(), "\n"].concat());
    streams.payload(line.as_bytes()).map_err(CommandError::OutputLost)?;
    if streams.output_is_terminal {
        streams.remedy("the link signs in whoever opens it within 15 minutes");
    }
    Ok(())
}

/// The configured browser, or the desktop's own where there is a desktop.
fn browser(app: &App, settings: &ConsoleSettings) -> Result<BrowserCommand, CommandError> {
    match &settings.browser {
        Some(browser) => Ok(browser.clone()),
        None if app.has_display() => Ok(desktop_browser()),
        None => Err(CommandError::NoDisplay),
    }
}

fn desktop_browser() -> BrowserCommand {
    if cfg!(target_os = "macos") {
        BrowserCommand::of("open", &[])
    } else if cfg!(windows) {
        BrowserCommand::of("rundll32", &["url.dll,FileProtocolHandler"])
    } else {
        BrowserCommand::of("xdg-open", &[])
    }
}

fn hand_over(link: &Secret, browser: &BrowserCommand, settings: &ConsoleSettings) -> Result<(), RelayError> {
    let relay = Relay::open()?;
    let arguments = browser.arguments(&relay.url());
    relay.hand_over(link, browser.program(), &arguments, settings.browser_wait)
}
