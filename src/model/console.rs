//! The AWS Management Console: where each partition signs in to it, and which sessions it takes.
//! A partition whose hosts are not documented is refused, unless the configuration names them.
//! Source: IAM User Guide, "Enable custom identity broker access to the AWS console".

mod address;
mod browser;
mod destination;

pub use address::ConsoleAddress;
pub use browser::BrowserCommand;
pub use destination::{Destination, DestinationError};

use super::account::AccountSource;
use super::duration::SessionDuration;
use super::principal::Principal;
use super::region::Region;

/// The shortest and the longest console session, in seconds.
const SHORTEST: u32 = 900;
const LONGEST: u32 = 43_200;

/// Where to sign in, and the console that it leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsoleSite {
    pub sign_in: ConsoleAddress,
    pub console: ConsoleAddress,
}

/// Why a connector does not lead to the console as it was asked to.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ConsoleRuleError {
    /// Told before any call; AWS would refuse them with 400.
    #[error("AWS lets no session-token credentials into the console")]
    SessionToken,
    #[error("the console of the partition {0} is not known to afed")]
    UnknownPartition(String),
    #[error("{region} is in the partition {}, and the connector is in {partition}", .region.partition())]
    OtherPartition { region: Region, partition: String },
    #[error("a console session lives {SHORTEST} to {LONGEST} seconds; {0} is outside")]
    Duration(u32),
    /// AWS takes SessionDuration for a role that a long-term key has assumed, and for nothing else.
    #[error("a console session has a duration of its own only where a long-term key assumes a role")]
    NoDuration,
}

impl ConsoleSite {
    /// The hosts of a region's partition, each replaced by the configured one where there is one.
    pub fn of(
        region: &Region,
        sign_in: Option<&ConsoleAddress>,
        console: Option<&ConsoleAddress>,
    ) -> Result<Self, ConsoleRuleError> {
        let known = known_hosts(region.partition());
        let choose = |configured: Option<&ConsoleAddress>, known: Option<&str>| match (configured, known) {
            (Some(address), _) => Ok(address.in_region(region)),
            (None, Some(host)) => Ok(ConsoleAddress::of_host(host)),
            (None, None) => Err(ConsoleRuleError::UnknownPartition(region.partition().to_owned())),
        };
        Ok(Self {
            sign_in: choose(sign_in, known.map(|(sign_in, _)| sign_in))?,
            console: choose(console, known.map(|(_, console)| console))?,
        })
    }
}

fn known_hosts(partition: &str) -> Option<(&'static str, &'static str)> {
    match partition {
        "aws" => Some(("signin.aws.amazon.com", "console.aws.amazon.com")),
        "aws-us-gov" => Some(("signin.amazonaws-us-gov.com", "console.amazonaws-us-gov.com")),
        "aws-cn" => Some(("signin.amazonaws.cn", "console.amazonaws.cn")),
        "aws-eusc" => Some(("eusc-de-east-1.signin.amazonaws-eusc.eu", "eusc-de-east-1.console.amazonaws-eusc.eu")),
        _ => None,
    }
}

/// Whether AWS lets credentials of this principal into the console at all.
pub fn check_principal(principal: &Principal) -> Result<(), ConsoleRuleError> {
    if matches!(principal, Principal::SessionToken) { Err(ConsoleRuleError::SessionToken) } else { Ok(()) }
}

/// The region to open the console in, which must be in the connector's partition.
pub fn region(asked: Option<&Region>, of_connector: &Region) -> Result<Region, ConsoleRuleError> {
    match asked {
        Some(region) if region.partition() != of_connector.partition() => Err(ConsoleRuleError::OtherPartition {
            region: region.clone(),
            partition: of_connector.partition().to_owned(),
        }),
        asked => Ok(asked.unwrap_or(of_connector).clone()),
    }
}

/// The duration to send: what was asked for, else the configured one where AWS takes any. Never the lease's remaining
/// life, which AWS may refuse.
pub fn session_duration(
    asked: Option<SessionDuration>,
    configured: Option<SessionDuration>,
    principal: &Principal,
    source: &AccountSource,
) -> Result<Option<SessionDuration>, ConsoleRuleError> {
    let takes_one = matches!(principal, Principal::AssumeRole(_)) && matches!(source, AccountSource::AccessKey { .. });
    match asked {
        Some(_) if !takes_one => Err(ConsoleRuleError::NoDuration),
        Some(asked) => check_duration(asked).map(Some),
        None => Ok(configured.filter(|_| takes_one)),
    }
}

