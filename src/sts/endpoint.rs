//! Where a service of AWS is: its own endpoint for the region, or the one that the environment names.
//! Never the global endpoint of STS, whose tokens don't work in every region. Plain http goes to this machine only.

use aws_sdk_iam::config::endpoint as iam;
use aws_sdk_sts::config::endpoint as sts;
use iam::ResolveEndpoint as _;
use sts::ResolveEndpoint as _;

use crate::model::base_url::Base;
use crate::model::region::Region;
use crate::ports::TokenServiceError;

const IGNORE: &str = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS";

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

    async fn regional_url(self, region: &Region) -> Option<String> {
        let endpoint = match self {
            Self::Sts => {
                let params = sts::Params::builder().region(region.as_str()).build().ok()?;
                sts::DefaultResolver::new().resolve_endpoint(&params).await.ok()?
            }
            Self::Iam => {
                let params = iam::Params::builder().region(region.as_str()).build().ok()?;
                iam::DefaultResolver::new().resolve_endpoint(&params).await.ok()?
            }
        };
        Some(endpoint.url().to_owned())
    }
}

/// Where a service is asked.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Endpoint {
    /// The service's own endpoint for the region, as AWS's partitions have it.
    Regional,
    /// This URL for every region: https, or http on this machine.
    Fixed(FixedUrl),
}

/// A URL that [`Endpoint::resolve`] has accepted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FixedUrl(String);

impl Endpoint {
    /// Reads what the environment says, through a look-up by name. An empty value says nothing.
    pub fn resolve(service: Service, variable: impl Fn(&str) -> Option<String>) -> Result<Self, TokenServiceError> {
        if variable(IGNORE).is_some_and(|value| value.eq_ignore_ascii_case("true")) {
            return Ok(Self::Regional);
        }
        let named = |name: &'static str| variable(name).filter(|url| !url.is_empty()).map(|url| (name, url));
        let Some((variable, url)) = service.variables().into_iter().find_map(named) else { return Ok(Self::Regional) };
        if is_usable(&url) {
            Ok(Self::Fixed(FixedUrl(url)))
        } else {
            Err(TokenServiceError::EndpointRefused { variable, url: without_user(&url) })
        }
    }

    /// The URL that takes the regional endpoint's place.
    pub fn url(&self) -> Option<&str> {
        match self {
            Self::Regional => None,
            Self::Fixed(FixedUrl(url)) => Some(url),
        }
    }

    pub(super) fn base(&self) -> Base {
        self.url().map_or(Base::Https, Base::of)
    }

    /// The host that is asked for this region, with its port where one is named.
    pub(super) async fn host(&self, service: Service, region: &Region) -> String {
        let url = match self.url() {
            Some(url) => Some(url.to_owned()),
            None => service.regional_url(region).await,
        };
        let host = url.and_then(|url| Some(url.parse::<http::Uri>().ok()?.authority()?.to_string()));
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
        Endpoint::resolve(Service::Sts, find).map(|endpoint| endpoint.url().map(str::to_owned))
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
    fn iam_has_a_variable_of_its_own() {
        let find = |name: &str| match name {
            "AWS_ENDPOINT_URL_IAM" => Some("http://127.0.0.1:1".to_owned()),
            "AWS_ENDPOINT_URL_STS" => Some("http://127.0.0.1:2".to_owned()),
            _ => None,
        };
        let url = |service| Endpoint::resolve(service, find).unwrap().url().map(str::to_owned);
        assert_eq!(url(Service::Iam).as_deref(), Some("http://127.0.0.1:1"));
        assert_eq!(url(Service::Sts).as_deref(), Some("http://127.0.0.1:2"));
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
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        for (region, host) in [
            ("us-east-1", "sts.us-east-1.amazonaws.com"),
            ("eu-west-1", "sts.eu-west-1.amazonaws.com"),
            ("ap-southeast-7", "sts.ap-southeast-7.amazonaws.com"),
            ("cn-north-1", "sts.cn-north-1.amazonaws.com.cn"),
            ("us-gov-west-1", "sts.us-gov-west-1.amazonaws.com"),
            ("eusc-de-east-1", "sts.eusc-de-east-1.amazonaws.eu"),
            ("us-iso-east-1", "sts.us-iso-east-1.c2s.ic.gov"),
            ("us-isob-east-1", "sts.us-isob-east-1.sc2s.sgov.gov"),
            ("eu-isoe-west-1", "sts.eu-isoe-west-1.cloud.adc-e.uk"),
            ("us-isof-south-1", "sts.us-isof-south-1.csp.hci.ic.gov"),
        ] {
            assert_eq!(runtime.block_on(Endpoint::Regional.host(Service::Sts, &region.parse().unwrap())), host);
        }
        for (region, host) in [
            ("us-east-1", "iam.amazonaws.com"),
            ("eu-west-1", "iam.amazonaws.com"),
            ("cn-north-1", "iam.cn-north-1.amazonaws.com.cn"),
            ("us-gov-west-1", "iam.us-gov.amazonaws.com"),
            ("eusc-de-east-1", "iam.eusc-de-east-1.amazonaws.eu"),
        ] {
            assert_eq!(runtime.block_on(Endpoint::Regional.host(Service::Iam, &region.parse().unwrap())), host);
        }
        let fixed = Endpoint::Fixed(FixedUrl("http://127.0.0.1:4566/sts".to_owned()));
        assert_eq!(runtime.block_on(fixed.host(Service::Sts, &"eu-west-1".parse().unwrap())), "127.0.0.1:4566");
    }
}
