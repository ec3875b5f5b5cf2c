//! A call to STS that a code of an MFA device goes with, where one does. The code is asked for right before the call, and
//! never sent twice; a person whose code was refused may give one more.

use super::error::VendError;
use crate::model::account::SigningCredentials;
use crate::model::lease::Lease;
use crate::ports::{Attempt, CodeGiver, CodeRequest, IssueRequest, MfaCodes, TokenService, TokenServiceError};

/// Asks STS for a lease, with a code where one is asked for.
pub fn issue(
    tokens: &dyn TokenService,
    codes: &dyn MfaCodes,
    credentials: &SigningCredentials,
    request: &IssueRequest,
    code: Option<CodeRequest<'_>>,
) -> Result<Lease, VendError> {
    let Some(wanted) = code else { return Ok(tokens.issue(credentials, request, None)?) };
    let given = codes.code(wanted)?;
    match tokens.issue(credentials, request, Some(&given.code)) {
        Err(TokenServiceError::DeniedWithCode { message, .. }) if given.giver == CodeGiver::Person => {
            let again = codes.code(CodeRequest { attempt: Attempt::AfterRefusal(&message), ..wanted })?;
            Ok(tokens.issue(credentials, request, Some(&again.code))?)
        }
        outcome => Ok(outcome?),
    }
}
