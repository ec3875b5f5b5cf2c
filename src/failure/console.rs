//! What to do when there is no sign-in to the console.

use super::{Kind, Verdict, certificates};
use crate::model::console::ConsoleRuleError;
use crate::ports::ConsoleSignInError;

pub fn of_rule(error: &ConsoleRuleError) -> Verdict {
    match error {
        ConsoleRuleError::SessionToken => Verdict::hint(
            Kind::Configuration,
            "use a connector of the principal type assume-role or federated-user; see: afed connector list",
        ),
        ConsoleRuleError::UnknownPartition(_) => Verdict::hint(
            Kind::Configuration,
            "where it has a console, name its hosts: sign_in_url and console_url in [console]",
        ),
        ConsoleRuleError::NoDuration => Verdict::hint(
            Kind::Configuration,
            "leave --duration out: the console session lives as long as the credentials",
        ),
        ConsoleRuleError::OtherPartition { .. } | ConsoleRuleError::Duration(_) => Verdict::plain(Kind::Configuration),
    }
}

pub fn of_sign_in(error: &ConsoleSignInError) -> Verdict {
    use ConsoleSignInError as E;
    match error {
        E::Refused { duration: Some(duration), .. } => Verdict::hint(
            Kind::Denied,
            format!(
                "it was asked for a session of {duration}: try without --duration and session_duration in [console]"
            ),
        ),
        E::Refused { duration: None, .. } => Verdict::hint(
            Kind::Denied,
            "see that the sign-in host is of the credentials' partition: sign_in_url in [console]",
        ),
        E::Unreachable { endpoint, .. } | E::TimedOut { endpoint, .. } => {
            Verdict::hint(Kind::Unreachable, format!("see whether it answers: curl -sSI {endpoint}"))
        }
        E::Untrusted { .. } => certificates::untrusted(),
        E::CertificatesUnusable { path, .. } => certificates::unusable(path),
        E::OutOfOrder { .. } => Verdict::hint(Kind::Unreachable, "try again in a minute"),
        E::Odd { endpoint, .. } => {
            Verdict::hint(Kind::Unreachable, format!("see what answers there, such as a proxy: curl -sSI {endpoint}"))
        }
    }
}
