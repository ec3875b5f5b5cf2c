//! What the process holds in memory, for long runs: a target that keeps something of each input, or makes much of a little,
//! is found by that.

/// No run of any target needs nearly as much, whatever the others do beside it.
const MOST_EVER: u64 = 1024 * 1024;
/// What may come and go from one moment to the next; in KiB, as all here.
const MOST_GROWTH: u64 = 64 * 1024;

/// What was held at a moment when everything had run for a while.
#[derive(Default)]
pub struct Watermark(Option<u64>);

impl Watermark {
    pub fn set_once(&mut self) {
        self.0 = self.0.or_else(|| status("VmRSS:"));
    }

    /// How much more it is now. Panics where that is no accident.
    pub fn growth(&self) -> u64 {
        let growth = self.0.zip(status("VmRSS:")).map_or(0, |(then, now)| now.saturating_sub(then));
        let most = status("VmHWM:").unwrap_or_default();
        assert!(growth <= MOST_GROWTH && most <= MOST_EVER, "grown by {growth} KiB, {most} KiB at most");
        growth
    }
}

/// A row of what Linux says of this process; nothing elsewhere.
#[allow(clippy::disallowed_methods, reason = "what the process holds stands in a file")]
fn status(row: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix(row)?.trim().strip_suffix(" kB")?.parse().ok())
}
