//! Answers in the place of those of STS, through AWS's own parser: a lease is made only of an answer that has every part, and
//! what an answer of success holds is in no error.

use aws_sdk_sts::Client;
use aws_sdk_sts::error::SdkError;
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use jiff::Timestamp;

use super::{assume, case, everything, federate, key, request};
use crate::fuzz::Target;
use crate::model::lease::Lease;
use crate::ports::{IssueAction, IssueRequest, TokenServiceError};
use crate::sts::answer::{self, Issued};
use crate::sts::client::{self, Repeat};
use crate::sts::request::{self as sent, Input};
use crate::sts::wire::Call;
use crate::sts::{Endpoint, Service, refusal};

const KEY_ID: &str = "AKIAIOSFODNN7EXAMPLE";
const ROLE: &str = "arn:aws:iam::123123123123:role/UpdateAPP";

const WORDS: &[&str] = &[
    "200\n",
    "400\n",
    "403\n",
    "429\n",
    "500\n",
    "503\n",
    "<AssumeRoleResponse>",
    "</AssumeRoleResponse>",
    "<AssumeRoleResult>",
    "</AssumeRoleResult>",
    "<Credentials>",
    "</Credentials>",
    "<AccessKeyId>",
    "</AccessKeyId>",
    "<AccessKeyId>AKIAIOSFODNN7EXAMPLE</AccessKeyId>",
    "<SecretAccessKey>",
    "<SessionToken>canary</SessionToken>",
    "<Expiration>",
    "2026-11-22T12:15:00Z",
    "9999-12-31T23:59:59.999Z",
    "-9999-01-01T00:00:00Z",
    "1e9",
    "<Arn>",
    "</Arn>",
    "arn:aws:sts::123123123123:assumed-role/U/a",
    "<PackedPolicySize>6</PackedPolicySize>",
    "-1",
    "<ErrorResponse>",
    "</ErrorResponse>",
    "<Error>",
    "</Error>",
    "<Code>",
    "</Code>",
    "AccessDenied",
    "ExpiredToken",
    "SignatureDoesNotMatch",
    "Throttling",
    "<Message>",
    "<!DOCTYPE x [<!ENTITY a \"b\">]>",
    "&a;",
    "&#0;",
    "&amp;",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "<?xml version=\"1.0\"?>",
    "xmlns=\"x\"",
    "<",
    ">",
    "/>",
    "&",
];

#[test]
fn no_lease_is_made_of_less_than_a_whole_answer() {
    Target { name: "sts", words: WORDS, judge }.run();
}

/// Gives every request the same answer.
#[derive(Debug, Clone)]
struct Always(u16, Vec<u8>);

impl HttpConnector for Always {
    fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
        let response = http::Response::builder().status(self.0).body(SdkBody::from(self.1.clone())).unwrap();
        HttpConnectorFuture::ready(Ok(HttpResponse::try_from(response).unwrap()))
    }
}

fn judge(input: &[u8]) -> String {
    let (status, body) = match input.iter().position(|byte| *byte == b'\n') {
        Some(end) => (String::from_utf8_lossy(&input[..end]).parse().ok(), &input[end + 1..]),
        None => (None, input),
    };
    let status = status.filter(|status| (200..600).contains(status)).unwrap_or(200);
    let action = match body.windows(8).find(|word| [&b"Federati"[..], b"GetSessi"].contains(word)) {
        Some(b"Federati") => federate("{}"),
        Some(_) => IssueAction::GetSessionToken,
        None => assume(ROLE),
    };
    verdict(&request(action), Always(status, body.to_vec()))
}

fn verdict(request: &IssueRequest, far_side: Always) -> String {
    let status = far_side.0;
    match issue(request, far_side) {
        Ok(lease) => {
            assert!((200..300).contains(&status));
            assert_whole(&lease, matches!(request.action, IssueAction::GetSessionToken));
            "lease".to_owned()
        }
        Err(error) => {
            let told = everything(&error);
            assert!(status >= 300 || !told.contains("canary"), "{told}");
            assert!(told.len() < 20_000, "{} bytes are told", told.len());
            case(&error).to_owned()
        }
    }
}

fn assert_whole(lease: &Lease, of_the_signer: bool) {
    assert!(!lease.access_key_id.is_empty() && lease.access_key_id != KEY_ID);
    assert!(!lease.secret_access_key.is_empty() && !lease.session_token.is_empty());
    assert!(lease.expires_at > Timestamp::UNIX_EPOCH);
    assert_eq!(lease.principal_arn.is_none(), of_the_signer);
    assert!(lease.aws_account_id.as_ref().is_none_or(|account| account.len() == 12));
}

/// The same as the token service does, with a far side that needs no network.
fn issue(request: &IssueRequest, far_side: Always) -> Result<Lease, TokenServiceError> {
    thread_local! {
        static RUNTIME: tokio::runtime::Runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    }
    let (key, now) = (key(KEY_ID, "s"), "2026-11-22T12:00:00Z".parse::<Timestamp>().unwrap());
    let endpoint = Endpoint::resolve(Service::Sts, |_| None).unwrap();
    let connector = SharedHttpConnector::new(far_side);
    let http = http_client_fn(move |_, _| connector.clone());
    let client = Client::new(&client::config(http, &key, &request.region, &endpoint, now, Repeat::Never));
    let action = sent::action(request);
    let call = Call { key: &key, region: &request.region, action, duration: Some(request.duration), mfa_serial: None };
    let issued = RUNTIME.with(|runtime| {
        runtime.block_on(async {
            match sent::input(request, None) {
                Input::AssumeRole(input) => {
                    input.send_with(&client).await.map(Issued::assumed_role).map_err(|error| told(&call, error, now))
                }
                Input::GetFederationToken(input) => {
                    input.send_with(&client).await.map(Issued::federated_user).map_err(|error| told(&call, error, now))
                }
                Input::GetSessionToken(input) => {
                    input.send_with(&client).await.map(Issued::session).map_err(|error| told(&call, error, now))
                }
            }
        })
    });
    answer::lease(&call, issued?, now)
}

fn told<E>(call: &Call<'_>, error: SdkError<E, HttpResponse>, now: Timestamp) -> TokenServiceError
where
    E: std::error::Error + aws_sdk_sts::error::ProvideErrorMetadata + Send + Sync + 'static,
{
    match error {
        SdkError::ServiceError(refused) => refusal::explain(call, &refused, now),
        unanswered => {
            let (endpoint, url) = ("sts".to_owned(), "https://sts".to_owned());
            TokenServiceError::Unreachable { endpoint, url, source: refusal::cause_of(unanswered) }
        }
    }
}
