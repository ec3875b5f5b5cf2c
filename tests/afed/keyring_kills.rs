//! gnome-keyring, or the session bus, killed at every call that afed makes to it. What was on its way is told, nothing is
//! half, and the next run, over a keyring that was started anew, settles it.
//!
//! A sample is tried with the other tests; all calls by
//! `cargo test --test afed keyring_kills:: -- --ignored --nocapture`, which prints how many they were.
#![allow(clippy::print_stdout, reason = "the figures of a test are for who runs it with --nocapture")]

use std::cell::RefCell;
use std::sync::{Arc, Mutex};

use crate::bus_relay::{BusRelay, Moment, Next};
use crate::iam::Iam;
use crate::keyring_session::{self, KeyringSession, Victim};
use crate::rotation::{JOURNAL, configured_key, rotate};
use crate::sandbox::{Outcome, Run, Sandbox, aws, aws_url};

/// What is killed, when, and how that is told.
struct Fate {
    victim: fn(&KeyringSession) -> Victim,
    moment: Moment,
    words: [&'static str; 2],
}

const OF_THE_KEYRING: [&str; 2] = [
    "the Secret Service ended before it had answered\n",
    "the Secret Service can't be reached: no program on the session bus keeps secrets\n",
];
const OF_THE_BUS: [&str; 2] = [
    "the Secret Service can't be reached any more: the D-Bus session bus has ended\n",
    "the Secret Service can't be reached: there is no D-Bus session bus\n",
];
const FATES: [Fate; 4] = [
    Fate { victim: Victim::keyring, moment: Moment::BeforeCall, words: OF_THE_KEYRING },
    Fate { victim: Victim::keyring, moment: Moment::BeforeAnswer, words: OF_THE_KEYRING },
    Fate { victim: Victim::bus, moment: Moment::BeforeCall, words: OF_THE_BUS },
    Fate { victim: Victim::bus, moment: Moment::BeforeAnswer, words: OF_THE_BUS },
];

/// Which calls are tried.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// Every so manieth, each fate at other ones.
    Sample(usize),
    All,
}

impl Extent {
    fn calls(self, fate: usize) -> Box<dyn Iterator<Item = usize>> {
        match self {
            Self::Sample(step) => Box::new((1 + fate * step / FATES.len()..).step_by(step)),
            Self::All => Box::new(1..),
        }
    }
}

/// A sandbox whose secrets are in a keyring that outlives its session.
struct World {
    sandbox: Sandbox,
    session: RefCell<KeyringSession>,
    kept: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        let kept = tempfile::tempdir().unwrap();
        let session = KeyringSession::over(kept.path());
        let sandbox =
            Sandbox::new().env("DBUS_SESSION_BUS_ADDRESS", &session.address).env("AWS_ENDPOINT_URL", aws_url());
        let password = sandbox.crowd.population().application.password;
        sandbox
            .run(&["init", "--directory", "crowd", "--crowd-url", sandbox.crowd.url(), "--application", "afed"])
            .args(&["--application-password-stdin", "--admin-group", "aws-admins", "--secret-store", "secret-service"])
            .input(&password)
            .succeeds();
        keyring_session::be_patient(&sandbox);
        Self { sandbox, session: RefCell::new(session), kept }
    }

    /// The labels of what is in the keyring, besides the application's password.
    fn held(&self) -> Vec<String> {
        let labels = self.session.borrow().items().into_iter().map(|item| item.label);
        let (passwords, held): (Vec<_>, Vec<_>) = labels.partition(|label| label.starts_with("afed: password of "));
        assert_eq!(passwords.len(), 1);
        held
    }

    /// Has the fate befall the nth call of the run, and starts bus and keyring anew; nothing where it makes fewer calls.
    fn try_out(&self, run: Run<'_>, fate: &Fate, call: usize) -> Option<Outcome> {
        let victim = Arc::new(Mutex::new(Some((fate.victim)(&self.session.borrow()))));
        let relay = self.deadly_way(Arc::clone(&victim), fate.moment, call);
        let outcome = run.env("DBUS_SESSION_BUS_ADDRESS", &relay.address).outcome();
        let lives = victim.lock().unwrap().is_some();
        if lives {
            assert_eq!(outcome.code, Some(0), "{outcome:?}");
            return None;
        }
        self.session.borrow_mut().end();
        self.session.replace(KeyringSession::over(self.kept.path()));
        let told = fate.words.iter().any(|words| outcome.stderr.contains(words));
        let is_told = outcome.code == Some(5) && outcome.stdout.is_empty() && told;
        assert!(outcome.code == Some(0) || is_told, "call {call}, {:?}: {outcome:?}", fate.moment);
        Some(outcome)
    }

    /// A way to the bus on which the victim is taken and killed at this moment of the nth call.
    fn deadly_way(&self, victim: Arc<Mutex<Option<Victim>>>, moment: Moment, call: usize) -> BusRelay {
        BusRelay::start(&self.session.borrow().address, move |passing| {
            if (passing.moment, passing.call) == (moment, call) {
                // Taken before it is killed, as afed may end sooner than the killing.
                let victim = victim.lock().unwrap().take();
                victim.into_iter().for_each(Victim::kill);
            }
            Next::PassOn
        })
    }

    /// Every fate at the calls of the extent; `settle` sees what the run has left, and makes ready for the next one. How often
    /// something befell.
    fn try_all<'a>(&'a self, extent: Extent, run: impl Fn() -> Run<'a>, settle: impl Fn(Option<&Outcome>)) -> usize {
        let mut tried = 0;
        for (number, fate) in FATES.iter().enumerate() {
            for call in extent.calls(number) {
                let outcome = self.try_out(run(), fate, call);
                settle(outcome.as_ref());
                if outcome.is_none() {
                    break;
                }
                tried += 1;
            }
        }
        tried
    }
}

