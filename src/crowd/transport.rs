//! One question to Crowd and its answer, believed only when it comes from Crowd: the version header and JSON, at the one
//! status that the call succeeds with. Everything else is a well-formed refusal or an error. The application's password
//! is exposed here and nowhere else; no cookie is kept and no redirect followed.

use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use base64::Engine;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use zeroize::Zeroizing;

use super::json::{Misshapen, Object};
use super::reason::Reason;
use super::request::Call;
use super::server::{Refusal, Server};
use crate::model::secret::Secret;
use crate::ports::{Cause, DirectoryError, Greeting, Oddity};
use crate::sys::network::{Answer, Network};

/// No answer that afed asks for is near this long.
const BODY_LIMIT: usize = 1 << 20;
const VERSION_HEADER: &str = "x-embedded-crowd-version";

/// The way to one Crowd server, as one application.
pub struct Transport {
    pub server: Server,
    pub password: Secret,
    pub network: Network,
}

/// What was asked for, or Crowd's well-formed refusal.
pub type Reply<T> = Result<T, Refusal>;

impl Transport {
    /// Asks for one object, which Crowd sends with exactly this status.
    pub fn object(&self, call: Call, success: u16) -> Result<Reply<Object>, DirectoryError> {
        let answer = self.send(call)?;
        self.reply_of(answer, success)
    }

    /// The same, with what the answer tells of the server.
    pub fn greeted(&self, call: Call, success: u16) -> Result<(Reply<Object>, Greeting), DirectoryError> {
        let answer = self.send(call)?;
        let program = answer.header(VERSION_HEADER).unwrap_or_default().trim().to_owned();
        let greeting = Greeting { program, clock: answer.date() };
        Ok((self.reply_of(answer, success)?, greeting))
    }

    /// What the answer says, if it is to be believed.
    pub fn reply_of(&self, answer: Answer, success: u16) -> Result<Reply<Object>, DirectoryError> {
        if answer.status != success {
            return self.refusal(&answer).map(Err);
        }
        self.check_version(&answer)?;
        self.object_of(answer).map(Ok)
    }

    /// Asks for something to be done, which Crowd confirms with an empty answer.
    pub fn confirmation(&self, call: Call) -> Result<Reply<()>, DirectoryError> {
        const NO_CONTENT: u16 = 204;
        let answer = self.send(call)?;
        if answer.status != NO_CONTENT {
            return self.refusal(&answer).map(Err);
        }
        self.check_version(&answer).map(Ok)
    }

    fn send(&self, call: Call) -> Result<Answer, DirectoryError> {
        if self.password.is_empty() {
            return Err(self.server.application_password_missing());
        }
        let request = self.request(call).map_err(|error| self.server.unreachable(error))?;
        let _wait = self.network.waiting_for(&format_args!("Crowd at {}", self.server.address.host()));
        self.network.send(request, BODY_LIMIT).map_err(|error| self.server.network(error))
    }

    fn request(&self, call: Call) -> Result<HttpRequest, Cause> {
        let mut builder = http::Request::builder()
            .method(call.method)
            .uri(format!("{}{}", self.server.address, call.target.as_str()))
            .header(ACCEPT, "application/json")
            .header("x-atlassian-token", "no-check")
            .header(AUTHORIZATION, self.credentials()?);
        let body = match call.body {
            None => SdkBody::empty(),
            Some(body) => {
                builder = builder.header(CONTENT_TYPE, "application/json");
                SdkBody::from(body)
            }
        };
        Ok(HttpRequest::try_from(builder.body(body)?)?)
    }

    fn credentials(&self) -> Result<HeaderValue, http::header::InvalidHeaderValue> {
        let pair = Zeroizing::new(format!("{}:{}", self.server.application, self.password.expose()));
        let encoded = Zeroizing::new(base64::engine::general_purpose::STANDARD.encode(pair.as_bytes()));
        let mut value = HeaderValue::from_str(&Zeroizing::new(format!("Basic {}", *encoded)))?;
        value.set_sensitive(true);
        Ok(value)
    }

