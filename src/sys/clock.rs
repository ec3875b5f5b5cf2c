//! The machine's clock.

use jiff::Timestamp;

use crate::ports::Clock;

/// The time as the operating system has it.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}
