//! Where a host's credentials are asked for, as the environment says: where a container's variables are set, the
//! container's service, else the EC2 metadata service. An address is one of this machine or beside it, or https; so a
//! question never crosses a network readable. Sources: AWS SDKs and Tools Reference Guide, "Container credential
//! provider" and "IMDS credential provider".

use std::net::IpAddr;
use std::path::PathBuf;

use crate::model::base_url::Base;
use crate::ports::{Cause, HostRoleError};
use crate::sys::files;

pub const RELATIVE_URI: &str = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
const FULL_URI: &str = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
pub const TOKEN_FILE: &str = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";
pub const TOKEN: &str = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
const METADATA_ENDPOINT: &str = "AWS_EC2_METADATA_SERVICE_ENDPOINT";
const METADATA_MODE: &str = "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE";
const METADATA_DISABLED: &str = "AWS_EC2_METADATA_DISABLED";

/// In bytes; far more than a token has.
const LONGEST_TOKEN: u64 = 1 << 16;

/// Every variable that may change which credentials a host gives.
pub const VARIABLES: [&str; 7] =
    [RELATIVE_URI, FULL_URI, TOKEN_FILE, TOKEN, METADATA_ENDPOINT, METADATA_MODE, METADATA_DISABLED];

/// The hosts besides this one that give credentials to containers: of ECS and of EKS.
const CONTAINER_HOSTS: [&str; 3] = ["169.254.170.2", "169.254.170.23", "fd00:ec2::23"];
const CONTAINER_RULE: &str =
    "is neither an https URL nor one on this machine, 169.254.170.2, 169.254.170.23 or [fd00:ec2::23]";
pub const PATH_RULE: &str = "is not a path";
const METADATA_RULE: &str = "is not an http URL on this machine, a link-local address or [fd00:ec2::254]";

/// Where credentials are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    pub kind: Kind,
    pub url: String,
    /// The variable that says what is sent to show who asks.
    pub token: Option<&'static str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Container,
    Ec2,
}

impl Address {
    /// The service in a sentence; neither path nor query is shown, they may be meant for nobody else.
    pub fn place(&self) -> String {
        let host = origin(&self.url);
        match self.kind {
            Kind::Container => format!("the container credentials service at {host}"),
            Kind::Ec2 => format!("the EC2 metadata service at {host}"),
        }
    }

    pub fn base(&self) -> Base {
        Base::of(&self.url)
    }
}

/// What the environment says of the host.
#[derive(Debug, Default)]
pub struct Surroundings {
    relative_uri: Option<String>,
    full_uri: Option<String>,
    token_file: Option<PathBuf>,
    /// The token itself stays where it is: only AWS's provider reads it.
    has_token: bool,
    metadata_endpoint: Option<String>,
    metadata_mode: Option<String>,
    metadata_disabled: Option<String>,
}

