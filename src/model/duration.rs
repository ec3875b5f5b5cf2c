//! How long a lease shall live, as people write it: seconds (`3600`) or units (`1h30m`).
//! Whether a length is allowed for a principal type is decided in [`super::principal`].

use std::fmt;

/// A whole number of seconds, at least one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionDuration(u32);

/// Why a text can't be a duration.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("“{}” is not a duration; write seconds (3600) or units (1h30m, 45m, 12h)", .0.escape_debug())]
pub struct DurationError(String);

impl SessionDuration {
    pub const fn from_seconds(seconds: u32) -> Self {
        Self(seconds)
    }

    pub const fn seconds(self) -> u32 {
        self.0
    }
}

impl std::str::FromStr for SessionDuration {
    type Err = DurationError;

    fn from_str(text: &str) -> Result<Self, DurationError> {
        parse(text).filter(|seconds| *seconds > 0).map(Self).ok_or_else(|| DurationError(text.to_owned()))
    }
}

fn parse(text: &str) -> Option<u32> {
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().ok();
    }
    let mut rest = text;
    let mut total = 0_u32;
    for (unit, seconds) in [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)] {
        let Some((count, after)) = rest.split_once(unit) else { continue };
        if !count.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        total = count.parse::<u32>().ok()?.checked_mul(seconds)?.checked_add(total)?;
        rest = after;
    }
    rest.is_empty().then_some(total)
}

/// Shown in the units people write: `1h30m`, `15m`, `90s`.
impl fmt::Display for SessionDuration {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hours, minutes, seconds) = (self.0 / 3_600, self.0 % 3_600 / 60, self.0 % 60);
        for (count, unit) in [(hours, "h"), (minutes, "m"), (seconds, "s")] {
            if count > 0 {
                write!(formatter, "{count}{unit}")?;
            }
        }
        if self.0 == 0 { formatter.write_str("0s") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_units_are_read() {
        for (text, seconds) in [
            ("900", 900),
            ("1h", 3_600),
            ("1h30m", 5_400),
            ("45m", 2_700),
            ("1d", 86_400),
            ("36h", 129_600),
            ("1h0m5s", 3_605),
        ] {
            assert_eq!(text.parse(), Ok(SessionDuration(seconds)), "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for bad in [
            "",
            "0",
            "0h",
            "h",
            "1x",
            "1h1h",
            "30m1h",
            "-1",
            "+1",
            "+1h",
            "1h+1m",
            "1.5h",
            " 1h",
            "1h ",
            "5m3",
            "99999999999",
            "99999999h",
            "1 h",
        ] {
            assert!(bad.parse::<SessionDuration>().is_err(), "{bad:?} was accepted");
        }
    }

    #[test]
    fn what_is_shown_can_be_read_again() {
        for seconds in [1, 59, 60, 899, 900, 3_600, 5_400, 129_600] {
            let duration = SessionDuration::from_seconds(seconds);
            assert_eq!(duration.to_string().parse(), Ok(duration));
        }
    }
}
