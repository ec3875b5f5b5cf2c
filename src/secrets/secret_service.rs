//! The Secret Service of the D-Bus session bus: GNOME Keyring, KWallet, KeePassXC.
//! The bus is never started from here, and no program is run to find it; the bus itself may start the service. It is one of
//! this machine, as nothing on the way to it is enciphered.
//! Where somebody can be asked to unlock the keyring, the service asks them, for as long as the call may take.

use std::net::IpAddr;
use std::sync::Arc;

use keyring_core::{CredentialStore, Error};
use zbus::address::Transport;
use zbus::address::transport::UnixSocket;
use zbus::blocking::Connection;
use zbus::zvariant::{OwnedObjectPath, OwnedValue};
use zbus_secret_service_keyring_store::Store;

use super::keyring_store::{Keyring, refused};
use crate::model::secret::SecretId;
use crate::ports::SecretStoreError;
use crate::sys::{files, user};

const BUS_NAME: &str = "org.freedesktop.secrets";
const SERVICE_PATH: &str = "/org/freedesktop/secrets";
const NO_OBJECT: &str = "/";

/// The keyring behind `org.freedesktop.secrets`.
#[derive(Debug, Clone, Copy)]
pub struct SecretService;

impl Keyring for SecretService {
    const NAME: &'static str = "Secret Service";

    fn open(self) -> Result<Arc<CredentialStore>, SecretStoreError> {
        refuse_unfit_bus()?;
        let store = Store::new().map_err(explain)?;
        Ok(store)
    }

    fn explain(self, error: Error) -> SecretStoreError {
        explain(error)
    }

    fn is_locked(self) -> Result<bool, SecretStoreError> {
        default_is_locked().map_err(explain_bus)
    }

    fn label(self, id: &SecretId) -> Option<String> {
        Some(format!("afed: {}", id.described()))
    }
}

/// A bus that is not of this machine.
#[derive(Debug, thiserror::Error)]
#[error(
    "DBUS_SESSION_BUS_ADDRESS names one on another machine, “{host}”, and secrets would cross the network readable"
)]
struct Elsewhere {
    host: String,
}

/// Some bus addresses name a program that makes the connection, and some another machine.
fn refuse_unfit_bus() -> Result<(), SecretStoreError> {
    let address = zbus::Address::session().map_err(explain_bus)?;
    match address.transport() {
        Transport::Unix(_) => Ok(()),
        Transport::Tcp(bus) if is_this_machine(bus.host()) => Ok(()),
        Transport::Tcp(bus) => {
            let elsewhere = Elsewhere { host: bus.host().to_owned() };
            Err(SecretStoreError::NoBus { store: SecretService::NAME, source: Some(elsewhere.into()) })
        }
        _ => Err(SecretStoreError::NoBus { store: SecretService::NAME, source: None }),
    }
}

