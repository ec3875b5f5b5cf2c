//! Amazon Resource Names, as far as afed must understand them: partition, account and kind of resource.
//! Source of the shape: IAM User Guide, "IAM identifiers"; length 20-2048 from the STS API model.

use std::fmt;

use super::partition;

/// A twelve-digit AWS account id.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize)]
pub struct AwsAccountId(String);

impl AwsAccountId {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for AwsAccountId {
    type Err = ArnError;

    fn from_str(text: &str) -> Result<Self, ArnError> {
        if text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(ArnError::AccountId(text.to_owned()))
        }
    }
}

impl fmt::Display for AwsAccountId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Why a text can't be the ARN that is needed.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ArnError {
    #[error("an AWS account id has twelve digits; “{}” has not", .0.escape_debug())]
    AccountId(String),
    #[error("an ARN has 20 to 2048 characters; this one has {0}")]
    Length(usize),
    #[error("“{}” is not an ARN; one looks like arn:aws:iam::123123123123:{expected}/NAME", .text.escape_debug())]
    Malformed { text: String, expected: &'static str },
    #[error("“{}” is the ARN of no {expected}; one looks like arn:aws:iam::123123123123:{expected}/NAME", .text.escape_debug())]
    OtherResource { text: String, expected: &'static str },
    #[error("“{}” is in no partition of AWS; these are: {}", .text.escape_debug(), partition::names().collect::<Vec<_>>().join(", "))]
    Partition { text: String },
}

/// The ARN of an IAM role.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize)]
pub struct RoleArn(String);

/// The ARN of a managed IAM policy, AWS's own (`arn:aws:iam::aws:policy/…`) or a customer's.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize)]
pub struct PolicyArn(String);

struct IamArn<'a> {
    account: &'a str,
}

fn parse_iam<'a>(text: &'a str, expected: &'static str) -> Result<IamArn<'a>, ArnError> {
    let length = text.chars().count();
    let malformed = || ArnError::Malformed { text: text.to_owned(), expected };
    if !text.starts_with("arn:") || text.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err(malformed());
    }
    if !(20..=2048).contains(&length) {
        return Err(ArnError::Length(length));
    }
    let mut parts = text.splitn(6, ':').skip(1);
    let mut next = || parts.next().ok_or_else(malformed);
    let (partition, service, region, account, resource) = (next()?, next()?, next()?, next()?, next()?);
    if !partition::names().any(|name| name == partition) {
        return Err(ArnError::Partition { text: text.to_owned() });
    }
    let named = resource
        .strip_prefix(expected)
        .and_then(|rest| rest.strip_prefix('/'))
        .is_some_and(|name| !name.is_empty() && !name.ends_with('/'));
    if service != "iam" || !region.is_empty() || !named {
        return Err(ArnError::OtherResource { text: text.to_owned(), expected });
    }
    Ok(IamArn { account })
}

impl RoleArn {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Which family of regions the role lives in, such as `aws` or `aws-cn`.
    pub fn partition(&self) -> &str {
        self.0.split(':').nth(1).unwrap_or_default()
    }

    /// The AWS account that owns the role.
    pub fn account_id(&self) -> &str {
        self.0.split(':').nth(4).unwrap_or_default()
    }
}

impl std::str::FromStr for RoleArn {
    type Err = ArnError;

    fn from_str(text: &str) -> Result<Self, ArnError> {
        parse_iam(text, "role")?.account.parse::<AwsAccountId>()?;
        Ok(Self(text.to_owned()))
    }
}

impl PolicyArn {
    /// AWS's own policy for readers of everything, in this partition.
    pub fn read_only_access(partition: &'static str) -> Self {
        Self(format!("arn:{partition}:iam::aws:policy/ReadOnlyAccess"))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Which family of regions the policy lives in.
    pub fn partition(&self) -> &str {
        self.0.split(':').nth(1).unwrap_or_default()
    }

    /// The account that owns the policy; `aws` for AWS's own.
    pub fn account(&self) -> &str {
        self.0.split(':').nth(4).unwrap_or_default()
    }
}

impl std::str::FromStr for PolicyArn {
    type Err = ArnError;

    fn from_str(text: &str) -> Result<Self, ArnError> {
        let arn = parse_iam(text, "policy")?;
        if arn.account != "aws" {
            arn.account.parse::<AwsAccountId>()?;
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for RoleArn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Display for PolicyArn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn role_arns_name_a_role_of_one_account() {
        let role: RoleArn = "arn:aws-cn:iam::123123123123:role/team/Update:APP".parse().unwrap();
        assert_eq!((role.partition(), role.account_id()), ("aws-cn", "123123123123"));
        for bad in [
            "",
            "UpdateAPP",
            "arn:aws:iam::123123123123:user/ops",
            "arn:aws:iam::123123123123:role/",
            "arn:aws:iam::12312312312:role/x1",
            "arn:aws:iam:eu-west-1:123123123123:role/x",
            "arn:aws:s3:::123123123123:role/x",
            "arn:aws:iam::123123123123:role/x y",
            "arn:aws:iam::123123123123:role/x\n",
            "arn:evil:iam::123123123123:role/x",
            "arn:aws-moon:iam::123123123123:role/x",
        ] {
            assert!(bad.parse::<RoleArn>().is_err(), "{bad:?} was accepted");
        }
    }

    #[test]
    fn the_length_of_an_arn_is_bounded() {
        let base = "arn:aws:iam::123123123123:role/";
        let longest = format!("{base}{}", "x".repeat(2048 - base.len()));
        assert!(longest.parse::<RoleArn>().is_ok());
        assert_eq!(format!("{longest}x").parse::<RoleArn>(), Err(ArnError::Length(2049)));
    }

    #[test]
    fn policy_arns_are_amazon_s_or_an_account_s() {
        assert!("arn:aws:iam::aws:policy/ReadOnlyAccess".parse::<PolicyArn>().is_ok());
        assert!("arn:aws:iam::123123123123:policy/mine".parse::<PolicyArn>().is_ok());
        assert!("arn:aws:iam::123123123123:role/mine".parse::<PolicyArn>().is_err());
    }
}