impl Surroundings {
    /// Reads the variables through a look-up by name; an empty one counts as not set.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Self {
        let variable = |name: &str| variable(name).filter(|value| !value.is_empty());
        Self {
            relative_uri: variable(RELATIVE_URI),
            full_uri: variable(FULL_URI),
            token_file: variable(TOKEN_FILE).map(PathBuf::from),
            has_token: variable(TOKEN).is_some(),
            metadata_endpoint: variable(METADATA_ENDPOINT),
            metadata_mode: variable(METADATA_MODE),
            metadata_disabled: variable(METADATA_DISABLED),
        }
    }

    /// Where to ask, or why nobody may be asked.
    pub fn address(&self) -> Result<Address, HostRoleError> {
        let url = match (&self.relative_uri, &self.full_uri) {
            (Some(path), _) => container_path(path)?,
            (None, Some(url)) => container_url(url)?,
            (None, None) => return self.metadata(),
        };
        self.check_token_file()?;
        let token = self.token_file.as_ref().map(|_| TOKEN_FILE).or(self.has_token.then_some(TOKEN));
        Ok(Address { kind: Kind::Container, url, token })
    }

    fn metadata(&self) -> Result<Address, HostRoleError> {
        if self.metadata_disabled.as_ref().is_some_and(|value| value.eq_ignore_ascii_case("true")) {
            return Err(HostRoleError::SwitchedOff { variable: METADATA_DISABLED });
        }
        let url = match (&self.metadata_endpoint, self.metadata_mode.as_deref()) {
            (Some(url), _) if is_beside(url) => url.trim_end_matches('/').to_owned(),
            (Some(url), _) => return Err(refused(METADATA_ENDPOINT, url, METADATA_RULE)),
            (None, None) => "http://169.254.169.254".to_owned(),
            (None, Some(mode)) if mode.eq_ignore_ascii_case("ipv4") => "http://169.254.169.254".to_owned(),
            (None, Some(mode)) if mode.eq_ignore_ascii_case("ipv6") => "http://[fd00:ec2::254]".to_owned(),
            (None, Some(mode)) => return Err(refused(METADATA_MODE, mode, "is neither IPv4 nor IPv6")),
        };
        Ok(Address { kind: Kind::Ec2, url, token: None })
    }

    /// AWS's provider says of a file only that it can't be used.
    fn check_token_file(&self) -> Result<(), HostRoleError> {
        let Some(path) = &self.token_file else { return Ok(()) };
        let unfit = |source: Cause| HostRoleError::Token { variable: TOKEN_FILE, source };
        let token = files::read_regular(path, LONGEST_TOKEN).map_err(|error| unfit(error.into()))?;
        let token = zeroize::Zeroizing::new(token);
        match token.last() {
            None => Err(unfit(format!("{} is empty", path.display()).into())),
            Some(b'\n' | b'\r') => {
                Err(unfit(format!("{} ends in a line break, which no header may hold", path.display()).into()))
            }
            Some(_) => Ok(()),
        }
    }
}

fn container_path(path: &str) -> Result<String, HostRoleError> {
    let url = format!("http://{}{path}", CONTAINER_HOSTS[0]);
    let same_host =
        url.parse::<http::Uri>().is_ok_and(|uri| uri.authority().is_some_and(|host| host == CONTAINER_HOSTS[0]));
    if path.starts_with('/') && !path.starts_with("//") && same_host {
        Ok(url)
    } else {
        Err(refused(RELATIVE_URI, path, PATH_RULE))
    }
}

fn container_url(url: &str) -> Result<String, HostRoleError> {
    let usable = match Base::of(url) {
        Base::Https | Base::Loopback { .. } => true,
        Base::Http => address_in(url).is_some_and(|address| CONTAINER_HOSTS.contains(&address.to_string().as_str())),
        Base::Other => false,
    };
    if usable { Ok(url.to_owned()) } else { Err(refused(FULL_URI, url, CONTAINER_RULE)) }
}

/// On this machine, or on its own link: nobody further away is believed to be the EC2 metadata service.
fn is_beside(url: &str) -> bool {
    let bare = url.parse::<http::Uri>().is_ok_and(|uri| uri.query().is_none());
    bare && match Base::of(url) {
        Base::Loopback { https } => !https,
        Base::Http => address_in(url).is_some_and(|address| match address {
            IpAddr::V4(address) => address.is_link_local(),
            IpAddr::V6(address) => address.is_unicast_link_local() || address.to_string() == "fd00:ec2::254",
        }),
        Base::Https | Base::Other => false,
    }
}

