//! How a lease is sealed: XChaCha20-Poly1305 over its JSON, with the lease's key as associated data.
//! The format is private to this machine's cache; what does not open is fetched anew.

use std::io;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use zeroize::{ZeroizeOnDrop, Zeroizing};

use crate::model::lease::{Lease, LeaseKey};
use crate::model::secret::Secret;

const MAGIC: &[u8] = b"afed lease 1\n";
const NONCE_LENGTH: usize = 24;
const KEY_LENGTH: usize = 32;

/// The key that seals every lease in the folder.
#[derive(ZeroizeOnDrop)]
pub struct SealingKey([u8; KEY_LENGTH]);

/// A lease inside its seal.
#[derive(Serialize, Deserialize, ZeroizeOnDrop)]
struct Sealed {
    access_key_id: String,
    secret_access_key: String,
    session_token: String,
    #[zeroize(skip)]
    issued_at: Timestamp,
    #[zeroize(skip)]
    expires_at: Timestamp,
    aws_account_id: Option<String>,
    principal_arn: Option<String>,
    packed_policy_size: Option<u32>,
}

impl SealingKey {
    pub fn generate() -> io::Result<Self> {
        let mut bytes = [0; KEY_LENGTH];
        getrandom::fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// The key as a secret store keeps it: 64 hex digits. Anything else is no key.
    pub fn from_secret(secret: &Secret) -> Option<Self> {
        let digits = secret.expose().as_bytes();
        if digits.len() != KEY_LENGTH * 2 {
            return None;
        }
        let mut key = Self([0; KEY_LENGTH]);
        for (byte, pair) in key.0.iter_mut().zip(digits.chunks_exact(2)) {
            let high = char::from(pair[0]).to_digit(16)?;
            let low = char::from(pair[1]).to_digit(16)?;
            *byte = u8::try_from(high * 16 + low).ok()?;
        }
        Some(key)
    }

    pub fn to_secret(&self) -> Secret {
        let mut text = String::with_capacity(KEY_LENGTH * 2);
        for byte in self.0 {
            for digit in [byte >> 4, byte & 15] {
                text.push(char::from_digit(u32::from(digit), 16).unwrap_or_default());
            }
        }
        Secret::new(text)
    }

    /// The bytes of the file for this lease: magic, nonce, ciphertext.
    pub fn seal(&self, key: &LeaseKey, lease: &Lease) -> io::Result<Vec<u8>> {
        let mut nonce = [0; NONCE_LENGTH];
        getrandom::fill(&mut nonce)?;
        let plain = Zeroizing::new(serde_json::to_vec(&Sealed::from(lease))?);
        let payload = Payload { msg: &plain, aad: &associated_data(key) };
        let sealed = self.cipher().encrypt(&XNonce::from(nonce), payload).map_err(io::Error::other)?;
        Ok([MAGIC, &nonce, &sealed].concat())
    }

    /// The lease in these bytes, if they are whole and were sealed under this key for this lease key.
    pub fn open(&self, key: &LeaseKey, bytes: &[u8]) -> Option<Lease> {
        let (nonce, sealed) = bytes.strip_prefix(MAGIC)?.split_first_chunk::<NONCE_LENGTH>()?;
        let payload = Payload { msg: sealed, aad: &associated_data(key) };
        let plain = Zeroizing::new(self.cipher().decrypt(&XNonce::from(*nonce), payload).ok()?);
        serde_json::from_slice::<Sealed>(&plain).ok().map(Lease::from)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&self.0.into())
    }
}

fn associated_data(key: &LeaseKey) -> Vec<u8> {
    [MAGIC, key.as_str().as_bytes()].concat()
}

impl From<&Lease> for Sealed {
    fn from(lease: &Lease) -> Self {
        Self {
            access_key_id: lease.access_key_id.clone(),
            secret_access_key: lease.secret_access_key.expose().to_owned(),
            session_token: lease.session_token.expose().to_owned(),
            issued_at: lease.issued_at,
            expires_at: lease.expires_at,
            aws_account_id: lease.aws_account_id.clone(),
            principal_arn: lease.principal_arn.clone(),
            packed_policy_size: lease.packed_policy_size,
        }
    }
}

impl From<Sealed> for Lease {
    fn from(mut sealed: Sealed) -> Self {
        Self {
            access_key_id: std::mem::take(&mut sealed.access_key_id),
            secret_access_key: Secret::new(std::mem::take(&mut sealed.secret_access_key)),
            session_token: Secret::new(std::mem::take(&mut sealed.session_token)),
            issued_at: sealed.issued_at,
            expires_at: sealed.expires_at,
            aws_account_id: sealed.aws_account_id.take(),
            principal_arn: sealed.principal_arn.take(),
            packed_policy_size: sealed.packed_policy_size,
        }
    }
}
