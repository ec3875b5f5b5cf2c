//! From what the file says to connectors that keep every rule, with the table that is to be written for each.

use std::collections::HashMap;
use std::path::Path;

use super::account_map::AccountMap;
use super::naming::Naming;
use crate::command::config_file;
use crate::command::error::CommandError;
use crate::config::edit::PutConnector;
use crate::config::exchange::ConnectorRecord;
use crate::config::file::ConnectorTable;
use crate::config::settings::{Settings, check_connector, check_with};
use crate::model::connector::Connector;
use crate::model::json_text::Place;
use crate::model::name::ConnectorName;
use crate::policy;
use crate::ports::Cause;
use crate::ui::Streams;

/// What it takes to resolve the connectors of a file.
pub struct Resolution<'a> {
    /// What the file is called in messages.
    pub file: &'a str,
    /// The configuration that is to be written.
    pub path: &'a Path,
    pub settings: &'a Settings,
    pub accounts: AccountMap<'a>,
    pub naming: Naming,
    pub keeps_system_scope: bool,
    pub replaces: bool,
}

/// A connector that can be written.
pub struct Import {
    pub connector: Connector,
    pub put: PutConnector,
    /// Its name in the file, where that is another one.
    pub renamed_from: Option<String>,
}

impl Import {
    pub fn changes_something(&self) -> bool {
        self.put.before.as_ref() != Some(&self.put.after)
    }
}

impl Resolution<'_> {
    /// All of them, or the first that can't be imported.
    pub fn of_all(&self, records: Vec<ConnectorRecord>, streams: &mut Streams) -> Result<Vec<Import>, CommandError> {
        let mut places: HashMap<ConnectorName, Place> = HashMap::new();
        let mut imports = Vec::with_capacity(records.len());
        for record in records {
            let failed = |source| CommandError::NotImportable {
                file: self.file.to_owned(),
                place: record.place,
                connector: record.name.clone(),
                source,
            };
            let import = self.of_one(&record, streams).map_err(failed)?;
            if let Some(first) = places.insert(import.put.name.clone(), record.place) {
                let twice = CommandError::NameTwice { name: import.put.name.to_string(), line: first.line };
                return Err(failed(twice.into()));
            }
            imports.push(import);
        }
        Ok(imports)
    }

    fn of_one(&self, record: &ConnectorRecord, streams: &mut Streams) -> Result<Import, Cause> {
        let name = self.naming.name(&record.name)?;
        let before = self.before(&name)?;
        let mut after = record.table(&self.accounts.account(record.account_id.as_deref())?);
        if !self.keeps_system_scope {
            after.system_scope = None;
        }
        let connector = check_connector(&name, after.clone(), Path::new(self.file), &config_file::read_policy)?;
        check_with(&connector, &self.settings.account(connector.account.as_str())?)?;
        if let Some(stated) = record.partition.filter(|stated| *stated != connector.region.partition()) {
            let region = connector.region.clone();
            return Err(CommandError::OtherPartition { stated, region }.into());
        }
        self.check_policy(record, &connector, streams)?;
        let renamed_from = (record.name != name.as_str()).then(|| record.name.clone());
        Ok(Import { connector, put: PutConnector { name, before, after }, renamed_from })
    }

    /// The connector that is there by this name, if it may be changed.
    fn before(&self, name: &ConnectorName) -> Result<Option<ConnectorTable>, CommandError> {
        let Ok(there) = self.settings.connector_table(name.as_str()) else { return Ok(None) };
        let hint = match (self.replaces, there.path == self.path) {
            (true, true) => return Ok(Some(there.value.clone())),
            (true, false) => {
                "only connectors of one's own configuration can be replaced; take another name with --rename OLD=NEW"
            }
            (false, _) => "take another name with --rename OLD=NEW, or change the one that is there: --replace",
        };
        Err(CommandError::NameTaken { what: "a connector", name: name.to_string(), path: there.path.clone(), hint })
    }

    fn check_policy(
        &self,
        record: &ConnectorRecord,
        connector: &Connector,
        streams: &mut Streams,
    ) -> Result<(), CommandError> {
        let Some(policy) = connector.principal.policies().and_then(|policies| policies.inline.as_ref()) else {
            return Ok(());
        };
        let of = format!("{}:{}: the policy of “{}”", self.file, record.place.line, record.name);
        let refused = |refused| CommandError::AnswerUnfit { what: "its iamPolicy", source: Box::new(refused) };
        policy::accept(policy.as_str()).map_err(refused)?.iter().for_each(|warning| streams.notice(&warning.told(&of)));
        Ok(())
    }
}
