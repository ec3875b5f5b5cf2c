//! What becomes of answers that no emulator gives: rare refusals, broken answers and none at all.

use std::net::{Ipv4Addr, TcpListener};
use std::time::Duration;

use jiff::SignedDuration;

use super::script::{Answer, Script};
use super::*;
use crate::model::lease::Lease;
use crate::model::session_tag::SessionTag;
use crate::ports::TokenService;

const NOW: &str = "2026-11-22T12:00:00Z";
const ROLE: &str = "arn:aws:iam::123123123123:role/UpdateAPP";
const KEY_ID: &str = "AKIAIOSFODNN7EXAMPLE";
const TIMEOUT: Duration = Duration::from_secs(20);
const TOKEN: &str = "canary/session/token";

/// What STS answers to AssumeRole, with these parts.
const PARTS: [(&str, &str); 6] = [
    ("AccessKeyId", "ASIAIOSFODNN7EXAMPLE"),
    ("SecretAccessKey", "canary/temporary/secret"),
    ("SessionToken", TOKEN),
    ("Expiration", "2026-11-22T12:15:00Z"),
    ("Arn", "arn:aws:sts::123123123123:assumed-role/UpdateAPP/alice"),
    ("PackedPolicySize", "6"),
];

fn issued(parts: &[(&str, &str)]) -> String {
    let part = |name: &str| {
        let value = parts.iter().find(|(key, _)| *key == name).map(|(_, value)| format!("<{name}>{value}</{name}>"));
        value.unwrap_or_default()
    };
    let credentials: String = ["AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"].map(part).concat();
    format!(
        "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult>\
         <AssumedRoleUser>{}<AssumedRoleId>AROAEXAMPLE:alice</AssumedRoleId></AssumedRoleUser>\
         <Credentials>{credentials}</Credentials>{}</AssumeRoleResult></AssumeRoleResponse>",
        part("Arn"),
        part("PackedPolicySize")
    )
}

fn ok(body: String) -> Answer {
    Answer::Whole(200, Vec::new(), body)
}

/// A refusal whose sentence speaks of everything but its code.
fn refusal(status: u16, code: &str, date: Option<&str>) -> Answer {
    let text = "AccessDenied Throttling Signature expired ExpiredToken RegionDisabledException";
    let body = format!(
        "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type>\
         <Code>{code}</Code><Message>{text}</Message></Error><RequestId>r</RequestId></ErrorResponse>"
    );
    Answer::Whole(status, date.map(|date| ("date", date.to_owned())).into_iter().collect(), body)
}

fn ask(script: &Script, action: IssueAction, timeout: Duration) -> Result<Lease, TokenServiceError> {
    service(&script.url, NOW.parse().unwrap(), timeout).issue(&key(KEY_ID, SECRET), &request(action), None)
}

fn error_of(answer: Answer) -> TokenServiceError {
    ask(&Script::start(vec![answer]), assume(ROLE), TIMEOUT).unwrap_err()
}

#[test]
fn a_refusal_is_known_by_its_code() {
    for (status, code, expected) in [
        (403, "AccessDenied", "denied"),
        (403, "InvalidClientTokenId", "key unknown"),
        (403, "SignatureDoesNotMatch", "wrong secret"),
        (400, "RequestExpired", "refused"),
        (403, "ExpiredToken", "expired"),
        (400, "ExpiredTokenException", "expired"),
        (400, "MalformedPolicyDocument", "policy malformed"),
        (400, "PackedPolicyTooLarge", "policy too large"),
        (400, "ValidationError", "invalid"),
        (403, "RegionDisabledException", "region disabled"),
        (400, "Throttling", "busy"),
        (503, "ServiceUnavailable", "busy"),
        (500, "NeverHeardOf", "busy"),
        (400, "NeverHeardOf", "refused"),
        (400, "", "refused"),
    ] {
        let error = error_of(refusal(status, code, None));
        assert_eq!(case(&error), expected, "{status} {code}: {error:?}");
        assert!(!everything(&error).contains("canary"), "{code}");
    }
}

