//! Every command that writes, ended and hindered at each system call by which it changes something: killed there, or told
//! that the disk is full, broken, closed or read-only, or interrupted. Whatever happened, files are the old or the new, no
//! configuration names a secret that is not there, the audit trail is whole, and the next run of the command mends the rest.
//!
//! A fixed sample is tried with the other tests. All points take more than an hour of one processor, as many commands at a
//! time as there are processors; what was tried, and every fault, is told in the end:
//! `cargo test --test afed crash_points::every_point -- --exact --ignored --nocapture`
//! Among them are those with a keyring on a bus, which alone are `crash_points::every_point_with_a_keyring`. There the calls
//! to the bus are points as well. With AFED_CRASH_COMMANDS=rotate only commands with that in their name are tried.
#![allow(clippy::print_stdout, reason = "the figures of a test are for who runs it with --nocapture")]

use std::panic::resume_unwind;

mod bus_tap;
mod calls;
mod commands;
mod keyring;
mod state;
pub mod store_file;
mod tally;
mod trial;
mod verdict;
mod whole;

use commands::Group;
use tally::Tally;
use trial::Trial;

/// Tries some points of each command of the group in one world; none may have left a fault.
fn assert_harmless(group: &Group) {
    let sample = || {
        let (world, mut tally) = ((group.world)(), Tally::default());
        for (turn, command) in group.commands.iter().enumerate() {
            let mut trial = Trial::new(command, &world);
            let sample = (group.sample)(trial.calls(), turn);
            sample.iter().for_each(|(call, fate)| trial.try_out(call, *fate));
            tally.add(trial.end());
        }
        println!("{tally}");
        tally
    };
    let tally = whole::with_keyrings_that_last(sample).unwrap_or_else(|panic| resume_unwind(panic));
    tally.assert_harmless();
}

#[test]
fn some_of_init() {
    assert_harmless(&commands::INIT);
}

#[test]
fn some_of_sign_in() {
    assert_harmless(&commands::SIGN_IN);
}

#[test]
fn some_of_accounts() {
    assert_harmless(&commands::ACCOUNTS);
}

#[test]
fn some_of_rotation() {
    assert_harmless(&commands::ROTATION);
}

#[test]
fn some_of_connectors() {
    assert_harmless(&commands::CONNECTORS);
}

#[test]
fn some_of_profiles() {
    assert_harmless(&commands::PROFILES);
}

#[test]
fn some_of_credentials() {
    assert_harmless(&commands::CREDENTIALS);
}

#[test]
fn some_of_setting_up_a_keyring() {
    assert_harmless(&commands::KEYRING_INIT);
}

#[test]
fn some_of_what_a_keyring_keeps() {
    assert_harmless(&commands::KEYRING);
}

#[test]
#[ignore = "tries every point: more than an hour"]
fn every_point() {
    let groups = [
        &commands::ACCOUNTS,
        &commands::KEYRING,
        &commands::ROTATION,
        &commands::SIGN_IN,
        &commands::CREDENTIALS,
        &commands::PROFILES,
        &commands::KEYRING_INIT,
        &commands::INIT,
        &commands::CONNECTORS,
    ];
    whole::try_all(&groups).assert_harmless();
}

#[test]
#[ignore = "tries every point with a keyring: many minutes"]
fn every_point_with_a_keyring() {
    whole::try_all(&[&commands::KEYRING, &commands::KEYRING_INIT]).assert_harmless();
}
