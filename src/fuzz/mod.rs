//! Fuzzing on stable, for the tests only: each room that reads what it does not trust has a file `fuzz.rs` with its targets,
//! which are run from here. A run replays the kept inputs of `tests/corpus/TARGET`, then changes and mixes them for a moment,
//! or for AFED_FUZZ_SECONDS. A target panics where it finds a fault; what it returns says in a word what came of the
//! input, and inputs that bring something new are changed further.

mod corpus;
mod memory;
mod mutation;
mod watch;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use self::memory::Watermark;
use self::mutation::Mutator;
use self::watch::Watched;

/// For each target where nothing else is said.
const MOMENT: Duration = Duration::from_millis(1_500);
/// Where no time is said, runs are alike.
const SEED: u64 = 0x00af_edaf;
/// The most inputs that are kept in memory to be changed further.
const POOL: usize = 512;
/// Longer ones bring little that is new, and take long each time.
const HANDY: usize = 2_048;
/// How many inputs are judged in one go.
const BATCH: usize = 64;

/// Something that takes input which nobody has looked at.
#[derive(Clone, Copy)]
pub struct Target {
    /// Also the folder of its kept inputs.
    pub name: &'static str,
    /// What its inputs are made of.
    pub words: &'static [&'static str],
    pub judge: fn(&[u8]) -> String,
}

impl Target {
    /// Panics on the first input on which the target does, with the smallest such input that was found.
    pub fn run(self) {
        let kept = corpus::read(self.name);
        assert!(!kept.is_empty(), "tests/corpus/{} holds no input to begin with", self.name);
        let (time, seed) = asked_for().map_or((MOMENT, SEED), |time| (time, seed_of_now()));
        let watched = Watched::start(self);
        let mut seen: BTreeSet<String> = watched.judge(kept.clone()).into_iter().map(|(_, outcome)| outcome).collect();
        let (mut mutator, start) = (Mutator::new(seed, self.words, kept), Instant::now());
        let (mut runs, mut watermark) = (0, Watermark::default());
        while start.elapsed() < time {
            if start.elapsed() > time / 2 {
                watermark.set_once();
            }
            let batch: Vec<Vec<u8>> = (0..BATCH).map(|_| mutator.next()).collect();
            runs += batch.len();
            for (input, outcome) in watched.judge(batch) {
                if seen.insert(outcome) && input.len() <= HANDY && mutator.pool() < POOL {
                    mutator.keep(input);
                }
            }
        }
        if asked_for().is_some() {
            let (name, outcomes, growth, seconds) = (self.name, seen.len(), watermark.growth(), time.as_secs());
            report(&format!("{name}: {runs} runs, {outcomes} outcomes, {seconds} s, {growth} KiB grown, seed {seed}"));
        }
    }
}

/// What can be read as text; a target for texts passes over the rest.
pub fn text(input: &[u8]) -> Option<&str> {
    std::str::from_utf8(input).ok()
}

/// The name of a case of an enum, without what it holds.
pub fn case(value: &impl std::fmt::Debug) -> String {
    format!("{value:?}").chars().take_while(|character| character.is_alphanumeric()).collect()
}

#[allow(clippy::disallowed_methods, reason = "a long run is asked for by a variable")]
fn asked_for() -> Option<Duration> {
    let seconds = std::env::var("AFED_FUZZ_SECONDS").ok()?;
    Some(Duration::from_secs(seconds.parse().expect("AFED_FUZZ_SECONDS is a number of seconds")))
}

#[allow(clippy::disallowed_methods, reason = "a long run shall differ from the last")]
fn seed_of_now() -> u64 {
    std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_nanos() as u64
}

#[allow(clippy::print_stdout, reason = "the figures of a long run are its answer")]
fn report(line: &str) {
    println!("{line}");
}
