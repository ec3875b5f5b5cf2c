//! How long the network is waited for, in all and each time.

use std::time::{Duration, Instant};

/// For all questions to the network together.
const IN_ALL: Duration = Duration::from_secs(20);
/// For each of them.
const EACH: Duration = Duration::from_secs(5);

/// What is left of it.
pub struct Patience {
    until: Instant,
}

impl Default for Patience {
    fn default() -> Self {
        Self { until: Instant::now() + IN_ALL }
    }
}

impl Patience {
    /// How long the next question may take; the error says why it is not asked at all.
    pub fn next(&self) -> Result<Duration, String> {
        let left = self.until.saturating_duration_since(Instant::now()).min(EACH);
        // Whole, because it is told where nobody answers.
        match left.as_secs_f32().ceil() as u64 {
            0 => Err(format!("the {} s that the network may take in all are over", IN_ALL.as_secs())),
            seconds => Ok(Duration::from_secs(seconds)),
        }
    }
}
