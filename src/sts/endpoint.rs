//! Where a service of AWS is: its own endpoint for the region, in the kind that the environment's switches ask for, or the
//! one that the environment names. Never the global endpoint of STS, whose tokens don't work in every region. Plain http
//! goes to this machine only. The rules from region to URL are AWS's own, as the SDK has them.

use std::future::Future;
use std::task::{Context, Poll, Waker};

use aws_sdk_iam::config::endpoint as iam;
use aws_sdk_sts::config::endpoint as sts;
use iam::ResolveEndpoint as _;
use sts::ResolveEndpoint as _;

use crate::model::base_url::Base;
use crate::model::region::Region;
use crate::ports::TokenServiceError;

const IGNORE: &str = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS";
/// The switches of the same guide, "Dual-stack and FIPS endpoints".
const FIPS: &str = "AWS_USE_FIPS_ENDPOINT";
const DUAL_STACK: &str = "AWS_USE_DUALSTACK_ENDPOINT";

/// What is asked there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Service {
    Sts,
    /// One for each partition, whatever the region.
    Iam,
}

impl Service {
    /// The variables that may name an endpoint, the stronger first (AWS SDKs and Tools Reference Guide,
    /// "Service-specific endpoints").
    const fn variables(self) -> [&'static str; 2] {
        match self {
            Self::Sts => ["AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL"],
            Self::Iam => ["AWS_ENDPOINT_URL_IAM", "AWS_ENDPOINT_URL"],
        }
    }

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Sts => "STS",
            Self::Iam => "IAM",
        }
    }

    /// AWS has FIPS endpoints of STS in the United States only, GovCloud and the regions of its agencies included, and of
    /// IAM for their partitions; its rules make up names for the others that nobody answers to (AWS, "FIPS endpoints by
    /// service").
    fn has_fips(self, region: &Region) -> bool {
        match self {
            Self::Sts => region.as_str().starts_with("us-"),
            Self::Iam => matches!(region.partition(), "aws" | "aws-us-gov"),
        }
    }

    /// The URL by AWS's rules, which need nobody to be asked: a resolver that is not ready at once has none.
    fn regional_url(self, region: &Region, kind: EndpointKind) -> Option<String> {
        if kind.fips() && !self.has_fips(region) {
            return None;
        }
        let (region, fips, dual) = (region.as_str(), kind.fips(), kind.dual_stack());
        let endpoint = match self {
            Self::Sts => {
                let params = sts::Params::builder().region(region).use_fips(fips).use_dual_stack(dual).build().ok()?;
                at_once(sts::DefaultResolver::new().resolve_endpoint(&params))?.ok()?
            }
            Self::Iam => {
                let params = iam::Params::builder().region(region).use_fips(fips).use_dual_stack(dual).build().ok()?;
                at_once(iam::DefaultResolver::new().resolve_endpoint(&params))?.ok()?
            }
        };
        Some(endpoint.url().to_owned())
    }
}

fn at_once<F: Future>(future: F) -> Option<F::Output> {
    match std::pin::pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}

/// Where a service is asked.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Endpoint {
    /// The region's own endpoint, as AWS's partitions have it.
    Regional(EndpointKind),
    /// This URL for every region: https, or http on this machine.
    Fixed(FixedUrl),
}

/// Which of a region's endpoints is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EndpointKind {
    Plain,
    /// With cryptography that is validated by FIPS 140.
    Fips,
    /// Over IPv6 as well.
    DualStack,
    FipsDualStack,
}

/// A URL that [`Endpoint::resolve`] has accepted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FixedUrl(String);

impl FixedUrl {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl EndpointKind {
    pub const fn fips(self) -> bool {
        matches!(self, Self::Fips | Self::FipsDualStack)
    }

    pub const fn dual_stack(self) -> bool {
        matches!(self, Self::DualStack | Self::FipsDualStack)
    }

    /// The kind in a sentence; no URL reads like one.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Fips => "FIPS",
            Self::DualStack => "dual-stack",
            Self::FipsDualStack => "FIPS dual-stack",
        }
    }

    fn resolve(variable: impl Fn(&str) -> Option<String>) -> Result<Self, TokenServiceError> {
        Ok(match (is_on(FIPS, &variable)?, is_on(DUAL_STACK, &variable)?) {
            (false, false) => Self::Plain,
            (true, false) => Self::Fips,
            (false, true) => Self::DualStack,
            (true, true) => Self::FipsDualStack,
        })
    }
}

/// A switch that can't be read is an error: who asked for FIPS must not get another endpoint for a slip.
fn is_on(name: &'static str, variable: impl Fn(&str) -> Option<String>) -> Result<bool, TokenServiceError> {
    match variable(name).filter(|value| !value.is_empty()) {
        None => Ok(false),
        Some(value) if value.eq_ignore_ascii_case("true") => Ok(true),
        Some(value) if value.eq_ignore_ascii_case("false") => Ok(false),
        Some(value) => Err(TokenServiceError::SwitchUnclear { variable: name, value }),
    }
}

