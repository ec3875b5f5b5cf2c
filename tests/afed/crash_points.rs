//! Every command that writes, ended and hindered at each system call by which it changes something: killed there, or told
//! that the disk is full, broken, closed or read-only, or interrupted. Whatever happened, files are the old or the new, no
//! configuration names a secret that is not there, and the next run of the command mends the rest.
//!
//! A fixed sample is tried with the other tests; all points take about half an hour of one processor:
//! `cargo test --test afed crash_points:: -- --ignored --nocapture`
#![allow(clippy::print_stdout, reason = "the figures of a test are for who runs it with --nocapture")]

mod calls;
mod commands;
mod state;

use std::collections::BTreeSet;
use std::path::Path;

use crate::sandbox::{Outcome, Run};
use calls::{Call, Fate, Place};
use commands::{Command, Start, World};
use state::{Seen, Snapshot};

const STRACE: &str = "/usr/bin/strace";
const ERRORS: [&str; 5] = ["ENOSPC", "EIO", "EACCES", "EROFS", "EINTR"];

/// A command in its world, with what its undisturbed run makes.
struct Trial<'a> {
    command: &'a Command,
    world: &'a World,
    snapshot: Snapshot,
    before: Seen,
    after: Seen,
    calls: Vec<Call>,
    /// From which states a next run was seen to mend all.
    mended: BTreeSet<Seen>,
    tried: usize,
    reached: usize,
    faults: Vec<String>,
}

impl<'a> Trial<'a> {
    fn new(command: &'a Command, world: &'a World) -> Self {
        let folders = world.places.folders();
        let snapshot = Snapshot::of(&folders);
        let before = world.places.look();
        let mut trial = Self {
            command,
            world,
            snapshot,
            after: before.clone(),
            before,
            calls: Vec::new(),
            mended: BTreeSet::new(),
            tried: 0,
            reached: 0,
            faults: Vec::new(),
        };
        trial.start_over();
        let record = tempfile::NamedTempFile::new().unwrap();
        trial.run_under(&calls::recording(record.path())).succeeds();
        trial.calls = calls::changing(&std::fs::read_to_string(record.path()).unwrap(), &folders);
        trial.after = world.places.look();
        assert_eq!((trial.after.orphans(), trial.after.missing()), Default::default(), "{}", command.name());
        trial
    }

    fn start_over(&self) {
        let (sandbox, command) = (&self.world.sandbox, self.command);
        if command.start != Start::WhereItStands {
            self.snapshot.restore(&self.world.places.folders());
        }
        if command.start == Start::WithoutCache {
            std::fs::remove_dir_all(sandbox.path("home/.cache")).unwrap_or_default();
            sandbox.forget_cache_key();
        }
        if !command.first.is_empty() {
            sandbox.run(command.first).vends().succeeds();
        }
    }

