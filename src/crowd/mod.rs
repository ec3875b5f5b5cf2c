//! The directory port over Crowd REST (`usermanagement/1`): sessions, people and nested groups.
//! Whatever is not exactly the answer that Crowd gives is an error, and every error denies. Names are those that Crowd
//! has stored. Nothing that the server says is repeated in an error.

#[cfg(test)]
mod fuzz;
mod json;
mod membership;
mod names;
mod people;
mod reason;
mod request;
#[cfg(test)]
mod scripted;
mod server;
mod sessions;
#[cfg(test)]
mod tests;
mod transport;

use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use self::request::{Call, Target};
use self::server::Server;
use self::transport::Transport;
use crate::model::crowd_address::CrowdAddress;
use crate::model::crowd_application::CrowdApplication;
use crate::model::name::GroupName;
use crate::model::person::{Evidence, Identity, Membership, Person};
use crate::model::secret::Secret;
use crate::ports::{Directory, DirectoryError, Greeting, Session, Sessions};
use crate::sys::network::{Hub, Network, NetworkOptions};

/// What has to be known to speak to a Crowd server.
#[derive(Debug, Clone)]
pub struct CrowdOptions {
    pub address: CrowdAddress,
    pub application: CrowdApplication,
    /// The application's own password; an empty one counts as missing.
    pub password: Secret,
    pub connect_timeout: Duration,
    /// For each call as a whole.
    pub call_timeout: Duration,
    /// PEM certificates to trust in place of the system's.
    pub ca_bundle: Option<PathBuf>,
}

/// A Crowd server as the directory.
pub struct CrowdDirectory {
    transport: Transport,
}

impl CrowdDirectory {
    /// Nothing is sent before the first question.
    pub fn new(options: CrowdOptions, hub: &Rc<Hub>) -> Self {
        let CrowdOptions { address, application, password, connect_timeout, call_timeout, ca_bundle } = options;
        let network = Network::new(address.base(), NetworkOptions { connect_timeout, call_timeout, ca_bundle }, hub);
        Self { transport: Transport { server: Server { address, application }, password, network } }
    }

    /// What the server says of itself. It is asked for its cookie settings, which only an accepted application may read.
    pub fn greeting(&self) -> Result<Greeting, DirectoryError> {
        let server = &self.transport.server;
        let (settings, greeting) = self.transport.greeted(Call::get(Target::resource("config/cookie")), 200)?;
        let settings = settings.map_err(|refusal| server.refused(refusal))?;
        settings.text("name").map(|_| greeting).map_err(|error| server.misshapen(error))
    }
}

impl Directory for CrowdDirectory {
    fn identify(&self, evidence: &Evidence) -> Result<Identity, DirectoryError> {
        match evidence {
            Evidence::Session(token) => self.validate_session(token),
            Evidence::LocalUser { .. } => {
                Err(DirectoryError::EvidenceUnfit { directory: self.transport.server.name() })
            }
        }
    }

    fn membership(&self, person: &Person, group: &GroupName) -> Result<Membership, DirectoryError> {
        self.nested_membership(&person.name, group.as_str())
    }

    fn probe(&self) -> Result<(), DirectoryError> {
        self.greeting().map(drop)
    }
}

impl Sessions for CrowdDirectory {
    fn open(&self, user: &str, password: &Secret) -> Result<Session, DirectoryError> {
        self.open_session(user, password)
    }

    fn owner(&self, token: &Secret) -> Result<Identity, DirectoryError> {
        self.validate_session(token)
    }

    fn close(&self, token: &Secret) -> Result<(), DirectoryError> {
        self.close_session(token)
    }
}
