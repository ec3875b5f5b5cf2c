//! [`Proxies`]: which proxy the environment names for which far side, and by which variable. How a variable is read is up to
//! hyper-util; one that names no proxy is refused where it would be asked, as nobody wants to be let past it in silence.

use std::ffi::OsStr;

use http::Uri;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};

use crate::ports::Cause;

/// For each scheme what may name its proxy, the stronger first: a variable that is set hides those after it.
const HTTP: [&str; 4] = ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];
const HTTPS: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
/// Who is reached without any.
const EXCEPTIONS: [&str; 2] = ["NO_PROXY", "no_proxy"];
/// Set where a web server runs the program: the far side's headers are variables then, and one may be called `Proxy`.
const OF_WEB_SERVERS: &str = "REQUEST_METHOD";

/// The proxies of the environment. By default there are none.
#[derive(Default)]
pub struct Proxies {
    /// Names a proxy for whoever is reached through any, whichever that is.
    asked_for: Option<Matcher>,
    http: Option<Named>,
    https: Option<Named>,
}

/// What a variable says.
struct Named {
    variable: &'static str,
    /// Nothing where that is no proxy.
    proxy: Option<Intercept>,
}

/// A proxy on the way to somebody.
#[derive(Clone)]
pub struct Proxy {
    pub variable: &'static str,
    pub at: Intercept,
}

/// A variable that names no proxy that could be asked.
#[derive(Debug, thiserror::Error)]
#[error("{0} names no proxy, as http://HOST:PORT would")]
pub struct NoProxy(&'static str);

/// What went wrong on the way through a proxy. Its user and password are left out.
#[derive(Debug, thiserror::Error)]
#[error("no way through the proxy {at}, which {variable} names")]
pub struct Failed {
    at: String,
    variable: &'static str,
    #[source]
    source: Cause,
}

impl Proxies {
    /// Reads the environment through a look-up by name. An empty value says nothing.
    pub fn read<'a>(variable: impl Fn(&str) -> Option<&'a OsStr>) -> Self {
        let value = |name| variable(name).filter(|value| !value.is_empty());
        if value(OF_WEB_SERVERS).is_some() {
            return Self::default();
        }
        let named = |names: [&'static str; 4]| {
            let (variable, value) = names.into_iter().find_map(|name| Some((name, value(name)?)))?;
            Some(Named { variable, proxy: parse(&value.to_string_lossy()) })
        };
        let (http, https) = (named(HTTP), named(HTTPS));
        let exceptions = EXCEPTIONS.into_iter().find_map(value).unwrap_or_default().to_string_lossy();
        let asked_for = || Matcher::builder().all("http://proxy.invalid").no(exceptions.as_ref()).build();
        Self { asked_for: (http.is_some() || https.is_some()).then(asked_for), http, https }
    }

    /// The proxy to ask for the way to this far side, if there is to be one.
    pub fn on_the_way(&self, to: &Uri) -> Result<Option<Proxy>, NoProxy> {
        let named = match to.scheme_str() {
            Some("http") => self.http.as_ref(),
            Some("https") => self.https.as_ref(),
            _ => None,
        };
        let is_asked_for = self.asked_for.as_ref().is_some_and(|matcher| matcher.intercept(to).is_some());
        let Some(Named { variable, proxy }) = named.filter(|_| is_asked_for) else { return Ok(None) };
        let at = proxy.clone().ok_or(NoProxy(variable))?;
        Ok(Some(Proxy { variable, at }))
    }
}

/// A proxy that speaks HTTP; no other can be asked.
fn parse(value: &str) -> Option<Intercept> {
    let any = Uri::from_static("https://far-side.invalid");
    let proxy = Matcher::builder().all(value).build().intercept(&any)?;
    let (scheme, at) = (proxy.uri().scheme_str(), proxy.uri().authority()?);
    let is_whole = at.port_u16().is_some() || at.as_str() == at.host();
    (is_whole && matches!(scheme, Some("http" | "https"))).then_some(proxy)
}

impl Proxy {
    /// The error with the proxy named beside it.
    pub fn failed(&self, source: Cause) -> Failed {
        let at = self.at.uri().authority().map(ToString::to_string).unwrap_or_default();
        Failed { at, variable: self.variable, source }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The proxy for this address under these variables, or what there is to say.
    fn way(variables: &[(&str, &'static str)], to: &'static str) -> String {
        let find = |name: &str| Some(OsStr::new(variables.iter().find(|(known, _)| *known == name)?.1));
        match Proxies::read(find).on_the_way(&Uri::from_static(to)) {
            Ok(None) => "straight".to_owned(),
            Ok(Some(proxy)) => proxy.failed("".into()).to_string(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn the_variable_that_counts_is_the_one_that_is_told() {
        let (https, all) = (("HTTPS_PROXY", "http://afed:sesame@one:1/"), ("ALL_PROXY", "two:2"));
        let through = |at, variable| format!("no way through the proxy {at}, which {variable} names");
        for (variables, to, expected) in [
            (&[][..], "https://a.example.com", "straight".to_owned()),
            (&[https, all], "https://a.example.com", through("one:1", "HTTPS_PROXY")),
            (&[https, all], "http://a.example.com", through("two:2", "ALL_PROXY")),
            (&[("HTTPS_PROXY", ""), all], "https://a.example.com", through("two:2", "ALL_PROXY")),
            (&[("https_proxy", "https://three"), all], "https://a.example.com", through("three", "https_proxy")),
            (&[https, ("NO_PROXY", "example.com")], "https://a.example.com", "straight".to_owned()),
            (&[https, ("no_proxy", "*")], "https://a.example.com", "straight".to_owned()),
            (&[https, ("REQUEST_METHOD", "GET")], "https://a.example.com", "straight".to_owned()),
            (&[https], "http://a.example.com", "straight".to_owned()),
        ] {
            assert_eq!(way(variables, to), expected, "{variables:?} {to}");
        }
    }

    #[test]
    fn what_names_no_proxy_is_not_passed_over_but_where_none_is_asked_for() {
        for value in ["garbage:::///", "socks5://proxy:1080", "ftp://proxy", "http://", "/path", "http://proxy:x"] {
            let variables = [("HTTPS_PROXY", value), ("ALL_PROXY", "http://two:2"), ("NO_PROXY", "b.example.com")];
            assert_eq!(
                way(&variables, "https://a.example.com"),
                "HTTPS_PROXY names no proxy, as http://HOST:PORT would",
                "{value}"
            );
            assert_eq!(way(&variables, "https://b.example.com"), "straight");
        }
    }
}
