//! How TLS is spoken, and to whom: to whoever the certificates of one file vouch for, or the system's.
//! TLS is rustls with ring, and HTTP/1.1 is all that is offered over it.

use std::path::Path;
use std::sync::Arc;

use rustls::ClientConfig;

use super::NetworkError;
use super::authorities::{self, SystemAuthorities};

/// How TLS is spoken to whom the certificates of this file vouch for, or else the system's.
pub fn tls(ca_bundle: Option<&Path>, system: &SystemAuthorities) -> Result<ClientConfig, NetworkError> {
    let roots = match ca_bundle {
        None => system.load()?,
        Some(path) => {
            authorities::of_file(path).map_err(|source| NetworkError::CaBundle { path: path.to_owned(), source })?
        }
    };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let versions = versions.map_err(|error| NetworkError::Unreachable(error.into()))?;
    let mut tls = versions.with_root_certificates(roots).with_no_client_auth();
    tls.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(tls)
}
