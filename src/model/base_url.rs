//! What the address of a far side says about how it is reached: with TLS or without, on this machine or another.

use std::net::{Ipv4Addr, Ipv6Addr};

/// What the far side's address says about how to reach it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Base {
    Https,
    Http,
    /// This machine: no proxy is asked.
    Loopback {
        https: bool,
    },
    /// Neither http nor https, or no host.
    Other,
}

impl Base {
    /// Reads scheme and host of a URL. A user name in it makes it `Other`: credentials do not belong in addresses.
    pub fn of(url: &str) -> Self {
        let Ok(uri) = url.parse::<http::Uri>() else { return Self::Other };
        let Some(authority) = uri.authority() else { return Self::Other };
        if authority.as_str().contains('@') {
            return Self::Other;
        }
        // The parser lets anything stand between the bracket of an IPv6 address and a port.
        let behind_host = authority.as_str().strip_prefix(authority.host()).unwrap_or_default();
        if !behind_host.is_empty() && !behind_host.starts_with(':') {
            return Self::Other;
        }
        let Some(loopback) = is_loopback(authority.host()) else { return Self::Other };
        match uri.scheme_str() {
            Some("https") if loopback => Self::Loopback { https: true },
            Some("http") if loopback => Self::Loopback { https: false },
            Some("https") => Self::Https,
            Some("http") => Self::Http,
            _ => Self::Other,
        }
    }

    pub const fn is_https(self) -> bool {
        matches!(self, Self::Https | Self::Loopback { https: true })
    }
}

/// Whether a host is this machine; `None` where brackets are around anything but an address of IPv6.
fn is_loopback(host: &str) -> Option<bool> {
    if host.contains(['[', ']']) {
        let address: Option<Ipv6Addr> = host.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
        return address.map(|address| address.is_loopback());
    }
    let is_v4 = host.parse().is_ok_and(|address: Ipv4Addr| address.is_loopback());
    Some(is_v4 || host.eq_ignore_ascii_case("localhost"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_how_it_is_reached() {
        for (url, base) in [
            ("https://crowd.example.com/crowd", Base::Https),
            ("http://crowd.example.com", Base::Http),
            ("http://[::1]example.com:80", Base::Other),
            ("https://[::1]example.com", Base::Other),
            ("http://[localhost]", Base::Other),
            ("http://[127.0.0.1]:80", Base::Other),
            ("http://[]", Base::Other),
            ("https://crowd.[::1]example.com", Base::Other),
            ("http://127.0.0.1:8095/crowd", Base::Loopback { https: false }),
            ("http://[::1]:8095", Base::Loopback { https: false }),
            ("https://localhost:8443", Base::Loopback { https: true }),
            ("http://127.0.0.1.example.com", Base::Http),
            ("http://localhost@crowd.example.com", Base::Other),
            ("ftp://127.0.0.1", Base::Other),
            ("crowd.example.com", Base::Other),
            ("", Base::Other),
        ] {
            assert_eq!(Base::of(url), base, "{url}");
            assert_eq!(base.is_https(), url.starts_with("https://") && base != Base::Other, "{url}");
        }
    }
}
