//! Where a Crowd server is, checked before anything is sent there. Pure: the configuration checks with the same code.
//! An address never holds a user name, a query or a fragment, and is plain http only to this machine unless that was
//! asked for.

use std::fmt;

use super::base_url::Base;

/// Where http without TLS may be spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlainHttp {
    LoopbackOnly,
    Anywhere,
}

/// The base URL of a Crowd server, without slashes at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CrowdAddress {
    text: String,
    base: Base,
}

/// Why a text can't be the address of a Crowd server. The text itself is not repeated: it may hold a password.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum CrowdAddressError {
    #[error("the Crowd address is not a URL such as https://crowd.example.com/crowd")]
    NotAnAddress,
    #[error("the Crowd address must begin with https:// or http:// and name a host")]
    Scheme,
    #[error("the Crowd address may not hold a user name or password")]
    UserInfo,
    #[error("the Crowd address may not hold a query or a fragment")]
    QueryOrFragment,
    /// Passwords would cross the network readable.
    #[error("the Crowd address uses http without TLS to another machine")]
    PlainHttp,
}

impl CrowdAddress {
    /// Checks scheme and parts of the address, and trims slashes at its end: what is shown of it is the same address.
    pub fn parse(text: &str, plain_http: PlainHttp) -> Result<Self, CrowdAddressError> {
        if text.contains(['?', '#']) {
            return Err(CrowdAddressError::QueryOrFragment);
        }
        check_authority(text)?;
        let text = text.trim_end_matches('/');
        match Base::of(text) {
            Base::Other => Err(CrowdAddressError::Scheme),
            Base::Http if plain_http == PlainHttp::LoopbackOnly => Err(CrowdAddressError::PlainHttp),
            base => Ok(Self { text: text.to_owned(), base }),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The host, and the port where one is named.
    pub fn host(&self) -> &str {
        let (_, rest) = self.text.split_once("://").unwrap_or_default();
        rest.split('/').next().unwrap_or_default()
    }

    /// How the address is reached.
    pub const fn base(&self) -> Base {
        self.base
    }
}

impl fmt::Display for CrowdAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

fn check_authority(text: &str) -> Result<(), CrowdAddressError> {
    let uri = text.parse::<http::Uri>().ok().filter(|_| text.is_ascii()).ok_or(CrowdAddressError::NotAnAddress)?;
    let authority = uri.authority().ok_or(CrowdAddressError::Scheme)?;
    if authority.as_str().contains('@') {
        return Err(CrowdAddressError::UserInfo);
    }
    if authority.host().is_empty() {
        return Err(CrowdAddressError::Scheme);
    }
    let names_port = !authority.as_str().ends_with(authority.host());
    if names_port && authority.port_u16().is_none() { Err(CrowdAddressError::NotAnAddress) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_addresses_lose_slashes_at_their_end() {
        for (text, kept) in [
            ("https://crowd.example.com", "https://crowd.example.com"),
            ("https://crowd.example.com/", "https://crowd.example.com"),
            ("https://crowd.example.com/crowd//", "https://crowd.example.com/crowd"),
            ("https://crowd.example.com:8443/crowd/", "https://crowd.example.com:8443/crowd"),
            ("http://127.0.0.1:8095/crowd", "http://127.0.0.1:8095/crowd"),
            ("http://localhost:8095/crowd", "http://localhost:8095/crowd"),
            ("http://[::1]:8095/crowd", "http://[::1]:8095/crowd"),
            ("https://[2001:db8::1]/crowd", "https://[2001:db8::1]/crowd"),
        ] {
            assert_eq!(CrowdAddress::parse(text, PlainHttp::LoopbackOnly).unwrap().as_str(), kept, "{text}");
        }
    }

    #[test]
    fn addresses_that_would_mislead_are_refused() {
        for (text, error) in [
            ("", CrowdAddressError::NotAnAddress),
            (" https://crowd.example.com", CrowdAddressError::NotAnAddress),
            ("https://crowd.example.com/crówd", CrowdAddressError::NotAnAddress),
            ("https://crowd.example.com:99999", CrowdAddressError::NotAnAddress),
            ("https://crowd.example.com:", CrowdAddressError::NotAnAddress),
            ("https://", CrowdAddressError::NotAnAddress),
            ("https://:8443", CrowdAddressError::Scheme),
            ("crowd.example.com", CrowdAddressError::Scheme),
            ("/crowd", CrowdAddressError::Scheme),
            ("ftp://127.0.0.1", CrowdAddressError::Scheme),
            ("https://bob:secret@crowd.example.com", CrowdAddressError::UserInfo),
            ("http://localhost@crowd.example.com", CrowdAddressError::UserInfo),
            ("https://crowd.example.com/crowd?x=y", CrowdAddressError::QueryOrFragment),
            ("https://crowd.example.com/crowd#x", CrowdAddressError::QueryOrFragment),
            ("http://crowd.example.com/crowd", CrowdAddressError::PlainHttp),
            ("http://127.0.0.1.example.com/crowd", CrowdAddressError::PlainHttp),
        ] {
            assert_eq!(CrowdAddress::parse(text, PlainHttp::LoopbackOnly), Err(error), "{text}");
        }
    }

    #[test]
    fn plain_http_to_another_machine_must_be_asked_for() {
        assert!(CrowdAddress::parse("http://crowd.example.com", PlainHttp::Anywhere).is_ok());
    }

    #[test]
    fn the_host_is_told_with_its_port() {
        for (address, host) in [
            ("https://crowd.example.com/crowd/x", "crowd.example.com"),
            ("https://crowd.example.com:8443", "crowd.example.com:8443"),
            ("http://[::1]:8095/crowd", "[::1]:8095"),
        ] {
            assert_eq!(CrowdAddress::parse(address, PlainHttp::LoopbackOnly).unwrap().host(), host);
        }
    }
}
