//! `afed connector show`: one connector, as it is resolved.

use anyhow::Result;
use clap::Args;
use serde_json::{Value, json};

use crate::app::App;
use crate::command::{answer, config_file};
use crate::config::settings::Settings;
use crate::model::connector::Connector;
use crate::model::duration::SessionDuration;
use crate::model::principal::Principal;
use crate::ui::Streams;

/// Show a connector
#[derive(Debug, Args)]
pub struct ShowArgs {
    /// The connector's name
    #[arg(value_name = "CONNECTOR")]
    name: String,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

pub fn run(args: &ShowArgs, app: &App, streams: &mut Streams) -> Result<()> {
    let settings = app.settings()?;
    let connector = settings.connector(&args.name, &config_file::read_policy)?;
    let origin = settings.origin_of_connector(&args.name).map(|path| path.display().to_string());
    if args.json {
        let mut shown = as_json(&connector);
        shown["configured_in"] = json!(origin);
        return answer::json(streams, &shown);
    }
    let role = match &connector.principal {
        Principal::AssumeRole(role) => Some(role),
        Principal::FederatedUser(_) | Principal::SessionToken | Principal::Provided => None,
    };
    let policies = connector.principal.policies();
    answer::facts(
        streams,
        [
            ("connector", Some(connector.name.to_string())),
            ("account", Some(connector.account.to_string())),
            ("principal", Some(connector.principal.principal_type().to_string())),
            ("role", role.map(|role| role.role_arn.to_string())),
            ("external id", role.and_then(|role| role.external_id.clone())),
            ("duration", connector.duration.map(|duration| duration.to_string())),
            ("region", Some(connector.region.to_string())),
            ("open to", Some(open_to(&connector, settings))),
            ("policy", policies.and_then(|policies| policies.inline.as_ref()).map(ToString::to_string)),
            ("policy ARNs", policies.and_then(|policies| joined(&policies.arns))),
            ("tags", joined(&tag_lines(&connector))),
            ("transitive tags", role.and_then(|role| joined(&role.transitive_tags))),
            ("source identity", role.and_then(|role| role.source_identity.as_ref()).map(ToString::to_string)),
            ("configured in", origin),
        ],
    )
}

/// The groups, or the administrators alone where they use every connector, and the system.
pub fn open_to(connector: &Connector, settings: &Settings) -> String {
    let administrators = &settings.administrators;
    let administrators = administrators.use_every_connector && !administrators.groups.is_empty();
    match (joined(&connector.groups), administrators, connector.system_scope) {
        (Some(groups), _, false) => groups,
        (Some(groups), _, true) => format!("{groups}; the system"),
        (None, true, false) => "administrators only".to_owned(),
        (None, true, true) => "administrators; the system".to_owned(),
        (None, false, false) => "nobody".to_owned(),
        (None, false, true) => "the system only".to_owned(),
    }
}

fn joined<T: ToString>(items: &[T]) -> Option<String> {
    let items: Vec<String> = items.iter().map(ToString::to_string).collect();
    (!items.is_empty()).then(|| items.join(", "))
}

fn tag_lines(connector: &Connector) -> Vec<String> {
    connector.principal.tags().map(|(key, value)| format!("{key}={value}")).collect()
}

/// The connector as listings give it, with the names of the configuration.
pub fn as_json(connector: &Connector) -> Value {
    let mut shown = json!({
        "name": connector.name,
        "account": connector.account,
        "principal": connector.principal.principal_type(),
        "duration_seconds": connector.duration.map(SessionDuration::seconds),
        "region": connector.region,
        "groups": connector.groups,
        "system_scope": connector.system_scope,
    });
    if let Principal::AssumeRole(role) = &connector.principal {
        shown["role_arn"] = json!(role.role_arn);
        shown["external_id"] = json!(role.external_id);
        shown["transitive_tags"] = json!(role.transitive_tags);
        shown["source_identity"] = json!(role.source_identity.as_ref().map(ToString::to_string));
    }
    if let Some(policies) = connector.principal.policies() {
        let tags: serde_json::Map<String, Value> =
            connector.principal.tags().map(|(key, value)| (key.clone(), json!(value.to_string()))).collect();
        shown["policy"] = json!(policies.inline.as_ref().map(|policy| policy.as_str()));
        shown["policy_arns"] = json!(policies.arns);
        shown["tags"] = Value::Object(tags);
    }
    shown
}
