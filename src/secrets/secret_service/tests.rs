//! The real thing: gnome-keyring on a bus of its own, or a bus without it.
//! Each test runs this test program once more, under `tests/secret-service-session` where a bus is needed, with one of
//! the ignored tests of `inside` as the only one to run; those are ignored because they need that surrounding.

use std::process::{Command, Output};

/// Runs one test of `inside` and shows what it said when it did not pass.
fn passes(command: &mut Command, test: &str) {
    let test = format!("{}::inside::{test}", module_path!().split_once("::").unwrap().1);
    let output = command
        .arg(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", &test, "--nocapture", "--test-threads=1"])
        .output()
        .unwrap();
    // A name that matches no test succeeds as well, so the count must be there.
    assert!(output.status.success() && says(&output, "1 passed"), "{test}: {}", whole(&output));
}

fn says(output: &Output, text: &str) -> bool {
    String::from_utf8_lossy(&output.stdout).contains(text)
}

fn whole(output: &Output) -> String {
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    format!("{}\n{}\n{}", output.status, text(&output.stdout), text(&output.stderr))
}

fn session(mode: Option<&str>) -> Command {
    let mut command = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/secret-service-session"));
    command.args(mode);
    command
}

/// Without a session bus: the runtime folder is empty, and this is where the address says the bus is.
fn without_bus(address: Option<&str>, runtime_folder: &std::path::Path) -> Command {
    let mut command = Command::new("env");
    command.env("XDG_RUNTIME_DIR", runtime_folder).env_remove("DBUS_SESSION_BUS_ADDRESS");
    command.envs(address.map(|address| ("DBUS_SESSION_BUS_ADDRESS", address)));
    command
}

#[test]
fn an_unlocked_keyring_keeps_secrets() {
    passes(&mut session(None), "secrets_are_kept_replaced_and_forgotten");
}

#[test]
fn two_items_of_one_address_are_ambiguous() {
    passes(&mut session(None), "two_items_are_ambiguous");
}

#[test]
fn a_keyring_locked_before_or_during_the_process_is_locked() {
    passes(&mut session(Some("--locked")), "everything_is_locked");
    passes(&mut session(None), "a_kept_secret_is_locked_away");
}

#[test]
fn a_prompt_that_nobody_answers_is_locked() {
    passes(&mut session(Some("--locked")), "nobody_answers_the_prompt");
}

#[test]
fn without_a_default_keyring_nothing_is_there_and_nothing_can_be_kept() {
    passes(&mut session(Some("--without-collection")), "there_is_no_default_keyring");
}

#[test]
fn a_bus_without_a_service_is_no_service() {
    passes(&mut session(Some("--without-service")), "there_is_no_service");
}

#[test]
fn a_service_that_never_answers_is_timed_out() {
    passes(&mut session(Some("--without-service")), "nothing_answers");
}

#[test]
fn without_a_bus_there_is_no_bus_and_none_is_started() {
    let folder = tempfile::tempdir().unwrap();
    let stale = folder.path().join("stale");
    drop(std::os::unix::net::UnixListener::bind(&stale).unwrap());
    let marker = folder.path().join("started");
    for address in [
        None,
        Some("unix:path=/nonexistent/bus"),
        Some(&*format!("unix:path={}", stale.display())),
        Some(&*format!("unixexec:path=touch,argv1={}", marker.display())),
        Some("autolaunch:"),
        // One that would be asked by name, and one that could be heard by all of a network.
        Some("tcp:host=bus.invalid,port=9"),
        Some("tcp:host=192.0.2.1,port=9"),
        Some("nonsense"),
        Some(""),
    ] {
        passes(&mut without_bus(address, folder.path()), "there_is_no_bus");
    }
    assert!(!marker.exists(), "a program was run to find a bus");
}

/// What runs inside a session, by [`passes`].
mod inside {
    use std::time::Duration;

    use super::super::*;
    use crate::model::secret::{Secret, SecretId};
    use crate::ports::Nobody;
    use crate::ports::SecretStore;
    use crate::secrets::keyring_store::KeyringStore;
    use std::rc::Rc;

    const ID: SecretId = SecretId::CacheKey;
    const LIMIT: Duration = Duration::from_secs(60);

    fn store() -> KeyringStore<SecretService> {
        KeyringStore::new(SecretService, LIMIT, Rc::new(Nobody))
    }

    fn secret(text: &str) -> Secret {
        Secret::new(text.to_owned())
    }

    fn look(store: &KeyringStore<SecretService>, id: &SecretId) -> Option<String> {
        store.lookup(id).unwrap().map(|secret| secret.expose().to_owned())
    }

    /// All three calls in turn, each on a connection of its own.
    fn failures() -> [SecretStoreError; 3] {
        let looked_up = store().lookup(&ID).map(drop);
        let stored = store().store(&ID, &secret("x"));
        let forgotten = store().forget(&ID);
        [looked_up, stored, forgotten].map(Result::unwrap_err)
    }

    /// A connection that has the name and never answers.
    fn owner_of(name: &str) -> Connection {
        zbus::blocking::connection::Builder::session().unwrap().name(name).unwrap().build().unwrap()
    }

    fn call(path: &str, interface: &str, method: &str, body: &(impl serde::Serialize + zbus::zvariant::DynamicType)) {
        let bus = Connection::session().unwrap();
        bus.call_method(Some(BUS_NAME), path, Some(interface), method, body).unwrap();
    }

    #[test]
    #[ignore = "needs an unlocked keyring"]
    fn secrets_are_kept_replaced_and_forgotten() {
        let store = store();
        let other =
            SecretId::CrowdSession { url: "https://crowd.example.com".to_owned(), application: "ä".to_owned() };
        assert_eq!(look(&store, &ID), None);
        store.store(&ID, &secret("first")).unwrap();
        store.store(&other, &secret("”\n other")).unwrap();
        store.store(&ID, &secret("second")).unwrap();
        assert_eq!(look(&store, &ID).as_deref(), Some("second"));
        assert_eq!(look(&self::store(), &other).as_deref(), Some("”\n other"));
        store.forget(&ID).unwrap();
        store.forget(&ID).unwrap();
        assert_eq!((look(&store, &ID), look(&store, &other).as_deref()), (None, Some("”\n other")));
    }

    #[test]
    #[ignore = "needs an unlocked keyring"]
    fn two_items_are_ambiguous() {
        let store = store();
        store.store(&ID, &secret("ours")).unwrap();
        let service = secret_service::blocking::SecretService::connect(secret_service::EncryptionType::Plain).unwrap();
        let address = ID.address();
        let attributes = [("service", "afed"), ("username", &address), ("more", "by another")].into();
        let collection = service.get_default_collection().unwrap();
        collection.create_item("another", attributes, b"theirs", false, "text/plain").unwrap();
        for result in [store.lookup(&ID).map(drop), store.store(&ID, &secret("x")), store.forget(&ID)] {
            assert!(matches!(result, Err(SecretStoreError::Ambiguous { .. })), "{result:?}");
        }
    }

    #[test]
    #[ignore = "needs a locked keyring"]
    fn everything_is_locked() {
        for error in failures() {
            assert!(matches!(error, SecretStoreError::Locked { .. }), "{error:?}");
        }
    }

    #[test]
    #[ignore = "needs an unlocked keyring, which it locks"]
    fn a_kept_secret_is_locked_away() {
        let store = store();
        store.store(&ID, &secret("kept")).unwrap();
        let default = zbus::zvariant::ObjectPath::try_from("/org/freedesktop/secrets/aliases/default").unwrap();
        call(SERVICE_PATH, "org.freedesktop.Secret.Service", "Lock", &(vec![default],));
        let same_connection = store.lookup(&ID).unwrap_err();
        for error in failures().into_iter().chain([same_connection]) {
            assert!(matches!(error, SecretStoreError::Locked { .. }), "{error:?}");
        }
    }

    #[test]
    #[ignore = "needs a locked keyring, whose prompter it is then itself"]
    fn nobody_answers_the_prompt() {
        let _silent = owner_of("org.gnome.keyring.SystemPrompter");
        // The limit that people have unless they set another. A tenth of it is for the look at the lock, and a fifth of a
        // second was too little for that on a machine with much else to do.
        let store = KeyringStore::new(SecretService, Duration::from_secs(5), Rc::new(Nobody));
        let stored = store.store(&ID, &secret("x"));
        assert!(matches!(stored, Err(SecretStoreError::Locked { .. })), "{stored:?}");
    }

    #[test]
    #[ignore = "needs a keyring without a default collection"]
    fn there_is_no_default_keyring() {
        assert_eq!(look(&store(), &ID), None);
        store().forget(&ID).unwrap();
        let stored = store().store(&ID, &secret("x"));
        assert!(matches!(stored, Err(SecretStoreError::NoDefault { .. })), "{stored:?}");
    }

    #[test]
    #[ignore = "needs a bus without a Secret Service"]
    fn there_is_no_service() {
        for error in failures() {
            assert!(matches!(error, SecretStoreError::NoService { .. }), "{error:?}");
        }
    }

    #[test]
    #[ignore = "needs a bus without a Secret Service, which it is then itself"]
    fn nothing_answers() {
        let _silent = owner_of(BUS_NAME);
        let limit = Duration::from_millis(200);
        let store = KeyringStore::new(SecretService, limit, Rc::new(Nobody));
        for result in [store.lookup(&ID).map(drop), store.store(&ID, &secret("x")), store.forget(&ID)] {
            assert!(matches!(result, Err(SecretStoreError::TimedOut { after, .. }) if after == limit), "{result:?}");
        }
    }

    #[test]
    #[ignore = "needs to be without a session bus"]
    fn there_is_no_bus() {
        for error in failures() {
            assert!(matches!(error, SecretStoreError::NoBus { .. }), "{error:?}");
        }
    }
}
