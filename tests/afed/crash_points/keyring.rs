//! What a Secret Service keeps, to be put back as it was; asked over the bus, with nothing of afed's own code.

use std::collections::HashMap;

use zbus::blocking::{Connection, Proxy, connection};
use zbus::zvariant::{ObjectPath, OwnedObjectPath, OwnedValue, Value};

use crate::keyring_session::KeyringSession;

const SERVICE: &str = "org.freedesktop.secrets";
const COLLECTION: &str = "/org/freedesktop/secrets/aliases/default";

/// As the service hands out secrets: the session they are sent in, its parameters, the secret, its type.
type Sent = (OwnedObjectPath, Vec<u8>, Vec<u8>, String);

/// One item with its secret.
#[derive(Clone, PartialEq, Eq)]
struct Item {
    label: String,
    attributes: Vec<(String, String)>,
    secret: Vec<u8>,
}

/// A keyring as it was at one moment.
pub struct Kept(Vec<Item>);

impl Kept {
    pub fn of(keyring: &KeyringSession) -> Self {
        Self(Open::new(keyring).items().into_iter().map(|(_, item)| item).collect())
    }

    /// Makes the keyring what it was.
    pub fn restore(&self, keyring: &KeyringSession) {
        let open = Open::new(keyring);
        let found = open.items();
        for (path, _) in found.iter().filter(|(_, item)| !self.0.contains(item)) {
            let _: OwnedObjectPath = open.proxy(path, "Item").call("Delete", &()).unwrap();
        }
        let is_gone = |item: &&Item| !found.iter().any(|(_, found)| found == *item);
        self.0.iter().filter(is_gone).for_each(|item| open.create(item));
    }
}

/// A connection on which secrets are sent in plain.
struct Open {
    bus: Connection,
    session: OwnedObjectPath,
}

impl Open {
    fn new(keyring: &KeyringSession) -> Self {
        let bus = connection::Builder::address(keyring.address.as_str()).unwrap().build().unwrap();
        let service = Proxy::new(&bus, SERVICE, "/org/freedesktop/secrets", "org.freedesktop.Secret.Service").unwrap();
        let (_, session): (OwnedValue, OwnedObjectPath) =
            service.call("OpenSession", &("plain", Value::from(""))).unwrap();
        drop(service);
        Self { bus, session }
    }

    fn proxy<'a>(&'a self, path: &'a ObjectPath<'a>, interface: &str) -> Proxy<'a> {
        Proxy::new(&self.bus, SERVICE, path, format!("org.freedesktop.Secret.{interface}")).unwrap()
    }

    fn collection(&self) -> Proxy<'_> {
        Proxy::new(&self.bus, SERVICE, COLLECTION, "org.freedesktop.Secret.Collection").unwrap()
    }

    fn items(&self) -> Vec<(OwnedObjectPath, Item)> {
        let paths: Vec<OwnedObjectPath> = self.collection().get_property("Items").unwrap();
        let item = |path: OwnedObjectPath| {
            let proxy = self.proxy(&path, "Item");
            let attributes: HashMap<String, String> = proxy.get_property("Attributes").unwrap();
            let mut attributes: Vec<_> = attributes.into_iter().collect();
            attributes.sort();
            let (sent,): (Sent,) = proxy.call("GetSecret", &(&self.session,)).unwrap();
            let item = Item { label: proxy.get_property("Label").unwrap(), attributes, secret: sent.2 };
            drop(proxy);
            (path, item)
        };
        paths.into_iter().map(item).collect()
    }

    fn create(&self, item: &Item) {
        let attributes: HashMap<&str, &str> =
            item.attributes.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let properties = HashMap::from([
            ("org.freedesktop.Secret.Item.Label", Value::from(item.label.as_str())),
            ("org.freedesktop.Secret.Item.Attributes", Value::from(attributes)),
        ]);
        let secret = (&self.session, Vec::<u8>::new(), item.secret.clone(), "text/plain");
        let _: (OwnedObjectPath, OwnedObjectPath) =
            self.collection().call("CreateItem", &(properties, secret, true)).unwrap();
    }
}
