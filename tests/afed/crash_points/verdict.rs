//! What is right and wrong after a point: of the state that a run has left, of what it said, and of the run after it.

use std::path::Path;

use super::calls::{Call, Place};
use super::commands::{Command, World};
use super::state::Seen;
use crate::sandbox::Outcome;

/// What a point is judged by.
pub struct Verdict<'a> {
    pub command: &'a Command,
    pub world: &'a World,
    pub before: &'a Seen,
    pub after: &'a Seen,
}

/// What a run said when a call of it was answered with an error.
pub struct Answer<'a> {
    pub call: &'a Call,
    pub errno: &'a str,
    pub outcome: &'a Outcome,
}

impl Verdict<'_> {
    /// What is true at every moment: no file is half, and no configuration names what is not there.
    pub fn of_state(&self, left: &Seen) -> Vec<String> {
        let mut faults = Vec::new();
        if !left.missing().is_empty() {
            faults.push(format!("there are no secrets for {:?}", left.missing()));
        }
        if !left.open_to_others.is_empty() {
            faults.push(format!("others may read {:?}", left.open_to_others));
        }
        if self.command.goes_on() {
            return faults;
        }
        if left.config != self.before.config && left.config != self.after.config {
            faults.push(format!("the configuration is neither old nor new: {:?}", left.config));
        }
        for name in ["config", "credentials"] {
            let of = |seen: &Seen| seen.aws.get(name).cloned();
            if of(left) != of(self.before) && of(left) != of(self.after) {
                faults.push(format!("AWS's file {name} is neither old nor new: {:?}", of(left)));
            }
        }
        faults
    }

    /// Credentials are printed whole or not at all.
    pub fn of_payload(&self, outcome: &Outcome) -> Option<String> {
        let is_half = || serde_json::from_str::<serde_json::Value>(&outcome.stdout).is_err();
        (self.command.vends() && !outcome.stdout.is_empty() && is_half())
            .then(|| "half an answer is printed".to_owned())
    }

    /// One sentence that names the file, or nothing to complain of; and nothing left behind.
    pub fn of_answer(&self, Answer { call, errno, outcome }: &Answer<'_>, left: &Seen) -> Vec<String> {
        let mut faults = Vec::new();
        let failed = outcome.code != Some(0);
        if !outcome.code.is_some_and(|code| (0..=6).contains(&code)) {
            faults.push("it ends by a fault of its own".to_owned());
        }
        let sentences = outcome.stderr.lines().filter(|line| line.starts_with("error: ") || line.starts_with("afed: "));
        if failed && call.place != Place::Stream && sentences.count() != 1 {
            faults.push("it does not fail with one sentence".to_owned());
        }
        if failed && *errno == "EINTR" && is_interruptible(call) {
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
            && !self.command.goes_on()
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

    /// The command once more, after which all is as if nothing had happened, and afed can be used.
    pub fn of_next_run(&self, left: &Seen, again: &Outcome) -> Vec<String> {
        let end = self.world.places.look();
        let mut faults = Vec::new();
        let says_done = !self.command.done.is_empty() && again.stderr.contains(self.command.done);
        if again.code != Some(0) && !says_done {
            faults.push(format!("the next run fails: {again:?}"));
        }
        let is_forgotten = |orphan: &String| *orphan != "probe" && !end.secrets.contains(orphan);
        if !self.command.goes_on() && left.orphans().iter().any(is_forgotten) && !again.stderr.contains("Forgot the ") {
            faults.push(format!("the next run does not say what it mends: {again:?}"));
        }
        if !end.leftovers.is_empty() {
            faults.push(format!("after the next run there lies {:?}", end.leftovers));
        }
        if !(end.orphans().is_empty() && end.missing().is_empty()) {
            let (orphans, missing) = (end.orphans(), end.missing());
            faults.push(format!("after the next run, without owners: {orphans:?}, without secrets: {missing:?}"));
        }
        let is_as_wanted = (&end.config, &end.aws) == (&self.after.config, &self.after.aws);
        if !self.command.goes_on() && self.command.says_the_same_again() && !is_as_wanted {
            faults.push(format!("the next run ends elsewhere: {end:?}, from {left:?}"));
        }
        faults.extend(self.of_use());
        faults
    }

    /// Nobody is kept from their work by what happened.
    fn of_use(&self) -> Option<String> {
        let use_of_it = if self.command.words[0] == "logout" { &["account", "list"] } else { self.world.use_of_it };
        let outcome = self.world.sandbox.run(use_of_it).vends().outcome();
        (outcome.code != Some(0)).then(|| format!("after the next run it can't be used: {outcome:?}"))
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
