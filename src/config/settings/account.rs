//! From an account's table to an account. What belongs to another type of account is refused by its name.

use super::{Origin, Place};
use crate::config::error::ConfigError;
use crate::config::file::AccountTable;
use crate::model::account::{Account, AccountSource, AccountType};
use crate::model::name::AccountName;

/// Resolves one table.
pub fn resolve(name: &str, origin: &Origin<AccountTable>) -> Result<Account, ConfigError> {
    let place = Place { path: &origin.path, table: format!("accounts.{name}") };
    let table = &origin.value;
    let name: AccountName = place.parse("its name", name)?;
    let aws_account_id = table.aws_account_id.as_deref().map(|text| place.parse("aws_account_id", text)).transpose()?;
    let source = match (table.account_type, &table.access_key_id) {
        (AccountType::AccessKey, Some(id)) => {
            AccountSource::AccessKey { access_key_id: place.parse("access_key_id", id)?, aws_account_id }
        }
        (AccountType::AccessKey, None) => return Err(place.missing("access_key_id")),
        (AccountType::InstanceRole, None) => AccountSource::InstanceRole { aws_account_id },
        (AccountType::InstanceRole, Some(_)) => {
            return Err(place.bad("access_key_id", "an instance-role account has no key of its own"));
        }
    };
    Ok(Account { name, source })
}
