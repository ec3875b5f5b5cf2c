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
