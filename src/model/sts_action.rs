//! The STS actions that afed calls, as far as a refusal and the permission that cures it must know them.
//! What an action is told in full is in `ports`; which permission it needs is in [`super::grant`].

use std::fmt;

use super::arn::RoleArn;

/// The STS action that was refused, for the words of a refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StsAction {
    AssumeRole { role_arn: RoleArn, external_id: bool, tags: bool, source_identity: bool },
    GetFederationToken { tags: bool },
    GetSessionToken,
    GetCallerIdentity,
}

impl fmt::Display for StsAction {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::AssumeRole { .. } => "sts:AssumeRole",
            Self::GetFederationToken { .. } => "sts:GetFederationToken",
            Self::GetSessionToken => "sts:GetSessionToken",
            Self::GetCallerIdentity => "sts:GetCallerIdentity",
        })
    }
}
