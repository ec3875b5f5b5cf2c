//! The base URL of a sign-in host or of a console: scheme, host and port, and nothing else.
//! It is https, or http on this machine. `{region}` in a configured one stands for the region that is signed in to.

use std::fmt;

use crate::model::base_url::Base;
use crate::model::region::Region;

const REGION: &str = "{region}";

/// Such as `https://signin.aws.amazon.com`, without a slash at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsoleAddress(String);

/// Why a text can't be such an address. The text is not repeated: it may hold a password.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("it is not an address such as https://signin.aws.amazon.com: https, or http on this machine, and no path")]
pub struct ConsoleAddressError;

impl ConsoleAddress {
    /// The https address of a host that is known to be one.
    pub(super) fn of_host(host: &str) -> Self {
        Self(format!("https://{host}"))
    }

    pub(super) fn in_region(&self, region: &Region) -> Self {
        Self(self.0.replace(REGION, region.as_str()))
    }

    /// How the address is reached.
    pub fn base(&self) -> Base {
        Base::of(&self.0)
    }

    /// The scheme with its slashes, and host and port.
    pub(super) fn parts(&self) -> (&str, &str) {
        split(&self.0).map_or(("", ""), |(scheme, authority, _)| (scheme, authority))
    }
}

impl std::str::FromStr for ConsoleAddress {
    type Err = ConsoleAddressError;

    fn from_str(text: &str) -> Result<Self, ConsoleAddressError> {
        let text = text.strip_suffix('/').unwrap_or(text);
        let sample = text.replace(REGION, Region::FALLBACK);
        let (_, authority, rest) = split(&sample).ok_or(ConsoleAddressError)?;
        let plain = authority.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte));
        let reached = matches!(Base::of(&sample), Base::Https | Base::Loopback { .. });
        if plain && reached && rest.is_empty() { Ok(Self(text.to_owned())) } else { Err(ConsoleAddressError) }
    }
}

impl fmt::Display for ConsoleAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Scheme with its slashes, host with its port, and the rest; nothing is decoded or put right.
pub(super) fn split(url: &str) -> Option<(&str, &str, &str)> {
    let start = url.find("://")? + "://".len();
    let (scheme, below) = url.split_at(start);
    let end = below.find(['/', '?', '#']).unwrap_or(below.len());
    let (authority, rest) = below.split_at(end);
    (!authority.is_empty()).then_some((scheme, authority, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_address_of_one_host_over_https_or_on_this_machine_is_taken() {
        for (text, kept) in [
            ("https://signin.example.com", Some("https://signin.example.com")),
            ("https://signin.example.com:8443/", Some("https://signin.example.com:8443")),
            ("https://{region}.signin.example.com", Some("https://{region}.signin.example.com")),
            ("http://127.0.0.1:8080", Some("http://127.0.0.1:8080")),
            ("http://[::1]:8080", Some("http://[::1]:8080")),
            ("http://signin.example.com", None),
            ("http://{region}.localhost.example.com", None),
            ("https://signin.example.com/federation", None),
            ("https://signin.example.com?x", None),
            ("https://signin.example.com#x", None),
            ("https://bob@signin.example.com", None),
            ("https://signin.example.com\\@evil.example", None),
            ("https://signin.example.com /", None),
            ("https://{host}.example.com", None),
            ("https://", None),
            ("signin.example.com", None),
            ("", None),
        ] {
            assert_eq!(text.parse::<ConsoleAddress>().ok().map(|address| address.0).as_deref(), kept, "{text}");
        }
    }
}
