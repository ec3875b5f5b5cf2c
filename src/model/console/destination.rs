//! Where in the console a sign-in ends. Whoever follows a sign-in link lands there signed in, so it is a page of that
//! console and nothing that a browser could read as another host: characters outside RFC 3986 are refused, not put right.

use super::address::{ConsoleAddress, split};
use crate::model::region::Region;

/// The paths of consoles whose names differ from what people call them.
const PATHS: [(&str, &str); 24] = [
    ("acm", "acm/home"),
    ("apigateway", "apigateway/main"),
    ("billing", "billing/home"),
    ("cfn", "cloudformation/home"),
    ("cloudfront", "cloudfront/v4/home"),
    ("cloudtrail", "cloudtrailv2/home"),
    ("codebuild", "codesuite/codebuild/home"),
    ("codepipeline", "codesuite/codepipeline/home"),
    ("cost", "cost-management/home"),
    ("cw", "cloudwatch/home"),
    ("ddb", "dynamodbv2/home"),
    ("dynamodb", "dynamodbv2/home"),
    ("ecs", "ecs/v2/home"),
    ("logs", "cloudwatch/home"),
    ("r53", "route53/v2/home"),
    ("redshift", "redshiftv2/home"),
    ("route53", "route53/v2/home"),
    ("sfn", "states/home"),
    ("sns", "sns/v3/home"),
    ("sqs", "sqs/v3/home"),
    ("sso", "singlesignon/home"),
    ("ssm", "systems-manager/home"),
    ("stepfunctions", "states/home"),
    ("waf", "wafv2/homev2"),
];

/// A page of a console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination(String);

/// Why a text names no page of the console.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum DestinationError {
    #[error("the service “{}” is not a name such as s3: lower-case letters, digits and -", .0.escape_debug())]
    Service(String),
    #[error("the destination holds “{}”, which must be percent-encoded in a URL", .0.escape_debug())]
    Character(char),
    #[error(
        "the destination is not a page of the console: it must begin with {scheme}, and its host must be {host} or end in .{host}"
    )]
    Elsewhere { scheme: String, host: String },
}

impl Destination {
    /// The front page of a region's console.
    pub fn home(console: &ConsoleAddress, region: &Region) -> Self {
        Self(format!("{console}/console/home?region={region}"))
    }

    /// The front page of a service, by the name of its console's path or by what people call it.
    pub fn service(name: &str, console: &ConsoleAddress, region: &Region) -> Result<Self, DestinationError> {
        const LONGEST: usize = 64;
        let plain = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        if !plain || name.is_empty() || name.len() > LONGEST {
            return Err(DestinationError::Service(name.to_owned()));
        }
        let known = PATHS.iter().find(|(short, _)| *short == name).map(|(_, path)| (*path).to_owned());
        let path = known.unwrap_or_else(|| format!("{name}/home"));
        Ok(Self(format!("{console}/{path}?region={region}")))
    }

