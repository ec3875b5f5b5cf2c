//! The Secret Service of the D-Bus session bus: GNOME Keyring, KWallet, KeePassXC.
//! The bus is never started from here, and no program is run to find it; the bus itself may start the service.
//! Where somebody can be asked to unlock the keyring, the service asks them, for as long as the call may take.

use std::sync::Arc;

use keyring_core::{CredentialStore, Error};
use zbus::address::Transport;
use zbus::blocking::Connection;
use zbus::zvariant::{OwnedObjectPath, OwnedValue};
use zbus_secret_service_keyring_store::Store;

use super::keyring_store::{Keyring, refused};
use crate::model::secret::SecretId;
use crate::ports::SecretStoreError;

const BUS_NAME: &str = "org.freedesktop.secrets";
const SERVICE_PATH: &str = "/org/freedesktop/secrets";
const NO_OBJECT: &str = "/";

/// The keyring behind `org.freedesktop.secrets`.
#[derive(Debug, Clone, Copy)]
pub struct SecretService;

/// There is no keyring that new secrets would go to.
#[derive(Debug, thiserror::Error)]
#[error("it has no default keyring; create one with the desktop's keyring program")]
struct NoDefaultKeyring;

impl Keyring for SecretService {
    const NAME: &'static str = "Secret Service";

    fn open(self) -> Result<Arc<CredentialStore>, SecretStoreError> {
        refuse_to_run_programs()?;
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

/// Some bus addresses name a program that makes the connection.
fn refuse_to_run_programs() -> Result<(), SecretStoreError> {
    let address = zbus::Address::session().map_err(explain_bus)?;
    match address.transport() {
        Transport::Unix(_) | Transport::Tcp(_) => Ok(()),
        _ => Err(SecretStoreError::NoBus { store: SecretService::NAME, source: None }),
    }
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
        Failure::NoResult => refused::<SecretService>(NoDefaultKeyring),
        Failure::Zbus(error) => explain_bus(error),
        Failure::ZbusFdo(error) => explain_bus(zbus::Error::FDO(Box::new(error))),
        other => refused::<SecretService>(other),
    }
}

fn explain_bus(error: zbus::Error) -> SecretStoreError {
    let store = SecretService::NAME;
    match &error {
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
            _ => refused::<SecretService>(error),
        },
    }
}

fn error_name(error: &zbus::Error) -> Option<String> {
    use zbus::DBusError;
    match error {
        zbus::Error::MethodError(name, ..) => Some(name.to_string()),
        zbus::Error::FDO(error) => match &**error {
            zbus::fdo::Error::ZBus(inner) => error_name(inner),
            _ => Some(error.name().to_string()),
        },
        _ => None,
    }
}

/// The names under which a bus says that a name has no owner and that it could start none.
fn says_nobody_is_there(name: &str) -> bool {
    matches!(name, "org.freedesktop.DBus.Error.ServiceUnknown" | "org.freedesktop.DBus.Error.NameHasNoOwner")
        || name.starts_with("org.freedesktop.DBus.Error.Spawn.")
}

#[cfg(test)]
mod tests;
