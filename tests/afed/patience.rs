//! Waiting for what other processes do. Nothing here decides who is first: it is looked until something is so.

use std::time::{Duration, Instant};

/// Looks again and again until it is so; how long that takes changes nothing.
pub fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < Duration::from_secs(30), "{what} did not come about");
        std::thread::sleep(Duration::from_millis(5));
    }
}
