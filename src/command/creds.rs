//! `afed creds`: the main job. Hands temporary credentials to a shell, a program or an SDK.

use anyhow::Result;
use clap::Args;

use super::config_file;
use super::error::CommandError;
use crate::app::App;
use crate::config::settings::Settings;
use crate::model::name::GroupName;
use crate::render::{self, Context, Format, FormatChoice};
use crate::sys::shell::{self, Shell};
use crate::ui::Streams;
use crate::vending::entitlement::Openness;
use crate::vending::{Order, Source, Vended, Vendor};

/// How full AWS's allowance for policies and tags may be before it is worth a warning, in per cent.
const PACKED_POLICY_WARNING: u32 = 80;

/// Print temporary credentials of a connector
///
/// Earlier ones are printed again while they live; membership is asked for each time
#[derive(Debug, Args)]
pub struct CredsArgs {
    /// The connector's name
    #[arg(value_name = "CONNECTOR")]
    connector: String,
    /// How to print them
    #[arg(long, value_enum, default_value = "auto", hide_possible_values = false)]
    format: FormatChoice,
}

impl CredsArgs {
    /// Whether an SDK asks, through `credential_process`.
    pub fn is_hook(&self) -> bool {
        self.format == FormatChoice::Given(Format::Process)
    }
}

pub fn run(args: &CredsArgs, app: &App, streams: &mut Streams) -> Result<()> {
    let settings = app.settings()?;
    let connector = settings.connector(&args.connector, &config_file::read_policy)?;
    let account = settings.account(connector.account.as_str())?;
    let endpoint = app.sts_endpoint()?;
    let secrets = app.secrets(&settings.secrets)?;
    let evidence = app.evidence(settings, secrets.as_ref())?;
    let directory = app.directory(settings, secrets.as_ref())?;
    let vendor = Vendor {
        directory: directory.as_ref(),
        tokens: &app.tokens(endpoint.clone()),
        leases: &app.leases(secrets.as_ref()),
        secrets: secrets.as_ref(),
        clock: app.clock.as_ref(),
    };
    let vended = vendor.vend(Order {
        evidence: &evidence,
        connector: &connector,
        account: &account,
        openness: openness(settings, &connector.groups),
        endpoint: endpoint.url(),
    })?;
    warn(&vended, streams);
    let context =
        Context { connector: &connector.name, person: Some(&vended.person.name), region: Some(&connector.region) };
    let answer = render::lease(&vended.lease, args.format.or_shell(calling_format(app)), context)?;
    streams.payload(answer.expose().as_bytes()).map_err(CommandError::OutputLost)?;
    if args.format == FormatChoice::Auto && streams.output_is_terminal {
        streams.hint(&format!(
            "to set them in this shell: {}",
            shell::calling(app.login_shell().as_deref()).evaluation(&args.connector)
        ));
    }
    Ok(())
}

/// What opens a connector, as the settings have it.
pub fn openness<'a>(settings: &'a Settings, groups: &'a [GroupName]) -> Openness<'a> {
    Openness {
        groups,
        administrator_groups: &settings.administrators.groups,
        administrators_use_every_connector: settings.administrators.use_every_connector,
    }
}

fn warn(vended: &Vended, streams: &mut Streams) {
    if let Source::CacheForWantOfNew(trouble) = &vended.source {
        streams.warning(&format!("these are the earlier credentials, still valid: {trouble}"));
    }
    if let (Source::Issued, Some(percent)) = (&vended.source, vended.lease.packed_policy_size)
        && percent > PACKED_POLICY_WARNING
    {
        streams.warning(&format!("policies and tags take {percent} % of what AWS allows for them"));
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
