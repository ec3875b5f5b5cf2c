//! Times as text: for machines in AWS's form, for people with how far off they are.

use jiff::Timestamp;

/// RFC 3339 in UTC with `Z`, cut to whole seconds: the one form that every SDK reads.
pub fn zulu(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// For people: `2026-11-22 14:05 UTC, in 43 min`.
pub fn told(time: Timestamp, now: Timestamp) -> String {
    let seconds = time.as_second() - now.as_second();
    let length = length(seconds.unsigned_abs());
    let distance = match seconds {
        0 => "now".to_owned(),
        1.. => format!("in {length}"),
        _ => format!("{length} ago"),
    };
    format!("{}, {distance}", time.strftime("%Y-%m-%d %H:%M UTC"))
}

/// The two largest units, cut, not rounded: what is told to last may last longer, never shorter.
fn length(seconds: u64) -> String {
    const MINUTE: u64 = 60;
    const HOUR: u64 = 60 * MINUTE;
    const DAY: u64 = 24 * HOUR;
    let with_rest = |count: u64, unit: &str, rest: u64, rest_unit: &str| match rest {
        0 => format!("{count} {unit}"),
        _ => format!("{count} {unit} {rest} {rest_unit}"),
    };
    match seconds {
        0..MINUTE => format!("{seconds} s"),
        MINUTE..HOUR => format!("{} min", seconds / MINUTE),
        HOUR..DAY => with_rest(seconds / HOUR, "h", seconds % HOUR / MINUTE, "min"),
        _ => with_rest(seconds / DAY, "d", seconds % DAY / HOUR, "h"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_with_their_distance() {
        let now: Timestamp = "2026-11-22T13:22:00Z".parse().unwrap();
        for (time, expected) in [
            ("2026-11-22T14:05:00Z", "2026-11-22 14:05 UTC, in 43 min"),
            ("2026-11-22T14:05:59.9Z", "2026-11-22 14:05 UTC, in 43 min"),
            ("2026-11-22T13:22:00.9Z", "2026-11-22 13:22 UTC, now"),
            ("2026-11-22T13:22:59Z", "2026-11-22 13:22 UTC, in 59 s"),
            ("2026-11-22T14:22:00Z", "2026-11-22 14:22 UTC, in 1 h"),
            ("2026-11-22T16:27:00Z", "2026-11-22 16:27 UTC, in 3 h 5 min"),
            ("2026-11-24T15:23:00Z", "2026-11-24 15:23 UTC, in 2 d 2 h"),
            ("2026-11-22T13:19:00Z", "2026-11-22 13:19 UTC, 3 min ago"),
            ("2026-11-21T13:22:00Z", "2026-11-21 13:22 UTC, 1 d ago"),
        ] {
            assert_eq!(told(time.parse().unwrap(), now), expected);
        }
    }

    #[test]
    fn machines_get_whole_seconds_and_a_z() {
        assert_eq!(zulu("2026-11-22T03:29:02.999999+00:00".parse().unwrap()), "2026-11-22T03:29:02Z");
    }
}
