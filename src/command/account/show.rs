//! `afed account show`: one account, the connectors that use it, and where it is configured.

use anyhow::Result;
use clap::Args;
use serde_json::{Value, json};

use super::rotate;
use crate::app::App;
use crate::command::answer;
use crate::model::account::{Account, AccountSource};
use crate::ui::Streams;

/// Show an account and the connectors that use it
#[derive(Debug, Args)]
pub struct ShowArgs {
    /// The account's name
    #[arg(value_name = "NAME")]
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
    let AccountSource::AccessKey { access_key_id, aws_account_id } = &account.source;
    let rows = [
        ("account", Some(account.name.to_string())),
        ("type", Some("access-key".to_owned())),
        ("access key id", Some(access_key_id.to_string())),
        ("AWS account", aws_account_id.as_ref().map(ToString::to_string)),
        ("connectors", Some(if users.is_empty() { "none".to_owned() } else { users.join(", ") })),
        ("configured in", origin),
    ];
    answer::facts(streams, rows)?;
    let unfinished = origin_path.and_then(|config| rotate::hint_of_unfinished(app, config, &account.name));
    unfinished.into_iter().for_each(|hint| streams.hint(&hint));
    Ok(())
}

/// The account as listings give it; its secret is nowhere in it.
pub fn as_json(account: &Account) -> Value {
    let AccountSource::AccessKey { access_key_id, aws_account_id } = &account.source;
    json!({
        "name": account.name,
        "type": "access-key",
        "access_key_id": access_key_id,
        "aws_account_id": aws_account_id,
    })
}
