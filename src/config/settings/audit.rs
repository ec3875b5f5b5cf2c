//! From the table of the audit trail to how it is written. Nothing of it has to be given.

use super::Origin;
use super::place::Place;
use crate::config::error::ConfigError;
use crate::config::file::AuditTable;
use crate::model::audit::settings::{AuditSettings, KEPT};

pub(super) fn resolve(Origin { path, value }: Origin<AuditTable>) -> Result<AuditSettings, ConfigError> {
    let place = Place::new(&path, "audit");
    let default = AuditSettings::DEFAULT;
    let (enabled, required) = (value.enabled.unwrap_or(true), value.required.unwrap_or(false));
    place.at_most_one(("enabled = false", !enabled), ("required = true", required))?;
    let keep = value.keep.unwrap_or(default.keep);
    if !KEPT.contains(&keep) {
        return Err(place.bad("keep", format!("it is not from {} to {}", KEPT.start(), KEPT.end())));
    }
    let file = value.file.map(|file| place.beside("file", &file)).transpose()?;
    let max_size = value.max_size.as_deref().map(|text| place.parse("max_size", text)).transpose()?;
    Ok(AuditSettings {
        enabled,
        // By its name alone, so that no slash behind it makes a folder of it.
        file: file.map(|file| file.components().collect()),
        required,
        max_size: max_size.unwrap_or(default.max_size),
        keep,
        also: value.also,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_files_are_kept_as_can_be_looked_for() {
        let resolved = |keep| {
            let value = AuditTable { keep: Some(keep), ..AuditTable::default() };
            resolve(Origin { path: "config.toml".into(), value }).map(|settings| settings.keep).ok()
        };
        for (keep, taken) in [(0, None), (1, Some(1)), (1_000, Some(1_000)), (1_001, None), (u32::MAX, None)] {
            assert_eq!(resolved(keep), taken, "{keep}");
        }
    }
}
