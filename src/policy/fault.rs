//! What AWS refuses a session policy for, as far as its grammar tells. What is merely odd is a [`super::mistake::Mistake`].
//! Source: IAM User Guide, "Grammar of the IAM JSON policy language" and "IAM JSON policy element reference".

use crate::model::session_policy::{PLAIN_TEXT_LIMIT, SessionPolicyError};

/// A reason for which AWS would refuse the policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("this is not JSON: {0}")]
    NotJson(String),
    #[error(transparent)]
    Limit(SessionPolicyError),
    #[error(
        "the policy has {length} characters; at most {PLAIN_TEXT_LIMIT} are allowed, and spaces count: without them it has {compact}"
    )]
    TooLong { length: usize, compact: usize },
    #[error("{what} must be {expected}")]
    Shape { what: &'static str, expected: &'static str },
    #[error("“{}” stands twice in the same object", .0.escape_debug())]
    KeyTwice(String),
    #[error("“{}” is no element of {of}{}", .key.escape_debug(), meant(*.nearest))]
    UnknownElement { key: String, of: &'static str, nearest: Option<&'static str> },
    #[error("{of} lacks {missing}")]
    Missing { of: &'static str, missing: &'static str },
    #[error("{one} and {other} can't stand in the same statement")]
    Both { one: &'static str, other: &'static str },
    #[error("a session policy takes no {0}: it is about whoever holds the session")]
    Principal(&'static str),
    #[error("“{}” is no version of the policy language; it is 2012-10-17 (or, before it, 2008-10-17)", .0.escape_debug())]
    Version(String),
    #[error("the Sid “{}” holds “{}”; letters and digits are allowed", .sid.escape_debug(), .character.escape_debug())]
    SidCharacter { sid: String, character: char },
    #[error("the Sid “{}” is taken by an earlier statement", .0.escape_debug())]
    SidTwice(String),
    #[error("Effect is Allow or Deny, in these letters; not “{}”", .0.escape_debug())]
    Effect(String),
    #[error("{0} is empty")]
    Empty(&'static str),
    #[error("“{}” is no action: one is SERVICE:ACTION, such as s3:GetObject, or *", .0.escape_debug())]
    Action(String),
    #[error("“{}” is no service's prefix: letters, digits, - and . are allowed", .0.escape_debug())]
    Vendor(String),
    #[error("“{}” is no resource: one is an ARN, such as arn:aws:s3:::bucket/*, or *", .0.escape_debug())]
    Resource(String),
    #[error("“{}” is no partition; an ARN begins with arn:aws:, arn:aws-cn:, arn:aws-us-gov: or arn:*:", .0.escape_debug())]
    Partition(String),
    #[error("the service in an ARN must be written out; “{}” is a pattern or nothing", .0.escape_debug())]
    ResourceVendor(String),
    #[error("the ARN of a resource of {0} has no region")]
    ResourceRegion(String),
    #[error("“{}” is no condition operator{}", .operator.escape_debug(), meant(*.nearest))]
    Operator { operator: String, nearest: Option<&'static str> },
    #[error("“{}” is no condition key: one is PREFIX:NAME, such as aws:SourceIp", .0.escape_debug())]
    ConditionKey(String),
}

fn meant(nearest: Option<&'static str>) -> String {
    nearest.map(|nearest| format!("; did you mean “{nearest}”?")).unwrap_or_default()
}
