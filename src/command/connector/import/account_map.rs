//! Which account of this configuration an `accountId` means. The add-on's ids are its own, so a person has to say it, unless
//! the id is an account's name here, or the number of an AWS account that only one of them belongs to.

use std::collections::HashMap;

use crate::command::error::CommandError;
use crate::config::settings::Settings;
use crate::model::arn::AwsAccountId;
use crate::model::name::AccountName;

/// The accounts by what can name them.
pub struct AccountMap<'a> {
    settings: &'a Settings,
    for_all: Option<&'a AccountName>,
    mapped: HashMap<String, String>,
    by_aws_account: HashMap<&'a str, Vec<&'a str>>,
}

impl<'a> AccountMap<'a> {
    pub fn of(settings: &'a Settings, for_all: Option<&'a AccountName>, maps: &[String]) -> Result<Self, CommandError> {
        let mut mapped = HashMap::new();
        for map in maps {
            // An account's name holds no equals sign, and what the add-on takes for an id may.
            let (id, account) = map.rsplit_once('=').ok_or_else(|| CommandError::NotKeyValue(map.clone()))?;
            mapped.insert(id.to_owned(), account.to_owned());
        }
        let mut by_aws_account: HashMap<&str, Vec<&str>> = HashMap::new();
        for name in settings.account_names() {
            if let Some(number) =
                settings.account_table(name).ok().and_then(|table| table.value.aws_account_id.as_deref())
            {
                by_aws_account.entry(number).or_default().push(name);
            }
        }
        Ok(Self { settings, for_all, mapped, by_aws_account })
    }

    /// The account's name; whether there is one of that name is not looked at where a flag says it.
    pub fn account(&self, id: Option<&str>) -> Result<String, CommandError> {
        if let Some(account) = id.and_then(|id| self.mapped.get(id)) {
            return Ok(account.clone());
        }
        if let Some(account) = self.for_all {
            return Ok(account.to_string());
        }
        let id = id.ok_or(CommandError::AccountIdMissing)?;
        if self.settings.origin_of_account(id).is_some() {
            return Ok(id.to_owned());
        }
        let accounts = id.parse::<AwsAccountId>().ok().and_then(|_| self.by_aws_account.get(id));
        match accounts.map(Vec::as_slice) {
            Some([only]) => Ok((*only).to_owned()),
            several => Err(CommandError::AccountIdUnknown {
                id: id.to_owned(),
                accounts: several.unwrap_or_default().iter().map(|name| (*name).to_owned()).collect(),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::file;

    const FILE: &str = "version = 1\ndirectory = \"os\"\n\
        [accounts.ops]\ntype = \"access-key\"\naccess_key_id = \"AKIAIOSFODNN7EXAMPLE\"\naws_account_id = \"123123123123\"\n\
        [accounts.dev]\ntype = \"access-key\"\naccess_key_id = \"AKIAI44QH8DHBEXAMPLE\"\naws_account_id = \"999999999999\"\n\
        [accounts.host]\ntype = \"instance-role\"\naws_account_id = \"999999999999\"\n";

    #[test]
    fn an_id_means_one_account_or_none() {
        let settings = Settings::resolve(vec![file::parse("c.toml".into(), FILE).unwrap()]).unwrap();
        let all: AccountName = "host".parse().unwrap();
        let maps = ["7=dev".to_owned(), "a=b=ops".to_owned()];
        for (id, for_all, expected) in [
            (Some("7"), None, Ok("dev")),
            (Some("7"), Some(&all), Ok("dev")),
            (Some("a=b"), None, Ok("ops")),
            (Some("8"), Some(&all), Ok("host")),
            (None, Some(&all), Ok("host")),
            (None, None, Err("accountId is missing")),
            (Some("dev"), None, Ok("dev")),
            (Some("123123123123"), None, Ok("ops")),
            (Some("999999999999"), None, Err("accountId “999999999999” is the AWS account of several: dev, host")),
            (Some("8"), None, Err("accountId “8” is no account of this configuration")),
            (Some("Dev"), None, Err("accountId “Dev” is no account of this configuration")),
        ] {
            let map = AccountMap::of(&settings, for_all, &maps).unwrap();
            let found = map.account(id).map_err(|error| error.to_string());
            assert_eq!(found.as_deref().map_err(String::as_str), expected, "{id:?}");
        }
        assert!(AccountMap::of(&settings, None, &["7".to_owned()]).is_err());
    }
}
