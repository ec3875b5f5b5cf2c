//! [`Dialler`]: gives hyper's client the connections that it asks for, new ones, or the one that was opened ahead. That one
//! is handed out once, to where it leads, and only if the far side has not hung up meanwhile.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use http::Uri;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;
use tower_service::Service;

use super::line::Line;
use super::route::Route;
use crate::ports::Cause;

/// Makes connections along one route.
#[derive(Clone)]
pub struct Dialler {
    route: Arc<Route>,
    ahead: Arc<Mutex<Option<Ahead>>>,
}

/// A connection that nobody has asked for yet.
struct Ahead {
    to: Uri,
    opening: JoinHandle<Result<Line, Cause>>,
}

impl Dialler {
    pub fn new(route: Arc<Route>) -> Self {
        Self { route, ahead: Arc::default() }
    }

    /// Begins to connect. It goes on whenever the runtime runs anything.
    pub fn open_ahead(&self, to: &Uri, runtime: &Runtime) {
        let (route, destination) = (Arc::clone(&self.route), to.clone());
        let opening = runtime.spawn(async move { route.connect(destination).await });
        *self.ahead() = Some(Ahead { to: to.clone(), opening });
    }

    fn ahead(&self) -> MutexGuard<'_, Option<Ahead>> {
        self.ahead.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn opened_ahead(&self, to: &Uri) -> Option<JoinHandle<Result<Line, Cause>>> {
        let fits = |ahead: &mut Ahead| ahead.to.scheme() == to.scheme() && ahead.to.authority() == to.authority();
        self.ahead().take_if(fits).map(|ahead| ahead.opening)
    }
}

impl Service<Uri> for Dialler {
    type Response = Line;
    type Error = Cause;
    type Future = Pin<Box<dyn Future<Output = Result<Line, Cause>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Cause>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, to: Uri) -> Self::Future {
        let (route, opened) = (Arc::clone(&self.route), self.opened_ahead(&to));
        Box::pin(async move {
            if let Some(opening) = opened {
                let mut line = opening.await??;
                if line.is_quiet().await {
                    return Ok(line);
                }
            }
            route.connect(to).await
        })
    }
}
