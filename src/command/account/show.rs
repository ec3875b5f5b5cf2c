//! `afed account show`: one account, the connectors that use it, and where it is configured.

use anyhow::Result;
use clap::Args;
use serde_json::{Value, json};

use super::rotate;
use crate::app::App;
use crate::command::answer;
use crate::model::account::Account;
use crate::model::mfa::MfaDevice;
use crate::ui::Streams;

/// Show an account and the connectors that use it
#[derive(Debug, Args)]
pub struct ShowArgs {
    /// The account's name
    #[arg(value_name = "ACCOUNT")]
    name: String,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

pub fn run(args: &ShowArgs, app: &App, streams: &mut Streams) -> Result<()> {
    let settings = app.settings()?;
    let account = settings.account(&args.name)?;
    let users: Vec<String> = settings.connectors_of(account.name.as_str()).map(str::to_owned).collect();
    let origin_path = settings.origin_of_account(&args.name);
    let origin = origin_path.map(|path| path.display().to_string());
    if args.json {
        let mut shown = as_json(&account);
        shown["connectors"] = json!(users);
        shown["configured_in"] = json!(origin);
        return answer::json(streams, &shown);
    }
    let rows = [
        ("account", Some(account.name.to_string())),
        ("type", Some(account.account_type().to_string())),
        ("access key id", account.access_key_id().map(ToString::to_string)),
        ("AWS account", account.aws_account_id().map(ToString::to_string)),
        ("MFA device", account.mfa().map(|device| device.serial.to_string())),
        ("code from", account.mfa().map(code_source)),
        ("connectors", Some(if users.is_empty() { "none".to_owned() } else { users.join(", ") })),
        ("configured in", origin),
    ];
    answer::facts(streams, rows)?;
    let unfinished = origin_path.and_then(|config| rotate::hint_of_unfinished(app, config, &account.name));
    unfinished.into_iter().for_each(|hint| streams.hint(&hint));
    Ok(())
}

/// Where codes of the device come from, when none comes with the request.
pub fn code_source(device: &MfaDevice) -> String {
    device.process.as_ref().map_or_else(|| "the person at the terminal".to_owned(), |process| process.program.clone())
}

/// The account as listings give it; its secret is nowhere in it.
pub fn as_json(account: &Account) -> Value {
    json!({
        "name": account.name,
        "type": account.account_type(),
        "access_key_id": account.access_key_id(),
        "aws_account_id": account.aws_account_id(),
        "mfa_serial": account.mfa().map(|device| &device.serial),
        "mfa_process": account.mfa().and_then(|device| device.process.as_ref()).map(|process| &process.program),
    })
}
