//! The ways to the network: HTTP/1.1 over rustls with ring, bounded in time and size.
//! No redirects are followed, no cookies are kept, and nothing is set up before it is needed: certificates
//! are loaded for the first https call, the runtime is started for the first call at all. How a connection comes about is
//! in `route`, which of them a request takes in `dialler`, and what all ways of a process share in `hub`.

mod authorities;
mod client;
mod dialler;
mod hub;
mod line;
mod proxies;
mod route;
#[cfg(test)]
mod tests;
mod trust;

use std::cell::OnceCell;
use std::fmt::Display;
use std::future::Future;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{HttpConnector, SharedHttpClient, SharedHttpConnector, http_client_fn};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use http::Uri;
use jiff::Timestamp;

pub use self::authorities::SystemAuthorities;
use self::client::Client;
pub use self::hub::Hub;
pub use self::proxies::Proxies;
use self::route::Route;
use crate::model::base_url::Base;
use crate::ports::{Cause, Wait};

/// How one far side is talked to.
#[derive(Debug, Clone)]
pub struct NetworkOptions {
    /// How long a connection may take to come about.
    pub connect_timeout: Duration,
    /// How long one call may take, from its start to the last byte of its answer.
    pub call_timeout: Duration,
    /// PEM certificates to trust in place of the system's.
    pub ca_bundle: Option<PathBuf>,
}

/// What came back, whole.
pub struct Answer {
    pub status: u16,
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub const fn new(status: u16, headers: Vec<(String, String)>, body: Vec<u8>) -> Self {
        Self { status, headers, body }
    }

    /// The first header of this name, without regard to case.
    pub fn header(&self, name: &'static str) -> Option<&str> {
        self.headers(name).next()
    }