    /// What an answer without the awaited status says. Some of these come from before or beside the service, so the
    /// version header is asked for last: what is left is believed to be Crowd's word.
    fn refusal(&self, answer: &Answer) -> Result<Refusal, DirectoryError> {
        match answer.status {
            300..=399 => Err(self.server.not_crowd(Oddity::Redirect(answer.status))),
            401 if is_crowds_challenge(answer) => Err(self.server.application_rejected()),
            403 if !is_json(answer) => Err(self.server.address_rejected()),
            500..=599 => Err(self.server.out_of_order(answer.status)),
            _ => self.check_version(answer).and_then(|()| self.stated_refusal(answer)),
        }
    }

    fn stated_refusal(&self, answer: &Answer) -> Result<Refusal, DirectoryError> {
        let status = answer.status;
        if status < 400 || !is_json(answer) {
            return Err(self.server.unexpected(Oddity::Status(status)));
        }
        self.check_encoding(answer)?;
        let object = Object::parse(&answer.body).map_err(|error| self.server.misshapen(error))?;
        let code = object.text("reason").map_err(|error| self.server.misshapen(error))?;
        Ok(Refusal { status, reason: Reason::of(code) })
    }

    /// A proxy's or a log-in page's answer does not carry Crowd's version.
    fn check_version(&self, answer: &Answer) -> Result<(), DirectoryError> {
        match answer.header(VERSION_HEADER) {
            Some(version) if !version.trim().is_empty() => Ok(()),
            _ => Err(self.server.not_crowd(Oddity::NoVersion)),
        }
    }

    /// What somebody has encoded may read as something else than what was meant.
    fn check_encoding(&self, answer: &Answer) -> Result<(), DirectoryError> {
        let is_plain = answer.headers("content-encoding").all(|encoding| encoding.eq_ignore_ascii_case("identity"))
            && answer.headers("transfer-encoding").all(|encoding| encoding.eq_ignore_ascii_case("chunked"))
            && answer.headers("content-type").flat_map(charsets).all(|charset| charset.eq_ignore_ascii_case("utf-8"));
        if is_plain { Ok(()) } else { Err(self.server.unexpected(Oddity::Encoding)) }
    }

    /// The body of a success. One that gives a reason for a failure says yes and no.
    fn object_of(&self, answer: Answer) -> Result<Object, DirectoryError> {
        if !is_json(&answer) {
            return Err(self.server.unexpected(Oddity::NotJson));
        }
        self.check_encoding(&answer)?;
        match Object::parse(&Zeroizing::new(answer.body)) {
            Ok(object) if !object.has("reason") => Ok(object),
            Ok(_) | Err(Misshapen) => Err(self.server.misshapen(Misshapen)),
        }
    }
}

/// Whether the answer says once, or several times over, that it is JSON.
fn is_json(answer: &Answer) -> bool {
    let is_json = |content_type: &str| {
        content_type.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json")
    };
    answer.header("content-type").is_some() && answer.headers("content-type").all(is_json)
}

/// The charsets that a content type names.
fn charsets(content_type: &str) -> impl Iterator<Item = &str> {
    let parameters = content_type.split(';').skip(1).filter_map(|parameter| parameter.split_once('='));
    let charsets = parameters.filter(|(name, _)| name.trim().eq_ignore_ascii_case("charset"));
    charsets.map(|(_, charset)| charset.trim().trim_matches('"'))
}

