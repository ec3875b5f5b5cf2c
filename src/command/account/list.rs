//! `afed account list`: every account, with the key it stands for.

use anyhow::Result;
use clap::Args;

use crate::app::App;
use crate::command::answer;
use crate::ui::Streams;

/// List the accounts
#[derive(Debug, Args)]
pub struct ListArgs {
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

pub fn run(args: &ListArgs, app: &App, streams: &mut Streams) -> Result<()> {
    let settings = app.settings()?;
    let accounts = settings.account_names().map(|name| settings.account(name)).collect::<Result<Vec<_>, _>>()?;
    if args.json {
        return answer::json(streams, &accounts.iter().map(super::show::as_json).collect::<Vec<_>>());
    }
    if accounts.is_empty() {
        streams.status("There is no account yet");
        streams.hint("add one: afed account create");
        return Ok(());
    }
    let rows: Vec<[String; 5]> = accounts
        .iter()
        .map(|account| {
            let key = account.access_key_id().map_or_else(|| "none".to_owned(), ToString::to_string);
            let owner = account.aws_account_id().map_or_else(|| "not proved".to_owned(), ToString::to_string);
            let device = account.mfa().map_or_else(|| "none".to_owned(), |device| device.serial.to_string());
            [account.name.to_string(), account.account_type().to_string(), key, owner, device]
        })
        .collect();
    answer::table(streams, ["ACCOUNT", "TYPE", "ACCESS KEY", "AWS ACCOUNT", "MFA DEVICE"], &rows)
}