impl Endpoint {
    /// Reads what the environment says, through a look-up by name. An empty value says nothing.
    pub fn resolve(service: Service, variable: impl Fn(&str) -> Option<String>) -> Result<Self, TokenServiceError> {
        let kind = EndpointKind::resolve(&variable)?;
        if variable(IGNORE).is_some_and(|value| value.eq_ignore_ascii_case("true")) {
            return Ok(Self::Regional(kind));
        }
        let named = |name: &'static str| variable(name).filter(|url| !url.is_empty()).map(|url| (name, url));
        let Some((variable, url)) = service.variables().into_iter().find_map(named) else {
            return Ok(Self::Regional(kind));
        };
        if kind != EndpointKind::Plain {
            let switch = if kind.fips() { FIPS } else { DUAL_STACK };
            return Err(TokenServiceError::EndpointContradicted { variable, switch });
        }
        if is_usable(&url) {
            Ok(Self::Fixed(FixedUrl(url)))
        } else {
            Err(TokenServiceError::EndpointRefused { variable, url: without_user(&url) })
        }
    }

    /// What tells this endpoint from the plain regional one; `None` for that. Part of every key of what it gave.
    pub fn distinction(&self) -> Option<&str> {
        match self {
            Self::Regional(EndpointKind::Plain) => None,
            Self::Regional(kind) => Some(kind.as_str()),
            Self::Fixed(FixedUrl(url)) => Some(url),
        }
    }

    pub(super) fn base(&self) -> Base {
        match self {
            Self::Regional(_) => Base::Https,
            Self::Fixed(FixedUrl(url)) => Base::of(url),
        }
    }

    /// Checks that AWS has such an endpoint in the region.
    pub(super) fn check(&self, service: Service, region: &Region) -> Result<(), TokenServiceError> {
        match self {
            Self::Regional(kind) if service.regional_url(region, *kind).is_none() => {
                Err(TokenServiceError::NoSuchEndpoint { kind: kind.as_str(), region: region.clone() })
            }
            _ => Ok(()),
        }
    }

    /// Where calls for this region go; nothing where AWS has no such endpoint.
    pub(super) fn uri(&self, service: Service, region: &Region) -> Option<http::Uri> {
        match self {
            Self::Fixed(FixedUrl(url)) => url.parse().ok(),
            Self::Regional(kind) => service.regional_url(region, *kind)?.parse().ok(),
        }
    }

    /// The same without a path, to see whether somebody answers there.
    pub(super) fn origin(&self, service: Service, region: &Region) -> String {
        let origin = |uri: http::Uri| Some(format!("{}://{}", uri.scheme_str()?, uri.authority()?));
        self.uri(service, region).and_then(origin).unwrap_or_else(|| self.host(service, region))
    }

    /// The host that is asked for this region, with its port where one is named.
    pub(super) fn host(&self, service: Service, region: &Region) -> String {
        let host = self.uri(service, region).and_then(|uri| Some(uri.authority()?.to_string()));
        host.unwrap_or_else(|| format!("{} in {region}", service.as_str()))
    }
}

fn is_usable(url: &str) -> bool {
    let bare = url.parse::<http::Uri>().is_ok_and(|uri| uri.query().is_none()) && !url.contains('#');
    bare && matches!(Base::of(url), Base::Https | Base::Loopback { .. })
}