    /// Any page of the console, by its URL.
    pub fn page(url: &str, console: &ConsoleAddress) -> Result<Self, DestinationError> {
        if let Some(character) = url.chars().find(|character| !is_of_a_url(*character)) {
            return Err(DestinationError::Character(character));
        }
        let (scheme, host) = console.parts();
        let is_of_the_console =
            split(url).is_some_and(|(its_scheme, its_host, _)| its_scheme == scheme && is_at_or_below(its_host, host));
        if is_of_the_console {
            return Ok(Self(url.to_owned()));
        }
        Err(DestinationError::Elsewhere { scheme: scheme.to_owned(), host: host.to_owned() })
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_of_a_url(character: char) -> bool {
    character.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(character)
}

/// Ports are part of the comparison, and below an address that has digits for a host there is nothing.
fn is_at_or_below(authority: &str, host: &str) -> bool {
    if authority.eq_ignore_ascii_case(host) {
        return true;
    }
    let authority = authority.to_ascii_lowercase();
    let below = authority.strip_suffix(&host.to_ascii_lowercase()).and_then(|labels| labels.strip_suffix('.'));
    let is_label =
        |label: &str| !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let is_named = host.starts_with(|first: char| first.is_ascii_alphabetic());
    is_named && below.is_some_and(|labels| labels.split('.').all(is_label))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_is_named_in_at_most_64_characters() {
        let console = ConsoleAddress::of_host("console.aws.amazon.com");
        let of = |length| Destination::service(&"x".repeat(length), &console, &"eu-west-1".parse().unwrap()).is_ok();
        assert_eq!([0, 1, 64, 65].map(of), [false, true, true, false]);
    }
    use proptest::prelude::*;

    fn aws() -> ConsoleAddress {
        ConsoleAddress::of_host("console.aws.amazon.com")
    }

    #[test]
    fn pages_of_the_console_are_taken_as_they_are() {
        for url in [
            "https://console.aws.amazon.com",
            "https://console.aws.amazon.com/",
            "https://CONSOLE.aws.amazon.com/s3/home",
            "https://eu-west-1.console.aws.amazon.com/ec2/home?region=eu-west-1#Instances:instanceState=running;v=3",
            "https://s3.console.aws.amazon.com/s3/buckets/b%20c?x=[y]",
            "https://123123123123-a1b2.eu-west-1.console.aws.amazon.com?x=https://evil.example/",
        ] {
            assert_eq!(Destination::page(url, &aws()), Ok(Destination(url.to_owned())), "{url}");
        }
    }

    #[test]
    fn whatever_may_be_another_host_is_refused() {
        for url in [
            "",
            "console.aws.amazon.com",
            "//console.aws.amazon.com/",
            "http://console.aws.amazon.com/",
            "HTTPS://console.aws.amazon.com/",
            "javascript://console.aws.amazon.com/%0aalert(1)",
            "https:/console.aws.amazon.com/",
            "https:///console.aws.amazon.com/",
            "https://evil.example/https://console.aws.amazon.com/",
            "https://evil.example?.console.aws.amazon.com",
            "https://evil.example#.console.aws.amazon.com",
            "https://evil.example:443@console.aws.amazon.com/",
            "https://console.aws.amazon.com@evil.example/",
            "https://console.aws.amazon.com:443/",
            "https://console.aws.amazon.com:8443/",
            "https://console.aws.amazon.com:/",
            "https://console.aws.amazon.com./",
            "https://console.aws.amazon.com.evil.example/",
            "https://evilconsole.aws.amazon.com/",
            "https://.console.aws.amazon.com/",
            "https://a..console.aws.amazon.com/",
            "https://evil%2eexample%2f.console.aws.amazon.com/",
            "https://evil.example%00.console.aws.amazon.com/",
            "https://[::1].console.aws.amazon.com/",
            "https://aws.amazon.com/",
            "https://signin.aws.amazon.com/",
            "https://console.amazonaws.cn/",
        ] {
            assert!(matches!(Destination::page(url, &aws()), Err(DestinationError::Elsewhere { .. })), "{url}");
        }
        for (url, character) in [
            ("https://evil.example\\.console.aws.amazon.com/", '\\'),
            ("https://console.aws.amazon.com\\@evil.example/", '\\'),
            (" https://console.aws.amazon.com/", ' '),
            ("https://console.aws.amazon.com/\r\nX: y", '\r'),
            ("https://console.aws.amazon.com\t/", '\t'),
            ("https://console.aws.amazon.com/\"><script>", '"'),
            ("https://console.aws.amazon.com。evil.example/", '。'),
            ("https://cоnsole.aws.amazon.com/", 'о'),
        ] {
            assert_eq!(Destination::page(url, &aws()), Err(DestinationError::Character(character)), "{url}");
        }
        let loopback: ConsoleAddress = "http://127.0.0.1:8080".parse().unwrap();
        assert!(Destination::page("http://127.0.0.1:8080/s3", &loopback).is_ok());
        for url in ["http://x.127.0.0.1:8080/", "http://127.0.0.1:8081/", "https://127.0.0.1:8080/"] {
            assert!(Destination::page(url, &loopback).is_err(), "{url}");
        }
    }

    #[test]
    fn a_service_is_a_path_of_the_console() {
        let region: Region = "eu-west-1".parse().unwrap();
        for (name, path) in [("s3", "s3/home"), ("dynamodb", "dynamodbv2/home"), ("new-thing", "new-thing/home")] {
            let expected = format!("https://console.aws.amazon.com/{path}?region=eu-west-1");
            assert_eq!(Destination::service(name, &aws(), &region), Ok(Destination(expected)));
        }
        for name in ["", "S3", "s3/../x", "s3?x", "a.b", "s3#", "ü", &"a".repeat(65)] {
            assert_eq!(Destination::service(name, &aws(), &region), Err(DestinationError::Service(name.to_owned())));
        }
    }

    proptest! {
        #[test]
        fn what_is_taken_has_the_console_for_its_host(prefix in "[a-z@:/.#?\\\\%\\[\\]]{0,12}", suffix in "[a-z@:/.#?\\\\%]{0,12}") {
            let url = format!("https://{prefix}console.aws.amazon.com{suffix}");
            if Destination::page(&url, &aws()).is_ok() {
                let parsed = url::Url::parse(&url).unwrap();
                let host = parsed.host_str().unwrap();
                prop_assert!(host == "console.aws.amazon.com" || host.ends_with(".console.aws.amazon.com"));
                prop_assert!(parsed.username().is_empty() && parsed.port().is_none());
            }
        }
    }
}
