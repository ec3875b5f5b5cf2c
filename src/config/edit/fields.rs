//! The tables of accounts and connectors as the keys and values that are written, in the order of the documentation.
//! A key that a table takes is named here once, for new tables and for changed ones.

use std::path::Path;

use toml_edit::{Array, InlineTable, Value};

use crate::config::file::{AccountTable, ConnectorTable, DurationValue};

/// Keys with their values; what says nothing is left out.
pub type Fields = Vec<(&'static str, Value)>;

pub fn of_account(account: &AccountTable) -> Fields {
    said([
        ("type", text(Some(account.account_type.as_str()))),
        ("access_key_id", text(account.access_key_id.as_deref())),
        ("aws_account_id", text(account.aws_account_id.as_deref())),
        ("mfa_serial", text(account.mfa_serial.as_deref())),
        ("mfa_process", text(account.mfa_process.as_deref())),
    ])
}

pub fn of_connector(connector: &ConnectorTable) -> Fields {
    let duration = connector.duration.as_ref().map(|duration| match duration {
        DurationValue::Seconds(seconds) => i64::from(*seconds).into(),
        DurationValue::Text(text) => text.into(),
    });
    let tags = connector.tags.iter().map(|(key, value)| (key.as_str(), value.as_str()));
    said([
        ("account", text(connector.account.as_deref())),
        ("principal", text(connector.principal.map(|principal| principal.as_str()))),
        ("role_arn", text(connector.role_arn.as_deref())),
        ("external_id", text(connector.external_id.as_deref())),
        ("duration", duration),
        ("groups", Some(connector.groups.iter().collect::<Array>().into())),
        ("system_scope", connector.system_scope.filter(|serves| *serves).map(Value::from)),
        ("region", text(connector.region.as_deref())),
        ("policy", text(connector.policy.as_deref())),
        ("policy_file", text(connector.policy_file.as_deref().and_then(Path::to_str))),
        ("policy_arns", list(&connector.policy_arns)),
        ("omit_policy", connector.omit_policy.filter(|omit| *omit).map(Value::from)),
        ("tags", (!connector.tags.is_empty()).then(|| tags.collect::<InlineTable>().into())),
        ("transitive_tags", list(&connector.transitive_tags)),
        ("source_identity", text(connector.source_identity.as_deref())),
    ])
}

fn said<const N: usize>(fields: [(&'static str, Option<Value>); N]) -> Fields {
    fields.into_iter().filter_map(|(key, value)| Some((key, value?))).collect()
}

fn text(text: Option<&str>) -> Option<Value> {
    text.map(Value::from)
}

fn list(items: &[String]) -> Option<Value> {
    (!items.is_empty()).then(|| items.iter().collect::<Array>().into())
}
