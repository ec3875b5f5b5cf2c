//! From AWS's refusals to the cases of the port, by error code and status, never by AWS's sentence.
//! Of the SDK's errors only the code, the sentence, the status and the Date header are taken: their own texts may
//! show a request or an answer. Source of the codes: the STS API reference, "Common errors".

use std::error::Error;

use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::ServiceError;
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use jiff::{SignedDuration, Timestamp};

use super::wire::Call;
use crate::model::grant::Signer;
use crate::ports::{AwsMessage, Cause, TokenServiceError};

/// AWS rejects a signature that is a quarter of an hour off; what is within this is not the clock's fault.
const TOLERATED_SKEW: SignedDuration = SignedDuration::from_mins(5);
/// The most characters of AWS's sentence that are kept.
const LONGEST_TEXT: usize = 1_000;

/// The case of the port that an answer with an error is.
pub(super) fn explain<E: ProvideErrorMetadata>(
    call: &Call,
    refused: &ServiceError<E, HttpResponse>,
    now: Timestamp,
) -> TokenServiceError {
    let status = refused.raw().status().as_u16();
    let Some(code) = refused.err().code() else { return without_code(call, status) };
    let text = refused.err().message().unwrap_or("no reason is given").chars().take(LONGEST_TEXT).collect();
    let message = AwsMessage { code: code.to_owned(), text };
    match code {
        "SignatureDoesNotMatch" | "InvalidSignatureException" | "RequestExpired" | "RequestTimeTooSkewed" => {
            match skew(refused.raw(), now) {
                Some(ahead) => TokenServiceError::ClockSkew { ahead, message },
                None => unskewed(call, message),
            }
        }
        _ if status == 429 || status >= 500 => TokenServiceError::Busy { message },
        _ => by_code(call, message),
    }
}

fn by_code(call: &Call, message: AwsMessage) -> TokenServiceError {
    let (access_key_id, action) = (call.key.id.clone(), call.action.clone());
    match (message.code.as_str(), call.duration) {
        ("AccessDenied" | "AccessDeniedException", _) => {
            let signer = Signer {
                account_type: call.key.account_type(),
                partition: call.region.partition(),
                account: call.key.owner.clone(),
            };
            let signer = Box::new(signer);
            match call.mfa_serial.cloned().map(Box::new) {
                Some(serial) => TokenServiceError::DeniedWithCode { action, access_key_id, signer, serial, message },
                None => TokenServiceError::Denied { action, access_key_id, signer, message },
            }
        }
        ("InvalidClientTokenId" | "UnrecognizedClientException", _) => {
            TokenServiceError::KeyUnknown { access_key_id, message }
        }
        ("ExpiredToken" | "ExpiredTokenException", _) => TokenServiceError::Expired { action, message },
        ("MalformedPolicyDocument" | "MalformedPolicyDocumentException", _) => {
            TokenServiceError::PolicyMalformed { message }
        }
        ("PackedPolicyTooLarge" | "PackedPolicyTooLargeException", _) => TokenServiceError::PolicyTooLarge { message },
        ("ValidationError", Some(duration)) => TokenServiceError::Invalid { action, duration, message },
        ("RegionDisabledException", _) => TokenServiceError::RegionDisabled { region: call.region.clone(), message },
        (
            "Throttling"
            | "ThrottlingException"
            | "ThrottledException"
            | "RequestThrottled"
            | "RequestThrottledException"
            | "RequestLimitExceeded"
            | "TooManyRequestsException"
            | "ServiceUnavailable"
            | "ServiceUnavailableException"
            | "InternalFailure"
            | "InternalError",
            _,
        ) => TokenServiceError::Busy { message },
        _ => TokenServiceError::Refused { action, message },
    }
}

/// A signature that AWS rejects although both clocks agree.
fn unskewed(call: &Call, message: AwsMessage) -> TokenServiceError {
    match message.code.as_str() {
        "SignatureDoesNotMatch" | "InvalidSignatureException" => {
            TokenServiceError::WrongSecret { access_key_id: call.key.id.clone(), message }
        }
        _ => TokenServiceError::Refused { action: call.action.clone(), message },
    }
}

/// An answer with no error that could be read in it: not AWS's, or cut off.
fn without_code(call: &Call, status: u16) -> TokenServiceError {
    let text = "the answer is not one that STS gives".to_owned();
    let message = AwsMessage { code: format!("HTTP {status}"), text };
    match status {
        200..300 => call.lacks("well-formed XML"),
        429 | 500.. => TokenServiceError::Busy { message },
        _ => TokenServiceError::Refused { action: call.action.clone(), message },
    }
}

/// How far this machine is ahead of the clock that dated the answer, if that is too far.
fn skew(response: &HttpResponse, now: Timestamp) -> Option<SignedDuration> {
    let date = DateTime::from_str(response.headers().get("date")?, Format::HttpDate).ok()?;
    let ahead = now.duration_since(Timestamp::from_second(date.secs()).ok()?);
    (ahead.abs() > TOLERATED_SKEW).then_some(ahead)
}

/// Why there is no whole answer. Only a connector's error is passed on; it knows addresses and nothing of the call.
pub(super) fn cause_of<E: Error + Send + Sync + 'static>(error: SdkError<E, HttpResponse>) -> Cause {
    match error {
        failure @ SdkError::DispatchFailure(_) => {
            failure.into_source().unwrap_or_else(|_| "the connection failed".into())
        }
        SdkError::TimeoutError(_) => "no answer in time".into(),
        SdkError::ResponseError(_) => "the connection ended before the answer did".into(),
        _ => "the call could not be made".into(),
    }
}