/// Whether a 401 is Crowd's and not that of a proxy in front of it.
fn is_crowds_challenge(answer: &Answer) -> bool {
    let challenge = answer.header("www-authenticate").unwrap_or_default();
    answer.header(VERSION_HEADER).is_some() || challenge.to_ascii_lowercase().contains("realm=\"crowd rest service\"")
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;
    use std::time::Duration;

    use super::super::scripted::{CANARY, HTML, JSON, Scripted, Turn, VERSION, answer, crowd, page, refusal, verdict};
    use super::super::{CrowdAddress, CrowdDirectory, CrowdOptions};
    use crate::model::crowd_address::PlainHttp;
    use crate::model::secret::Secret;
    use crate::ports::{Directory, DirectoryError};

    const COOKIE: &str = r#"{"domain":".example.com","secure":false,"name":"crowd.token_key"}"#;
    const CHALLENGE: &str = "WWW-Authenticate: BASIC realm=\"Crowd REST Service\"";

    fn probe(turn: Turn) -> String {
        verdict(Scripted::new(vec![turn]).directory().probe())
    }

    #[test]
    fn the_application_is_told_apart_from_its_address_and_from_something_else() {
        for (case, turn, expected) in [
            ("accepted", crowd(200, COOKIE), "()"),
            ("no charset", answer(200, &[VERSION, "content-type: application/json"], COOKIE), "()"),
            ("wrong application password", answer(401, &[VERSION, CHALLENGE], CANARY), "ApplicationRejected"),
            ("the same without version", answer(401, &[CHALLENGE], CANARY), "ApplicationRejected"),
            ("a proxy's 401", answer(401, &["WWW-Authenticate: Basic realm=\"canary\""], CANARY), "NotCrowd NoVersion"),
            ("a 401 with JSON reason", answer(401, &[JSON], r#"{"reason":"USER_NOT_FOUND"}"#), "NotCrowd NoVersion"),
            ("address not allowed", answer(403, &[VERSION, HTML], CANARY), "AddressRejected"),
            ("address not allowed, no version", page(403), "AddressRejected"),
            ("no right", refusal(403, "APPLICATION_PERMISSION_DENIED"), "ApplicationForbidden"),
            ("a proxy's JSON 403", answer(403, &[JSON], r#"{"reason":"x"}"#), "NotCrowd NoVersion"),
            ("log-in page", page(200), "NotCrowd NoVersion"),
            ("no version", answer(200, &[JSON], COOKIE), "NotCrowd NoVersion"),
            ("blank version", answer(200, &["X-Embedded-Crowd-Version: ", JSON], COOKIE), "NotCrowd NoVersion"),
            ("HTML with version", answer(200, &[VERSION, HTML], COOKIE), "Unexpected NotJson"),
            ("no content type", answer(200, &[VERSION], COOKIE), "Unexpected NotJson"),
            ("nearly JSON", answer(200, &[VERSION, "Content-Type: application/json5"], COOKIE), "Unexpected NotJson"),
            ("wrong address", page(404), "NotCrowd NoVersion"),
            ("HTML 404 with version", answer(404, &[VERSION, HTML], CANARY), "Unexpected Status(404)"),
            ("another success", crowd(201, COOKIE), "Unexpected Status(201)"),
            ("nothing", answer(204, &[VERSION, JSON], ""), "Unexpected Status(204)"),
            ("moved", answer(302, &[VERSION, JSON, "Location: /canary"], COOKIE), "NotCrowd Redirect(302)"),
            ("moved for good", answer(308, &["Location: http://127.0.0.1:1/"], ""), "NotCrowd Redirect(308)"),
            ("proxy without Crowd", page(502), "OutOfOrder"),
            ("Crowd's own failure", refusal(500, "OPERATION_FAILED"), "OutOfOrder"),
            ("new reason", refusal(400, "canary"), "Unexpected UnknownReason(400)"),
            ("reason of a wrong kind", crowd(400, r#"{"reason":7}"#), "Unexpected Shape"),
            ("no reason", crowd(400, "{}"), "Unexpected Shape"),
            ("empty", crowd(200, ""), "Unexpected Shape"),
            ("list", crowd(200, &format!("[{COOKIE}]")), "Unexpected Shape"),
            ("other object", crowd(200, "{}"), "Unexpected Shape"),
            ("cut short", crowd(200, &COOKIE[..30]), "Unexpected Shape"),
        ] {
            assert_eq!(probe(turn), expected, "{case}");
        }
    }

    #[test]
    fn an_answer_that_is_not_whole_is_none() {
        let head = format!("HTTP/1.1 200 OK\r\n{VERSION}\r\n{JSON}\r\n");
        let cut_body = format!("{head}Content-Length: 500\r\n\r\n{COOKIE}");
        let cut_chunk = format!("{head}Transfer-Encoding: chunked\r\n\r\nff\r\n{COOKIE}");
        for bytes in [cut_body.as_str(), cut_chunk.as_str(), head.as_str(), ""] {
            assert_eq!(probe(Turn::Say(bytes.as_bytes().to_vec())), "Unreachable", "{bytes}");
        }
        assert_eq!(probe(Turn::Say(b"canary\r\n\r\n".to_vec())), "NotCrowd NotHttp");
    }

    #[test]
    fn a_long_answer_is_not_read_to_its_end() {
        let padded = |length: usize| crowd(200, &format!("{COOKIE}{}", " ".repeat(length - COOKIE.len())));
        assert_eq!(probe(padded(super::BODY_LIMIT)), "()");
        assert_eq!(probe(padded(super::BODY_LIMIT + 1)), "Unexpected TooLong(1048576)");
    }

    #[test]
    fn a_server_that_stops_talking_is_given_up() {
        let limit = Duration::from_millis(100);
        let half = format!("HTTP/1.1 200 OK\r\n{VERSION}\r\n{JSON}\r\nContent-Length: 500\r\n\r\n{COOKIE}");
        for said in ["", "HTTP/1.1 200 OK\r\n", half.as_str()] {
            let server = Scripted::new(vec![Turn::Stall(said.as_bytes().to_vec())]);
            match server.directory_with(limit, "application-password").probe() {
                Err(DirectoryError::TimedOut { after, .. }) => assert_eq!(after, limit),
                other => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn nobody_at_the_address_is_unreachable() {
        assert_eq!(verdict(Scripted::new(Vec::new()).directory().probe()), "Unreachable");
    }

    #[test]
    fn certificates_that_can_not_be_read_leave_no_other_way() {
        let options = CrowdOptions {
            address: CrowdAddress::parse("https://127.0.0.1:1", PlainHttp::LoopbackOnly).unwrap(),
            application: "afed".parse().unwrap(),
            password: Secret::new("p".to_owned()),
            connect_timeout: Duration::from_secs(30),
            call_timeout: Duration::from_secs(30),
            ca_bundle: Some("no/such/bundle.pem".into()),
        };
        let directory = CrowdDirectory::new(options, &Rc::default());
        let answer = directory.probe();
        assert!(
            matches!(&answer, Err(DirectoryError::CertificatesUnusable { path, .. }) if path.ends_with("bundle.pem")),
            "{answer:?}"
        );
    }

    #[test]
    fn without_the_application_password_nothing_is_asked() {
        let server = Scripted::new(vec![crowd(200, COOKIE)]);
        let directory = server.directory_with(Duration::from_secs(30), "");
        assert_eq!(verdict(directory.probe()), "ApplicationPasswordMissing");
        assert!(server.heard().is_empty());
    }

    #[test]
    fn a_question_carries_what_crowd_asks_for_and_no_cookie() {
        let with_cookie = answer(200, &[VERSION, JSON, "Set-Cookie: crowd.token_key=canary; Path=/"], COOKIE);
        let server = Scripted::new(vec![with_cookie.clone(), with_cookie]);
        let directory = server.directory();
        directory.probe().unwrap();
        directory.probe().unwrap();
        for request in server.heard() {
            assert!(request.starts_with("GET /crowd/rest/usermanagement/1/config/cookie HTTP/1.1\r\n"), "{request}");
            for header in [
                "accept: application/json",
                "x-atlassian-token: no-check",
                "authorization: Basic YWZlZDphcHBsaWNhdGlvbi1wYXNzd29yZA==",
            ] {
                assert!(request.lines().any(|line| line == header), "{header} is missing in {request}");
            }
            assert!(!request.to_lowercase().contains("cookie:"), "{request}");
        }
    }

    #[test]
    fn a_redirect_is_not_followed() {
        let elsewhere = Scripted::new(vec![crowd(200, COOKIE)]);
        let location = format!("Location: {}/rest/usermanagement/1/config/cookie", elsewhere.url());
        for status in [301, 302, 303, 307, 308] {
            assert_eq!(
                probe(answer(status, &[VERSION, JSON, &location], COOKIE)),
                format!("NotCrowd Redirect({status})")
            );
        }
        assert!(elsewhere.heard().is_empty());
    }
}
