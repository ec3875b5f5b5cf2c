//! A D-Bus session of its own with gnome-keyring on it, for as long as the value lives, and what is in that keyring.

use std::cell::Cell;
use std::collections::HashMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;

use nix::sys::signal::{self, Signal};
use nix::unistd::Pid;
use serde::de::DeserializeOwned;
use zbus::blocking::{Connection, Proxy, connection};
use zbus::zvariant::OwnedObjectPath;

use crate::sandbox::Sandbox;

const SESSION: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/secret-service-session");
const SERVICE: &str = "org.freedesktop.secrets";
const DEFAULT: &str = "/org/freedesktop/secrets/aliases/default";
const BUS: &str = "org.freedesktop.DBus";

/// A session; it ends when this is dropped, or with this process.
pub struct KeyringSession {
    /// What afed finds in DBUS_SESSION_BUS_ADDRESS.
    pub address: String,
    child: Child,
    /// What the program that keeps the secrets has said.
    log: PathBuf,
}

/// With these words gnome-keyring ends itself, about once in ten thousand connections, whoever makes them and however well
/// they behave: where one client's end meets another's first call, it forgets the new one and then misses it.
const OWN_CRASH: [&str; 2] = ["gkd_secret_service_get_pkcs11_session: assertion 'client' failed", "ERROR"];

thread_local! {
    static OWN_CRASHES: Cell<usize> = const { Cell::new(0) };
}

/// How many sessions of this thread have ended with a keyring that had crashed by itself. What was found with one says
/// nothing of afed.
pub fn own_crashes() -> usize {
    OWN_CRASHES.get()
}

/// Where the bus with this address listens.
fn bus_path(address: &str) -> &Path {
    Path::new(address.strip_prefix("unix:path=").unwrap().split(',').next().unwrap())
}

/// One item as a person sees it in a keyring program.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Item {
    pub label: String,
    pub username: String,
}

