//! One target at work in a thread of its own, so that an input on which it never ends is found as well as one on which it
//! panics. Either is made smaller, as far as it stays a fault, and written down.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use super::{Target, corpus};

/// Far more than any input takes on a busy machine without optimisation.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often a smaller input is tried.
const TRIES: usize = 400;

/// What came of an input, or what the target said when it panicked.
type Verdict = Result<String, String>;
type Batch = Arc<Vec<Vec<u8>>>;

/// A target with its thread, which takes inputs by the batch: handing them over one by one would take longer than most.
pub struct Watched {
    target: Target,
    inputs: Sender<Batch>,
    verdicts: Receiver<Vec<Verdict>>,
    /// Which input of the batch it is at.
    at: Arc<AtomicUsize>,
}

impl Watched {
    pub fn start(target: Target) -> Self {
        let (inputs, to_judge) = channel::<Batch>();
        let (judged, verdicts) = channel();
        let at = Arc::new(AtomicUsize::new(0));
        let told = Arc::clone(&at);
        let one = move |(position, input): (usize, &Vec<u8>)| {
            told.store(position, Ordering::Relaxed);
            judge(target, input)
        };
        let work = move || {
            to_judge.iter().try_for_each(|batch| judged.send(batch.iter().enumerate().map(&one).collect::<Vec<_>>()))
        };
        std::thread::Builder::new().name(target.name.to_owned()).spawn(work).unwrap();
        Self { target, inputs, verdicts, at }
    }

    /// The inputs with what came of each. Panics where the target does.
    pub fn judge(&self, batch: Vec<Vec<u8>>) -> Vec<(Vec<u8>, String)> {
        let verdicts = self.verdicts(batch.clone());
        let told = batch.into_iter().zip(verdicts);
        told.map(|(input, verdict)| match verdict {
            Ok(outcome) => (input, outcome),
            Err(fault) => self.fail(&input, &fault),
        })
        .collect()
    }

    fn verdicts(&self, batch: Vec<Vec<u8>>) -> Vec<Verdict> {
        let batch = Arc::new(batch);
        self.inputs.send(Arc::clone(&batch)).unwrap();
        self.verdicts.recv_timeout(PATIENCE).unwrap_or_else(|_| {
            let path = corpus::write_finding(self.target.name, &batch[self.at.load(Ordering::Relaxed)]);
            panic!("{} did not end within {PATIENCE:?}, at the input in {}", self.target.name, path.display())
        })
    }

    fn fail(&self, input: &[u8], fault: &str) -> ! {
        let smallest = self.smaller(input.to_vec());
        let (name, path) = (self.target.name, corpus::write_finding(self.target.name, &smallest));
        let shown = String::from_utf8_lossy(&smallest);
        panic!(
            "{name}: {fault}\non {shown:?}, which is in {}; mend it and keep it in tests/corpus/{name}",
            path.display()
        )
    }

    /// Takes out ever smaller pieces, as long as something is wrong with the rest.
    fn smaller(&self, mut input: Vec<u8>) -> Vec<u8> {
        let (mut piece, mut at, mut tries) = (input.len() / 2, 0, 0);
        while piece > 0 && tries < TRIES {
            if at >= input.len() {
                (piece, at) = (piece / 2, 0);
                continue;
            }
            let rest = [&input[..at], &input[(at + piece).min(input.len())..]].concat();
            tries += 1;
            match self.verdicts(vec![rest.clone()]).iter().any(Result::is_err) {
                true => input = rest,
                false => at += piece,
            }
        }
        input
    }
}

fn judge(target: Target, input: &[u8]) -> Verdict {
    catch_unwind(AssertUnwindSafe(|| (target.judge)(input))).map_err(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default()
    })
}
