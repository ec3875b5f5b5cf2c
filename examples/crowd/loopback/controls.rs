//! The server as its users hold it: starting and stopping, changing what the directory knows, letting sessions age,
//! seeing what was asked, and putting other answers in place of the directory's own.

use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::certificate::Certificate;
use super::connection::{Listening, Shared, locked};
use super::http::Received;
use super::population::Population;
use super::script::{Scripted, Scripts, Stop, Target};
use super::service::{CONTEXT, State};
use super::sessions::Sessions;

/// A running directory on the loopback interface; dropping it stops it.
pub struct CrowdServer {
    shared: Arc<Shared>,
    authority_pem: Option<String>,
    url: String,
    _listening: Listening,
}

impl CrowdServer {
    /// A directory on a free port, without TLS.
    pub fn start(population: Population) -> io::Result<Self> {
        Self::start_on(0, population)
    }

    /// A directory on this port, or on a free one for 0, without TLS.
    pub fn start_on(port: u16, population: Population) -> io::Result<Self> {
        Self::listen(port, population, None)
    }

    /// A directory on a free port that speaks TLS, with a certificate of an authority of its own.
    pub fn start_tls(population: Population) -> io::Result<Self> {
        Self::listen(0, population, Some(Certificate::make()?))
    }

    /// The base address, context included and without a `/` at the end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The certificate authority to trust, when the server speaks TLS.
    pub fn authority_pem(&self) -> Option<&str> {
        self.authority_pem.as_deref()
    }

    /// What the directory knows at this moment.
    pub fn population(&self) -> Population {
        locked(&self.shared.state).population.clone()
    }

    /// Changes what the directory knows, from the next request on.
    pub fn change(&self, change: impl FnOnce(&mut Population)) {
        change(&mut locked(&self.shared.state).population);
    }

    /// Ends all sessions, as their idle time would.
    pub fn expire_sessions(&self) {
        locked(&self.shared.state).sessions.expire_all();
    }

    /// Lets the sessions grow older by this much.
    pub fn let_time_pass(&self, by: Duration) {
        locked(&self.shared.state).sessions.push_clock(by);
    }

    /// The tokens of all sessions that live.
    pub fn session_tokens(&self) -> Vec<String> {
        locked(&self.shared.state).sessions.tokens()
    }

    /// All requests so far, in the order of their arrival.
    pub fn received(&self) -> Vec<Received> {
        locked(&self.shared.received).clone()
    }

    /// How many requests there were for a resource of the service, such as `GET` and `/user`; a resource that ends in
    /// `/`, or none, counts all below it.
    pub fn count(&self, method: &str, resource: &str) -> usize {
        let target = Target::new(method, resource);
        locked(&self.shared.received).iter().filter(|request| target.means(request)).count()
    }

    pub fn forget_received(&self) {
        locked(&self.shared.received).clear();
    }

    /// Puts an answer in place of the directory's own for the next request that is meant; resources as for
    /// [`Self::count`]. Several for one resource are used in turn.
    pub fn script(&self, method: &str, resource: &str, scripted: Scripted) {
        locked(&self.shared.scripts).add(Target::new(method, resource), scripted);
    }

    /// Drops the scripted answers that have not been used.
    pub fn forget_scripts(&self) {
        locked(&self.shared.scripts).clear();
    }

    fn listen(port: u16, population: Population, certificate: Option<Certificate>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let scheme = if certificate.is_some() { "https" } else { "http" };
        let url = format!("{scheme}://{}{CONTEXT}", listener.local_addr()?);
        let (tls, authority_pem) = certificate.map(|it| (it.settings, it.authority_pem)).unzip();
        let state = State { population, sessions: Sessions::default(), cookies: Vec::new(), url: url.clone() };
        let shared = Arc::new(Shared {
            state: Mutex::new(state),
            received: Mutex::default(),
            scripts: Mutex::new(Scripts::default()),
            stop: Stop::default(),
            tls,
        });
        let listening = Listening::start(listener, Arc::clone(&shared))?;
        Ok(Self { shared, authority_pem, url, _listening: listening })
    }
}