/// Has afed wait as long for a keyring as it takes on a busy machine. What ends is told at once all the same.
pub fn be_patient(sandbox: &Sandbox) {
    let store = "store = \"secret-service\"\n";
    sandbox.edit_config(|text| text.replace(store, &format!("{store}timeout = \"1m\"\n")));
    assert!(sandbox.config().contains("timeout"));
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

    pub fn without_collection() -> Self {
        Self::start(Some("--without-collection"))
    }

    /// KWallet, whose wallet is open.
    pub fn kwallet() -> Self {
        Self::start(Some("--kwallet"))
    }

    /// KWallet, whose wallet somebody would have to open.
    pub fn kwallet_closed() -> Self {
        Self::start(Some("--kwallet-closed"))
    }

    /// An unlocked keyring in this folder, where it outlives the session. The address is the same for each session over it,
    /// a link to the bus that there is.
    pub fn over(folder: &Path) -> Self {
        let mut session = Self::of(Command::new(SESSION).env("AFED_SESSION_KEPT", folder));
        let (path, link) = (bus_path(&session.address), folder.join("bus"));
        drop(fs::remove_file(&link));
        symlink(path, &link).unwrap();
        session.address = format!("unix:path={}", link.display());
        session
    }

    fn start(mode: Option<&str>) -> Self {
        Self::of(Command::new(SESSION).args(mode))
    }

    fn of(session: &mut Command) -> Self {
        // It tells the address and then waits until its input ends.
        let mut child = session
            .args(["bash", "-c", "echo \"$DBUS_SESSION_BUS_ADDRESS\"; exec cat"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut address = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut address).unwrap();
        assert!(!address.is_empty(), "there is no session; tests/secret-service-session says why");
        let address = address.trim_end().to_owned();
        let log = bus_path(&address).parent().and_then(Path::parent).unwrap().join("daemon.log");
        Self { address, child, log }
    }

    /// A connection that has the name of the service and never answers.
    pub fn silent_service(&self) -> Connection {
        self.silent(SERVICE)
    }

    /// A connection that has the name of the program that asks for passwords, and asks nobody.
    pub fn silent_prompter(&self) -> Connection {
        self.silent("org.gnome.keyring.SystemPrompter")
    }

    fn silent(&self, name: &str) -> Connection {
        connection::Builder::address(self.address.as_str()).unwrap().name(name).unwrap().build().unwrap()
    }

    pub fn connection(&self) -> Connection {
        connection::Builder::address(self.address.as_str()).unwrap().build().unwrap()
    }

    /// The keyrings, by their paths on the bus.
    pub fn collections(&self) -> Vec<OwnedObjectPath> {
        let service = "org.freedesktop.Secret.Service";
        let service = Proxy::new(&self.connection(), SERVICE, "/org/freedesktop/secrets", service).unwrap();
        service.get_property("Collections").unwrap()
    }

    /// Everything in the default keyring.
    pub fn items(&self) -> Vec<Item> {
        let bus = self.connection();
        let collection = Proxy::new(&bus, SERVICE, DEFAULT, "org.freedesktop.Secret.Collection").unwrap();
        let paths: Vec<OwnedObjectPath> = collection.get_property("Items").unwrap();
        let mut items: Vec<Item> = paths.iter().map(|path| item(&bus, path)).collect();
        items.sort();
        items
    }
}

/// A program of a session that can be killed.
pub struct Victim {
    pid: Pid,
    bus: Connection,
    /// Its name on the bus.
    name: &'static str,
}

impl Victim {
    /// The program that keeps the secrets.
    pub fn keyring(session: &KeyringSession) -> Self {
        Self::of(session, SERVICE)
    }

    /// The bus itself.
    pub fn bus(session: &KeyringSession) -> Self {
        Self::of(session, BUS)
    }

    fn of(session: &KeyringSession, name: &'static str) -> Self {
        let bus = session.connection();
        let pid: u32 = ask_bus(&bus, "GetConnectionUnixProcessID", name).unwrap();
        Self { pid: Pid::from_raw(pid.try_into().unwrap()), bus, name }
    }

    /// Kills it, and comes back when everybody can know.
    pub fn kill(self) {
        signal::kill(self.pid, Signal::SIGKILL).unwrap();
        while ask_bus(&self.bus, "NameHasOwner", self.name).unwrap_or(false) {
            thread::yield_now();
        }
    }
}

fn ask_bus<T: DeserializeOwned + zbus::zvariant::Type>(bus: &Connection, method: &str, name: &str) -> zbus::Result<T> {
    bus.call_method(Some(BUS), "/org/freedesktop/DBus", Some(BUS), method, &name)?.body().deserialize()
}

fn item(bus: &Connection, path: &OwnedObjectPath) -> Item {
    let item = Proxy::new(bus, SERVICE, path, "org.freedesktop.Secret.Item").unwrap();
    let attributes: HashMap<String, String> = item.get_property("Attributes").unwrap();
    assert_eq!(attributes["service"], "afed");
    Item { label: item.get_property("Label").unwrap(), username: attributes["username"].clone() }
}

impl KeyringSession {
    /// Ends it, and comes back when all of its programs have ended.
    pub fn end(&mut self) {
        drop(self.child.stdin.take());
        drop(self.child.wait());
    }
}

/// Where the test fails, what the keyring has said is told, as that may be why.
#[allow(clippy::print_stderr, reason = "it is for who reads of a failed test")]
impl Drop for KeyringSession {
    fn drop(&mut self) {
        let words = fs::read_to_string(&self.log).unwrap_or_default();
        self.end();
        let has_crashed = OWN_CRASH.iter().all(|part| words.contains(part));
        OWN_CRASHES.set(OWN_CRASHES.get() + usize::from(has_crashed));
        if thread::panicking() && !words.is_empty() {
            eprintln!("the keyring of this test said:\n{words}");
        }
    }
}
