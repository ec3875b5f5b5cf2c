//! [`StsTokenService`]: carries a request to STS and its answer back.
//! One call is one [`Call`], which knows all that a refusal must name. What STS is told is in `request`, what it
//! answers in `answer` and `refusal`.

use std::error::Error;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use aws_sdk_sts::Client;
use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use super::answer::{self, Issued};
use super::client::{Tries, client};
use super::endpoint::Endpoint;
use super::refusal;
use super::request::{self, Input};
use crate::model::account::SigningCredentials;
use crate::model::duration::SessionDuration;
use crate::model::lease::Lease;
use crate::model::mfa::{MfaCode, MfaSerial};
use crate::model::region::Region;
use crate::ports::{CallerIdentity, Cause, Clock, IssueRequest, StsAction, TokenService, TokenServiceError};
use crate::sys::network::{Network, NetworkError, NetworkOptions};

/// How STS is talked to.
#[derive(Debug, Clone)]
pub struct StsOptions {
    pub endpoint: Endpoint,
    /// PEM certificates to trust in place of the system's.
    pub ca_bundle: Option<PathBuf>,
    pub connect_timeout: Duration,
    /// For the whole call, all attempts included.
    pub call_timeout: Duration,
}

/// AWS STS. Making one touches nothing; the first call sets up the network, later ones reuse its connections.
pub struct StsTokenService {
    endpoint: Endpoint,
    network: Network,
    clock: Rc<dyn Clock>,
}

/// One call: who signs, where and for what.
pub(super) struct Call<'a> {
    pub key: &'a SigningCredentials,
    pub region: &'a Region,
    pub action: StsAction,
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

impl TokenService for StsTokenService {
    fn issue(
        &self,
        key: &SigningCredentials,
        request: &IssueRequest,
        code: Option<&MfaCode>,
    ) -> Result<Lease, TokenServiceError> {
        let action = request::action(request);
        let mfa_serial = request.mfa_serial.as_ref().filter(|_| code.is_some());
        let call = Call { key, region: &request.region, action, duration: Some(request.duration), mfa_serial };
        let issued = match request::input(request, code) {
            Input::AssumeRole(input) => {
                Issued::assumed_role(self.send(&call, async |client| input.send_with(&client).await)?)
            }
            Input::GetFederationToken(input) => {
                Issued::federated_user(self.send(&call, async |client| input.send_with(&client).await)?)
            }
            Input::GetSessionToken(input) => {
                Issued::session(self.send(&call, async |client| input.send_with(&client).await)?)
            }
        };
        answer::lease(&call, issued, self.clock.now())
    }

    fn caller_identity(&self, key: &SigningCredentials, region: &Region) -> Result<CallerIdentity, TokenServiceError> {
        let call = Call { key, region, action: StsAction::GetCallerIdentity, duration: None, mfa_serial: None };
        let output = self.send(&call, async |client| client.get_caller_identity().send().await)?;
        answer::identity(&call, output)
    }
}

impl StsTokenService {
    pub fn new(options: StsOptions, clock: Rc<dyn Clock>) -> Self {
        let StsOptions { endpoint, ca_bundle, connect_timeout, call_timeout } = options;
        let network = Network::new(endpoint.base(), NetworkOptions { connect_timeout, call_timeout, ca_bundle });
        Self { endpoint, network, clock }
    }

    fn send<T, E>(
        &self,
        call: &Call,
        request: impl AsyncFnOnce(Client) -> Result<T, SdkError<E, HttpResponse>>,
    ) -> Result<T, TokenServiceError>
    where
        E: Error + ProvideErrorMetadata + Send + Sync + 'static,
    {
        self.endpoint.check(call.region)?;
        let no_network = |error: NetworkError| self.unreachable(call, error.into());
        let http = self.network.http_client().map_err(no_network)?;
        // A code that AWS has seen is used up, whatever came of the call.
        let tries = if call.mfa_serial.is_some() { Tries::Once } else { Tries::WaitTroubleOut };
        let client = client(http, call, &self.endpoint, self.clock.now(), tries);
        let outcome = self.network.run(request(client)).map_err(no_network)?;
        outcome.map_err(|error| match error {
            SdkError::ServiceError(refused) => refusal::explain(call, &refused, self.clock.now()),
            unanswered => self.unreachable(call, refusal::cause_of(unanswered)),
        })
    }

    fn unreachable(&self, call: &Call, source: Cause) -> TokenServiceError {
        TokenServiceError::Unreachable { endpoint: self.endpoint.host(call.region), source }
    }
}
