//! The bytes of the encrypted file: one readable line that says how the key is derived, then the sealed entries.
//! The line is sealed in as associated data, so that not a byte of the file can change unnoticed.
//!
//! `afed-secrets 1 argon2id m=65536,t=3,p=1 SALT xchacha20-poly1305 NONCE` and a newline; salt and nonce in base64.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use super::derivation::{Cost, KEY_LENGTH, Recipe};
use crate::ports::Cause;

/// The only format that there has been.
const FORMAT: u32 = 1;
const NONCE_LENGTH: usize = 24;
const LONGEST_HEADER: usize = 256;

/// A sealed file, taken apart but not opened.
pub struct Sealed<'file> {
    pub recipe: Recipe,
    nonce: [u8; NONCE_LENGTH],
    header: &'file [u8],
    sealed: &'file [u8],
}

/// Why bytes can't be taken apart.
#[derive(Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// They are not such a file, or one of a cost that is not accepted.
    Damaged,
    /// They begin as such a file does, in a format of the future.
    Newer { format: u32 },
}

/// The key does not fit, or a byte was changed; which of the two can't be told.
#[derive(Debug, PartialEq, Eq)]
pub struct WrongKey;

impl<'file> Sealed<'file> {
    /// Takes the file apart; nothing in it is known to be true before it is opened.
    pub fn parse(file: &'file [u8]) -> Result<Self, Unreadable> {
        use Unreadable::Damaged;
        const SHORTEST_SEAL: usize = 16;
        if let Some(format) = format_of(file).filter(|format| *format > FORMAT) {
            return Err(Unreadable::Newer { format });
        }
        let end = file.iter().take(LONGEST_HEADER).position(|byte| *byte == b'\n').ok_or(Damaged)?;
        let (header, sealed) = file.split_at(end + 1);
        if sealed.len() < SHORTEST_SEAL {
            return Err(Damaged);
        }
        let (recipe, nonce) = parse_header(header).ok_or(Damaged)?;
        // One way to write each header: leading zeros, signs and the like are nobody's writing.
        if render_header(&recipe, &nonce).as_bytes() != header {
            return Err(Damaged);
        }
        Ok(Self { recipe, nonce, header, sealed })
    }

    pub fn open(&self, key: &[u8; KEY_LENGTH]) -> Result<Zeroizing<Vec<u8>>, WrongKey> {
        let cipher = XChaCha20Poly1305::new(key.into());
        let payload = Payload { msg: self.sealed, aad: self.header };
        cipher.decrypt(&XNonce::from(self.nonce), payload).map(Zeroizing::new).map_err(|_| WrongKey)
    }
}

/// A whole file with this text in it, sealed under a nonce that was never used before.
pub fn seal(recipe: &Recipe, key: &[u8; KEY_LENGTH], text: &[u8]) -> Result<Vec<u8>, Cause> {
    let mut nonce = [0; NONCE_LENGTH];
    getrandom::fill(&mut nonce)?;
    let mut file = render_header(recipe, &nonce).into_bytes();
    let payload = Payload { msg: text, aad: &file };
    let sealed = XChaCha20Poly1305::new(key.into()).encrypt(&XNonce::from(nonce), payload)?;
    file.extend_from_slice(&sealed);
    Ok(file)
}

fn render_header(recipe: &Recipe, nonce: &[u8; NONCE_LENGTH]) -> String {
    let Recipe { cost, salt } = recipe;
    format!(
        "afed-secrets 1 argon2id m={},t={},p={} {} xchacha20-poly1305 {}\n",
        cost.memory(),
        cost.passes(),
        cost.lanes(),
        STANDARD_NO_PAD.encode(salt),
        STANDARD_NO_PAD.encode(nonce),
    )
}

/// The number after the first word, which every format has there.
fn format_of(file: &[u8]) -> Option<u32> {
    let rest = file.strip_prefix(b"afed-secrets ")?;
    let digits = &rest[..rest.iter().position(|byte| !byte.is_ascii_digit())?];
    let is_number = !digits.starts_with(b"0") && matches!(rest[digits.len()], b' ' | b'\n');
    std::str::from_utf8(digits).ok().filter(|_| is_number)?.parse().ok()
}

