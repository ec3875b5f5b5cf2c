//! What is asked of Crowd: addresses and bodies, built so that no name can change the question.
//! Every byte of a value outside RFC 3986's unreserved set is percent-encoded, and a blank value is refused: Crowd
//! answers a blank parameter with a list of everything.

use bytes::Bytes;
use http::Method;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use zeroize::Zeroizing;

use super::names;

const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A resource of the service with its parameters. A person's session is part of some, so it shows nothing and is wiped.
pub struct Target(Zeroizing<String>);

/// A value that would ask for everything instead of one thing.
#[derive(Debug, PartialEq, Eq)]
pub struct Blank;

impl Target {
    /// A resource by its fixed path below the service.
    pub fn resource(path: &'static str) -> Self {
        Self(Zeroizing::new(format!("/rest/usermanagement/1/{path}")))
    }

    /// One more path segment.
    pub fn segment(self, value: &str) -> Result<Self, Blank> {
        encoded(value).map(|value| self.with(&["/", &value]))
    }

    /// One more query parameter.
    pub fn parameter(self, name: &'static str, value: &str) -> Result<Self, Blank> {
        let separator = if self.0.contains('?') { "&" } else { "?" };
        encoded(value).map(|value| self.with(&[separator, name, "=", &value]))
    }

    /// Made in one piece: a text that grows leaves copies of its bytes behind.
    fn with(&self, parts: &[&str]) -> Self {
        Self(Zeroizing::new([&[self.as_str()], parts].concat().concat()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn encoded(value: &str) -> Result<Zeroizing<String>, Blank> {
    const LONGEST_ESCAPE: usize = 3;
    if names::is_blank(value) {
        return Err(Blank);
    }
    let mut text = Zeroizing::new(String::with_capacity(LONGEST_ESCAPE * value.len()));
    text.extend(utf8_percent_encode(value, RESERVED));
    Ok(text)
}

/// One request, before it is addressed and signed.
pub struct Call {
    pub method: Method,
    pub target: Target,
    pub body: Option<Bytes>,
}

impl Call {
    pub fn get(target: Target) -> Self {
        Self { method: Method::GET, target, body: None }
    }

    pub fn delete(target: Target) -> Self {
        Self { method: Method::DELETE, target, body: None }
    }

    /// The body's bytes are wiped when the request is dropped. `secret_length` is the length of the secrets in it: with
    /// enough room from the start, no half-written copy of them is left behind.
    pub fn post(target: Target, body: &impl Serialize, secret_length: usize) -> Result<Self, serde_json::Error> {
        const LONGEST_ESCAPE: usize = 6;
        const REST: usize = 1024;
        let mut text = Zeroizing::new(Vec::with_capacity(LONGEST_ESCAPE * secret_length + REST));
        serde_json::to_writer(&mut *text, body)?;
        Ok(Self { method: Method::POST, target, body: Some(Bytes::from_owner(text)) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn no_name_changes_the_question() {
        for (value, encoded) in [
            ("bob", "bob"),
            ("a-b.c_d~e", "a-b.c_d~e"),
            ("bob&groupname=admins", "bob%26groupname%3Dadmins"),
            ("a+b", "a%2Bb"),
            ("100%25", "100%2525"),
            ("dev/ops", "dev%2Fops"),
            ("a b", "a%20b"),
            ("a#b?c;d", "a%23b%3Fc%3Bd"),
            ("jürgen", "j%C3%BCrgen"),
            ("a\r\nHost: b", "a%0D%0AHost%3A%20b"),
        ] {
            let target = Target::resource("user").parameter("username", value).unwrap();
            assert_eq!(target.as_str(), format!("/rest/usermanagement/1/user?username={encoded}"));
            let target = Target::resource("session").segment(value).unwrap();
            assert_eq!(target.as_str(), format!("/rest/usermanagement/1/session/{encoded}"));
        }
    }

    #[test]
    fn a_blank_value_is_no_question() {
        for blank in ["", " ", "\t", "\u{0}", "\u{a0}"] {
            assert!(Target::resource("user").parameter("username", blank).is_err(), "{blank:?}");
            assert!(Target::resource("session").segment(blank).is_err(), "{blank:?}");
        }
    }

    proptest! {
        #[test]
        fn any_value_arrives_as_it_was(value in "\\PC*[a-z]\\PC*") {
            let target = Target::resource("user").parameter("username", &value).unwrap();
            let encoded = target.as_str().strip_prefix("/rest/usermanagement/1/user?username=").unwrap();
            prop_assert!(encoded.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~%".contains(&byte)));
            let decoded = percent_encoding::percent_decode_str(encoded).decode_utf8().unwrap();
            prop_assert_eq!(decoded.as_ref(), value.as_str());
        }
    }
}
