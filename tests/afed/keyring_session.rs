//! A D-Bus session of its own with gnome-keyring on it, for as long as the value lives, and what is in that keyring.

use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use zbus::blocking::{Connection, Proxy, connection};
use zbus::zvariant::OwnedObjectPath;

const SESSION: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/secret-service-session");
const SERVICE: &str = "org.freedesktop.secrets";

/// A session; it ends when this is dropped, or with this process.
pub struct KeyringSession {
    /// What afed finds in DBUS_SESSION_BUS_ADDRESS.
    pub address: String,
    child: Child,
}

/// One item as a person sees it in a keyring program.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Item {
    pub label: String,
    pub username: String,
}

impl KeyringSession {
    pub fn unlocked() -> Self {
        Self::start(None)
    }

    pub fn locked() -> Self {
        Self::start(Some("--locked"))
    }

    pub fn without_service() -> Self {
        Self::start(Some("--without-service"))
    }

    fn start(mode: Option<&str>) -> Self {
        // It tells the address and then waits until its input ends.
        let mut child = Command::new(SESSION)
            .args(mode)
            .args(["bash", "-c", "echo \"$DBUS_SESSION_BUS_ADDRESS\"; exec cat"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut address = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut address).unwrap();
        assert!(!address.is_empty(), "there is no session; tests/secret-service-session says why");
        Self { address: address.trim_end().to_owned(), child }
    }

    /// A connection that has the name of the service and never answers.
    pub fn silent_service(&self) -> Connection {
        connection::Builder::address(self.address.as_str()).unwrap().name(SERVICE).unwrap().build().unwrap()
    }

    /// Everything in the default keyring.
    pub fn items(&self) -> Vec<Item> {
        let bus = connection::Builder::address(self.address.as_str()).unwrap().build().unwrap();
        let collection = "/org/freedesktop/secrets/aliases/default";
        let collection = Proxy::new(&bus, SERVICE, collection, "org.freedesktop.Secret.Collection").unwrap();
        let paths: Vec<OwnedObjectPath> = collection.get_property("Items").unwrap();
        let mut items: Vec<Item> = paths.iter().map(|path| item(&bus, path)).collect();
        items.sort();
        items
    }
}

fn item(bus: &Connection, path: &OwnedObjectPath) -> Item {
    let item = Proxy::new(bus, SERVICE, path, "org.freedesktop.Secret.Item").unwrap();
    let attributes: HashMap<String, String> = item.get_property("Attributes").unwrap();
    assert_eq!(attributes["service"], "afed");
    Item { label: item.get_property("Label").unwrap(), username: attributes["username"].clone() }
}

impl Drop for KeyringSession {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        drop(self.child.wait());
    }
}
