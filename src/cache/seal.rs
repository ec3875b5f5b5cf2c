//! How an entry is sealed: XChaCha20-Poly1305, with the entry's name as associated data, so that no entry passes for
//! another. The format is private to this machine's cache; what does not open is fetched anew.

use std::io;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::{ZeroizeOnDrop, Zeroizing};

const MAGIC: &[u8] = b"afed cache 1\n";
const NONCE_LENGTH: usize = 24;
pub const KEY_LENGTH: usize = 32;

/// The key that seals every entry of a folder.
#[derive(Clone, ZeroizeOnDrop)]
pub struct SealingKey(pub [u8; KEY_LENGTH]);

impl SealingKey {
    pub fn generate() -> io::Result<Self> {
        let mut key = Self([0; KEY_LENGTH]);
        getrandom::fill(&mut key.0)?;
        Ok(key)
    }

    /// The bytes of the file for this entry: magic, nonce, ciphertext.
    pub fn seal(&self, name: &str, plain: &[u8]) -> io::Result<Vec<u8>> {
        let mut nonce = [0; NONCE_LENGTH];
        getrandom::fill(&mut nonce)?;
        let payload = Payload { msg: plain, aad: &associated_data(name) };
        let sealed = self.cipher().encrypt(&XNonce::from(nonce), payload).map_err(io::Error::other)?;
        Ok([MAGIC, &nonce, &sealed].concat())
    }

    /// What is in these bytes, if they are whole and were sealed with this key under this name.
    pub fn open(&self, name: &str, bytes: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, sealed) = bytes.strip_prefix(MAGIC)?.split_first_chunk::<NONCE_LENGTH>()?;
        let payload = Payload { msg: sealed, aad: &associated_data(name) };
        self.cipher().decrypt(&XNonce::from(*nonce), payload).ok().map(Zeroizing::new)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&self.0.into())
    }
}

fn associated_data(name: &str) -> Vec<u8> {
    [MAGIC, name.as_bytes()].concat()
}
