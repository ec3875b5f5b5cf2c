//! AWS's sign-in federation endpoint: credentials in, a link to the console out.
//! They go there in the body of a POST, never in an address. What it answers counts only if it is all that was asked for.

mod form;
#[cfg(test)]
mod fuzz;

use std::rc::Rc;

use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use http::header::{ACCEPT, CONTENT_TYPE};
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::model::console::ConsoleAddress;
use crate::model::duration::SessionDuration;
use crate::model::secret::Secret;
use crate::ports::{Cause, ConsoleSignIn, ConsoleSignInError, ConsoleVisit, SignInOddity};
use crate::sys::network::{Answer, Hub, Network, NetworkError, NetworkOptions};

/// A token has some hundred bytes up to a few thousand.
const BODY_LIMIT: usize = 64 << 10;

/// The endpoint at one address. Making one touches nothing.
pub struct FederationEndpoint {
    url: String,
    network: Network,
}

impl FederationEndpoint {
    pub fn new(address: &ConsoleAddress, options: NetworkOptions, hub: &Rc<Hub>) -> Self {
        Self { url: format!("{address}/federation"), network: Network::new(address.base(), options, hub) }
    }

    fn request(&self, visit: ConsoleVisit<'_>) -> Result<HttpRequest, Cause> {
        let body = form::sign_in_token_request(visit.lease, visit.duration)?;
        let request = http::Request::post(&self.url)
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(SdkBody::from(body))?;
        Ok(HttpRequest::try_from(request)?)
    }

    fn token(&self, answer: Answer, duration: Option<SessionDuration>) -> Result<Secret, ConsoleSignInError> {
        let (endpoint, status) = (self.url.clone(), answer.status);
        match status {
            200 => read_token(answer).map_err(|oddity| self.odd(oddity)),
            300..=399 => Err(self.odd(SignInOddity::Redirect(status))),
            400 | 401 | 403 => Err(ConsoleSignInError::Refused { endpoint, status, duration }),
            500..=599 => Err(ConsoleSignInError::OutOfOrder { endpoint, status }),
            _ => Err(self.odd(SignInOddity::Status(status))),
        }
    }

    fn odd(&self, oddity: SignInOddity) -> ConsoleSignInError {
        ConsoleSignInError::Odd { endpoint: self.url.clone(), oddity }
    }

    fn network(&self, error: NetworkError) -> ConsoleSignInError {
        let endpoint = self.url.clone();
        match error {
            NetworkError::TimedOut(after) => ConsoleSignInError::TimedOut { endpoint, after },
            NetworkError::TooLong(limit) => self.odd(SignInOddity::TooLong(limit)),
            NetworkError::Unreachable(source) | NetworkError::NotHttp(source) => {
                ConsoleSignInError::Unreachable { endpoint, source }
            }
            NetworkError::Untrusted(source) => ConsoleSignInError::Untrusted { endpoint, source },
            NetworkError::CaBundle { path, source } => ConsoleSignInError::CertificatesUnusable { path, source },
            other @ NetworkError::Runtime(_) => ConsoleSignInError::Unreachable { endpoint, source: other.into() },
        }
    }
}

impl ConsoleSignIn for FederationEndpoint {
    fn sign_in_url(&self, visit: ConsoleVisit<'_>) -> Result<Secret, ConsoleSignInError> {
        let request = self.request(visit).map_err(|source| {
            let endpoint = self.url.clone();
            ConsoleSignInError::Unreachable { endpoint, source }
        })?;
        let _wait = self.network.waiting_for(&"AWS's sign-in");
        let answer = self.network.send(request, BODY_LIMIT).map_err(|error| self.network(error))?;
        let token = self.token(answer, visit.duration)?;
        Ok(form::login_url(&self.url, visit.issuer, visit.destination.as_str(), &token))
    }
}

#[derive(Deserialize)]
struct TokenAnswer {
    #[serde(rename = "SigninToken")]
    token: Option<String>,
}