#[test]
fn a_key_s_own_identity_has_no_duration_to_reject() {
    let script = Script::start(vec![refusal(400, "ValidationError", None)]);
    let service = service(&script.url, NOW.parse().unwrap(), TIMEOUT);
    let error = service.caller_identity(&key(KEY_ID, SECRET), &"eu-west-1".parse().unwrap()).unwrap_err();
    assert_eq!(case(&error), "refused");
}

#[test]
fn a_rejected_signature_is_the_clock_s_fault_beyond_five_minutes() {
    for (code, date, expected) in [
        ("SignatureDoesNotMatch", "Sun, 22 Nov 2026 11:40:00 GMT", Ok(20)),
        ("SignatureDoesNotMatch", "Sun, 22 Nov 2026 12:20:00 GMT", Ok(-20)),
        ("RequestExpired", "Sun, 22 Nov 2026 12:20:00 GMT", Ok(-20)),
        ("SignatureDoesNotMatch", "Sun, 22 Nov 2026 12:05:00 GMT", Err("wrong secret")),
        ("SignatureDoesNotMatch", "Sun, 22 Nov 2026 11:55:00 GMT", Err("wrong secret")),
        ("SignatureDoesNotMatch", "some time ago", Err("wrong secret")),
        ("AccessDenied", "Sun, 22 Nov 2026 11:40:00 GMT", Err("denied")),
    ] {
        match (error_of(refusal(403, code, Some(date))), expected) {
            (TokenServiceError::ClockSkew { ahead, .. }, Ok(minutes)) => {
                assert_eq!(ahead, SignedDuration::from_mins(minutes), "{code} {date}");
            }
            (error, expected) => assert_eq!(Err(case(&error)), expected, "{code} {date}: {error:?}"),
        }
    }
}

#[test]
fn a_skewed_signature_is_not_corrected_behind_the_person_s_back() {
    let skewed = refusal(403, "SignatureDoesNotMatch", Some("Sun, 22 Nov 2026 11:40:00 GMT"));
    let script = Script::start(vec![skewed, ok(issued(&PARTS))]);
    assert_eq!(case(&ask(&script, assume(ROLE), TIMEOUT).unwrap_err()), "clock skew");
    assert_eq!(script.received().len(), 1);
}

#[test]
fn trouble_is_waited_out_twice_and_no_more() {
    let busy = refusal(503, "ServiceUnavailable", None);
    let script = Script::start(vec![busy.clone(), busy.clone(), ok(issued(&PARTS))]);
    ask(&script, assume(ROLE), TIMEOUT).unwrap();
    assert_eq!(script.received().len(), 3);

    let script = Script::start(vec![busy]);
    assert_eq!(case(&ask(&script, assume(ROLE), TIMEOUT).unwrap_err()), "busy");
    assert_eq!(script.received().len(), 3);
}

#[test]
fn what_is_not_sts_is_not_taken_for_it() {
    let html = "<html><body>canary</body></html>".to_owned();
    let elsewhere = Script::start(vec![ok(issued(&PARTS))]);
    let redirect = Answer::Whole(302, vec![("location", elsewhere.url.clone())], String::new());
    let whole = issued(&PARTS);
    let torn = whole[..whole.find("</SessionToken>").unwrap()].to_owned();
    for (answer, expected) in [
        (redirect, "refused"),
        (Answer::Whole(404, Vec::new(), html.clone()), "refused"),
        (Answer::Whole(502, Vec::new(), html.clone()), "busy"),
        (ok(html), "incomplete"),
        (ok(String::new()), "incomplete"),
        (ok(torn.clone()), "incomplete"),
        (Answer::CutOff(torn), "unreachable"),
    ] {
        let error = error_of(answer.clone());
        assert_eq!(case(&error), expected, "{answer:?}: {error:?}");
        assert!(!everything(&error).contains("canary"), "{answer:?}");
    }
    assert_eq!(elsewhere.connections(), 0, "the redirect was followed");
}

