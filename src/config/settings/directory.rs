//! `directory`, `[crowd]` and `[os]`: who says who people are, how it is reached, and who administers.

use std::path::PathBuf;
use std::time::Duration;

use super::place::Place;
use crate::config::error::ConfigError;
use crate::config::file::{CrowdTable, OsTable};
use crate::model::crowd_address::{CrowdAddress, PlainHttp};
use crate::model::crowd_application::CrowdApplication;
use crate::model::name::GroupName;
use crate::model::secret::SecretId;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const CALL_TIMEOUT: Duration = Duration::from_secs(15);
const RECHECK_AFTER: Duration = Duration::from_secs(300);

/// Who says who people are, and how to reach it.
#[derive(Debug)]
pub enum DirectorySettings {
    Crowd(CrowdSettings),
    Os,
}

impl DirectorySettings {
    /// Where the application's password rests, with a directory that has one.
    pub fn application_secret(&self) -> Option<SecretId> {
        match self {
            Self::Crowd(crowd) => Some(crowd.application_secret()),
            Self::Os => None,
        }
    }
}

/// How to reach Crowd.
#[derive(Debug, Clone)]
pub struct CrowdSettings {
    pub address: CrowdAddress,
    pub application: CrowdApplication,
    pub connect_timeout: Duration,
    pub call_timeout: Duration,
    pub ca_bundle: Option<PathBuf>,
}

impl CrowdSettings {
    /// Where the application's password rests.
    pub fn application_secret(&self) -> SecretId {
        SecretId::CrowdApplication { url: self.address.to_string(), application: self.application.to_string() }
    }

    /// Where the token of the person's session rests.
    pub fn session_secret(&self) -> SecretId {
        SecretId::CrowdSession { url: self.address.to_string(), application: self.application.to_string() }
    }
}

/// Who administers, and whether that opens every connector.
#[derive(Debug, Clone, Default)]
pub struct Administrators {
    pub groups: Vec<GroupName>,
    pub use_every_connector: bool,
}

/// What the table of either directory says.
pub(super) struct Directory {
    pub settings: DirectorySettings,
    pub administrators: Administrators,
    pub recheck_after: Duration,
}

pub(super) fn resolve_crowd(place: &Place<'_>, table: CrowdTable) -> Result<Directory, ConfigError> {
    let recheck_after = recheck_after(place, table.recheck_after.as_deref())?;
    let administrators = administrators(place, &table.admin_groups, table.admins_use_every_connector)?;
    let plain_http = if table.allow_http == Some(true) { PlainHttp::Anywhere } else { PlainHttp::LoopbackOnly };
    let crowd = CrowdSettings {
        connect_timeout: place.timeout("connect_timeout", table.connect_timeout.as_deref(), CONNECT_TIMEOUT)?,
        call_timeout: place.timeout("timeout", table.timeout.as_deref(), CALL_TIMEOUT)?,
        ca_bundle: table.ca_bundle.map(|path| place.beside("ca_bundle", &path)).transpose()?,
        address: CrowdAddress::parse(&table.url, plain_http).map_err(|error| place.bad("url", error))?,
        application: place.parse("application", &table.application)?,
    };
    Ok(Directory { settings: DirectorySettings::Crowd(crowd), administrators, recheck_after })
}

pub(super) fn resolve_os(place: &Place<'_>, table: &OsTable) -> Result<Directory, ConfigError> {
    let administrators = administrators(place, &table.admin_groups, table.admins_use_every_connector)?;
    let recheck_after = recheck_after(place, table.recheck_after.as_deref())?;
    Ok(Directory { settings: DirectorySettings::Os, administrators, recheck_after })
}

fn administrators(place: &Place<'_>, groups: &[String], every: Option<bool>) -> Result<Administrators, ConfigError> {
    let groups = place.groups("admin_groups", groups)?;
    Ok(Administrators { groups, use_every_connector: every.unwrap_or(true) })
}

/// How long an answer may be used again; `0s` is an answer too.
fn recheck_after(place: &Place<'_>, text: Option<&str>) -> Result<Duration, ConfigError> {
    match text {
        Some("0" | "0s") => Ok(Duration::ZERO),
        other => place.timeout("recheck_after", other, RECHECK_AFTER),
    }
}
