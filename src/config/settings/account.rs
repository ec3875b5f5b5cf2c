//! From an account's table to an account. What belongs to another type of account is refused by its name.

use super::Origin;
use super::place::Place;
use crate::config::error::ConfigError;
use crate::config::file::AccountTable;
use crate::model::account::{Account, AccountSource, AccountType};
use crate::model::arn::AwsAccountId;
use crate::model::mfa::{MfaDevice, MfaSerial};
use crate::model::name::AccountName;

/// Resolves one table.
pub fn resolve(name: &str, origin: &Origin<AccountTable>) -> Result<Account, ConfigError> {
    let place = Place::new(&origin.path, format!("accounts.{name}"));
    let table = &origin.value;
    let name: AccountName = place.parse("its name", name)?;
    let aws_account_id = table.aws_account_id.as_deref().map(|text| place.parse("aws_account_id", text)).transpose()?;
    let source = match table.account_type {
        AccountType::AccessKey => {
            let id = table.access_key_id.as_deref().ok_or_else(|| place.missing("access_key_id"))?;
            let access_key_id = place.parse("access_key_id", id)?;
            let mfa = device(&place, table, aws_account_id.as_ref())?.map(Box::new);
            AccountSource::AccessKey { access_key_id, aws_account_id, mfa }
        }
        AccountType::InstanceRole => {
            refuse_keys_of_users(&place, table)?;
            AccountSource::InstanceRole { aws_account_id }
        }
    };
    Ok(Account { name, source })
}

fn refuse_keys_of_users(place: &Place<'_>, table: &AccountTable) -> Result<(), ConfigError> {
    const NO_DEVICE: &str = "MFA devices belong to IAM users; the role of a host has none";
    let given = [
        ("access_key_id", table.access_key_id.is_some(), "an instance-role account has no key of its own"),
        ("mfa_serial", table.mfa_serial.is_some(), NO_DEVICE),
        ("mfa_process", table.mfa_process.is_some(), NO_DEVICE),
    ];
    match given.into_iter().find(|(_, given, _)| *given) {
        Some((field, _, reason)) => Err(place.bad(field, reason)),
        None => Ok(()),
    }
}

fn device(
    place: &Place<'_>,
    table: &AccountTable,
    owner: Option<&AwsAccountId>,
) -> Result<Option<MfaDevice>, ConfigError> {
    let Some(serial) = &table.mfa_serial else {
        return match table.mfa_process {
            Some(_) => Err(place.missing("mfa_serial")),
            None => Ok(None),
        };
    };
    let serial: MfaSerial = place.parse("mfa_serial", serial)?;
    if let (Some(found), Some(expected)) = (serial.aws_account_id(), owner)
        && found != expected.as_str()
    {
        let reason = format!("{serial} is in the AWS account {found}, and the account's key is in {expected}");
        return Err(place.bad("mfa_serial", reason));
    }
    let process = table.mfa_process.as_deref().map(|text| place.parse("mfa_process", text)).transpose()?;
    Ok(Some(MfaDevice { serial, process }))
}
