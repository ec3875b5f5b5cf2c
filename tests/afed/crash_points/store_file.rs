//! The encrypted file of secrets, opened and sealed with nothing of afed's own code.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

use super::state::short;

/// The least that afed accepts: so many runs open the file that its usual cost would be most of their time.
const CHEAPEST: &str = "m=19456,t=2,p=1";

thread_local! {
    /// Keys by the header's words that say how they are derived, which takes long.
    static KEYS: RefCell<BTreeMap<String, [u8; 32]>> = RefCell::default();
}

/// The addresses in an encrypted file, those of Crowd without its URL. A file that does not open fails the test.
pub fn addresses(file: &[u8]) -> BTreeSet<String> {
    contents(file).keys().map(|address| short(address)).collect()
}

/// The secrets in an encrypted file, by their addresses.
pub fn contents(file: &[u8]) -> BTreeMap<String, String> {
    let (_, text) = open(file);
    let (mut rest, mut fields) = (text.as_slice(), Vec::new());
    while let Some((length, after)) = rest.split_first_chunk() {
        let (field, after) = after.split_at(u32::from_le_bytes(*length) as usize);
        fields.push(String::from_utf8(field.to_vec()).unwrap());
        rest = after;
    }
    fields.chunks(2).map(|entry| (entry[0].clone(), entry[1].clone())).collect()
}

/// Makes the file one that opens quickly; afed keeps the cost that it finds in one.
pub fn cheapen(path: &Path) {
    let (header, text) = open(&std::fs::read(path).unwrap());
    let mut words: Vec<&str> = header.trim_end().split(' ').collect();
    words[3] = CHEAPEST;
    let header = words.join(" ") + "\n";
    let payload = Payload { msg: &text, aad: header.as_bytes() };
    let sealed = cipher(&words).encrypt(&nonce(words[6]), payload).unwrap();
    std::fs::write(path, [header.as_bytes(), &sealed].concat()).unwrap();
}

/// Its header and what it holds.
fn open(file: &[u8]) -> (String, Vec<u8>) {
    let end = file.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    let header = std::str::from_utf8(&file[..end]).unwrap();
    let words: Vec<&str> = header.trim_end().split(' ').collect();
    let payload = Payload { msg: &file[end..], aad: &file[..end] };
    let text = cipher(&words).decrypt(&nonce(words[6]), payload).expect("the store opens");
    (header.to_owned(), text)
}

fn nonce(word: &str) -> XNonce {
    let nonce: [u8; 24] = STANDARD_NO_PAD.decode(word).unwrap().try_into().unwrap();
    XNonce::from(nonce)
}

fn cipher(words: &[&str]) -> XChaCha20Poly1305 {
    let key =
        KEYS.with_borrow_mut(|keys| *keys.entry(words[3..5].join(" ")).or_insert_with(|| derive(words[3], words[4])));
    XChaCha20Poly1305::new(&key.into())
}

fn derive(cost: &str, salt: &str) -> [u8; 32] {
    let numbers: Vec<u32> = cost.split(',').map(|one| one.split_once('=').unwrap().1.parse().unwrap()).collect();
    let parameters = Params::new(numbers[0], numbers[1], numbers[2], Some(32)).unwrap();
    let mut key = [0; 32];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters)
        .hash_password_into(crate::sandbox::PASSPHRASE.as_bytes(), &STANDARD_NO_PAD.decode(salt).unwrap(), &mut key)
        .unwrap();
    key
}
