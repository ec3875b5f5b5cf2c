//! The keys of a user, and what becomes of answers of IAM that no emulator gives.

use std::time::Duration;

use super::script::{Answer, Script};
use super::*;
use crate::model::user_key::{KeyStatus, LastUse, UserKey};
use crate::ports::{AccessKeys, KeyOwner};
use crate::sts::IamAccessKeys;

const KEY_ID: &str = "AKIAIOSFODNN7EXAMPLE";
const OTHER_ID: &str = "AKIAI44QH8DHBEXAMPLE";
const NOW: &str = "2026-11-22T12:00:00Z";

fn iam(script: &Script) -> IamAccessKeys {
    let find = |name: &str| (name == "AWS_ENDPOINT_URL_IAM").then(|| script.url.clone());
    let endpoint = Endpoint::resolve(Service::Iam, find).unwrap();
    let timeout = Duration::from_secs(20);
    let options = AwsOptions { endpoint, ca_bundle: None, connect_timeout: timeout, call_timeout: timeout };
    IamAccessKeys::new(options, Rc::new(FixedClock(NOW.parse().unwrap())), &Rc::default())
}

fn owner() -> KeyOwner {
    KeyOwner { user: "ops@example.com".to_owned(), region: "eu-west-1".parse().unwrap() }
}

fn answer(action: &str, result: &str) -> Answer {
    let body = format!(
        "<{action}Response xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><{action}Result>{result}</{action}Result>\
         <ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></{action}Response>"
    );
    Answer::Whole(200, Vec::new(), body)
}

fn refusal(status: u16, code: &str) -> Answer {
    let body = format!(
        "<ErrorResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><Error><Type>Sender</Type><Code>{code}</Code>\
         <Message>no</Message></Error><RequestId>r</RequestId></ErrorResponse>"
    );
    Answer::Whole(status, Vec::new(), body)
}

fn member(id: &str, created: &str, status: &str) -> String {
    format!(
        "<member><UserName>ops</UserName><AccessKeyId>{id}</AccessKeyId><Status>{status}</Status>\
         <CreateDate>{created}</CreateDate></member>"
    )
}

fn keys(members: &str, truncated: bool) -> Answer {
    let result = format!("<AccessKeyMetadata>{members}</AccessKeyMetadata><IsTruncated>{truncated}</IsTruncated>");
    answer("ListAccessKeys", &result)
}

fn last_use(parts: &str) -> Answer {
    let result = format!("<UserName>ops</UserName><AccessKeyLastUsed>{parts}</AccessKeyLastUsed>");
    answer("GetAccessKeyLastUsed", &result)
}

fn list(answers: Vec<Answer>) -> Result<Vec<UserKey>, TokenServiceError> {
    iam(&Script::start(answers)).list(&key(KEY_ID, SECRET), &owner())
}

#[test]
fn keys_are_listed_by_age_with_what_may_be_known_of_their_use() {
    let members =
        member(KEY_ID, "2026-11-01T00:00:00Z", "Active") + &member(OTHER_ID, "2025-11-01T00:00:00Z", "Inactive");
    let never = last_use("<Region>N/A</Region><ServiceName>N/A</ServiceName>");
    let used = last_use(
        "<LastUsedDate>2026-11-21T10:00:00Z</LastUsedDate><Region>eu-west-1</Region><ServiceName>sts</ServiceName>",
    );
    let at = LastUse::At {
        at: "2026-11-21T10:00:00Z".parse().unwrap(),
        service: "sts".to_owned(),
        region: "eu-west-1".to_owned(),
    };
    for (answer, expected) in [(never, LastUse::Never), (used, at), (refusal(403, "AccessDenied"), LastUse::Unknown)] {
        let listed = list(vec![keys(&members, false), answer]).unwrap();
        let expected = |id: &str, created: &str, status| UserKey {
            id: id.parse().unwrap(),
            status,
            created: created.parse().unwrap(),
            last_use: expected.clone(),
        };
        assert_eq!(
            listed,
            [
                expected(OTHER_ID, "2025-11-01T00:00:00Z", KeyStatus::Inactive),
                expected(KEY_ID, "2026-11-01T00:00:00Z", KeyStatus::Active),
            ]
        );
    }
}

/// A key that is overlooked would be a key that somebody loses.
#[test]
fn a_list_that_is_not_whole_is_none() {
    let whole = member(KEY_ID, "2026-11-01T00:00:00Z", "Active");
    for (members, truncated) in [
        (whole.clone(), true),
        (whole.replace(KEY_ID, ""), false),
        (whole.replace(KEY_ID, "ASIAIOSFODNN7EXAMPLE"), false),
        (whole.replace("<CreateDate>2026-11-01T00:00:00Z</CreateDate>", ""), false),
        (whole.replace("<Status>Active</Status>", ""), false),
    ] {
        let error = list(vec![keys(&members, truncated), last_use("")]).unwrap_err();
        assert_eq!(case(&error), "incomplete", "{members}: {error:?}");
    }
}

#[test]
fn a_key_is_asked_for_once_whatever_comes_of_it() {
    let created = |id: &str, secret: &str| {
        let parts = format!(
            "<AccessKey><UserName>ops</UserName><AccessKeyId>{id}</AccessKeyId><Status>Active</Status>\
             <SecretAccessKey>{secret}</SecretAccessKey></AccessKey>"
        );
        answer("CreateAccessKey", &parts)
    };
    for (answer, expected) in [
        (refusal(500, "ServiceFailure"), "busy"),
        (refusal(409, "LimitExceeded"), "refused"),
        (Answer::CutOff("<CreateAccessKeyResponse>".to_owned()), "unreachable"),
        (created(OTHER_ID, ""), "incomplete"),
        (created("", "canary/made/secret"), "incomplete"),
    ] {
        let script = Script::start(vec![answer]);
        let error = iam(&script).create(&key(KEY_ID, SECRET), &owner()).unwrap_err();
        assert_eq!((case(&error), script.received().len()), (expected, 1), "{error:?}");
        assert!(!everything(&error).contains("canary"), "{error:?}");
    }
    let script = Script::start(vec![created(OTHER_ID, "canary/made/secret")]);
    let made = iam(&script).create(&key(KEY_ID, SECRET), &owner()).unwrap();
    assert_eq!((made.id.as_str(), made.secret.expose()), (OTHER_ID, "canary/made/secret"));
    let received = &script.received()[0];
    assert!(received.body.contains("UserName=ops%40example.com"), "{}", received.body);
}

#[test]
fn what_is_gone_is_as_wanted_and_any_other_refusal_is_not() {
    let gone = Script::start(vec![refusal(404, "NoSuchEntity")]);
    let (signer, id) = (key(KEY_ID, SECRET), OTHER_ID.parse().unwrap());
    iam(&gone).deactivate(&signer, &owner(), &id).unwrap();
    iam(&gone).delete(&signer, &owner(), &id).unwrap();
    let denied = Script::start(vec![refusal(403, "AccessDenied")]);
    assert_eq!(case(&iam(&denied).deactivate(&signer, &owner(), &id).unwrap_err()), "denied");
    assert_eq!(case(&iam(&denied).delete(&signer, &owner(), &id).unwrap_err()), "denied");
}
