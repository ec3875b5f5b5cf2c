//! KWallet's Secret Service, a second program of another making behind the same interface: the same day as with gnome-keyring.
//! It needs some sixty packages, so these tests run by themselves only:
//! `apt-get install --no-install-recommends libkf5wallet-bin libqca-qt5-2-plugins`, then
//! `cargo test --test afed kwallet:: -- --ignored`

use crate::keyring_session::KeyringSession;
use crate::sandbox::{Sandbox, aws};

#[test]
#[ignore = "needs KWallet"]
fn secrets_are_kept_replaced_and_forgotten() {
    let (session, key) = (KeyringSession::kwallet(), &aws().key);
    let sandbox = Sandbox::new().env("DBUS_SESSION_BUS_ADDRESS", &session.address);
    let labels = || session.items().into_iter().map(|item| item.label).collect::<Vec<_>>();
    sandbox.keep_secret(&key.secret);
    sandbox.run(&["init", "--directory", "os", "--no-admin-groups", "--secret-store", "secret-service"]).succeeds();
    assert_eq!(labels(), Vec::<String>::new());
    let create = ["account", "create", "ops", "--access-key-id", &key.id, "--secret-access-key-stdin"];
    sandbox.run(&create).args(&["--skip-verify"]).input("not-the-secret").succeeds();
    sandbox.run(&create).args(&["--secret-only"]).input(&key.secret).succeeds();
    assert_eq!(labels(), [format!("afed: secret of {} (account ops)", key.id)]);
    sandbox.run(&["account", "check", "ops"]).succeeds();
    sandbox.run(&["account", "delete", "ops", "--yes"]).succeeds();
    assert_eq!(labels(), Vec::<String>::new());
}

#[test]
#[ignore = "needs KWallet"]
fn a_closed_wallet_is_told_and_nobody_waits_for_it() {
    let session = KeyringSession::kwallet_closed();
    let sandbox = Sandbox::new().env("DBUS_SESSION_BUS_ADDRESS", &session.address);
    sandbox.run(&["init", "--directory", "os", "--no-admin-groups", "--secret-store", "secret-service"]).fails(
        3,
        "error: the Secret Service is locked\n\nhint: unlock it, for example with the desktop's own keyring program\n",
    );
    assert!(!sandbox.path("home/.config/afed/config.toml").exists());
}
