//! Calls that must end in time although what they call may not: a keyring that waits for somebody who is not there.
//! A call that does not end keeps its thread, and what was moved into it, until the process ends.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

/// Why there is no result.
#[derive(Debug, thiserror::Error)]
pub enum NoResult {
    #[error("it took longer than {} s", .0.as_secs_f32())]
    TooLate(Duration),
    #[error("it broke off")]
    BrokeOff,
    #[error("no thread can be started")]
    NoThread(#[source] std::io::Error),
}

/// The call's result, if it comes within the limit.
pub fn within<T: Send + 'static>(limit: Duration, call: impl FnOnce() -> T + Send + 'static) -> Result<T, NoResult> {
    let (sender, receiver) = mpsc::sync_channel(1);
    // Nobody listens any more when the call was too late; its result is dropped then.
    let work = move || drop(sender.send(call()));
    std::thread::Builder::new().name("keyring".to_owned()).spawn(work).map_err(NoResult::NoThread)?;
    receiver.recv_timeout(limit).map_err(|error| match error {
        RecvTimeoutError::Timeout => NoResult::TooLate(limit),
        RecvTimeoutError::Disconnected => NoResult::BrokeOff,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn a_call_gives_its_result_or_runs_out_of_time() {
        assert_eq!(within(LONG, || 7).unwrap(), 7);
        let (_never_sent, never) = mpsc::channel::<()>();
        let late = within(Duration::from_millis(1), move || never.recv());
        assert!(matches!(late, Err(NoResult::TooLate(_))), "{late:?}");
    }

    #[test]
    fn a_call_that_panics_is_no_result() {
        let broken = within(LONG, || std::panic::resume_unwind(Box::new("on purpose")));
        assert!(matches!(broken, Err::<(), _>(NoResult::BrokeOff)));
    }
}
