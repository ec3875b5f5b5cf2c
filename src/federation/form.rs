//! What is sent to the federation endpoint, and the link to it: names and values in the form encoding, each encoded once.
//! The credentials and the token are exposed here and nowhere else in this room; every copy of them is wiped.

use bytes::Bytes;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use zeroize::Zeroizing;

use crate::model::duration::SessionDuration;
use crate::model::lease::Lease;
use crate::model::secret::Secret;

const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// One byte as `%XX`.
const LONGEST_ESCAPE: usize = 3;
/// Room for the names, so that a text with secrets never has to grow, which would leave a copy behind.
const REST: usize = 512;

#[derive(Serialize)]
struct Session<'a> {
    #[serde(rename = "sessionId")]
    id: &'a str,
    #[serde(rename = "sessionKey")]
    key: &'a str,
    #[serde(rename = "sessionToken")]
    token: &'a str,
}

/// The body that asks for a sign-in token.
pub fn sign_in_token_request(lease: &Lease, duration: Option<SessionDuration>) -> Result<Bytes, serde_json::Error> {
    let session = Session {
        id: &lease.access_key_id,
        key: lease.secret_access_key.expose(),
        token: lease.session_token.expose(),
    };
    let mut json =
        Zeroizing::new(Vec::with_capacity(2 * (session.id.len() + session.key.len() + session.token.len()) + REST));
    serde_json::to_writer(&mut *json, &session)?;
    let json = String::from_utf8_lossy(&json);
    let mut body = Zeroizing::new(String::with_capacity(LONGEST_ESCAPE * json.len() + REST));
    append(&mut body, "Action", "getSigninToken");
    if let Some(duration) = duration {
        append(&mut body, "SessionDuration", &duration.seconds().to_string());
    }
    append(&mut body, "Session", &json);
    Ok(Bytes::from_owner(FormBody(body)))
}

/// The link that signs in with this token.
pub fn login_url(endpoint: &str, issuer: &str, destination: &str, token: &Secret) -> Secret {
    let values = issuer.len() + destination.len() + token.expose().len();
    let mut link = String::with_capacity(endpoint.len() + LONGEST_ESCAPE * values + REST);
    link.push_str(endpoint);
    link.push('?');
    append(&mut link, "Action", "login");
    append(&mut link, "Issuer", issuer);
    append(&mut link, "Destination", destination);
    append(&mut link, "SigninToken", token.expose());
    Secret::new(link)
}

fn append(form: &mut String, name: &str, value: &str) {
    if !form.is_empty() && !form.ends_with('?') {
        form.push('&');
    }
    form.push_str(name);
    form.push('=');
    form.extend(utf8_percent_encode(value, RESERVED));
}

/// Wiped when the request is dropped.
struct FormBody(Zeroizing<String>);

impl AsRef<[u8]> for FormBody {
    fn as_ref(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_independent_parser_reads_the_link_as_it_was_meant(token in "\\PC{1,40}", issuer in "\\PC{0,20}", page in "[ -~]{0,40}") {
            let link = login_url("https://signin.aws.amazon.com/federation", &issuer, &page, &Secret::new(token.clone()));
            let url = url::Url::parse(link.expose()).unwrap();
            let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
            let expected = [("Action", "login"), ("Issuer", &issuer), ("Destination", &page), ("SigninToken", &token)];
            prop_assert_eq!(pairs, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
            prop_assert!(url.fragment().is_none());
        }
    }
}
