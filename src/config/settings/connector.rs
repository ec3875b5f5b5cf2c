//! From a connector's table to a connector that keeps the rules.

use std::path::Path;

use super::place::Place;
use super::{FileReader, Origin};
use crate::config::error::{ConfigError, PersonalValue};
use crate::config::file::{ConnectorTable, DurationValue};
use crate::model::connector::Connector;
use crate::model::duration::SessionDuration;
use crate::model::name::ConnectorName;
use crate::model::principal::{Principal, PrincipalFields, PrincipalType, check_duration};
use crate::model::region::Region;
use crate::model::session_policy::SessionPolicy;
use crate::model::trust::Distrusted;
use crate::ports::Cause;

/// Resolves one table; a policy file is read through `read`, relative to the configuration file.
pub fn resolve(name: &str, origin: &Origin<ConnectorTable>, read: &FileReader<'_>) -> Result<Connector, ConfigError> {
    let place = Place::new(&origin.path, format!("connectors.{name}"));
    let table = &origin.value;
    let name: ConnectorName = place.parse("its name", name)?;
    let account = table.account.as_deref().ok_or_else(|| place.missing("account"))?;
    let account = place.parse("account", account)?;
    let principal_type = table.principal.ok_or_else(|| place.missing("principal"))?;
    let fields = principal_fields(&place, table, read)?;
    let broken = |source| ConfigError::Rule { connector: name.clone(), source };
    let principal = Principal::from_fields(principal_type, fields).map_err(broken)?;
    let duration = duration(&place, table.duration.as_ref(), principal_type)?;
    duration.map_or(Ok(()), |duration| check_duration(principal_type, duration)).map_err(broken)?;
    let region = match table.region.as_deref() {
        Some(text) => place.parse("region", text)?,
        None => Region::fallback_of(principal.partitions().next().map_or("aws", |(_, partition)| partition)),
    };
    let groups = place.groups("groups", &table.groups)?;
    let system_scope = table.system_scope.unwrap_or(false);
    if let (true, Some(value)) = (system_scope, personal_value(&principal)) {
        return Err(ConfigError::PersonInSystemScope { connector: name, value });
    }
    let connector = Connector { name: name.clone(), account, principal, duration, groups, system_scope, region };
    connector.check_partitions().map_err(broken)?;
    Ok(connector)
}

/// The first value that only a person could fill.
fn personal_value(principal: &Principal) -> Option<PersonalValue> {
    if let Some((key, _)) = principal.tags().find(|(_, template)| template.names_a_person()) {
        return Some(PersonalValue::Tag(key.clone()));
    }
    let Principal::AssumeRole(role) = principal else { return None };
    let template = role.source_identity.as_ref()?;
    template.names_a_person().then_some(PersonalValue::SourceIdentity)
}

fn principal_fields(
    place: &Place<'_>,
    table: &ConnectorTable,
    read: &FileReader<'_>,
) -> Result<PrincipalFields, ConfigError> {
    Ok(PrincipalFields {
        role_arn: table.role_arn.as_deref().map(|text| place.parse("role_arn", text)).transpose()?,
        external_id: table.external_id.clone(),
        policy: policy(place, table, read)?,
        policy_arns: table.policy_arns.iter().map(|text| place.parse("policy_arns", text)).collect::<Result<_, _>>()?,
        omit_policy: table.omit_policy.unwrap_or(false),
        tags: table
            .tags
            .iter()
            .map(|(key, value)| Ok((key.clone(), place.parse("tags", value)?)))
            .collect::<Result<_, ConfigError>>()?,
        transitive_tags: table.transitive_tags.clone(),
        source_identity: table
            .source_identity
            .as_deref()
            .map(|text| place.parse("source_identity", text))
            .transpose()?,
    })
}

fn policy(
    place: &Place<'_>,
    table: &ConnectorTable,
    read: &FileReader<'_>,
) -> Result<Option<SessionPolicy>, ConfigError> {
    place.at_most_one(("policy", table.policy.is_some()), ("policy_file", table.policy_file.is_some()))?;
    if let Some(text) = &table.policy {
        return place.parse("policy", text).map(Some);
    }
    let Some(relative) = &table.policy_file else { return Ok(None) };
    let path = place.beside("policy_file", relative)?;
    let text = read_text(&path, read).map_err(|source| place.bad("policy_file", source))?;
    place.parse("policy_file", &text).map(Some)
}

fn read_text(path: &Path, read: &FileReader<'_>) -> Result<String, Cause> {
    let bytes = read(path).map_err(|error| match error.downcast::<Distrusted>() {
        Ok(distrusted) => Cause::from(distrusted),
        Err(error) => format!("{} can't be read: {error}", path.display()).into(),
    })?;
    String::from_utf8(bytes).map_err(|_| format!("{} is not UTF-8 text", path.display()).into())
}

fn duration(
    place: &Place<'_>,
    value: Option<&DurationValue>,
    principal: PrincipalType,
) -> Result<Option<SessionDuration>, ConfigError> {
    match value {
        None => Ok(principal.default_duration()),
        Some(DurationValue::Seconds(seconds)) => Ok(Some(SessionDuration::from_seconds(*seconds))),
        Some(DurationValue::Text(text)) => place.parse("duration", text).map(Some),
    }
}