#[test]
fn who_can_t_be_reached_is_named() {
    let silent = Script::start(vec![Answer::Silence]);
    let error = ask(&silent, assume(ROLE), Duration::from_millis(200)).unwrap_err();
    let host = silent.url.trim_start_matches("http://");
    assert_eq!(error.to_string(), format!("{host} can't be reached"));
    assert_eq!(error.source().unwrap().to_string(), "no answer within 0.2 s");

    let error = error_of(Answer::CutOff(issued(&PARTS)));
    assert_eq!(error.source().unwrap().to_string(), "the connection ended before the answer did");

    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let host = listener.local_addr().unwrap().to_string();
    drop(listener);
    let closed = service(&format!("http://{host}"), NOW.parse().unwrap(), TIMEOUT);
    let error = closed.issue(&key(KEY_ID, SECRET), &request(assume(ROLE)), None).unwrap_err();
    assert_eq!(error.to_string(), format!("{host} can't be reached"));
    assert!(everything(&error).contains("Connection refused"), "{error:?}");
}

#[test]
fn the_call_goes_over_the_connection_that_was_prepared() {
    let script = Script::start(vec![Answer::Whole(200, Vec::new(), issued(&PARTS))]);
    let service = service(&script.url, NOW.parse().unwrap(), TIMEOUT);
    let request = request(assume(ROLE));
    service.prepare(&request.region);
    service.issue(&key(KEY_ID, SECRET), &request, None).unwrap();
    assert_eq!((script.connections(), script.received().len()), (1, 1));
}

#[test]
fn a_connection_that_never_comes_about_is_told_by_the_call_alone() {
    let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let host = silent.local_addr().unwrap().to_string();
    let named = |name: &str| (name == "AWS_ENDPOINT_URL_STS").then(|| format!("https://{host}"));
    let options = AwsOptions {
        endpoint: Endpoint::resolve(Service::Sts, named).unwrap(),
        ca_bundle: None,
        connect_timeout: Duration::from_millis(50),
        call_timeout: TIMEOUT,
    };
    let service = StsTokenService::new(options, Rc::new(FixedClock(NOW.parse().unwrap())), &Rc::default());
    let request = request(assume(ROLE));
    service.prepare(&request.region);
    let error = service.issue(&key(KEY_ID, SECRET), &request, None).unwrap_err();
    assert_eq!(error.to_string(), format!("{host} can't be reached"));
    assert!(everything(&error).contains("no connection within 0.05 s"), "{error:?}");
}

#[test]
fn certificates_that_can_t_be_used_stop_the_call_before_it_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let options = AwsOptions {
        endpoint: Endpoint::resolve(Service::Sts, |_| None).unwrap(),
        ca_bundle: Some(folder.path().join("missing.pem")),
        connect_timeout: TIMEOUT,
        call_timeout: TIMEOUT,
    };
    let service = StsTokenService::new(options, Rc::new(FixedClock(NOW.parse().unwrap())), &Rc::default());
    let error = service.issue(&key(KEY_ID, SECRET), &request(assume(ROLE)), None).unwrap_err();
    let path = folder.path().join("missing.pem");
    assert_eq!(error.to_string(), format!("the certificates in {} can't be used", path.display()));
    assert_eq!(error.source().unwrap().to_string(), "No such file or directory (os error 2)");
}

