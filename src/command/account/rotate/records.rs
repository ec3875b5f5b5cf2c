//! The records of a rotation as files: the journal beside the configuration file that has the account, and that file.
//! There, whoever may give the account another key finds the journal too, whoever they are.

use std::path::{Path, PathBuf};

use crate::app::App;
use crate::command::account::unowned;
use crate::command::config_file;
use crate::config::{edit, notes};
use crate::model::account::AccessKeyId;
use crate::model::name::AccountName;
use crate::model::rotation::{Journal, JournalFault};
use crate::ports::{RecordsError, RotationRecords};
use crate::sys::files::{self, Mode};

/// The records of one account.
pub struct Records<'a> {
    app: &'a App,
    config: &'a Path,
    account: &'a AccountName,
    journal: PathBuf,
}

impl<'a> Records<'a> {
    pub fn of(app: &'a App, config: &'a Path, account: &'a AccountName) -> Self {
        Self { app, config, account, journal: notes::rotation(config, account) }
    }

    fn failed(&self, operation: &'static str, source: std::io::Error) -> RecordsError {
        RecordsError::File { path: self.journal.clone(), operation, source }
    }

    fn damaged(&self, source: JournalFault) -> RecordsError {
        RecordsError::Damaged { path: self.journal.clone(), source }
    }
}

impl RotationRecords for Records<'_> {
    fn load(&self) -> Result<Option<Journal>, RecordsError> {
        let text = files::read_optional(&self.journal).map_err(|source| self.failed("read", source))?;
        let journal = text.map(|text| Journal::parse(&text)).transpose().map_err(|source| self.damaged(source))?;
        match journal {
            Some(journal) if journal.account != *self.account => {
                let source = std::io::Error::other(format!("it is about the account “{}”", journal.account));
                Err(self.failed("used", source))
            }
            journal => Ok(journal),
        }
    }

    fn save(&self, journal: &Journal) -> Result<(), RecordsError> {
        let text = journal.to_text().map_err(|source| self.damaged(source))?;
        files::replace(&self.journal, &text, Mode::Private).map_err(|source| self.failed("written", source))
    }

    fn remove(&self) -> Result<(), RecordsError> {
        match files::remove(&self.journal) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(self.failed("removed", error)),
            _ => Ok(()),
        }
    }

    fn place(&self) -> String {
        self.journal.display().to_string()
    }

    fn disown(&self, key: &AccessKeyId) -> Result<(), RecordsError> {
        let noted = config_file::lock(self.app, self.config)
            .and_then(|_turn| Ok(unowned::note(self.config, self.account, &[key])?));
        noted.map_err(|error| RecordsError::NotDisowned { key: key.clone(), source: error.into_boxed_dyn_error() })
    }

    fn switch(&self, old: &AccessKeyId, new: &AccessKeyId) -> Result<(), RecordsError> {
        let replace = |text: &str| Ok(edit::replace_access_key(self.config, text, self.account, old, new)?);
        config_file::edit(self.app, self.config, replace)
            .map_err(|error| RecordsError::NotSwitched { old: old.clone(), source: error.into_boxed_dyn_error() })
    }
}
