//! This machine's clock beside those of others.

use jiff::{SignedDuration, Timestamp};

use super::chart::Chart;

/// Answers are dated to the second, and take some time to come.
const TOLERATED: SignedDuration = SignedDuration::from_secs(10);
/// From here on AWS may refuse what is signed; well before the quarter of an hour at which it does.
const TOO_FAR: SignedDuration = SignedDuration::from_mins(5);
const MEND: &str = "timedatectl set-ntp true";

/// Compares it with what somebody else's said a moment ago; an answer without a date says nothing.
pub fn examine(chart: &mut Chart<'_>, whose: &str, theirs: Option<Timestamp>) {
    let Some(theirs) = theirs else { return };
    let ahead = chart.app.clock.now().duration_since(theirs);
    let side = if ahead.is_negative() { "behind" } else { "ahead of" };
    let found = format!("this machine's clock is {} s {side} it", ahead.abs().as_secs());
    match ahead.abs() {
        within if within <= TOLERATED => chart.ok("clock", whose, "this machine's clock agrees with it"),
        within if within <= TOO_FAR => chart.warning("clock", whose, found, MEND),
        _ => chart.fault("clock", whose, found, MEND),
    }
}