fn is_this_machine(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

fn default_is_locked() -> zbus::Result<bool> {
    let bus = Connection::session()?;
    let service = Some("org.freedesktop.Secret.Service");
    let reply = bus.call_method(Some(BUS_NAME), SERVICE_PATH, service, "ReadAlias", &"default")?;
    let collection: OwnedObjectPath = reply.body().deserialize()?;
    if collection.as_str() == NO_OBJECT {
        return Ok(false);
    }
    let properties = Some("org.freedesktop.DBus.Properties");
    let locked = ("org.freedesktop.Secret.Collection", "Locked");
    let reply = bus.call_method(Some(BUS_NAME), &collection, properties, "Get", &locked)?;
    Ok(bool::try_from(reply.body().deserialize::<OwnedValue>()?)?)
}

fn explain(error: Error) -> SecretStoreError {
    match error {
        Error::PlatformFailure(cause) | Error::NoStorageAccess(cause) => match cause.downcast() {
            Ok(error) => explain_service(*error),
            Err(cause) => SecretStoreError::Refused { store: SecretService::NAME, source: cause },
        },
        other => refused::<SecretService>(other),
    }
}

fn explain_service(error: secret_service::Error) -> SecretStoreError {
    use secret_service::Error as Failure;
    match error {
        Failure::Unavailable => SecretStoreError::NoBus { store: SecretService::NAME, source: None },
        Failure::Locked | Failure::Prompt => SecretStoreError::Locked { store: SecretService::NAME },
        // Nothing but the look for the default keyring ends so.
        Failure::NoResult => SecretStoreError::NoDefault { store: SecretService::NAME },
        Failure::PromptDisconnected => SecretStoreError::Ended { store: SecretService::NAME, source: error.into() },
        Failure::Zbus(error) => explain_bus(error),
        Failure::ZbusFdo(error) => explain_bus(zbus::Error::FDO(Box::new(error))),
        other => refused::<SecretService>(other),
    }
}

fn explain_bus(error: zbus::Error) -> SecretStoreError {
    let (store, error) = (SecretService::NAME, unwrapped(error));
    match &error {
        zbus::Error::InputOutput(cause) if was_there(cause.kind()) => match owner_of_another_s_bus() {
            Some(owner) => SecretStoreError::BusClosed { store, owner, source: error.into() },
            None => SecretStoreError::BusEnded { store, source: error.into() },
        },
        zbus::Error::Address(_)
        | zbus::Error::Handshake(_)
        | zbus::Error::InputOutput(_)
        | zbus::Error::Connection(..)
        | zbus::Error::Unsupported => SecretStoreError::NoBus { store, source: Some(error.into()) },
        _ => match error_name(&error).as_deref() {
            Some("org.freedesktop.Secret.Error.IsLocked") => SecretStoreError::Locked { store },
            Some(name) if says_nobody_is_there(name) => {
                SecretStoreError::NoService { store, source: Some(error.into()) }
            }
            Some(name) if says_it_has_ended(name) => SecretStoreError::Ended { store, source: error.into() },
            _ => refused::<SecretService>(error),
        },
    }
}

/// A failure of the connection comes in the clothes of an answer where a property was asked for.
fn unwrapped(error: zbus::Error) -> zbus::Error {
    match error {
        zbus::Error::FDO(answer) => match *answer {
            zbus::fdo::Error::ZBus(inner) => unwrapped(inner),
            answer => zbus::Error::FDO(Box::new(answer)),
        },
        other => other,
    }
}

fn error_name(error: &zbus::Error) -> Option<String> {
    use zbus::DBusError;
    match error {
        zbus::Error::MethodError(name, ..) => Some(name.to_string()),
        zbus::Error::FDO(error) => Some(error.name().to_string()),
        _ => None,
    }
}

/// The names under which a bus says that a name has no owner and that it could start none.
fn says_nobody_is_there(name: &str) -> bool {
    matches!(name, "org.freedesktop.DBus.Error.ServiceUnknown" | "org.freedesktop.DBus.Error.NameHasNoOwner")
        || name.starts_with("org.freedesktop.DBus.Error.Spawn.")
}

/// The name under which a bus says that the service left it with a call unanswered, and the one under which a service that
/// was started meanwhile says that it knows nothing of the session with its predecessor.
fn says_it_has_ended(name: &str) -> bool {
    matches!(name, "org.freedesktop.DBus.Error.NoReply" | "org.freedesktop.Secret.Error.NoSession")
}

/// Whether there was a connection, which has ended.
fn was_there(kind: std::io::ErrorKind) -> bool {
    use std::io::ErrorKind as Kind;
    matches!(kind, Kind::BrokenPipe | Kind::ConnectionReset | Kind::ConnectionAborted | Kind::UnexpectedEof)
}

/// Whose the bus is, where it is not this user's: such a bus takes a connection, and ends it when it has learnt who calls.
fn owner_of_another_s_bus() -> Option<u32> {
    let address = zbus::Address::session().ok()?;
    let Transport::Unix(socket) = address.transport() else { return None };
    let UnixSocket::File(path) = socket.path() else { return None };
    let owner = files::access(path).ok()??.owner;
    (owner != user::effective_uid().ok()?).then_some(owner)
}

#[cfg(test)]
mod tests;
