//! A time as people give it to a filter: a day, a moment, or how long ago.

use jiff::{SignedDuration, Timestamp};

use crate::model::duration::SessionDuration;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    At(Timestamp),
    Ago(SignedDuration),
}

/// The text is no time.
#[derive(Debug, thiserror::Error)]
#[error("write it like 2026-11-22, 2026-11-22T14:05:00Z, or 2h for two hours ago")]
pub struct MomentError;

impl Moment {
    pub fn at(self, now: Timestamp) -> Timestamp {
        match self {
            Self::At(time) => time,
            Self::Ago(length) => now.checked_sub(length).unwrap_or(Timestamp::MIN),
        }
    }
}

impl std::str::FromStr for Moment {
    type Err = MomentError;

    fn from_str(text: &str) -> Result<Self, MomentError> {
        // A bare number may be meant as a year, or as seconds since 1970.
        let has_unit = text.bytes().any(|byte| byte.is_ascii_alphabetic());
        if let Some(length) = text.parse::<SessionDuration>().ok().filter(|_| has_unit) {
            return Ok(Self::Ago(SignedDuration::from_secs(length.seconds().into())));
        }
        let midnight = format!("{text}T00:00:00Z");
        text.parse().or_else(|_| midnight.parse()).map(Self::At).map_err(|_: jiff::Error| MomentError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read() {
        let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        for (text, expected) in [
            ("2026-11-22", Some("2026-11-22T00:00:00Z")),
            ("2026-11-22T14:05:00Z", Some("2026-11-22T14:05:00Z")),
            ("2026-11-22T14:05:00+02:00", Some("2026-11-22T12:05:00Z")),
            ("2h", Some("2026-11-22T10:00:00Z")),
            ("1d", Some("2026-11-21T12:00:00Z")),
            ("90s", Some("2026-11-22T11:58:30Z")),
            ("400d", Some("2025-10-18T12:00:00Z")),
            ("9999-12-30", Some("9999-12-30T00:00:00Z")),
            ("90", None),
            ("2026", None),
            ("1795348800", None),
            ("-1h", None),
            ("2026-11-22T14:05:00", None),
            ("2026-02-29", None),
            ("99999999d", None),
            ("now", None),
            ("yesterday", None),
            ("2026-13-01", None),
            ("", None),
        ] {
            let found = text.parse::<Moment>().ok().map(|moment| moment.at(now).to_string());
            assert_eq!(found.as_deref(), expected, "{text}");
        }
    }
}