    fn run_under(&self, strace: &[String]) -> Run<'a> {
        let (words, input) = self.command.words_and_input(&self.world.sandbox);
        let [strace, words] = [strace, &words].map(|words| words.iter().map(String::as_str).collect::<Vec<_>>());
        let run = self.world.sandbox.program(Path::new(STRACE)).args(&strace).args(&[env!("CARGO_BIN_EXE_afed")]);
        self.command.as_it_vends(run.args(&words).input(&input))
    }

    fn run_again(&self) -> Outcome {
        let (words, input) = self.command.words_and_input(&self.world.sandbox);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        self.command.as_it_vends(self.world.sandbox.run(&words).input(&input)).outcome()
    }

    /// Lets the fate befall the call, and looks at what it left.
    fn try_out(&mut self, call: &Call, fate: Fate) {
        self.start_over();
        let record = tempfile::NamedTempFile::new().unwrap();
        let outcome = self.run_under(&calls::befalling(call, fate, record.path())).outcome();
        let record = std::fs::read_to_string(record.path()).unwrap();
        self.tried += 1;
        let left = self.world.places.look();
        let mut faults = self.faults_of_state(&left);
        match fate {
            Fate::Kill => self.reached += usize::from(calls::was_killed(&record)),
            Fate::Error(errno) => {
                if let Some(place) = calls::hindered(&record, &self.world.places.folders()) {
                    self.reached += 1;
                    let call = Call { place, ..call.clone() };
                    faults.extend(self.faults_of_answer(&call, errno, &outcome, &left));
                }
            }
        }
        if !self.mended.contains(&left) {
            let mending = self.faults_of_next_run(&left);
            if mending.is_empty() {
                self.mended.insert(left);
            }
            faults.extend(mending);
        }
        let point = format!("afed {}: {fate:?} at {call:?}", self.command.name());
        for fault in faults {
            println!("{point}: {fault} ({outcome:?})");
            self.faults.push(format!("{point}: {fault}"));
        }
    }

    /// What is true at every moment: no file is half, and no configuration names what is not there.
    fn faults_of_state(&self, left: &Seen) -> Vec<String> {
        let mut faults = Vec::new();
        if !left.missing().is_empty() {
            faults.push(format!("there are no secrets for {:?}", left.missing()));
        }
        if self.command.start == Start::WhereItStands {
            return faults;
        }
        if left.config != self.before.config && left.config != self.after.config {
            faults.push(format!("the configuration is neither old nor new: {:?}", left.config));
        }
        for name in ["config", "credentials"] {
            let of = |seen: &Seen| seen.aws.get(name).cloned();
            if of(left) != of(&self.before) && of(left) != of(&self.after) {
                faults.push(format!("AWS's file {name} is neither old nor new: {:?}", of(left)));
            }
        }
        faults
    }

    /// One sentence that names the file, or nothing to complain of; and nothing left behind.
    fn faults_of_answer(&self, call: &Call, errno: &str, outcome: &Outcome, left: &Seen) -> Vec<String> {
        let mut faults = Vec::new();
        let failed = outcome.code != Some(0);
        if !outcome.code.is_some_and(|code| (0..=6).contains(&code)) {
            faults.push("it ends by a fault of its own".to_owned());
        }
        let sentences = outcome.stderr.lines().filter(|line| line.starts_with("error: ") || line.starts_with("afed: "));
        if failed && call.place != Place::Stream && sentences.count() != 1 {
            faults.push("it does not fail with one sentence".to_owned());
        }
        if failed && errno == "EINTR" && is_interruptible(call) {
            faults.push("an interruption ends it".to_owned());
        }
        if let Place::File(path) = &call.place
            && failed
            && !self.names(path, &outcome.stderr)
        {
            faults.push("the file is not named".to_owned());
        }
        // Groups that the directory does not tell about are told as such, and open nothing.
        let is_doubtful = call.place == Place::Network && outcome.stderr.starts_with("warning: whether you are in ");
        if !failed
            && !is_doubtful
            && self.command.start == Start::Same
            && (&left.config, &left.aws) != (&self.after.config, &self.after.aws)
        {
            faults.push("it says that it succeeded, and has not".to_owned());
        }
        faults
    }

    /// Temporary names are nobody's to know: their folder is.
    fn names(&self, path: &Path, text: &str) -> bool {
        let shown = |path: &Path| {
            let path = path.display().to_string();
            path.replace(self.world.sandbox.path("").to_str().unwrap().trim_end_matches('/'), "$SANDBOX")
        };
        // A run's own folder has another name each time.
        let nearest = path.ancestors().skip(1).find(|folder| !folder.to_string_lossy().contains("/run-"));
        text.contains(&shown(path)) || nearest.is_some_and(|folder| text.contains(&shown(folder)))
    }

    /// Runs the command once more, after which all is as if nothing had happened.
    fn faults_of_next_run(&self, left: &Seen) -> Vec<String> {
        let again = self.run_again();
        let end = self.world.places.look();
        let mut faults = Vec::new();
        let says_done = !self.command.done.is_empty() && again.stderr.contains(self.command.done);
        if again.code != Some(0) && !says_done {
            faults.push(format!("the next run fails: {again:?}"));
        }
        let is_forgotten = |orphan: &String| orphan.starts_with("access-key ") && !end.secrets.contains(orphan);
        let says_so = again.stderr.contains("Forgot the secret of the key ");
        if self.command.start == Start::Same && left.orphans().iter().any(is_forgotten) && !says_so {
            faults.push(format!("the next run does not say what it mends: {again:?}"));
        }
        if !end.leftovers.is_empty() {
            faults.push(format!("after the next run there lies {:?}", end.leftovers));
        }
        if !(end.orphans().is_empty() && end.missing().is_empty()) {
            faults.push(format!(
                "after the next run, without owners: {:?}, without secrets: {:?}",
                end.orphans(),
                end.missing()
            ));
        }
        let is_as_wanted = (&end.config, &end.aws) == (&self.after.config, &self.after.aws);
        if self.command.start == Start::Same && !is_as_wanted {
            faults.push(format!("the next run ends elsewhere: {end:?}, from {left:?}"));
        }
        faults
    }
}

