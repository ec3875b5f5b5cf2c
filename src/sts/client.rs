//! An STS client that knows the credentials of one call and nothing else: no provider chain, no shared configuration files.
//! How long a call may take is up to `sys::network`; how often it is tried is decided here.

use std::time::{Duration, Instant, SystemTime};

use aws_credential_types::Credentials;
use aws_sdk_sts::Client;
use aws_sdk_sts::config::retry::RetryConfig;
use aws_sdk_sts::config::timeout::TimeoutConfig;
use aws_sdk_sts::config::{BehaviorVersion, Config, Region as SdkRegion, StalledStreamProtectionConfig};
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_async::time::TimeSource;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use jiff::Timestamp;

use super::endpoint::Endpoint;
use super::token_service::Call;
use crate::model::secret::Secret;

/// How often one call is tried, the first time included.
const ATTEMPTS: u32 = 3;
/// The longest wait between two attempts; three attempts fit into the shortest sensible call timeout.
const LONGEST_BACKOFF: Duration = Duration::from_secs(2);

/// How often a call is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tries {
    Once,
    WaitTroubleOut,
}

impl Tries {
    const fn attempts(self) -> u32 {
        match self {
            Self::Once => 1,
            Self::WaitTroubleOut => ATTEMPTS,
        }
    }
}

pub(super) fn client(
    http: SharedHttpClient,
    call: &Call<'_>,
    endpoint: &Endpoint,
    now: Timestamp,
    tries: Tries,
) -> Client {
    let Call { key, region, .. } = call;
    let session_token = key.session_token.as_ref().map(Secret::expose).map(str::to_owned);
    let credentials = Credentials::new(key.id.as_str(), key.secret.expose(), session_token, None, "afed");
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(SdkRegion::new(region.as_str().to_owned()))
        .credentials_provider(credentials)
        .http_client(http)
        .sleep_impl(TokioSleep::new())
        .time_source(SigningTime { start: now.into(), since: Instant::now() })
        .retry_config(RetryConfig::standard().with_max_attempts(tries.attempts()).with_max_backoff(LONGEST_BACKOFF))
        .timeout_config(TimeoutConfig::disabled())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        // A lease is judged by this machine's clock, and whoever gets it signs by it: a wrong clock must be told.
        .disable_clock_skew_correction(true);
    let config = match endpoint {
        Endpoint::Fixed(url) => config.endpoint_url(url.as_str()),
        Endpoint::Regional(kind) => config.use_fips(kind.fips()).use_dual_stack(kind.dual_stack()),
    };
    Client::from_conf(config.build())
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
