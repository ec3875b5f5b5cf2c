//! The SDK's way to the network, with somebody who remembers how the last question was answered: AWS's providers put that
//! into sentences, and nothing is decided on a sentence here.

use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;

/// How the last question was answered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Answered {
    /// `None` where there was no answer.
    pub status: Option<u16>,
    /// Whether it was the question for a token of the EC2 metadata service, which comes before all others.
    pub for_token: bool,
}

/// A client that remembers.
#[derive(Debug, Clone)]
pub struct Witness {
    client: SharedHttpClient,
    last: Arc<Mutex<Answered>>,
}

impl Witness {
    pub fn new(client: SharedHttpClient) -> Self {
        Self { client, last: Arc::default() }
    }

    pub fn last_answer(&self) -> Answered {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl HttpClient for Witness {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        let connector = self.client.http_connector(settings, components);
        SharedHttpConnector::new(WatchedConnector { connector, last: Arc::clone(&self.last) })
    }
}

#[derive(Debug)]
struct WatchedConnector {
    connector: SharedHttpConnector,
    last: Arc<Mutex<Answered>>,
}

impl HttpConnector for WatchedConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (last, for_token) = (Arc::clone(&self.last), request.method() == "PUT");
        let answer = self.connector.call(request);
        *last.lock().unwrap_or_else(PoisonError::into_inner) = Answered { status: None, for_token };
        HttpConnectorFuture::new(async move {
            let answer = answer.await;
            let status = answer.as_ref().ok().map(|response| response.status().as_u16());
            *last.lock().unwrap_or_else(PoisonError::into_inner) = Answered { status, for_token };
            answer
        })
    }
}
