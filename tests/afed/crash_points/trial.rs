//! One command in its world: its undisturbed run, and then one run for each point, from the same files each time.

use std::collections::BTreeSet;
use std::path::Path;

use super::bus_tap::BusTap;
use super::calls::{self, Call, Fate, Place};
use super::commands::{Command, Start, World};
use super::state::{Seen, Snapshot};
use super::tally::Tally;
use super::verdict::{Answer, Verdict};
use crate::sandbox::Outcome;

const STRACE: &str = "/usr/bin/strace";
/// Ends what hangs, in seconds, so that the other points are tried all the same.
const TIMEOUT: [&str; 2] = ["--kill-after=5", "120"];
/// What timeout ends with then.
const HANGS: i32 = 124;

/// A command in its world, with what its undisturbed run makes.
pub struct Trial<'a> {
    command: &'a Command,
    world: &'a World,
    snapshot: Snapshot,
    trail: Option<Vec<u8>>,
    /// What was secret before the first run: to search for what all runs have vended would take longer each time.
    secrets: BTreeSet<String>,
    before: Seen,
    after: Seen,
    calls: Vec<Call>,
    /// From which states a next run was seen to mend all.
    mended: BTreeSet<Seen>,
    tally: Tally,
}

impl<'a> Trial<'a> {
    pub fn new(command: &'a Command, world: &'a World) -> Self {
        let before = world.places.look();
        let mut trial = Self {
            command,
            world,
            snapshot: Snapshot::of(&world.places),
            trail: world.places.trail(),
            secrets: world.sandbox.secrets(),
            after: before.clone(),
            before,
            calls: Vec::new(),
            mended: BTreeSet::new(),
            tally: Tally::default(),
        };
        trial.start_over();
        let record = tempfile::NamedTempFile::new().unwrap();
        world.tap.iter().for_each(|tap| tap.arm(None));
        let undisturbed = trial.run_under(&calls::recording(record.path()));
        assert_eq!(undisturbed.code, Some(0), "{undisturbed:?}");
        trial.calls = calls::changing(&std::fs::read_to_string(record.path()).unwrap(), &world.places.folders());
        trial.calls.extend(world.tap.iter().flat_map(BusTap::messages));
        trial.after = world.places.look();
        assert_eq!((trial.after.orphans(), trial.after.missing()), Default::default(), "{}", command.name());
        trial.tally = Tally::of(&command.name(), trial.calls.len());
        trial
    }

    pub fn calls(&self) -> &[Call] {
        &self.calls
    }

    /// What was found; the world is as it was.
    pub fn end(self) -> Tally {
        self.start_over();
        self.tally
    }

    fn start_over(&self) {
        let (sandbox, command) = (&self.world.sandbox, self.command);
        if !command.goes_on() {
            self.snapshot.restore(&self.world.places);
            sandbox.keep_only(&self.secrets);
        }
        if command.start == Start::WithoutCache {
            std::fs::remove_dir_all(sandbox.path("home/.cache")).unwrap_or_default();
            sandbox.forget_cache_key();
        }
        if !command.first.is_empty() {
            sandbox.run(command.first).vends().succeeds();
        }
    }

    fn run_under(&self, strace: &[String]) -> Outcome {
        let strace: Vec<&str> = strace.iter().map(String::as_str).collect();
        self.bounded(&[&[STRACE], strace.as_slice()].concat(), self.command.words)
    }

    fn run(&self, words: &[&str]) -> Outcome {
        self.bounded(&[], words)
    }

    /// A run of afed, by this program if one is given.
    fn bounded(&self, by: &[&str], words: &[&str]) -> Outcome {
        let (words, input) = self.command.words_and_input(words, &self.world.sandbox);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let run = self.world.sandbox.program(Path::new("/usr/bin/timeout")).args(&TIMEOUT).args(by);
        self.command.as_it_vends(run.args(&[env!("CARGO_BIN_EXE_afed")]).args(&words).input(&input)).outcome()
    }

    fn verdict(&self) -> Verdict<'_> {
        Verdict { command: self.command, world: self.world, before: &self.before, after: &self.after }
    }

    /// A run that the fate befalls, and what the call was about that it befell.
    fn run_to(&self, call: &Call, fate: Fate) -> (Outcome, Option<Place>) {
        if let Some(tap) = self.world.tap.as_ref().filter(|_| call.is_message()) {
            tap.arm(Some((call.nth, fate)));
            let outcome = self.run(self.command.words);
            let place = tap.has_befallen().then(|| call.place.clone());
            tap.arm(None);
            return (outcome, place);
        }
        let record = tempfile::NamedTempFile::new().unwrap();
        let outcome = self.run_under(&calls::befalling(call, fate, record.path()));
        let record = std::fs::read_to_string(record.path()).unwrap();
        let place = match fate {
            Fate::Error(_) => calls::hindered(&record, &self.world.places.folders()),
            // strace ends by the signal that has ended the program, and timeout by that of strace.
            _ => outcome.code.is_none().then(|| call.place.clone()),
        };
        (outcome, place)
    }

    /// Lets the fate befall the call, and looks at what it left.
    pub fn try_out(&mut self, call: &Call, fate: Fate) {
        self.start_over();
        let (outcome, place) = self.run_to(call, fate);
        let left = self.world.places.look();
        let verdict = self.verdict();
        let mut faults = verdict.of_state(&left);
        faults.extend(verdict.of_payload(&outcome));
        faults.extend((outcome.code == Some(HANGS)).then(|| "it hangs".to_owned()));
        let reached = place.is_some();
        if let Some(place) = place.filter(|_| !matches!(fate, Fate::Kill | Fate::KillAnswered)) {
            let call = &Call { place, ..call.clone() };
            faults.extend(verdict.of_answer(&Answer { call, errno: fate.name(), outcome: &outcome }, &left));
        }
        faults.extend(self.faults_of_trail());
        if !self.mended.contains(&left) {
            let again = self.run(self.command.then);
            let mut mending = verdict.of_next_run(&left, &again);
            mending.extend(self.faults_of_trail());
            if mending.is_empty() {
                self.mended.insert(left);
            }
            faults.extend(mending);
        }
        self.tally.count(fate, reached);
        faults.iter().for_each(|fault| self.fault(call, fate, &format!("{fault} ({outcome:?})")));
    }

    pub fn fault(&mut self, call: &Call, fate: Fate, fault: &str) {
        let fault = format!("afed {}: {fate:?} at {call:?}: {fault}", self.command.name());
        println!("{fault}");
        self.tally.faults.push(fault);
    }

    /// A trail that this point has changed is proved by afed itself; none can be where nothing is configured.
    fn faults_of_trail(&self) -> Option<String> {
        if self.world.places.trail() == self.trail || self.world.places.look_at_config().is_none() {
            return None;
        }
        let proof = self.world.sandbox.run(&["audit", "verify"]).outcome();
        (proof.code != Some(0)).then(|| format!("the audit trail is not whole: {proof:?}"))
    }
}
