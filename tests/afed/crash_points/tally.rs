//! How many points were tried, by command and by what befell them, and the faults that were found.

use std::collections::BTreeMap;
use std::fmt;

use super::calls::Fate;

/// Of one command or of many.
#[derive(Default)]
pub struct Tally {
    /// Of each command: how many of its calls change something, and for each fate how often it was tried and befell it.
    commands: Vec<(String, usize, Counts)>,
    pub faults: Vec<String>,
}

type Counts = BTreeMap<&'static str, (usize, usize)>;

impl Tally {
    pub fn of(command: &str, calls: usize) -> Self {
        Self { commands: vec![(command.to_owned(), calls, Counts::new())], faults: Vec::new() }
    }

    /// One point of the last command.
    pub fn count(&mut self, fate: Fate, reached: bool) {
        let (_, _, counts) = self.commands.last_mut().expect("a command is tried");
        let count = counts.entry(fate.name()).or_default();
        *count = (count.0 + 1, count.1 + usize::from(reached));
    }

    pub fn add(&mut self, mut other: Self) {
        self.commands.append(&mut other.commands);
        self.faults.append(&mut other.faults);
    }

    fn totals(&self) -> Counts {
        let mut totals = Counts::new();
        for (name, (tried, reached)) in self.commands.iter().flat_map(|(_, _, counts)| counts) {
            let total = totals.entry(name).or_default();
            *total = (total.0 + tried, total.1 + reached);
        }
        totals
    }

    /// No fault was found, and nearly all points were reached: chance may order threads otherwise than when they were counted.
    pub fn assert_harmless(&self) {
        assert!(self.faults.is_empty(), "{} faults:\n{}", self.faults.len(), self.faults.join("\n"));
        let (tried, reached) = self.sum();
        assert!(tried > 0 && reached * 10 >= tried * 8, "only {reached} of {tried} points were reached");
    }

    fn sum(&self) -> (usize, usize) {
        self.totals().values().fold((0, 0), |sum, (tried, reached)| (sum.0 + tried, sum.1 + reached))
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, calls, counts) in &self.commands {
            writeln!(formatter, "afed {name}: {calls} calls; {}", words(counts))?;
        }
        let (tried, reached) = self.sum();
        let (commands, faults) = (self.commands.len(), self.faults.len());
        writeln!(formatter, "{tried} crash points of {commands} commands tried, {reached} reached, {faults} faults")?;
        write!(formatter, "by class: {}", words(&self.totals()))?;
        self.faults.iter().try_for_each(|fault| write!(formatter, "\nFAULT {fault}"))
    }
}

fn words(counts: &Counts) -> String {
    let words = counts.iter().map(|(name, (tried, reached))| format!("{name} {reached} of {tried}"));
    words.collect::<Vec<_>>().join(", ")
}
