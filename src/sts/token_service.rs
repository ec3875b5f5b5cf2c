//! [`StsTokenService`]: carries a request to STS and its answer back.
//! One call is one [`super::wire::Call`], which knows all that a refusal must name. What STS is told is in `request`, what it
//! answers in `answer` and `refusal`.

use std::error::Error;
use std::rc::Rc;

use aws_sdk_sts::Client;
use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use jiff::Timestamp;

use super::answer::{self, Issued};
use super::client::Repeat;
use super::endpoint::Service;
use super::request::{self, Input};
use super::wire::{AwsOptions, Call, Wire};
use crate::model::account::SigningCredentials;
use crate::model::lease::Lease;
use crate::model::mfa::MfaCode;
use crate::model::region::Region;
use crate::ports::{AwsAction, CallerIdentity, Clock, IssueRequest, TokenService, TokenServiceError};
use crate::sys::network::Hub;

/// AWS STS. Making one touches nothing; the first call sets up the network, later ones reuse its connections.
pub struct StsTokenService {
    wire: Wire,
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
        answer::lease(&call, issued, self.wire.clock.now())
    }

    fn caller_identity(&self, key: &SigningCredentials, region: &Region) -> Result<CallerIdentity, TokenServiceError> {
        let call = Call { key, region, action: AwsAction::GetCallerIdentity, duration: None, mfa_serial: None };
        let output = self.send(&call, async |client| client.get_caller_identity().send().await)?;
        answer::identity(&call, output)
    }

    fn prepare(&self, region: &Region) {
        self.wire.open_ahead(region);
    }
}

impl StsTokenService {
    pub fn new(options: AwsOptions, clock: Rc<dyn Clock>, hub: &Rc<Hub>) -> Self {
        Self { wire: Wire::new(Service::Sts, options, clock, hub) }
    }

    /// The clock of STS in this region, if it says; this also shows that it can be reached, without any key.
    pub fn clock(&self, region: &Region) -> Result<Option<Timestamp>, TokenServiceError> {
        self.wire.clock(region)
    }

    fn send<T, E>(
        &self,
        call: &Call,
        request: impl AsyncFnOnce(Client) -> Result<T, SdkError<E, HttpResponse>>,
    ) -> Result<T, TokenServiceError>
    where
        E: Error + ProvideErrorMetadata + Send + Sync + 'static,
    {
        // A code that AWS has seen is used up, whatever came of the call.
        let repeat = if call.mfa_serial.is_some() { Repeat::Never } else { Repeat::Allowed };
        self.wire.send(call, repeat, async |config| request(Client::new(&config)).await)
    }
}
