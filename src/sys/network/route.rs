//! [`Route`]: how a connection comes about, with TLS or without, straight or through a proxy of the environment. The parts
//! are hyper-util's and hyper-rustls's; which of them follow each other is decided here. No byte of HTTP is sent to the far
//! side here; only a proxy is asked for a tunnel.

use std::sync::Arc;
use std::time::Duration;

use aws_smithy_async::future::timeout::TimedOutError;
use http::uri::Scheme;
use http::{HeaderValue, Uri};
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use rustls::ClientConfig;
use tower_service::Service;

use super::line::{FirstHop, Line};
use super::proxies::{Proxies, Proxy};
use crate::ports::Cause;

/// The way that connections of one kind take.
pub struct Route {
    tcp: HttpConnector,
    /// Nothing where no far side of this route speaks TLS.
    tls: Option<Arc<ClientConfig>>,
    proxies: Arc<Proxies>,
    connect_timeout: Duration,
}

/// A connection did not come about in time.
#[derive(Debug, thiserror::Error)]
#[error("no connection within {} s", .0.as_secs_f32())]
struct TooSlow(Duration, #[source] TimedOutError);

impl Route {
    pub fn new(tls: Option<Arc<ClientConfig>>, proxies: Arc<Proxies>, connect_timeout: Duration) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.set_nodelay(true);
        tcp.enforce_http(tls.is_none());
        Self { tcp, tls, proxies, connect_timeout }
    }

    /// A new connection, ready for a request.
    pub async fn connect(&self, to: Uri) -> Result<Line, Cause> {
        let limit = self.connect_timeout;
        match tokio::time::timeout(limit, self.connect_at_leisure(to)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(TooSlow(limit, TimedOutError).into()),
        }
    }

    /// What a proxy wants to hear with a request that it reads itself; none reads what goes through TLS.
    pub fn proxy_authorization(&self, to: &Uri) -> Option<HeaderValue> {
        if to.scheme() != Some(&Scheme::HTTP) {
            return None;
        }
        self.proxies.on_the_way(to).ok()??.at.basic_auth().cloned()
    }

    async fn connect_at_leisure(&self, to: Uri) -> Result<Line, Cause> {
        match self.proxies.on_the_way(&to)? {
            None => Ok(Line::straight(self.first_hop(to).await?)),
            Some(proxy) => self.connect_through(&proxy, to).await.map_err(|error| proxy.failed(error).into()),
        }
    }

    async fn connect_through(&self, proxy: &Proxy, to: Uri) -> Result<Line, Cause> {
        match &self.tls {
            Some(tls) if to.scheme() == Some(&Scheme::HTTPS) => self.tunnel(to, proxy, tls).await,
            _ => Ok(Line::forwarded(self.first_hop(proxy.at.uri().clone()).await?)),
        }
    }

    async fn first_hop(&self, to: Uri) -> Result<FirstHop, Cause> {
        match &self.tls {
            Some(tls) => self.https(tls).call(to).await,
            None => Ok(MaybeHttpsStream::Http(self.tcp.clone().call(to).await?)),
        }
    }

    /// TLS with the far side inside of what the proxy passes on unread.
    async fn tunnel(&self, to: Uri, proxy: &Proxy, tls: &Arc<ClientConfig>) -> Result<Line, Cause> {
        let mut tunnel = Tunnel::new(proxy.at.uri().clone(), self.https(tls));
        if let Some(authorization) = proxy.at.basic_auth() {
            tunnel = tunnel.with_auth(authorization.clone());
        }
        Ok(Line::tunnelled(HttpsConnector::from((tunnel, Arc::clone(tls))).call(to).await?))
    }

    fn https(&self, tls: &Arc<ClientConfig>) -> HttpsConnector<HttpConnector> {
        HttpsConnector::from((self.tcp.clone(), Arc::clone(tls)))
    }
}
