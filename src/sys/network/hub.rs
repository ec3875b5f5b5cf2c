//! [`Hub`]: what all ways to the network of one process have in common. One runtime, so that a connection comes about while
//! an answer on another one is waited for; and the certificates, each set of them loaded once. Making a hub makes neither.

use std::cell::{OnceCell, RefCell};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use rustls::ClientConfig;
use tokio::runtime::{Builder, Runtime};

use super::{NetworkError, Proxies, SystemAuthorities, trust};
use crate::ports::{Nobody, Onlooker};

/// The runtime and the certificates, as soon as somebody has needed them, the proxies, and who is told what is waited for.
pub struct Hub {
    pub(super) onlooker: Rc<dyn Onlooker>,
    system: SystemAuthorities,
    pub(super) proxies: Arc<Proxies>,
    runtime: OnceCell<Runtime>,
    trusted: RefCell<Vec<(Option<PathBuf>, Arc<ClientConfig>)>>,
}

impl Default for Hub {
    fn default() -> Self {
        Self::new(Rc::new(Nobody), SystemAuthorities::default(), Proxies::default())
    }
}

impl Hub {
    /// `system` says where the system's certificates are.
    pub fn new(onlooker: Rc<dyn Onlooker>, system: SystemAuthorities, proxies: Proxies) -> Self {
        let proxies = Arc::new(proxies);
        Self { onlooker, system, proxies, runtime: OnceCell::new(), trusted: RefCell::default() }
    }

    pub(super) fn runtime(&self) -> Result<&Runtime, NetworkError> {
        if let Some(runtime) = self.runtime.get() {
            return Ok(runtime);
        }
        let runtime = Builder::new_current_thread().enable_all().build().map_err(NetworkError::Runtime)?;
        Ok(self.runtime.get_or_init(|| runtime))
    }

    /// How TLS is spoken, trusting the certificates of this file, or the system's.
    pub(super) fn tls(&self, ca_bundle: Option<&Path>) -> Result<Arc<ClientConfig>, NetworkError> {
        let mut trusted = self.trusted.borrow_mut();
        if let Some((_, tls)) = trusted.iter().find(|(loaded, _)| loaded.as_deref() == ca_bundle) {
            return Ok(Arc::clone(tls));
        }
        let tls = Arc::new(trust::tls(ca_bundle, &self.system)?);
        trusted.push((ca_bundle.map(Path::to_owned), Arc::clone(&tls)));
        Ok(tls)
    }
}

impl Drop for Hub {
    /// A name may still be looked up for a connection that nobody needs any more; the runtime would wait for that.
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
