//! From the table of the audit trail to how it is written. Nothing of it has to be given.

use super::{Origin, Place};
use crate::config::error::ConfigError;
use crate::config::file::AuditTable;
use crate::model::audit::settings::AuditSettings;

pub(super) fn resolve(Origin { path, value }: Origin<AuditTable>) -> Result<AuditSettings, ConfigError> {
    let place = Place { path: &path, table: "audit".to_owned() };
    let default = AuditSettings::DEFAULT;
    let (enabled, required) = (value.enabled.unwrap_or(true), value.required.unwrap_or(false));
    place.at_most_one(("enabled = false", !enabled), ("required = true", required))?;
    let max_size = value.max_size.as_deref().map(|text| place.parse("max_size", text)).transpose()?;
    Ok(AuditSettings {
        enabled,
        file: value.file.map(|file| place.beside(&file)),
        required,
        max_size: max_size.unwrap_or(default.max_size),
        keep: value.keep.unwrap_or(default.keep),
        also: value.also,
    })
}