/// A password in a URL has no place in an error.
fn without_user(url: &str) -> String {
    match url.rsplit_once('@') {
        None => url.to_owned(),
        Some((_, host)) => format!("…@{host}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(variables: &[(&str, &str)]) -> Result<Option<String>, TokenServiceError> {
        let find = |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        Endpoint::resolve(Service::Sts, find).map(|endpoint| endpoint.distinction().map(str::to_owned))
    }

    #[test]
    fn the_variable_for_sts_goes_before_the_one_for_all() {
        let (sts, all) =
            (("AWS_ENDPOINT_URL_STS", "https://sts.example.com"), ("AWS_ENDPOINT_URL", "http://[::1]:4566"));
        let url = |text: &str| Some(text.to_owned());
        for (variables, expected) in [
            (vec![], None),
            (vec![sts], url(sts.1)),
            (vec![all], url(all.1)),
            (vec![all, sts], url(sts.1)),
            (vec![("AWS_ENDPOINT_URL_STS", ""), all], url(all.1)),
            (vec![sts, all, (IGNORE, "true")], None),
            (vec![sts, (IGNORE, "True")], None),
            (vec![sts, (IGNORE, "false")], url(sts.1)),
            (vec![sts, (IGNORE, "")], url(sts.1)),
            (vec![("AWS_ENDPOINT_URL_S3", "https://s3.example.com")], None),
        ] {
            assert_eq!(resolve(&variables).unwrap(), expected, "{variables:?}");
        }
    }

    #[test]
    fn a_url_that_would_carry_signatures_in_the_clear_is_refused() {
        for (url, shown) in [
            ("http://sts.example.com", "http://sts.example.com"),
            ("http://127.0.0.1.example.com", "http://127.0.0.1.example.com"),
            ("http://localhost@sts.example.com", "…@sts.example.com"),
            ("https://ops:canary@sts.example.com", "…@sts.example.com"),
            ("https://sts.example.com?a=b", "https://sts.example.com?a=b"),
            ("https://sts.example.com#a", "https://sts.example.com#a"),
            ("sts.example.com", "sts.example.com"),
            ("file:///tmp/sts", "file:///tmp/sts"),
        ] {
            match resolve(&[("AWS_ENDPOINT_URL", url)]) {
                Err(TokenServiceError::EndpointRefused { variable, url }) => {
                    assert_eq!((variable, url.as_str()), ("AWS_ENDPOINT_URL", shown));
                }
                other => panic!("{url}: {other:?}"),
            }
        }
    }

    #[test]
    fn every_partition_has_its_own_suffix_and_no_region_the_global_endpoint() {
        use EndpointKind::{DualStack, Fips, FipsDualStack, Plain};
        for (region, kind, host) in [
            ("us-east-1", Plain, "sts.us-east-1.amazonaws.com"),
            ("eu-west-1", Plain, "sts.eu-west-1.amazonaws.com"),
            ("ap-southeast-7", Plain, "sts.ap-southeast-7.amazonaws.com"),
            ("cn-north-1", Plain, "sts.cn-north-1.amazonaws.com.cn"),
            ("us-gov-west-1", Plain, "sts.us-gov-west-1.amazonaws.com"),
            ("eusc-de-east-1", Plain, "sts.eusc-de-east-1.amazonaws.eu"),
            ("us-iso-east-1", Plain, "sts.us-iso-east-1.c2s.ic.gov"),
            ("us-isob-east-1", Plain, "sts.us-isob-east-1.sc2s.sgov.gov"),
            ("eu-isoe-west-1", Plain, "sts.eu-isoe-west-1.cloud.adc-e.uk"),
            ("us-isof-south-1", Plain, "sts.us-isof-south-1.csp.hci.ic.gov"),
            ("us-east-1", Fips, "sts-fips.us-east-1.amazonaws.com"),
            ("us-gov-west-1", Fips, "sts.us-gov-west-1.amazonaws.com"),
            ("us-east-1", DualStack, "sts.us-east-1.api.aws"),
            ("cn-north-1", DualStack, "sts.cn-north-1.api.amazonwebservices.com.cn"),
            ("us-east-1", FipsDualStack, "sts-fips.us-east-1.api.aws"),
        ] {
            let region = region.parse().unwrap();
            let endpoint = Endpoint::Regional(kind);
            assert!(endpoint.check(Service::Sts, &region).is_ok(), "{host}");
            assert_eq!(endpoint.host(Service::Sts, &region), host);
        }
        for (region, host) in [
            ("us-east-1", "iam.amazonaws.com"),
            ("eu-west-1", "iam.amazonaws.com"),
            ("cn-north-1", "iam.cn-north-1.amazonaws.com.cn"),
            ("us-gov-west-1", "iam.us-gov.amazonaws.com"),
            ("eusc-de-east-1", "iam.eusc-de-east-1.amazonaws.eu"),
        ] {
            assert_eq!(Endpoint::Regional(Plain).host(Service::Iam, &region.parse().unwrap()), host);
        }
        let fixed = Endpoint::Fixed(FixedUrl("http://127.0.0.1:4566/sts".to_owned()));
        assert_eq!(fixed.host(Service::Sts, &"eu-west-1".parse().unwrap()), "127.0.0.1:4566");
    }

    #[test]
    fn the_switches_say_which_of_a_region_s_endpoints_is_asked() {
        let (fips, dual) = ((FIPS, "true"), (DUAL_STACK, "TRUE"));
        for (variables, distinction) in [
            (vec![fips], "FIPS"),
            (vec![dual], "dual-stack"),
            (vec![fips, dual], "FIPS dual-stack"),
            (vec![fips, (DUAL_STACK, "False")], "FIPS"),
            (vec![fips, ("AWS_ENDPOINT_URL", "https://sts.example.com"), (IGNORE, "true")], "FIPS"),
        ] {
            assert_eq!(resolve(&variables).unwrap().as_deref(), Some(distinction), "{variables:?}");
        }
        for unclear in ["yes", "1", "true "] {
            let refused = resolve(&[(FIPS, unclear)]);
            assert!(matches!(refused, Err(TokenServiceError::SwitchUnclear { variable: FIPS, .. })), "{unclear}");
        }
        let both = resolve(&[dual, ("AWS_ENDPOINT_URL", "https://sts.example.com")]);
        assert!(matches!(both, Err(TokenServiceError::EndpointContradicted { switch: DUAL_STACK, .. })));
    }
}
