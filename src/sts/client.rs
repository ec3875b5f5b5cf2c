//! What a client of AWS's SDK is made of, for each service alike: the credentials of one call and nothing else, no provider chain, no shared
//! configuration files. How long a call may take is up to `sys::network`; how often it is tried is decided here.

use std::time::{Duration, Instant, SystemTime};

use aws_config::SdkConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_sts::config::retry::RetryConfig;
use aws_sdk_sts::config::timeout::TimeoutConfig;
use aws_sdk_sts::config::{BehaviorVersion, Region as SdkRegion, StalledStreamProtectionConfig};
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_async::time::TimeSource;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use jiff::Timestamp;

use super::endpoint::Endpoint;
use crate::model::account::SigningCredentials;
use crate::model::region::Region;
use crate::model::secret::Secret;

/// How often one call is tried, the first time included.
const ATTEMPTS: u32 = 3;
/// The longest wait between two attempts; three attempts fit into the shortest sensible call timeout.
const LONGEST_BACKOFF: Duration = Duration::from_secs(2);

/// Whether a call may be tried again after an answer that may have been lost on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Repeat {
    Allowed,
    /// The call makes something anew each time, or uses something up.
    Never,
}

pub(super) fn config(
    http: SharedHttpClient,
    key: &SigningCredentials,
    region: &Region,
    endpoint: &Endpoint,
    now: Timestamp,
    repeat: Repeat,
) -> SdkConfig {
    let session_token = key.session_token.as_ref().map(Secret::expose).map(str::to_owned);
    let credentials = Credentials::new(key.id.as_str(), key.secret.expose(), session_token, None, "afed");
    let retries = match repeat {
        Repeat::Allowed => RetryConfig::standard().with_max_attempts(ATTEMPTS).with_max_backoff(LONGEST_BACKOFF),
        Repeat::Never => RetryConfig::disabled(),
    };
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(SdkRegion::new(region.as_str().to_owned()))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(http)
        .sleep_impl(TokioSleep::new())
        .time_source(SigningTime { start: now.into(), since: Instant::now() })
        .retry_config(retries)
        .timeout_config(TimeoutConfig::disabled())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        // A lease is judged by this machine's clock, and whoever gets it signs by it: a wrong clock must be told.
        .disable_clock_skew_correction(true);
    match endpoint {
        Endpoint::Fixed(url) => config.set_endpoint_url(Some(url.as_str().to_owned())),
        Endpoint::Regional(kind) => config.set_use_fips(Some(kind.fips())).set_use_dual_stack(Some(kind.dual_stack())),
    };
    config.build()
}

/// The time by the clock port, which goes on while a call lasts.
#[derive(Debug)]
struct SigningTime {
    start: SystemTime,
    since: Instant,
}

impl TimeSource for SigningTime {
    fn now(&self) -> SystemTime {
        self.start + self.since.elapsed()
    }
}