/// Whether AWS takes a session of this length.
pub fn check_duration(duration: SessionDuration) -> Result<SessionDuration, ConsoleRuleError> {
    let seconds = duration.seconds();
    if (SHORTEST..=LONGEST).contains(&seconds) { Ok(duration) } else { Err(ConsoleRuleError::Duration(seconds)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::arn::AwsAccountId;
    use crate::model::principal::PrincipalFields;
    use crate::model::principal::PrincipalType::{self, AssumeRole, FederatedUser, Provided, SessionToken};

    fn hosts(region: &str) -> Result<(String, String), ConsoleRuleError> {
        let site = ConsoleSite::of(&region.parse().unwrap(), None, None)?;
        Ok((site.sign_in.to_string(), site.console.to_string()))
    }

    #[test]
    fn each_partition_signs_in_at_its_own_host() {
        for (region, sign_in, console) in [
            ("eu-west-1", "https://signin.aws.amazon.com", "https://console.aws.amazon.com"),
            ("us-gov-west-1", "https://signin.amazonaws-us-gov.com", "https://console.amazonaws-us-gov.com"),
            ("cn-north-1", "https://signin.amazonaws.cn", "https://console.amazonaws.cn"),
            (
                "eusc-de-east-1",
                "https://eusc-de-east-1.signin.amazonaws-eusc.eu",
                "https://eusc-de-east-1.console.amazonaws-eusc.eu",
            ),
        ] {
            assert_eq!(hosts(region), Ok((sign_in.to_owned(), console.to_owned())), "{region}");
        }
        for region in ["us-iso-east-1", "us-isob-east-1", "eu-isoe-west-1", "us-isof-south-1"] {
            let partition = region.parse::<Region>().unwrap().partition().to_owned();
            assert_eq!(hosts(region), Err(ConsoleRuleError::UnknownPartition(partition)), "{region}");
        }
    }

    #[test]
    fn configured_hosts_go_before_the_known_ones() {
        let address = |text: &str| text.parse::<ConsoleAddress>().unwrap();
        let (sign_in, console) = (address("https://{region}.signin.example.com/"), address("http://127.0.0.1:8080"));
        let site = ConsoleSite::of(&"us-iso-east-1".parse().unwrap(), Some(&sign_in), Some(&console)).unwrap();
        assert_eq!(site.sign_in.to_string(), "https://us-iso-east-1.signin.example.com");
        assert_eq!(site.console.to_string(), "http://127.0.0.1:8080");
        let half = ConsoleSite::of(&"us-iso-east-1".parse().unwrap(), Some(&sign_in), None);
        assert_eq!(half, Err(ConsoleRuleError::UnknownPartition("aws-iso".to_owned())));
    }

    #[test]
    fn a_session_is_as_long_as_aws_takes_it() {
        let of = |seconds| check_duration(SessionDuration::from_seconds(seconds)).is_ok();
        assert_eq!([899, 900, 43_200, 43_201].map(of), [false, true, true, false]);
    }

    fn principal(principal: PrincipalType) -> Principal {
        let role_arn = Some("arn:aws:iam::123123123123:role/UpdateAPP".parse().unwrap());
        let fields = match principal {
            PrincipalType::AssumeRole => PrincipalFields { role_arn, ..PrincipalFields::default() },
            PrincipalType::FederatedUser => PrincipalFields { omit_policy: true, ..PrincipalFields::default() },
            PrincipalType::SessionToken | PrincipalType::Provided => PrincipalFields::default(),
        };
        Principal::from_fields(principal, fields).unwrap()
    }

    #[test]
    fn all_but_the_sessions_of_a_user_are_let_in() {
        for one in PrincipalType::ALL {
            let expected = if one == SessionToken { Err(ConsoleRuleError::SessionToken) } else { Ok(()) };
            assert_eq!(check_principal(&principal(one)), expected, "{one}");
        }
    }

    #[test]
    fn a_console_of_another_partition_is_refused() {
        let of_connector: Region = "eu-west-1".parse().unwrap();
        let asked = |name: &str| region(Some(&name.parse().unwrap()), &of_connector).map(|region| region.to_string());
        assert_eq!(asked("us-east-1").as_deref(), Ok("us-east-1"));
        assert!(matches!(asked("cn-north-1"), Err(ConsoleRuleError::OtherPartition { .. })));
        assert_eq!(region(None, &of_connector), Ok(of_connector));
    }

    #[test]
    fn a_session_has_a_duration_where_a_long_term_key_assumes_a_role() {
        let id: Option<AwsAccountId> = Some("123123123123".parse().unwrap());
        let access_key_id = "AKIAIOSFODNN7EXAMPLE".parse().unwrap();
        let key = AccountSource::AccessKey { access_key_id, aws_account_id: id.clone(), mfa: None };
        let host = AccountSource::InstanceRole { aws_account_id: id };
        let hour = Some(SessionDuration::from_seconds(3_600));
        for (one, source, takes_one) in [
            (AssumeRole, &key, true),
            (AssumeRole, &host, false),
            (FederatedUser, &key, false),
            (Provided, &host, false),
        ] {
            let principal = principal(one);
            let sent = |asked, configured| session_duration(asked, configured, &principal, source);
            assert_eq!(sent(hour, None), if takes_one { Ok(hour) } else { Err(ConsoleRuleError::NoDuration) }, "{one}");
            assert_eq!(sent(None, hour), Ok(hour.filter(|_| takes_one)), "{one}");
            assert_eq!(sent(None, None), Ok(None));
        }
        let short = session_duration(Some(SessionDuration::from_seconds(1)), None, &principal(AssumeRole), &key);
        assert_eq!(short, Err(ConsoleRuleError::Duration(1)));
    }
}