#[test]
fn a_lease_is_made_of_a_whole_answer() {
    let lease = ask(&Script::start(vec![ok(issued(&PARTS))]), assume(ROLE), TIMEOUT).unwrap();
    assert_eq!(lease.access_key_id, "ASIAIOSFODNN7EXAMPLE");
    assert_eq!(lease.secret_access_key.expose(), "canary/temporary/secret");
    assert_eq!(lease.session_token.expose(), TOKEN);
    assert_eq!((lease.issued_at.to_string(), lease.expires_at.to_string()), (NOW.to_owned(), PARTS[3].1.to_owned()));
    assert_eq!(lease.aws_account_id.as_deref(), Some("123123123123"));
    assert_eq!(lease.principal_arn.as_deref(), Some(PARTS[4].1));
    assert_eq!(lease.packed_policy_size, Some(6));
    assert!(!format!("{lease:?}").contains("canary"));
}

#[test]
fn an_answer_that_lacks_a_part_is_refused() {
    for (part, missing) in [
        ("AccessKeyId", "an access key id"),
        ("SecretAccessKey", "a secret access key"),
        ("SessionToken", "a session token"),
        ("Expiration", "an expiry"),
        ("Arn", "an ARN"),
    ] {
        let parts: Vec<_> = PARTS.into_iter().filter(|(name, _)| *name != part).collect();
        let error = error_of(ok(issued(&parts)));
        assert_eq!(error.to_string(), format!("the answer to sts:AssumeRole lacks {missing}"));
        assert!(!everything(&error).contains("canary"), "{part}");
    }
    for (part, value, missing) in [
        ("AccessKeyId", KEY_ID, "an access key id of its own"),
        ("Arn", "arn:aws:sts::nobody:assumed-role/UpdateAPP/alice", "an AWS account id in its ARN"),
        ("SessionToken", "", "a session token"),
    ] {
        let parts = PARTS.map(|(name, old)| (name, if name == part { value } else { old }));
        let error = error_of(ok(issued(&parts)));
        assert_eq!(error.to_string(), format!("the answer to sts:AssumeRole lacks {missing}"));
    }
}

#[test]
fn a_call_with_a_code_is_made_once_and_names_its_device() {
    let serial = "arn:aws:iam::123123123123:mfa/ops";
    let ask = |script: &Script, action: IssueAction| {
        let request = IssueRequest { mfa_serial: Some(serial.parse().unwrap()), ..request(action) };
        let code = "123456".parse().unwrap();
        service(&script.url, NOW.parse().unwrap(), TIMEOUT).issue(&key(KEY_ID, SECRET), &request, Some(&code))
    };
    let busy = Script::start(vec![refusal(503, "ServiceUnavailable", None)]);
    assert_eq!(case(&ask(&busy, assume(ROLE)).unwrap_err()), "busy");
    assert_eq!(busy.received().len(), 1);
    let denying = Script::start(vec![refusal(403, "AccessDenied", None)]);
    for action in [assume(ROLE), IssueAction::GetSessionToken] {
        let error = ask(&denying, action).unwrap_err();
        assert_eq!(case(&error), "denied with code");
        assert!(!everything(&error).contains("123456"));
    }
    for received in denying.received() {
        let told = parameters(&received.body);
        for (name, value) in [("SerialNumber", serial), ("TokenCode", "123456")] {
            assert!(told.contains(&(name.to_owned(), value.to_owned())), "{told:?}");
        }
    }
}

