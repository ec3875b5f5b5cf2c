//! [`Client`]: hyper's client, with its pool of connections, as AWS's SDK wants it. What a failure means for trying again is
//! said in the SDK's terms here.

use std::sync::Arc;

use aws_smithy_async::future::timeout::TimedOutError;
use aws_smithy_runtime_api::client::connection::{CaptureSmithyConnection, ConnectionMetadata};
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::retry::ErrorKind;
use http::Uri;
use http::header::PROXY_AUTHORIZATION;
use hyper_util::client::legacy::connect::{CaptureConnection, capture_connection};
use hyper_util::client::legacy::{self, Error};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::runtime::Runtime;

use super::causes;
use super::dialler::Dialler;
use super::route::Route;

/// Sends requests along one route, and uses connections again.
#[derive(Clone)]
pub struct Client {
    route: Arc<Route>,
    dialler: Dialler,
    pool: legacy::Client<Dialler, SdkBody>,
}

impl Client {
    pub fn new(route: Route) -> Self {
        let route = Arc::new(route);
        let dialler = Dialler::new(Arc::clone(&route));
        let pool = legacy::Client::builder(TokioExecutor::new()).pool_timer(TokioTimer::new()).build(dialler.clone());
        Self { route, dialler, pool }
    }

    /// Begins to connect, for the first request that goes there.
    pub fn open_ahead(&self, to: &Uri, runtime: &Runtime) {
        self.dialler.open_ahead(to, runtime);
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Client").finish_non_exhaustive()
    }
}

impl HttpConnector for Client {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let mut request = match request.try_into_http1x() {
            Ok(request) => request,
            Err(error) => return HttpConnectorFuture::ready(Err(ConnectorError::user(error.into()))),
        };
        if let Some(authorization) = self.route.proxy_authorization(request.uri()) {
            request.headers_mut().insert(PROXY_AUTHORIZATION, authorization);
        }
        let used = capture_connection(&mut request);
        if let Some(told) = request.extensions().get::<CaptureSmithyConnection>() {
            told.set_connection_retriever(move || Some(connection(&used)));
        }
        let answer = self.pool.request(request);
        HttpConnectorFuture::new(async move {
            let response = answer.await.map_err(classified)?.map(SdkBody::from_body_1_x);
            HttpResponse::try_from(response).map_err(|error| ConnectorError::other(error.into(), None))
        })
    }
}

/// What the SDK needs to know of a connection: how to see to it that it is not used again.
fn connection(used: &CaptureConnection) -> ConnectionMetadata {
    let used = used.clone();
    let end = move || {
        if let Some(connection) = used.connection_metadata().as_ref() {
            connection.poison();
        }
    };
    ConnectionMetadata::builder().proxied(false).poison_fn(end).build()
}

fn classified(error: Error) -> ConnectorError {
    fn find<E: std::error::Error + 'static>(error: &Error) -> Option<&E> {
        causes(error).find_map(|cause| cause.downcast_ref())
    }
    let of_http: Option<&hyper::Error> = find(&error);
    if find::<TimedOutError>(&error).is_some() {
        ConnectorError::timeout(error.into())
    } else if of_http.is_some_and(hyper::Error::is_user) {
        ConnectorError::user(error.into())
    } else if of_http.is_some_and(hyper::Error::is_incomplete_message) {
        ConnectorError::other(error.into(), Some(ErrorKind::TransientError))
    } else if error.is_connect()
        || of_http.is_some_and(|error| error.is_closed() || error.is_canceled())
        || find::<std::io::Error>(&error).is_some()
    {
        ConnectorError::io(error.into())
    } else {
        ConnectorError::other(error.into(), None)
    }
}
