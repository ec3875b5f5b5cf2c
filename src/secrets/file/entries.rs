//! The secrets of the file as one plain text, before it is sealed and after it is opened.
//! Lengths and bytes instead of a serialiser's format, so that no buffer but the one given out ever holds a secret.

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use crate::model::secret::Secret;

/// All secrets of a file, by their address.
#[derive(Default)]
pub struct Entries(BTreeMap<String, Secret>);

/// The text is not one that [`Entries::encode`] wrote.
#[derive(Debug, PartialEq, Eq)]
pub struct Malformed;

impl Entries {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn get(&self, address: &str) -> Option<&Secret> {
        self.0.get(address)
    }

    pub fn insert(&mut self, address: String, secret: Secret) {
        self.0.insert(address, secret);
    }

    /// Whether there was one to remove.
    pub fn remove(&mut self, address: &str) -> bool {
        self.0.remove(address).is_some()
    }

    /// Each address and secret in turn, led by its length as 32 bits, little end first.
    pub fn encode(&self) -> Zeroizing<Vec<u8>> {
        let fields = || self.0.iter().flat_map(|(address, secret)| [address.as_str(), secret.expose()]);
        // The right size from the start: a vector that grows leaves copies of its bytes behind.
        let mut text = Zeroizing::new(Vec::with_capacity(fields().map(|field| 4 + field.len()).sum()));
        for field in fields() {
            text.extend_from_slice(&(field.len() as u32).to_le_bytes());
            text.extend_from_slice(field.as_bytes());
        }
        text
    }

    pub fn decode(mut text: &[u8]) -> Result<Self, Malformed> {
        let mut entries = Self::default();
        while !text.is_empty() {
            let address = take_field(&mut text)?.to_owned();
            let secret = Secret::new(take_field(&mut text)?.to_owned());
            entries.insert(address, secret);
        }
        Ok(entries)
    }
}

fn take_field<'text>(text: &mut &'text [u8]) -> Result<&'text str, Malformed> {
    let (length, rest) = text.split_first_chunk().ok_or(Malformed)?;
    let length = usize::try_from(u32::from_le_bytes(*length)).map_err(|_| Malformed)?;
    let (field, rest) = rest.split_at_checked(length).ok_or(Malformed)?;
    *text = rest;
    std::str::from_utf8(field).map_err(|_| Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn plain(entries: &Entries) -> BTreeMap<String, String> {
        entries.0.iter().map(|(address, secret)| (address.clone(), secret.expose().to_owned())).collect()
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded(secrets in proptest::collection::btree_map(".*", ".*", 0..8)) {
            let mut entries = Entries::default();
            for (address, secret) in &secrets {
                entries.insert(address.clone(), Secret::new(secret.clone()));
            }
            let text = entries.encode();
            prop_assert_eq!(plain(&Entries::decode(&text).ok().unwrap()), secrets);
        }

        #[test]
        fn any_other_text_is_refused_or_decoded_without_panic(text in proptest::collection::vec(any::<u8>(), 0..64)) {
            if let Ok(entries) = Entries::decode(&text) {
                prop_assert!(entries.encode().len() <= text.len());
            }
        }
    }
}
