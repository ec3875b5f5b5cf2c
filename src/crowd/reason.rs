//! Crowd's own codes for what went wrong. Decisions rest on these and on the status, never on the message beside them.

/// A failure's `reason`, as documented for the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    ApplicationAccessDenied,
    ApplicationPermissionDenied,
    ExpiredCredential,
    GroupNotFound,
    IllegalArgument,
    InactiveAccount,
    InvalidCredential,
    InvalidGroup,
    InvalidSsoToken,
    InvalidUserAuthentication,
    MembershipNotFound,
    OperationFailed,
    UnsupportedOperation,
    UserNotFound,
}

const CODES: [(&str, Reason); 14] = [
    ("APPLICATION_ACCESS_DENIED", Reason::ApplicationAccessDenied),
    ("APPLICATION_PERMISSION_DENIED", Reason::ApplicationPermissionDenied),
    ("EXPIRED_CREDENTIAL", Reason::ExpiredCredential),
    ("GROUP_NOT_FOUND", Reason::GroupNotFound),
    ("ILLEGAL_ARGUMENT", Reason::IllegalArgument),
    ("INACTIVE_ACCOUNT", Reason::InactiveAccount),
    ("INVALID_CREDENTIAL", Reason::InvalidCredential),
    ("INVALID_GROUP", Reason::InvalidGroup),
    ("INVALID_SSO_TOKEN", Reason::InvalidSsoToken),
    ("INVALID_USER_AUTHENTICATION", Reason::InvalidUserAuthentication),
    ("MEMBERSHIP_NOT_FOUND", Reason::MembershipNotFound),
    ("OPERATION_FAILED", Reason::OperationFailed),
    ("UNSUPPORTED_OPERATION", Reason::UnsupportedOperation),
    ("USER_NOT_FOUND", Reason::UserNotFound),
];

impl Reason {
    /// The reason of this exact code; a code that is not documented is none.
    pub fn of(code: &str) -> Option<Self> {
        CODES.iter().find(|(known, _)| *known == code).map(|(_, reason)| *reason)
    }

    /// Crowd's spelling, from this program's own table.
    pub fn code(self) -> &'static str {
        CODES.iter().find(|(_, reason)| *reason == self).map_or("", |(code, _)| code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_leads_there_and_back() {
        for (code, reason) in CODES {
            assert_eq!(Reason::of(code), Some(reason));
            assert_eq!(reason.code(), code);
        }
        for unknown in ["", "user_not_found", "USER_NOT_FOUND ", "SOMETHING_NEW"] {
            assert_eq!(Reason::of(unknown), None, "{unknown:?}");
        }
    }
}