/// The calls that Linux interrupts, as signal(7) lists them. What a network does is tried again by those who ask.
fn is_interruptible(call: &Call) -> bool {
    matches!(call.place, Place::File(_))
        && matches!(
            call.name.as_str(),
            "openat" | "write" | "writev" | "pwrite64" | "fsync" | "fdatasync" | "ftruncate" | "flock"
        )
}

/// Which points are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extent {
    Sample,
    All,
}

/// Of the sample: two kinds of calls of each command are killed and two fail, another two with each command.
fn points(calls: &[Call], extent: Extent, turn: usize) -> Vec<(Call, Fate)> {
    if extent == Extent::All {
        let fates = [Fate::Kill].into_iter().chain(ERRORS.map(Fate::Error));
        return fates.flat_map(|fate| calls.iter().map(move |call| (call.clone(), fate))).collect();
    }
    let names: BTreeSet<&str> = calls.iter().map(|call| call.name.as_str()).collect();
    let names: Vec<&str> = names.into_iter().collect();
    let last = |nth: usize| calls.iter().rev().find(|call| call.name == names[nth % names.len()]).unwrap().clone();
    let error = |nth: usize| Fate::Error(ERRORS[nth % ERRORS.len()]);
    let nth = turn * 4;
    vec![
        (last(nth), Fate::Kill),
        (last(nth + 1), error(turn)),
        (last(nth + 2), Fate::Kill),
        (last(nth + 3), error(turn + 1)),
    ]
}

/// Tries the commands in one world; none may have left a fault. How many points were tried.
fn assert_harmless(world: &World, commands: &[Command], extent: Extent, at_least: usize) {
    let (mut tried, mut reached, mut faults) = (0, 0, Vec::new());
    for (turn, command) in commands.iter().enumerate() {
        let mut trial = Trial::new(command, world);
        for (call, fate) in points(&trial.calls.clone(), extent, turn) {
            trial.try_out(&call, fate);
        }
        trial.start_over();
        println!(
            "afed {}: {} calls, {} points tried, {} reached",
            command.name(),
            trial.calls.len(),
            trial.tried,
            trial.reached
        );
        tried += trial.tried;
        reached += trial.reached;
        faults.append(&mut trial.faults);
    }
    println!("{tried} crash points were tried, {reached} reached, {} faults", faults.len());
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(reached >= at_least, "only {reached} points were reached");
}

macro_rules! trials {
    ($($name:ident, $all:ident: $world:ident, $commands:ident, $few:literal, $many:literal;)*) => {$(
        #[test]
        fn $name() {
            assert_harmless(&World::$world(), &commands::$commands, Extent::Sample, $few);
        }

        #[test]
        #[ignore = "tries every point: many minutes"]
        fn $all() {
            assert_harmless(&World::$world(), &commands::$commands, Extent::All, $many);
        }
    )*};
}

trials! {
    some_of_init, all_of_init: empty, INIT, 4, 100;
    some_of_sign_in, all_of_sign_in: equipped, SIGN_IN, 8, 200;
    some_of_accounts, all_of_accounts: equipped, ACCOUNTS, 16, 400;
    some_of_rotation, all_of_rotation: rotating, ROTATION, 4, 100;
    some_of_connectors, all_of_connectors: equipped, CONNECTORS, 20, 400;
    some_of_profiles, all_of_profiles: equipped, PROFILES, 16, 300;
    some_of_credentials, all_of_credentials: equipped, CREDENTIALS, 9, 200;
}
