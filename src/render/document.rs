//! JSON: the object that `credential_process` must print, and a superset of it for scripts.
//! The first follows AWS's contract to the letter: one object, nothing before it, `Version` a number, keys in exact case.

use serde::Serialize;

use super::credentials::Credentials;
use super::error::RenderError;
use super::{Context, moment};
use crate::model::lease::Lease;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ProcessDocument<'a> {
    version: u8,
    access_key_id: &'a str,
    secret_access_key: &'a str,
    session_token: &'a str,
    expiration: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_id: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct JsonDocument<'a> {
    #[serde(flatten)]
    process: ProcessDocument<'a>,
    issued: String,
    connector: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    principal_arn: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<&'a str>,
}

pub(super) fn process(text: &mut String, credentials: &Credentials<'_>) -> Result<(), RenderError> {
    push(text, |bytes| serde_json::to_writer(bytes, &process_document(credentials)))
}

pub(super) fn json(
    text: &mut String,
    credentials: &Credentials<'_>,
    lease: &Lease,
    context: Context<'_>,
) -> Result<(), RenderError> {
    let document = JsonDocument {
        process: process_document(credentials),
        issued: moment::zulu(lease.issued_at),
        connector: context.connector.as_str(),
        person: context.person,
        principal_arn: lease.principal_arn.as_deref(),
        region: context.region.map(|region| region.as_str()),
    };
    push(text, |bytes| serde_json::to_writer_pretty(bytes, &document))
}

const fn process_document<'a>(credentials: &'a Credentials<'a>) -> ProcessDocument<'a> {
    ProcessDocument {
        version: 1,
        access_key_id: credentials.access_key_id,
        secret_access_key: credentials.secret_access_key,
        session_token: credentials.session_token,
        expiration: credentials.expiration.as_str(),
        account_id: credentials.account_id,
    }
}

/// Writes into the room that the text has, so that no copy is left behind.
pub(super) fn push(
    text: &mut String,
    write: impl FnOnce(&mut Vec<u8>) -> serde_json::Result<()>,
) -> Result<(), RenderError> {
    let mut bytes = std::mem::take(text).into_bytes();
    write(&mut bytes).map_err(RenderError::Document)?;
    bytes.push(b'\n');
    *text = String::from_utf8(bytes)
        .map_err(|error| RenderError::Document(serde::ser::Error::custom(error.utf8_error())))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::Format;
    use super::super::example::{SECRET, lease, render};

    #[test]
    fn the_process_document_is_what_aws_asks_for_to_the_letter() {
        let expected = "{\"Version\":1,\"AccessKeyId\":\"ASIAIOSFODNN7EXAMPLE\",\
            \"SecretAccessKey\":\"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\",\
            \"SessionToken\":\"IQoJb3JpZ2luX2VjEXAMPLE//token==\",\"Expiration\":\"2026-11-22T03:29:02Z\"";
        let mut lease = lease(SECRET);
        let known = render(&lease, Format::Process, Some("eu-west-1")).unwrap();
        assert_eq!(known, format!("{expected},\"AccountId\":\"123123123123\"}}\n"));
        lease.aws_account_id = None;
        assert_eq!(render(&lease, Format::Process, None).unwrap(), format!("{expected}}}\n"));
    }

    #[test]
    fn the_json_document_tells_more() {
        assert_eq!(
            render(&lease(SECRET), Format::Json, Some("eu-west-1")).unwrap(),
            r#"{
  "Version": 1,
  "AccessKeyId": "ASIAIOSFODNN7EXAMPLE",
  "SecretAccessKey": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  "SessionToken": "IQoJb3JpZ2luX2VjEXAMPLE//token==",
  "Expiration": "2026-11-22T03:29:02Z",
  "AccountId": "123123123123",
  "Issued": "2026-11-22T02:29:02Z",
  "Connector": "deploy",
  "Person": "alice",
  "PrincipalArn": "arn:aws:sts::123123123123:assumed-role/UpdateAPP/alice",
  "Region": "eu-west-1"
}
"#
        );
    }

    #[test]
    fn any_text_comes_back_out_of_both() {
        let nasty = "\u{0}\u{1f}\"\\/\u{2028}é\u{1f600}\r\n";
        for format in [Format::Process, Format::Json] {
            let text = render(&lease(nasty), format, None).unwrap();
            let read: serde_json::Value = serde_json::from_str(&text).unwrap();
            assert_eq!(read["SecretAccessKey"], nasty);
        }
    }
}