fn parse_header(header: &[u8]) -> Option<(Recipe, [u8; NONCE_LENGTH])> {
    let line = std::str::from_utf8(header).ok()?.strip_suffix('\n')?;
    let words: Vec<&str> = line.split(' ').collect();
    let ["afed-secrets", "1", "argon2id", cost, salt, "xchacha20-poly1305", nonce] = words[..] else { return None };
    let recipe = Recipe { cost: parse_cost(cost)?, salt: decode(salt)? };
    Some((recipe, decode(nonce)?))
}

fn parse_cost(text: &str) -> Option<Cost> {
    let mut parameters = text.split(',');
    let mut next = |name| parameters.next()?.strip_prefix(name)?.parse().ok();
    let (memory, passes, lanes) = (next("m=")?, next("t=")?, next("p=")?);
    Cost::new(memory, passes, lanes).ok()
}

fn decode<const LENGTH: usize>(text: &str) -> Option<[u8; LENGTH]> {
    STANDARD_NO_PAD.decode(text).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; KEY_LENGTH] = [9; KEY_LENGTH];
    const TEXT: &[u8] = b"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

    fn file() -> Vec<u8> {
        seal(&Recipe::fresh().unwrap(), &KEY, TEXT).unwrap()
    }

    fn read(file: &[u8]) -> Option<Vec<u8>> {
        Some(Sealed::parse(file).ok()?.open(&KEY).ok()?.to_vec())
    }

    #[test]
    fn what_is_sealed_is_opened_by_its_key_alone() {
        let file = file();
        assert_eq!(read(&file).as_deref(), Some(TEXT));
        let other = Sealed::parse(&file).ok().unwrap().open(&[8; KEY_LENGTH]);
        assert_eq!(other.unwrap_err(), WrongKey);
        assert!(!file.windows(8).any(|window| TEXT.starts_with(window)));
    }

    #[test]
    fn a_change_of_any_bit_gives_an_error() {
        let file = file();
        for position in 0..file.len() {
            for bit in 0..8 {
                let mut changed = file.clone();
                changed[position] ^= 1 << bit;
                assert_eq!(read(&changed), None, "byte {position}, bit {bit}");
            }
        }
    }

    #[test]
    fn a_file_cut_or_lengthened_gives_an_error() {
        let file = file();
        for length in 0..file.len() {
            assert_eq!(read(&file[..length]), None, "the first {length} bytes");
        }
        assert_eq!(read(&[&file[..], b"\0"].concat()), None);
    }

    #[test]
    fn a_header_of_no_version_or_another_cost_is_damage() {
        let file = file();
        let end = file.iter().position(|byte| *byte == b'\n').unwrap();
        let header = std::str::from_utf8(&file[..end]).unwrap();
        for (from, to) in [
            ("afed-secrets 1", "afed-secrets 0"),
            ("afed-secrets 1", "afed-secrets 02"),
            ("afed-secrets 1", "afed-secrets 2x"),
            ("afed-secrets 1", "afed-secrets 4294967296"),
            ("argon2id", "argon2i"),
            ("argon2id", "none"),
            ("m=65536", "m=8"),
            ("m=65536", "m=4294967295"),
            ("m=65536", "m=99999999999999999999"),
            ("m=65536", "m=065536"),
            ("m=65536", "m=+65536"),
            ("t=3", "t=1"),
            ("t=3", "t=4294967295"),
            ("p=1", "p=0"),
            ("p=1", "p=16777215"),
            ("p=1", "p=1,x=1"),
            ("xchacha20-poly1305", "none"),
            (" m=", "  m="),
        ] {
            assert!(header.contains(from));
            let changed = [header.replacen(from, to, 1).as_bytes(), &file[end..]].concat();
            assert_eq!(Sealed::parse(&changed).err(), Some(Unreadable::Damaged), "{from} → {to}");
        }
    }

    #[test]
    fn a_format_of_the_future_is_no_damage_whatever_follows() {
        for (file, format) in [(&b"afed-secrets 2 any words\n\xff"[..], 2), (b"afed-secrets 10\n", 10)] {
            assert_eq!(Sealed::parse(file).err(), Some(Unreadable::Newer { format }));
        }
    }

    #[test]
    fn no_nonce_is_used_twice() {
        let recipe = Recipe::fresh().unwrap();
        let files: Vec<_> = (0..64).map(|_| seal(&recipe, &KEY, TEXT).unwrap()).collect();
        let nonces: std::collections::BTreeSet<_> =
            files.iter().map(|file| Sealed::parse(file).ok().unwrap().nonce).collect();
        assert_eq!(nonces.len(), files.len());
    }
}
