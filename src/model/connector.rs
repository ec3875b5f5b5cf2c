//! A connector: a named way to get temporary credentials, and to whom it is open.

use super::duration::SessionDuration;
use super::name::{AccountName, ConnectorName, GroupName};
use super::principal::Principal;
use super::region::Region;

/// A connector whose principal, duration and region keep the rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connector {
    pub name: ConnectorName,
    pub account: AccountName,
    pub principal: Principal,
    pub duration: SessionDuration,
    /// The groups whose members may use it; empty means administrators only, never everyone.
    pub groups: Vec<GroupName>,
    /// Whether it serves the system too, which is no person and in no group.
    pub system_scope: bool,
    /// Where STS is asked, and what profiles are given.
    pub region: Region,
}
