//! A connector: a named way to get temporary credentials, and to whom it is open.

use super::account::Account;
use super::duration::SessionDuration;
use super::mfa::MfaDevice;
use super::name::{AccountName, ConnectorName, GroupName};
use super::principal::{Principal, RuleError, check_account, check_chaining, check_owners};
use super::region::Region;

/// A connector whose principal, duration and region keep the rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connector {
    pub name: ConnectorName,
    pub account: AccountName,
    pub principal: Principal,
    /// How long its credentials live; `None` where the host decides.
    pub duration: Option<SessionDuration>,
    /// The groups whose members may use it; empty means administrators only, never everyone.
    pub groups: Vec<GroupName>,
    /// Whether it serves the system too, which is no person and in no group.
    pub system_scope: bool,
    /// Where STS is asked, and what profiles are given.
    pub region: Region,
}

impl Connector {
    /// Checks what neither connector nor account can tell alone, or names the rule that they break together.
    pub fn check_with(&self, account: &Account) -> Result<(), RuleError> {
        self.check_partitions()?;
        check_account(self.principal.principal_type(), account.account_type())?;
        check_chaining(account.account_type(), self.duration)?;
        self.check_policy_owners(account)?;
        self.check_device(account)
    }

    /// The second factor of which a code goes with each call for this connector.
    pub fn mfa<'a>(&self, account: &'a Account) -> Option<&'a MfaDevice> {
        account.mfa().filter(|_| self.principal.takes_mfa())
    }

    /// A federated user is of the account of the key; a role's own account is known without one.
    fn check_policy_owners(&self, account: &Account) -> Result<(), RuleError> {
        match (&self.principal, account.aws_account_id()) {
            (Principal::FederatedUser(user), Some(owner)) => check_owners(&user.policies, owner.as_str()),
            _ => Ok(()),
        }
    }

    fn check_device(&self, account: &Account) -> Result<(), RuleError> {
        let partition = self.mfa(account).and_then(|device| device.serial.partition());
        match partition.filter(|partition| *partition != self.region.partition()) {
            Some(partition) => Err(RuleError::Partition {
                region: self.region.clone(),
                what: "the MFA device of its account".to_owned(),
                partition: partition.to_owned(),
            }),
            None => Ok(()),
        }
    }

    /// Checks that all that is named lies in the region's partition: what lies in another one is never reached from it.
    pub fn check_partitions(&self) -> Result<(), RuleError> {
        match self.principal.partitions().find(|(_, partition)| *partition != self.region.partition()) {
            Some((what, partition)) => {
                Err(RuleError::Partition { region: self.region.clone(), what, partition: partition.to_owned() })
            }
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::account::AccountSource;
    use crate::model::principal::{PrincipalFields, PrincipalType};

    fn account(serial: Option<&str>) -> Account {
        let mfa = serial.map(|serial| Box::new(MfaDevice { serial: serial.parse().unwrap(), process: None }));
        let (access_key_id, id) = ("AKIAIOSFODNN7EXAMPLE".parse().unwrap(), "123123123123".parse().unwrap());
        let source = AccountSource::AccessKey { access_key_id, aws_account_id: Some(id), mfa };
        Account { name: "ops".parse().unwrap(), source }
    }

    fn connector(principal: PrincipalType, policy_arns: &[&str]) -> Connector {
        let policy_arns: Vec<_> = policy_arns.iter().map(|arn| arn.parse().unwrap()).collect();
        let omit_policy = principal == PrincipalType::FederatedUser && policy_arns.is_empty();
        let fields = PrincipalFields { policy_arns, omit_policy, ..PrincipalFields::default() };
        Connector {
            name: "deploy".parse().unwrap(),
            account: "ops".parse().unwrap(),
            principal: Principal::from_fields(principal, fields).unwrap(),
            duration: None,
            groups: Vec::new(),
            system_scope: false,
            region: "eu-west-1".parse().unwrap(),
        }
    }

    #[test]
    fn a_federated_user_has_policies_of_aws_or_of_the_key_s_account() {
        for (account_id, good) in [("aws", true), ("123123123123", true), ("999999999999", false)] {
            let arn = format!("arn:aws:iam::{account_id}:policy/P");
            let outcome = connector(PrincipalType::FederatedUser, &[&arn]).check_with(&account(None));
            assert_eq!(outcome.is_ok(), good, "{outcome:?}");
            assert!(good || matches!(outcome, Err(RuleError::PolicyOfOtherAccount { .. })), "{outcome:?}");
        }
    }

    #[test]
    fn a_device_lies_in_the_partition_of_the_region_where_its_code_is_asked_for() {
        use PrincipalType::{FederatedUser, SessionToken};
        for (principal, serial, good) in [
            (SessionToken, "arn:aws:iam::123123123123:mfa/ops", true),
            (SessionToken, "arn:aws-cn:iam::123123123123:mfa/ops", false),
            (FederatedUser, "arn:aws-cn:iam::123123123123:mfa/ops", true),
            (SessionToken, "GAHT12345678", true),
        ] {
            let outcome = connector(principal, &[]).check_with(&account(Some(serial)));
            assert_eq!(outcome.is_ok(), good, "{serial} {outcome:?}");
            assert!(good || matches!(outcome, Err(RuleError::Partition { .. })), "{outcome:?}");
        }
    }
}