/// AWS does not promise a content type; that of a web page is the one that something else in its place sends.
fn read_token(answer: Answer) -> Result<Secret, SignInOddity> {
    let content_type = answer.header("content-type").unwrap_or_default();
    if content_type.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("text/html") {
        return Err(SignInOddity::WebPage);
    }
    let body = Zeroizing::new(answer.body);
    // The decoder does not look into texts that it passes over.
    let text = std::str::from_utf8(&body).map_err(|_| SignInOddity::NotJson)?;
    let answer: TokenAnswer = serde_json::from_str(text).map_err(|error| match error.classify() {
        serde_json::error::Category::Data => SignInOddity::NoToken,
        _ => SignInOddity::NotJson,
    })?;
    // A derived decoder takes a list for an object, its first item for the token.
    if body.trim_ascii_start().first() != Some(&b'{') {
        return Err(SignInOddity::NoToken);
    }
    answer.token.map(Secret::new).filter(|token| !token.is_empty()).ok_or(SignInOddity::NoToken)
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::{Ipv4Addr, TcpListener};
    use std::thread;
    use std::time::Duration;

    use jiff::Timestamp;

    use super::*;
    use crate::model::console::{ConsoleSite, Destination};
    use crate::model::lease::Lease;

    const OK: &str = "200 OK\r\ncontent-type: application/json";

    fn lease() -> Lease {
        Lease {
            access_key_id: "ASIAIOSFODNN7EXAMPLE".to_owned(),
            secret_access_key: Secret::new("canary/+=".to_owned()),
            session_token: Secret::new("canary&token".to_owned()),
            issued_at: Timestamp::UNIX_EPOCH,
            expires_at: Timestamp::UNIX_EPOCH,
            aws_account_id: None,
            principal_arn: None,
            packed_policy_size: None,
        }
    }

    /// The link that comes of the endpoint at this port, or why there is none.
    fn sign_in(port: u16, call_timeout: Duration) -> String {
        let address = format!("http://127.0.0.1:{port}").parse().unwrap();
        let region = "eu-west-1".parse().unwrap();
        let console = ConsoleSite::of(&region, None, None).unwrap().console;
        let connect_timeout = Duration::from_secs(30);
        let options = NetworkOptions { connect_timeout, call_timeout, ca_bundle: None };
        let endpoint = FederationEndpoint::new(&address, options, &Rc::default());
        let visit = ConsoleVisit {
            lease: &lease(),
            destination: &Destination::home(&console, &region),
            issuer: "afed",
            duration: None,
        };
        let outcome = endpoint.sign_in_url(visit);
        outcome
            .map_or_else(|error| error.to_string(), |link| link.expose().to_owned())
            .replace(&port.to_string(), "PORT")
    }

    /// The same of an endpoint that says this, once; with nothing to say it does not speak at all.
    fn answered(said: String) -> String {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let endpoint = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut head = [0; 4_096];
            assert!(stream.read(&mut head).unwrap() > 0);
            // One that has heard enough may hang up.
            drop(stream.write_all(format!("HTTP/1.1 {said}").as_bytes()));
        });
        let outcome = sign_in(port, Duration::from_secs(30));
        endpoint.join().unwrap();
        outcome
    }

    fn saying(head: &str, body: &str) -> String {
        answered(format!("{head}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len()))
    }

    #[test]
    fn only_a_token_makes_a_link() {
        let link = "http://127.0.0.1:PORT/federation?Action=login&Issuer=afed&Destination=https%3A%2F%2Fconsole.aws.amazon.com%2Fconsole%2Fhome%3Fregion%3Deu-west-1&SigninToken=";
        assert_eq!(saying(OK, r#"{"SigninToken":"a-b_c"}"#), format!("{link}a-b_c"));
        assert_eq!(saying("200 OK", r#"{"SigninToken":"a+/=&%","More":1}"#), format!("{link}a%2B%2F%3D%26%25"));
    }

    #[test]
    fn any_other_answer_is_named_without_a_word_of_it() {
        let odd =
            |what: &str| format!("http://127.0.0.1:PORT/federation does not answer as AWS's sign-in does: {what}");
        let no_token = odd("its answer has no SigninToken");
        for (head, body, expected) in [
            (OK, "{}", no_token.clone()),
            (OK, r#"{"SigninToken":""}"#, no_token.clone()),
            (OK, r#"{"SigninToken":null}"#, no_token.clone()),
            (OK, r#"{"SigninToken":7}"#, no_token.clone()),
            (OK, r#"[{"SigninToken":"canary"}]"#, no_token.clone()),
            (OK, r#" ["canary"]"#, no_token),
            (OK, "", odd("its answer is not JSON")),
            (OK, "canary", odd("its answer is not JSON")),
            (OK, r#"{"SigninToken":"can"#, odd("its answer is not JSON")),
            (
                "200 OK\r\ncontent-type: Text/HTML; charset=utf-8",
                r#"{"SigninToken":"canary"}"#,
                odd("its answer is a web page"),
            ),
            ("204 No Content", "", odd("it has the status 204")),
            ("404 Not Found", "canary", odd("it has the status 404")),
            ("302 Found\r\nlocation: http://127.0.0.1:1/canary", "", odd("it sends elsewhere (status 302)")),
            (
                "400 Bad Request",
                "canary",
                "http://127.0.0.1:PORT/federation does not take the credentials (status 400)".to_owned(),
            ),
            (
                "403 Forbidden",
                "canary",
                "http://127.0.0.1:PORT/federation does not take the credentials (status 403)".to_owned(),
            ),
            ("503 Busy", "canary", "http://127.0.0.1:PORT/federation has a fault of its own (status 503)".to_owned()),
        ] {
            assert_eq!(saying(head, body), expected, "{head} {body}");
        }
        let long = format!(r#"{{"SigninToken":"{}"}}"#, "a".repeat(BODY_LIMIT));
        assert_eq!(saying(OK, &long), odd("its answer is longer than 65536 bytes"));
    }

    #[test]
    fn an_endpoint_that_does_not_answer_is_given_up() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let after = Duration::from_millis(100);
        assert_eq!(sign_in(port, after), "http://127.0.0.1:PORT/federation did not answer within 0.1 s");
        drop(listener);
        assert_eq!(sign_in(port, Duration::from_secs(30)), "http://127.0.0.1:PORT/federation can't be reached");
        let half = answered(format!("{OK}\r\ncontent-length: 500\r\n\r\n{{\"SigninToken\":\"canary\"}}"));
        assert_eq!(half, "http://127.0.0.1:PORT/federation can't be reached");
    }
}
