//! [`Wire`]: the way to one service of AWS, and what becomes of a call on it. What is said and answered is known to the
//! ports' implementations beside it; a call that got no answer or a refusal becomes an error of the port here.

use std::error::Error;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use jiff::Timestamp;

use super::client::{self, Repeat};
use super::endpoint::{Endpoint, Service};
use super::refusal;
use crate::model::account::SigningCredentials;
use crate::model::duration::SessionDuration;
use crate::model::mfa::MfaSerial;
use crate::model::region::Region;
use crate::ports::{AwsAction, Cause, Clock, TokenServiceError};
use crate::sys::network::{self, Hub, Network, NetworkError, NetworkOptions};

/// Far more than the page that an unasked service shows.
const LONGEST_GREETING: usize = 1 << 20;

/// How a service of AWS is talked to.
#[derive(Debug, Clone)]
pub struct AwsOptions {
    pub endpoint: Endpoint,
    /// PEM certificates to trust in place of the system's.
    pub ca_bundle: Option<PathBuf>,
    pub connect_timeout: Duration,
    /// For the whole call, all attempts included.
    pub call_timeout: Duration,
}

/// The way to one service. Making one touches nothing; the first call sets up the network, later ones reuse its
/// connections.
pub(super) struct Wire {
    service: Service,
    endpoint: Endpoint,
    network: Network,
    pub clock: Rc<dyn Clock>,
}

/// One call: who signs, where and for what.
pub(super) struct Call<'a> {
    pub key: &'a SigningCredentials,
    pub region: &'a Region,
    pub action: AwsAction,
    /// How long the credentials shall live, where the action issues any.
    pub duration: Option<SessionDuration>,
    /// The device whose code goes with it.
    pub mfa_serial: Option<&'a MfaSerial>,
}

impl Call<'_> {
    pub(super) fn lacks(&self, missing: &'static str) -> TokenServiceError {
        TokenServiceError::Incomplete { action: self.action.clone(), missing }
    }
}

impl Wire {
    pub fn new(service: Service, options: AwsOptions, clock: Rc<dyn Clock>, hub: &Rc<Hub>) -> Self {
        let AwsOptions { endpoint, ca_bundle, connect_timeout, call_timeout } = options;
        let network = Network::new(endpoint.base(), NetworkOptions { connect_timeout, call_timeout, ca_bundle }, hub);
        Self { service, endpoint, network, clock }
    }

    /// Begins to connect to where calls for this region go.
    pub fn open_ahead(&self, region: &Region) {
        if let Some(uri) = self.endpoint.uri(self.service, region) {
            self.network.open_ahead(&uri);
        }
    }

    /// The clock of whoever answers for this region, where the answer is dated. Nothing is signed and nothing asked for: any
    /// answer will do.
    pub fn clock(&self, region: &Region) -> Result<Option<Timestamp>, TokenServiceError> {
        self.endpoint.check(self.service, region)?;
        let uri = self.endpoint.uri(self.service, region).map(|uri| uri.to_string()).unwrap_or_default();
        let request = HttpRequest::get(uri).map_err(|error| self.unreachable(region, error.into()))?;
        let answer = self.network.send(request, LONGEST_GREETING).map_err(|error| self.no_answer(region, error))?;
        Ok(answer.date())
    }

    pub fn send<T, E>(
        &self,
        call: &Call,
        repeat: Repeat,
        request: impl AsyncFnOnce(SdkConfig) -> Result<T, SdkError<E, HttpResponse>>,
    ) -> Result<T, TokenServiceError>
    where
        E: Error + ProvideErrorMetadata + Send + Sync + 'static,
    {
        self.endpoint.check(self.service, call.region)?;
        let no_network = |error: NetworkError| self.no_answer(call.region, error);
        let http = self.network.http_client().map_err(no_network)?;
        let config = client::config(http, call.key, call.region, &self.endpoint, self.clock.now(), repeat);
        let _wait = self.network.waiting_for(&format_args!("AWS {} in {}", self.service.as_str(), call.region));
        let outcome = self.network.run(request(config)).map_err(no_network)?;
        outcome.map_err(|error| match error {
            SdkError::ServiceError(refused) => refusal::explain(call, &refused, self.clock.now()),
            unanswered => self.no_connection(call.region, refusal::cause_of(unanswered)),
        })
    }

    fn no_connection(&self, region: &Region, cause: Cause) -> TokenServiceError {
        match network::distrust(cause.as_ref()) {
            Some(distrust) => self.no_answer(region, distrust),
            None => self.unreachable(region, cause),
        }
    }

    fn no_answer(&self, region: &Region, error: NetworkError) -> TokenServiceError {
        let endpoint = || self.endpoint.host(self.service, region);
        match error {
            NetworkError::Untrusted(source) => TokenServiceError::Untrusted { endpoint: endpoint(), source },
            NetworkError::CaBundle { path, source } => TokenServiceError::CertificatesUnusable { path, source },
            other => self.unreachable(region, other.into()),
        }
    }

    fn unreachable(&self, region: &Region, source: Cause) -> TokenServiceError {
        let (endpoint, url) = (self.endpoint.host(self.service, region), self.endpoint.origin(self.service, region));
        TokenServiceError::Unreachable { endpoint, url, source }
    }
}