fn address_in(url: &str) -> Option<IpAddr> {
    let uri = url.parse::<http::Uri>().ok()?;
    uri.host()?.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

fn refused(variable: &'static str, url: &str, rule: &'static str) -> HostRoleError {
    HostRoleError::AddressRefused { variable, url: origin(url), rule }
}

/// Scheme and host alone: a user's password or a token in the rest has no place in an error.
fn origin(url: &str) -> String {
    let uri = url.parse::<http::Uri>().ok();
    let parts = uri.as_ref().and_then(|uri| Some((uri.scheme_str()?, uri.authority()?.as_str())));
    match parts {
        Some((scheme, authority)) => {
            let host = authority.rsplit('@').next().unwrap_or(authority);
            format!("{scheme}://{host}")
        }
        None => url.split(['?', '@']).next().unwrap_or_default().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(variables: &[(&str, &str)]) -> Result<String, String> {
        let find = |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        Surroundings::read(find).address().map(|address| address.url).map_err(|error| error.to_string())
    }

    #[test]
    fn the_container_s_service_is_asked_where_its_variables_are_set_and_else_ec2() {
        let (relative, full) = ((RELATIVE_URI, "/v2/role?id=1"), (FULL_URI, "http://169.254.170.23/v1/credentials"));
        let (off, elsewhere) = ((METADATA_DISABLED, "true"), (METADATA_ENDPOINT, "http://127.0.0.1:1338/"));
        for (variables, expected) in [
            (vec![], "http://169.254.169.254"),
            (vec![(METADATA_MODE, "IPv6")], "http://[fd00:ec2::254]"),
            (vec![elsewhere, (METADATA_MODE, "IPv6")], "http://127.0.0.1:1338"),
            (vec![(METADATA_DISABLED, "false"), (RELATIVE_URI, "")], "http://169.254.169.254"),
            (vec![relative], "http://169.254.170.2/v2/role?id=1"),
            (vec![full, relative, elsewhere], "http://169.254.170.2/v2/role?id=1"),
            (vec![full, off], "http://169.254.170.23/v1/credentials"),
        ] {
            assert_eq!(address(&variables).as_deref(), Ok(expected), "{variables:?}");
        }
        assert_eq!(
            address(&[off]),
            Err("the EC2 metadata service is switched off by AWS_EC2_METADATA_DISABLED".to_owned())
        );
    }

    #[test]
    fn only_near_hosts_are_asked_readably() {
        for (variable, url, good) in [
            (FULL_URI, "http://127.0.0.1:9/a", true),
            (FULL_URI, "http://127.9.9.9/a", true),
            (FULL_URI, "http://[::1]:9/a", true),
            (FULL_URI, "http://localhost:9/a", true),
            (FULL_URI, "http://169.254.170.2/a", true),
            (FULL_URI, "http://[fd00:ec2::23]/a", true),
            (FULL_URI, "https://credentials.example.com/a", true),
            (FULL_URI, "http://credentials.example.com/a", false),
            (FULL_URI, "http://169.254.169.254/a", false),
            (FULL_URI, "http://10.0.0.1/a", false),
            (FULL_URI, "http://0.0.0.0/a", false),
            (FULL_URI, "http://localhost.example.com/a", false),
            (FULL_URI, "http://127.0.0.1@credentials.example.com/a", false),
            (FULL_URI, "https://user@credentials.example.com/a", false),
            (FULL_URI, "file:///etc/passwd", false),
            (FULL_URI, "/a", false),
            (RELATIVE_URI, "/a", true),
            (RELATIVE_URI, "a", false),
            (RELATIVE_URI, "//evil.example.com/a", false),
            (RELATIVE_URI, "@evil.example.com/a", false),
            (RELATIVE_URI, ".evil.example.com/a", false),
            (RELATIVE_URI, ":80@evil.example.com/a", false),
            (RELATIVE_URI, "http://evil.example.com/a", false),
            (METADATA_ENDPOINT, "http://127.0.0.1:1338", true),
            (METADATA_ENDPOINT, "http://169.254.169.254", true),
            (METADATA_ENDPOINT, "http://[fd00:ec2::254]", true),
            (METADATA_ENDPOINT, "http://10.0.0.1", false),
            (METADATA_ENDPOINT, "http://metadata.example.com", false),
            (METADATA_ENDPOINT, "https://metadata.example.com", false),
            (METADATA_ENDPOINT, "http://127.0.0.1?a=b", false),
            (METADATA_MODE, "both", false),
        ] {
            assert_eq!(address(&[(variable, url)]).is_ok(), good, "{variable} {url}");
        }
    }

    #[test]
    fn what_is_shown_of_an_address_is_its_host() {
        let refused = address(&[(FULL_URI, "http://user:canary@10.0.0.1/path?token=canary")]).unwrap_err();
        assert_eq!(refused, format!("{FULL_URI} names “http://10.0.0.1”, which {CONTAINER_RULE}"));
        let address = Address { kind: Kind::Container, url: "http://127.0.0.1:9/a?b".to_owned(), token: None };
        assert_eq!(address.place(), "the container credentials service at http://127.0.0.1:9");
    }
}
