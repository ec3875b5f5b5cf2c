//! What to do when there is no code of a second factor, or AWS did not take one.

use super::{Kind, Verdict};
use crate::ports::MfaError;

pub fn verdict(error: &MfaError) -> Verdict {
    match error {
        MfaError::NoWay { account, .. } => Verdict::hint(
            Kind::LogInNeeded,
            format!(
                "give it as --mfa-code CODE, name a program that prints one: mfa_process in [accounts.{account}], or call afed at a terminal"
            ),
        ),
        MfaError::Spent { seconds_left, .. } => {
            Verdict::hint(Kind::LogInNeeded, format!("give the next one, in {seconds_left} s"))
        }
        MfaError::Program { .. } => {
            Verdict::hint(Kind::LogInNeeded, "see that it prints six digits, or give a code as --mfa-code CODE")
        }
        MfaError::Prompt(error) => super::of_prompt(error),
        MfaError::Busy { pid: Some(pid), .. } => {
            Verdict::hint(Kind::Unreachable, format!("look what it waits for: ps -fp {pid}"))
        }
        MfaError::Busy { pid: None, .. } => Verdict::plain(Kind::Unreachable),
        MfaError::Stopped { pid, .. } => {
            Verdict::hint(Kind::Unreachable, format!("let it go on, or end it: kill -CONT {pid}; kill {pid}"))
        }
    }
}