fn key_label(id: &str) -> String {
    format!("afed: secret of {id} (account ops)")
}

fn accounts_are_created(extent: Extent) -> usize {
    let world = World::new();
    let (sandbox, key) = (&world.sandbox, &aws().key);
    sandbox.keep_secret(&key.secret);
    let create = || {
        sandbox
            .run(&["account", "create", "ops", "--access-key-id", &key.id, "--secret-access-key-stdin"])
            .args(&["--skip-verify"])
            .input(&key.secret)
    };
    world.try_all(extent, create, |outcome| {
        let named = sandbox.config().contains("[accounts.ops]");
        assert_eq!(named, outcome.is_none_or(|outcome| outcome.code == Some(0)), "{outcome:?}");
        if !named {
            create().succeeds();
        }
        assert_eq!(world.held(), [key_label(&key.id)], "after {outcome:?}");
        sandbox.run(&["account", "delete", "ops", "--yes"]).succeeds();
        assert!(world.held().is_empty() && !sandbox.path("home/.config/afed/config.toml.unowned").exists());
    })
}

fn people_log_in_and_out(extent: Extent) -> usize {
    let world = World::new();
    let sandbox = &world.sandbox;
    let password = sandbox.crowd.population().person("alice").unwrap().password.clone();
    let log_in = || sandbox.run(&["login", "--user", "alice", "--password-stdin"]).input(&password);
    let in_tries = world.try_all(extent, log_in, |outcome| {
        if outcome.is_some() {
            log_in().succeeds();
        }
        assert!(sandbox.run(&["whoami"]).succeeds().stdout.contains("alice"));
        assert_eq!(world.held().len(), 1);
        sandbox.run(&["logout"]).prints("", "Logged out\n");
        assert!(world.held().is_empty());
    });
    log_in().succeeds();
    let out_tries = world.try_all(
        extent,
        || sandbox.run(&["logout"]),
        |_| {
            sandbox.run(&["logout"]).succeeds();
            assert!(world.held().is_empty());
            log_in().succeeds();
        },
    );
    in_tries + out_tries
}

fn credentials_are_vended(extent: Extent) -> usize {
    let world = World::new();
    let sandbox = &world.sandbox;
    sandbox.create_account();
    sandbox
        .run(&["connector", "create", "deploy", "--account", "ops", "--principal", "assume-role"])
        .args(&["--role-arn", &aws().open_role, "--group", "developers"])
        .succeeds();
    sandbox.log_in("alice");
    let (config, held) = (sandbox.config(), world.held());
    let vend = || sandbox.run(&["creds", "deploy", "--format", "json"]).vends();
    world.try_all(extent, vend, |outcome| {
        assert!(outcome.is_none_or(|outcome| outcome.stdout.is_empty() || outcome.json().is_object()));
        vend().succeeds();
        assert_eq!((sandbox.config(), world.held()), (config.clone(), held.clone()));
        sandbox.run(&["cache", "clear"]).succeeds();
    })
}

fn keys_are_rotated(extent: Extent) -> usize {
    let world = World::new();
    let (sandbox, iam) = (&world.sandbox, Iam::at(aws_url()));
    let user = if extent == Extent::All { "keyring-always" } else { "keyring-sampled" };
    let key = iam.user(user);
    sandbox.keep_secret(&key.secret);
    sandbox
        .run(&["account", "create", "ops", "--access-key-id", &key.id, "--secret-access-key-stdin"])
        .input(&key.secret)
        .succeeds();
    world.try_all(
        extent,
        || rotate(sandbox),
        |outcome| {
            let current = configured_key(sandbox);
            assert!(world.held().contains(&key_label(&current)), "after {outcome:?}");
            assert!(iam.keys(user).contains(&(current, true)), "after {outcome:?}");
            if outcome.is_some_and(|outcome| outcome.code != Some(0)) {
                rotate(sandbox).succeeds();
            }
            let current = configured_key(sandbox);
            assert_eq!(iam.keys(user), [(current.clone(), true)], "after {outcome:?}");
            assert_eq!(world.held(), [key_label(&current)], "after {outcome:?}");
            let beside = [JOURNAL, "home/.config/afed/config.toml.unowned"].map(|path| sandbox.path(path).exists());
            assert_eq!(beside, [false, false], "after {outcome:?}");
        },
    )
}

#[test]
fn an_account_that_is_created_meanwhile_is_whole_or_not_there() {
    assert!(accounts_are_created(Extent::Sample(13)) >= FATES.len());
}

#[test]
fn a_log_in_or_out_meanwhile_can_be_made_again() {
    assert!(people_log_in_and_out(Extent::Sample(18)) >= FATES.len());
}

#[test]
fn credentials_that_are_vended_meanwhile_are_whole_or_not_there() {
    assert!(credentials_are_vended(Extent::Sample(4)) >= FATES.len());
}

#[test]
fn a_key_that_is_rotated_meanwhile_is_usable_and_the_next_run_settles_it() {
    assert!(keys_are_rotated(Extent::Sample(9)) >= FATES.len());
}

#[test]
#[ignore = "kills at every call, which takes minutes"]
fn at_every_call() {
    type Sweep = fn(Extent) -> usize;
    let sweeps: [(&str, Sweep); 4] = [
        ("account create", accounts_are_created),
        ("login and logout", people_log_in_and_out),
        ("creds", credentials_are_vended),
        ("account rotate", keys_are_rotated),
    ];
    for (what, sweep) in sweeps {
        println!("{what}: killed at {} points", sweep(Extent::All));
    }
}