#[test]
fn sts_is_told_what_was_asked_and_nothing_else() {
    let script = Script::start(vec![ok(issued(&PARTS))]);
    let whole = IssueAction::AssumeRole {
        role_arn: ROLE.parse().unwrap(),
        session_name: "alice".to_owned(),
        external_id: Some("example".to_owned()),
        policies: SessionPolicies {
            inline: Some("{}".parse().unwrap()),
            arns: vec!["arn:aws:iam::aws:policy/ReadOnlyAccess".parse().unwrap()],
        },
        tags: vec![SessionTag { key: "team".to_owned(), value: "payments".to_owned() }],
        transitive_tags: vec!["team".to_owned()],
        source_identity: Some("alice".to_owned()),
    };
    ask(&script, whole, TIMEOUT).unwrap();
    ask(&script, assume(ROLE), TIMEOUT).unwrap();
    let bodies: Vec<_> = script.received().iter().map(|received| parameters(&received.body)).collect();
    let bare = [
        ("Action", "AssumeRole"),
        ("DurationSeconds", "900"),
        ("RoleArn", ROLE),
        ("RoleSessionName", "alice"),
        ("Version", "2011-06-15"),
    ];
    let extra = [
        ("ExternalId", "example"),
        ("Policy", "{}"),
        ("PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
        ("SourceIdentity", "alice"),
        ("Tags.member.1.Key", "team"),
        ("Tags.member.1.Value", "payments"),
        ("TransitiveTagKeys.member.1", "team"),
    ];
    assert_eq!(bodies[1], sorted(&bare));
    assert_eq!(bodies[0], sorted(&[bare.as_slice(), extra.as_slice()].concat()));
}

#[test]
fn only_the_key_in_hand_signs() {
    let script = Script::start(vec![ok(issued(&PARTS))]);
    ask(&script, assume(ROLE), TIMEOUT).unwrap();
    let head = script.received()[0].head.to_lowercase();
    let scope = "credential=akiaiosfodnn7example/20261122/eu-west-1/sts/aws4_request";
    assert!(head.contains(scope), "{head}");
    assert!(!head.contains("x-amz-security-token"), "{head}");
    assert!(!format!("{:?}", script.received()).contains("canary"), "the secret itself was sent");
}

#[test]
fn later_calls_reuse_the_connection() {
    let script = Script::start(vec![ok(issued(&PARTS))]);
    let service = service(&script.url, NOW.parse().unwrap(), TIMEOUT);
    for _ in 0..3 {
        service.issue(&key(KEY_ID, SECRET), &request(assume(ROLE)), None).unwrap();
    }
    assert_eq!((script.received().len(), script.connections()), (3, 1));
}

fn parameters(body: &str) -> Vec<(String, String)> {
    let decode = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8().unwrap().into_owned();
    let mut pairs: Vec<_> =
        body.split('&').map(|pair| pair.split_once('=').unwrap()).map(|(k, v)| (decode(k), decode(v))).collect();
    pairs.sort();
    pairs
}

fn sorted(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut pairs: Vec<_> = pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    pairs.sort();
    pairs
}

#[test]
fn a_kind_of_endpoint_that_a_region_has_not_is_refused_before_anybody_is_asked() {
    let switched = |name: &str| (name == "AWS_USE_FIPS_ENDPOINT").then(|| "true".to_owned());
    let options = AwsOptions {
        endpoint: Endpoint::resolve(Service::Sts, switched).unwrap(),
        ca_bundle: Some("missing.pem".into()),
        connect_timeout: TIMEOUT,
        call_timeout: TIMEOUT,
    };
    let service = StsTokenService::new(options, Rc::new(FixedClock(NOW.parse().unwrap())), &Rc::default());
    let error = service.caller_identity(&key(KEY_ID, SECRET), &"cn-north-1".parse().unwrap()).unwrap_err();
    assert_eq!(error.to_string(), "AWS has no FIPS endpoint of STS in cn-north-1");
}

#[test]
fn a_session_token_is_part_of_what_is_signed() {
    let script = Script::start(vec![ok(issued(&PARTS))]);
    let mut credentials = key("AKIAI44QH8DHBEXAMPLE", SECRET);
    credentials.session_token = Some(Secret::new("token-of-the-host-canary".to_owned()));
    service(&script.url, NOW.parse().unwrap(), TIMEOUT).issue(&credentials, &request(assume(ROLE)), None).unwrap();
    let head = script.received()[0].head.to_lowercase();
    assert!(head.contains("x-amz-security-token: token-of-the-host-canary"), "{head}");
    let signed = head.lines().find(|line| line.starts_with("authorization:")).unwrap();
    assert!(signed.contains("x-amz-security-token"), "{signed}");
}
