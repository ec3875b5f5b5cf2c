//! Which certificates are trusted: those of one file, or the system's, where `SSL_CERT_FILE` and `SSL_CERT_DIR` say so too.
//! TLS is rustls with ring, and HTTP/1.1 is all that is offered over it.

use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use super::NetworkError;
use crate::ports::Cause;
use crate::sys::files;

/// Many times what all authorities of the world need.
const LARGEST_BUNDLE: u64 = 64 * 1_024 * 1_024;

/// How TLS is spoken to whom these certificates vouch for.
pub fn tls(ca_bundle: Option<&Path>) -> Result<ClientConfig, NetworkError> {
    let roots = match ca_bundle {
        None => of_the_system(),
        Some(path) => of_file(path).map_err(|source| NetworkError::CaBundle { path: path.to_owned(), source })?,
    };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let versions = versions.map_err(|error| NetworkError::Unreachable(error.into()))?;
    let mut tls = versions.with_root_certificates(roots).with_no_client_auth();
    tls.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(tls)
}

/// What can't be read of them vouches for nobody.
fn of_the_system() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots
}

fn of_file(path: &Path) -> Result<RootCertStore, Cause> {
    let text = files::read_regular(path, LARGEST_BUNDLE)?;
    let certificates: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(&text).collect::<Result<_, _>>()?;
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(certificates);
    if roots.is_empty() { Err("it holds no certificate".into()) } else { Ok(roots) }
}