    /// All headers of this name, without regard to case.
    pub fn headers(&self, name: &'static str) -> impl Iterator<Item = &str> {
        self.headers.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// When the far side made it, by its own clock, to the second.
    pub fn date(&self) -> Option<Timestamp> {
        let date = DateTime::from_str(self.header("date")?, Format::HttpDate).ok()?;
        Timestamp::from_second(date.secs()).ok()
    }
}

/// Why there is no whole answer.
#[derive(Debug, thiserror::Error)]
pub enum NetworkError {
    /// No connection, or it broke.
    #[error("no connection")]
    Unreachable(#[source] Cause),
    /// The far side shows a certificate that the trusted authorities did not sign, or that is not for it.
    #[error("the certificate is not trusted")]
    Untrusted(#[source] Cause),
    /// The whole call took longer than it may.
    #[error("no answer within {} s", .0.as_secs_f32())]
    TimedOut(Duration),
    /// The answer's body is longer than the caller can use.
    #[error("the answer is longer than {0} bytes")]
    TooLong(usize),
    /// What came is no HTTP, or its headers are more than any answer has.
    #[error("the answer is not HTTP")]
    NotHttp(#[source] Cause),
    /// The file of certificates can't be used.
    #[error("the certificates in {} can't be used", .path.display())]
    CaBundle {
        path: PathBuf,
        #[source]
        source: Cause,
    },
    /// The runtime did not start.
    #[error("the network can't be used")]
    Runtime(#[source] std::io::Error),
}

/// Whether a far side may be reached through a proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    AsTheEnvironmentSays,
    Straight,
}

/// A way to one far side. Connections are reused while it lives.
pub struct Network {
    hub: Rc<Hub>,
    options: NetworkOptions,
    base: Base,
    way: Way,
    client: OnceCell<Client>,
}

impl Network {
    /// A way through the proxies that the environment names, if any; never to this machine itself.
    pub fn new(base: Base, options: NetworkOptions, hub: &Rc<Hub>) -> Self {
        let way = match base {
            Base::Loopback { .. } => Way::Straight,
            _ => Way::AsTheEnvironmentSays,
        };
        Self { way, ..Self::direct(base, options, hub) }
    }

    /// A way that no proxy is asked for, whatever the environment says.
    pub fn direct(base: Base, options: NetworkOptions, hub: &Rc<Hub>) -> Self {
        Self { hub: Rc::clone(hub), options, base, way: Way::Straight, client: OnceCell::new() }
    }

    /// Begins to connect to where a request will probably go, without sending anything. It comes about while any way of
    /// the same hub waits for an answer. Should it fail, the request says so.
    pub fn open_ahead(&self, to: &Uri) {
        if let (Ok(client), Ok(runtime)) = (self.client(), self.hub.runtime()) {
            client.open_ahead(to, runtime);
        }
    }

    /// Tells that an answer is waited for, and whose.
    pub fn waiting_for(&self, whose: &dyn Display) -> Wait {
        self.hub.onlooker.waiting_for(whose)
    }

    /// Sends one request and waits for its whole answer, at most `body_limit` bytes of it.
    pub fn send(&self, request: HttpRequest, body_limit: usize) -> Result<Answer, NetworkError> {
        let client = self.client()?;
        let whole_call = async {
            see_what_came_unasked().await;
            let response = client.call(request).await.map_err(|error| self.no_answer(&error))?;
            read_answer(response, body_limit).await
        };
        self.run(whole_call)?
    }

    fn no_answer(&self, error: &ConnectorError) -> NetworkError {
        let of_http = causes(error).find_map(|cause| cause.downcast_ref::<hyper::Error>());
        if error.is_timeout() {
            NetworkError::TimedOut(self.options.connect_timeout)
        } else if let Some(distrust) = distrust(error) {
            distrust
        } else if of_http.is_some_and(hyper::Error::is_parse) {
            NetworkError::NotHttp(root_of(error))
        } else {
            NetworkError::Unreachable(root_of(error))
        }
    }

    /// The client that the AWS SDK uses in place of its own.
    pub fn http_client(&self) -> Result<SharedHttpClient, NetworkError> {
        let connector = SharedHttpConnector::new(self.client()?.clone());
        Ok(http_client_fn(move |_, _| connector.clone()))
    }

    /// Runs to the end or to the call timeout, whichever is first.
    pub fn run<F: Future>(&self, future: F) -> Result<F::Output, NetworkError> {
        let limit = self.options.call_timeout;
        let runtime = self.hub.runtime()?;
        runtime.block_on(async { tokio::time::timeout(limit, future).await }).map_err(|_| NetworkError::TimedOut(limit))
    }

    fn client(&self) -> Result<&Client, NetworkError> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let tls = match self.base.is_https() {
            true => Some(self.hub.tls(self.options.ca_bundle.as_deref())?),
            false => None,
        };
        let proxies = match self.way {
            Way::Straight => Arc::default(),
            Way::AsTheEnvironmentSays => Arc::clone(&self.hub.proxies),
        };
        let route = Route::new(tls, proxies, self.options.connect_timeout);
        Ok(self.client.get_or_init(|| Client::new(route)))
    }
}

/// The innermost cause: what lies about it are the client's layers, which tell people nothing, but for a proxy.
fn root_of(error: &(dyn std::error::Error + 'static)) -> Cause {
    let root = causes(error).last().map_or_else(String::new, ToString::to_string);
    match causes(error).find_map(|cause| cause.downcast_ref::<proxies::Failed>()) {
        Some(failed) => format!("{failed}: {root}").into(),
        None => root.into(),
    }
}

/// The error by its name, where it is about the far side's certificate.
pub fn distrust(error: &(dyn std::error::Error + 'static)) -> Option<NetworkError> {
    let mut causes = causes(error);
    let is_it = causes.any(|cause| matches!(cause.downcast_ref(), Some(rustls::Error::InvalidCertificate(_))));
    is_it.then(|| NetworkError::Untrusted(root_of(error)))
}

/// The error and what lies below it. An I/O error does not count what it wraps among its sources, so that is looked at.
fn causes<'a>(
    error: &'a (dyn std::error::Error + 'static),
) -> impl Iterator<Item = &'a (dyn std::error::Error + 'static)> {
    std::iter::successors(Some(error), |error| {
        match error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
            Some(wrapped) => Some(wrapped),
            None => error.source(),
        }
    })
}

/// Lets the connections that are kept see what has come in since the last answer. One on which the far side has spoken
/// unasked, or hung up, is not used again: else those words would pass for the answer to the next request.
async fn see_what_came_unasked() {
    // The runtime looks at the network in the first pause, and the connections hear of it in the second.
    tokio::task::yield_now().await;
    tokio::task::yield_now().await;
}

/// A body that is announced too long is not waited for.
async fn read_answer(response: HttpResponse, body_limit: usize) -> Result<Answer, NetworkError> {
    let status = response.status().as_u16();
    // What is not text in a header is not passed over: it could be what changes the meaning of the rest.
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    let headers = response.headers().iter_bytes().map(|(name, value)| (name.to_owned(), text(value))).collect();
    let mut stream = response.into_body();
    if http_body::Body::size_hint(&stream).lower() > body_limit as u64 {
        return Err(NetworkError::TooLong(body_limit));
    }
    let mut body = Vec::new();
    while let Some(chunk) = next_chunk(&mut stream).await {
        let chunk = chunk.map_err(|error| NetworkError::Unreachable(root_of(error.as_ref())))?;
        if body.len() + chunk.len() > body_limit {
            return Err(NetworkError::TooLong(body_limit));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer::new(status, headers, body))
}

async fn next_chunk(body: &mut aws_smithy_types::body::SdkBody) -> Option<Result<bytes::Bytes, Cause>> {
    use http_body::Body;
    loop {
        let frame = std::future::poll_fn(|context| std::pin::Pin::new(&mut *body).poll_frame(context)).await?;
        match frame.map(http_body::Frame::into_data) {
            Ok(Ok(data)) => return Some(Ok(data)),
            Ok(Err(_trailers)) => {}
            Err(error) => return Some(Err(error)),
        }
    }
}
