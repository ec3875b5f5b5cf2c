//! One way to the network: HTTP/1.1 over rustls with ring, bounded in time and size.
//! No redirects are followed, no cookies are kept, and nothing is set up before it is needed: certificates
//! are loaded for the first https call, the runtime is started for the first call at all.

use std::cell::OnceCell;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::time::Duration;

use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::{self, TlsContext, TrustStore, rustls_provider::CryptoMode};
use aws_smithy_http_client::{Connector, ConnectorBuilder};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use base64::Engine;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use crate::model::base_url::Base;
use crate::ports::Cause;

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
    /// The first header of this name, without regard to case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
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
enum Proxies {
    AsTheEnvironmentSays,
    Never,
}

/// A way to one far side. Connections are reused while it lives.
pub struct Network {
    options: NetworkOptions,
    base: Base,
    proxies: Proxies,
    runtime: OnceCell<tokio::runtime::Runtime>,
    connector: OnceCell<SharedHttpConnector>,
}

impl Network {
    /// A way through the proxies that the environment names, if any; never to this machine itself.
    pub const fn new(base: Base, options: NetworkOptions) -> Self {
        let proxies = match base {
            Base::Loopback { .. } => Proxies::Never,
            _ => Proxies::AsTheEnvironmentSays,
        };
        Self { options, base, proxies, runtime: OnceCell::new(), connector: OnceCell::new() }
    }

    /// A way that no proxy is asked for, whatever the environment says.
    pub const fn direct(base: Base, options: NetworkOptions) -> Self {
        Self { options, base, proxies: Proxies::Never, runtime: OnceCell::new(), connector: OnceCell::new() }
    }

    /// Sends one request and waits for its whole answer, at most `body_limit` bytes of it.
    pub fn send(&self, request: HttpRequest, body_limit: usize) -> Result<Answer, NetworkError> {
        let connector = self.connector()?;
        let whole_call = async {
            let response = connector.call(request).await.map_err(|error| {
                if error.is_timeout() {
                    NetworkError::TimedOut(self.options.connect_timeout)
                } else if is_about_the_certificate(&error) {
                    NetworkError::Untrusted(root_of(&error))
                } else {
                    NetworkError::Unreachable(root_of(&error))
                }
            })?;
            read_answer(response, body_limit).await
        };
        self.run(whole_call)?
    }

    /// The client that the AWS SDK uses in place of its own.
    pub fn http_client(&self) -> Result<SharedHttpClient, NetworkError> {
        let connector = self.connector()?;
        Ok(http_client_fn(move |_, _| connector.clone()))
    }

    /// Runs to the end or to the call timeout, whichever is first.
    pub fn run<F: Future>(&self, future: F) -> Result<F::Output, NetworkError> {
        let limit = self.options.call_timeout;
        let runtime = self.runtime()?;
        runtime.block_on(async { tokio::time::timeout(limit, future).await }).map_err(|_| NetworkError::TimedOut(limit))
    }

    fn runtime(&self) -> Result<&tokio::runtime::Runtime, NetworkError> {
        if let Some(runtime) = self.runtime.get() {
            return Ok(runtime);
        }
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(NetworkError::Runtime)?;
        Ok(self.runtime.get_or_init(|| runtime))
    }

    fn connector(&self) -> Result<SharedHttpConnector, NetworkError> {
        if let Some(connector) = self.connector.get() {
            return Ok(connector.clone());
        }
        let builder = self.connector_builder();
        let connector = if self.base.is_https() {
            builder.tls_provider(tls::Provider::Rustls(CryptoMode::Ring)).tls_context(self.tls_context()?).build()
        } else {
            builder.build_http()
        };
        Ok(self.connector.get_or_init(|| SharedHttpConnector::new(connector)).clone())
    }

    fn connector_builder(&self) -> ConnectorBuilder {
        let proxy = match self.proxies {
            Proxies::Never => ProxyConfig::disabled(),
            Proxies::AsTheEnvironmentSays => ProxyConfig::from_env(),
        };
        let settings = HttpConnectorSettings::builder().connect_timeout(self.options.connect_timeout).build();
        Connector::builder().sleep_impl(TokioSleep::new()).connector_settings(settings).proxy_config(proxy)
    }

    fn tls_context(&self) -> Result<TlsContext, NetworkError> {
        let trust = match &self.options.ca_bundle {
            None => TrustStore::default(),
            Some(path) => TrustStore::empty().with_pem_certificate(
                usable_certificates(path).map_err(|source| NetworkError::CaBundle { path: path.clone(), source })?,
            ),
        };
        let context = TlsContext::builder().with_trust_store(trust).build();
        context.map_err(|error| NetworkError::Unreachable(error.into()))
    }
}

/// The innermost cause: what lies about it are the client's layers, which tell people nothing.
fn root_of(error: &(dyn std::error::Error + 'static)) -> Cause {
    causes(error).last().map_or_else(String::new, ToString::to_string).into()
}

fn is_about_the_certificate(error: &(dyn std::error::Error + 'static)) -> bool {
    causes(error).any(|cause| matches!(cause.downcast_ref(), Some(rustls::Error::InvalidCertificate(_))))
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

async fn read_answer(response: HttpResponse, body_limit: usize) -> Result<Answer, NetworkError> {
    let status = response.status().as_u16();
    let headers = response.headers().iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let mut stream = response.into_body();
    let mut body = Vec::new();
    while let Some(chunk) = next_chunk(&mut stream).await {
        let chunk = chunk.map_err(|error| NetworkError::Unreachable(root_of(error.as_ref())))?;
        if body.len() + chunk.len() > body_limit {
            return Err(NetworkError::TooLong(body_limit));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status, headers, body })
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

/// The certificates of a PEM file that rustls can use as roots, as PEM again: the connector panics on any other.
fn usable_certificates(path: &Path) -> Result<Vec<u8>, Cause> {
    let text = std::fs::read(path)?;
    let mut roots = rustls::RootCertStore::empty();
    let mut usable = String::new();
    for certificate in CertificateDer::pem_slice_iter(&text) {
        let certificate = certificate?;
        let encoded = base64::engine::general_purpose::STANDARD.encode(&certificate);
        if roots.add(certificate).is_ok() {
            usable.push_str(&format!("-----BEGIN CERTIFICATE-----\n{encoded}\n-----END CERTIFICATE-----\n"));
        }
    }
    if usable.is_empty() { Err("it holds no certificate".into()) } else { Ok(usable.into_bytes()) }
}
