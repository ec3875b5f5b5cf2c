//! A certificate authority made for one run, and a server certificate of it for the loopback addresses. The keys are never
//! written anywhere.

use std::io;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};

/// What a server needs to speak TLS, and what its clients need to trust it.
pub struct Certificate {
    pub settings: Arc<ServerConfig>,
    pub authority_pem: String,
}

impl Certificate {
    pub fn make() -> io::Result<Self> {
        let (authority, issuer) = authority().map_err(io::Error::other)?;
        let (certificate, key) = leaf(&issuer).map_err(io::Error::other)?;
        let settings = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key.into())
            .map_err(io::Error::other)?;
        Ok(Self { settings: Arc::new(settings), authority_pem: pem(&authority) })
    }
}

fn authority() -> Result<(CertificateDer<'static>, Issuer<'static, KeyPair>), rcgen::Error> {
    let mut params = CertificateParams::default();
    // An authority that shares its name with the server's certificate makes that look self-signed to some clients.
    params.distinguished_name.push(DnType::CommonName, "afed loopback authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let key = KeyPair::generate()?;
    let certificate = params.self_signed(&key)?;
    Ok((certificate.der().clone(), Issuer::new(params, key)))
}

type Leaf = (CertificateDer<'static>, PrivatePkcs8KeyDer<'static>);

fn leaf(issuer: &Issuer<'static, KeyPair>) -> Result<Leaf, rcgen::Error> {
    let mut params = CertificateParams::new(["localhost".to_owned(), "127.0.0.1".to_owned()])?;
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    let key = KeyPair::generate()?;
    let certificate = params.signed_by(&key, issuer)?;
    Ok((certificate.der().clone(), PrivatePkcs8KeyDer::from(key.serialize_der())))
}

fn pem(certificate: &CertificateDer<'_>) -> String {
    let encoded = STANDARD.encode(certificate);
    let lines: Vec<String> = encoded.chars().collect::<Vec<_>>().chunks(64).map(|line| line.iter().collect()).collect();
    format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"))
}
