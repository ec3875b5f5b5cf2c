//! When a lease may be handed on, and when it is time for a new one.
//! boto asks again for every call once less than 15 minutes are left, so leases that live long enough are renewed
//! before that; the others are served until their last minute.

use jiff::{SignedDuration, Timestamp};

use crate::model::lease::Lease;

/// A lease with less than this left is not handed out: the caller could not use it any more.
const LAST_MINUTE: SignedDuration = SignedDuration::from_mins(1);
/// boto's 15 minutes and one for the way.
const RENEW_AHEAD: SignedDuration = SignedDuration::from_mins(16);
/// How far the clock may have been set back since the lease was issued.
const CLOCK_SLACK: SignedDuration = SignedDuration::from_mins(5);

/// What may be done with a lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// Hand it on.
    Fresh,
    /// Get a new one, and hand this one on only if there is none to be had.
    Ageing,
    /// Never hand it on.
    Over,
}

pub fn freshness(lease: &Lease, now: Timestamp) -> Freshness {
    let left = lease.expires_at.duration_since(now);
    let life = lease.expires_at.duration_since(lease.issued_at);
    let issued_in_future = lease.issued_at.duration_since(now) > CLOCK_SLACK;
    if left <= LAST_MINUTE || issued_in_future {
        Freshness::Over
    } else if left < RENEW_AHEAD && life >= RENEW_AHEAD * 2 {
        Freshness::Ageing
    } else {
        Freshness::Fresh
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vending::doubles::lease;

    #[test]
    fn freshness_depends_on_what_is_left_and_on_the_whole_life() {
        let issued = Timestamp::from_second(1_000_000).unwrap();
        for (life, age, expected) in [
            (3_600, 0, Freshness::Fresh),
            (3_600, 3_600 - 16 * 60, Freshness::Fresh),
            (3_600, 3_600 - 16 * 60 + 1, Freshness::Ageing),
            (3_600, 3_600 - 61, Freshness::Ageing),
            (3_600, 3_600 - 60, Freshness::Over),
            (3_600, 4_000, Freshness::Over),
            (900, 0, Freshness::Fresh),
            (900, 900 - 61, Freshness::Fresh),
            (900, 900 - 60, Freshness::Over),
            (3_600, -300, Freshness::Fresh),
            (3_600, -301, Freshness::Over),
        ] {
            let lease = lease(issued, life);
            assert_eq!(freshness(&lease, issued + SignedDuration::from_secs(age)), expected, "{life} {age}");
        }
    }
}
