//! Whom we speak to and as what: the two names that every failure carries. Nothing that the server said goes into a
//! failure, only this program's own words for it.

use super::json::Misshapen;
use super::reason::Reason;
use crate::model::crowd_address::CrowdAddress;
use crate::model::crowd_application::CrowdApplication;
use crate::ports::{Cause, DirectoryError, Oddity};
use crate::sys::network::NetworkError;

/// A Crowd server and the application that this program is to it.
pub struct Server {
    pub address: CrowdAddress,
    pub application: CrowdApplication,
}

/// Crowd's well-formed "no".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    pub status: u16,
    /// `None` when the reason is not a documented one.
    pub reason: Option<Reason>,
}

impl Server {
    pub fn name(&self) -> String {
        self.address.as_str().to_owned()
    }

    fn application(&self) -> String {
        self.application.as_str().to_owned()
    }

    pub fn unexpected(&self, what: Oddity) -> DirectoryError {
        DirectoryError::Unexpected { directory: self.name(), what }
    }

    pub fn out_of_order(&self, status: u16) -> DirectoryError {
        DirectoryError::OutOfOrder { directory: self.name(), status }
    }

    pub fn not_crowd(&self, what: Oddity) -> DirectoryError {
        DirectoryError::NotCrowd { directory: self.name(), what }
    }

    pub fn misshapen(&self, _: Misshapen) -> DirectoryError {
        self.unexpected(Oddity::Shape)
    }

    pub fn unreachable(&self, source: impl Into<Cause>) -> DirectoryError {
        DirectoryError::Unreachable { directory: self.name(), source: source.into() }
    }

    pub fn session_ended(&self) -> DirectoryError {
        DirectoryError::SessionEnded { directory: self.name() }
    }

    pub fn wrong_password(&self) -> DirectoryError {
        DirectoryError::WrongPassword { directory: self.name() }
    }

    pub fn person_inactive(&self) -> DirectoryError {
        DirectoryError::PersonInactive { directory: self.name() }
    }

    pub fn person_unknown(&self) -> DirectoryError {
        DirectoryError::PersonUnknown { directory: self.name() }
    }

    pub fn application_rejected(&self) -> DirectoryError {
        DirectoryError::ApplicationRejected { directory: self.name(), application: self.application() }
    }

    pub fn application_password_missing(&self) -> DirectoryError {
        DirectoryError::ApplicationPasswordMissing { directory: self.name(), application: self.application() }
    }

    pub fn address_rejected(&self) -> DirectoryError {
        DirectoryError::AddressRejected { directory: self.name(), application: self.application() }
    }

    /// A refusal that means the same whatever was asked; the callers deal with the others before this.
    pub fn refused(&self, refusal: Refusal) -> DirectoryError {
        let (directory, application) = (self.name(), self.application());
        match (refusal.status, refusal.reason) {
            (403, Some(Reason::ApplicationAccessDenied)) => {
                DirectoryError::PersonOutsideApplication { directory, application }
            }
            (403, Some(Reason::ApplicationPermissionDenied)) => {
                DirectoryError::ApplicationForbidden { directory, application }
            }
            (_, Some(reason)) => self.unexpected(Oddity::Reason(reason.code())),
            (status, None) => self.unexpected(Oddity::UnknownReason(status)),
        }
    }

    pub fn network(&self, error: NetworkError) -> DirectoryError {
        match error {
            NetworkError::TimedOut(after) => DirectoryError::TimedOut { directory: self.name(), after },
            NetworkError::TooLong(limit) => self.unexpected(Oddity::TooLong(limit)),
            NetworkError::NotHttp(_) => self.not_crowd(Oddity::NotHttp),
            NetworkError::Unreachable(source) => self.unreachable(source),
            NetworkError::Untrusted(source) => DirectoryError::Untrusted { directory: self.name(), source },
            NetworkError::CaBundle { path, source } => DirectoryError::CertificatesUnusable { path, source },
            other @ NetworkError::Runtime(_) => self.unreachable(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::crowd_address::PlainHttp;

    #[test]
    fn a_failure_names_the_server_and_the_application() {
        let address = CrowdAddress::parse("https://crowd.example.com/crowd", PlainHttp::LoopbackOnly).unwrap();
        let server = Server { address, application: "afed".parse().unwrap() };
        let refusal = Refusal { status: 403, reason: Some(Reason::ApplicationAccessDenied) };
        match server.refused(refusal) {
            DirectoryError::PersonOutsideApplication { directory, application } => {
                assert_eq!((directory.as_str(), application.as_str()), ("https://crowd.example.com/crowd", "afed"));
            }
            other => panic!("{other:?}"),
        }
    }
}
