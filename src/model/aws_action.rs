//! The actions of AWS that afed calls, of STS and of IAM on the caller's own keys, as far as a refusal and the permission that
//! cures it must know them. What an action is told in full is in `ports`; which permission it needs is in [`super::grant`].

use std::fmt;

use super::arn::RoleArn;

/// The action that was refused, for the words of a refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AwsAction {
    AssumeRole {
        role_arn: RoleArn,
        external_id: bool,
        tags: bool,
        source_identity: bool,
    },
    GetFederationToken {
        tags: bool,
    },
    GetSessionToken,
    GetCallerIdentity,
    /// An action of IAM on the keys of the user who signs.
    OnKeys(KeyAction),
}

/// What a user does with their own keys in IAM.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyAction {
    List,
    LastUsed,
    Create,
    Update,
    Delete,
}

impl KeyAction {
    /// Every action that a rotation takes.
    pub const ALL: [Self; 5] = [Self::List, Self::LastUsed, Self::Create, Self::Update, Self::Delete];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::List => "iam:ListAccessKeys",
            Self::LastUsed => "iam:GetAccessKeyLastUsed",
            Self::Create => "iam:CreateAccessKey",
            Self::Update => "iam:UpdateAccessKey",
            Self::Delete => "iam:DeleteAccessKey",
        }
    }
}

impl fmt::Display for AwsAction {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::AssumeRole { .. } => "sts:AssumeRole",
            Self::GetFederationToken { .. } => "sts:GetFederationToken",
            Self::GetSessionToken => "sts:GetSessionToken",
            Self::GetCallerIdentity => "sts:GetCallerIdentity",
            Self::OnKeys(action) => action.as_str(),
        })
    }
}
