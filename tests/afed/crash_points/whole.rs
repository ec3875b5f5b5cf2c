//! Every point of many commands: as many commands at a time as there are processors, each in a world of its own. Nothing
//! that is found, not even a test that panics, keeps the rest from being tried.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::thread;

use super::commands::{Command, Group};
use super::tally::Tally;
use super::trial::Trial;
use crate::keyring_session::own_crashes;

/// A keyring crashes by itself in one of many sweeps.
const MORE_TRIES: usize = 3;

/// Tries all of them; what was found is printed as it goes, and in the end.
pub fn try_all(groups: &[&Group]) -> Tally {
    let wanted = std::env::var("AFED_CRASH_COMMANDS").unwrap_or_default();
    let work = groups.iter().flat_map(|group| group.commands.iter().map(|command| (*group, command)));
    let work: Vec<(&Group, &Command)> = work.filter(|(_, command)| command.name().contains(&wanted)).collect();
    let (next, total) = (AtomicUsize::new(0), Mutex::new(Tally::default()));
    let worker = || {
        while let Some((group, command)) = work.get(next.fetch_add(1, SeqCst)) {
            let found = with_keyrings_that_last(|| every_point(group, command));
            let found = found.unwrap_or_else(|panic| broken_off(command, panic.as_ref()));
            println!("{found}");
            total.lock().unwrap().add(found);
        }
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().unwrap().get() {
            scope.spawn(worker);
        }
    });
    let total = total.into_inner().unwrap();
    println!("\nIn all:\n{total}");
    total
}

/// What the work finds, done anew where a keyring of its worlds has crashed by itself.
pub fn with_keyrings_that_last<T>(work: impl Fn() -> T) -> thread::Result<T> {
    for _ in 0..MORE_TRIES {
        let crashes = own_crashes();
        let found = catch_unwind(AssertUnwindSafe(&work));
        if own_crashes() == crashes {
            return found;
        }
        println!("a keyring has crashed by itself; all from the beginning");
    }
    catch_unwind(AssertUnwindSafe(&work))
}

fn every_point(group: &Group, command: &Command) -> Tally {
    let world = (group.world)();
    let mut trial = Trial::new(command, &world);
    for call in &trial.calls().to_vec() {
        for fate in call.fates() {
            if let Err(panic) = catch_unwind(AssertUnwindSafe(|| trial.try_out(call, fate))) {
                trial.fault(call, fate, &words(panic.as_ref()));
            }
        }
    }
    trial.end()
}

fn broken_off(command: &Command, panic: &(dyn std::any::Any + Send)) -> Tally {
    let mut tally = Tally::of(&command.name(), 0);
    tally.faults.push(format!("afed {}: it was not tried to its end: {}", command.name(), words(panic)));
    tally
}

fn words(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default()
}
