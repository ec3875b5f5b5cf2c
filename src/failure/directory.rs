//! What to do when a directory does not vouch for a person.

use super::{Kind, Verdict, quoted};
use crate::ports::DirectoryError;

pub fn verdict(error: &DirectoryError) -> Verdict {
    use DirectoryError as E;
    match error {
        E::NotLoggedIn { .. } | E::SessionEnded { .. } => Verdict::hint(Kind::LogInNeeded, "log in: afed login"),
        E::WrongPassword { .. } => Verdict::hint(Kind::Denied, "check both and try again: afed login"),
        E::PasswordExpired { directory } => {
            Verdict::hint(Kind::Denied, format!("change it at {directory}, then: afed login"))
        }
        E::PersonInactive { .. } | E::PersonUnknown { .. } => {
            Verdict::hint(Kind::Denied, "ask the directory's administrator about the account")
        }
        E::PersonOutsideApplication { application, .. } => Verdict::hint(
            Kind::Denied,
            format!("ask Crowd's administrator for a group that may use the application “{application}”"),
        ),
        E::ApplicationRejected { .. } => Verdict::hint(
            Kind::Configuration,
            "enter the one it has in Crowd's console; where one is stored already: afed init --password-only",
        ),
        E::ApplicationPasswordMissing { .. } => {
            Verdict::hint(Kind::Configuration, "store the application's password: afed init --password-only")
        }
        E::AddressRejected { application, .. } => Verdict::hint(
            Kind::Configuration,
            format!(
                "in Crowd's console, under Applications › {application} › Remote addresses, add this machine's address, and see that the application is active"
            ),
        ),
        E::ApplicationForbidden { application, .. } => Verdict::hint(
            Kind::Configuration,
            format!("in Crowd's console, see the permissions of the application “{application}” on its directories"),
        ),
        E::Untrusted { .. } => Verdict::hint(
            Kind::Unreachable,
            "where an authority of your own signs, name its PEM file: ca_bundle in [crowd], --ca-bundle with afed init, or AWS_CA_BUNDLE",
        ),
        E::CertificatesUnusable { path, .. } => Verdict::hint(
            Kind::Configuration,
            format!(
                "name a file of PEM certificates as ca_bundle in [crowd] or in AWS_CA_BUNDLE; see what this one holds: openssl storeutl -noout -certs {}",
                quoted(path.display())
            ),
        ),
        E::Unreachable { directory, .. } | E::TimedOut { directory, .. } => {
            Verdict::hint(Kind::Unreachable, format!("see whether it answers: curl -I {directory}"))
        }
        E::OutOfOrder { directory, .. } => Verdict::hint(
            Kind::Unreachable,
            format!("try again in a minute, and see whether it stays so: curl -I {directory}"),
        ),
        E::NotCrowd { .. } => Verdict::hint(
            Kind::Unreachable,
            "see that crowd.url is Crowd's base URL, such as https://crowd.example.com/crowd, with no log-in page or proxy before it",
        ),
        E::Unexpected { directory, .. } => Verdict::hint(
            Kind::Denied,
            format!("see what answers there: curl -si {directory}/rest/usermanagement/1/config/cookie"),
        ),
        E::LocalUserUnknown { .. } | E::LocalLookup { .. } => {
            Verdict::hint(Kind::Denied, "see what the system knows of you: id")
        }
        E::EvidenceUnfit { .. } => Verdict::plain(Kind::Fault),
    }
}
