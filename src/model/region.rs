//! AWS regions and the partition each belongs to.
//! A region is kept to `[a-z0-9-]` because it becomes part of a host name. The list of regions is not
//! known here: a region opened tomorrow works today. Source of the prefixes: the SDKs' `partitions.json`.

use std::fmt;

/// A region such as `eu-west-1`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Region(String);

/// Why a text can't be a region.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("“{}” is not a region; one looks like eu-west-1", .0.escape_debug())]
pub struct RegionError(String);

impl Region {
    /// Where STS is asked when nothing names a region.
    pub const FALLBACK: &'static str = "us-east-1";

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The partition this region belongs to, as it stands in ARNs.
    pub fn partition(&self) -> &'static str {
        const BY_PREFIX: [(&str, &str); 7] = [
            ("cn-", "aws-cn"),
            ("us-gov-", "aws-us-gov"),
            ("eusc-", "aws-eusc"),
            ("us-iso-", "aws-iso"),
            ("us-isob-", "aws-iso-b"),
            ("eu-isoe-", "aws-iso-e"),
            ("us-isof-", "aws-iso-f"),
        ];
        BY_PREFIX.iter().find(|(prefix, _)| self.0.starts_with(prefix)).map_or("aws", |(_, partition)| partition)
    }

    /// The region of a partition where STS is asked when nothing names one; `aws` for partitions not listed.
    pub fn fallback_of(partition: &str) -> Self {
        let region = match partition {
            "aws-cn" => "cn-north-1",
            "aws-us-gov" => "us-gov-west-1",
            "aws-eusc" => "eusc-de-east-1",
            "aws-iso" => "us-iso-east-1",
            "aws-iso-b" => "us-isob-east-1",
            "aws-iso-e" => "eu-isoe-west-1",
            "aws-iso-f" => "us-isof-south-1",
            _ => Self::FALLBACK,
        };
        Self(region.to_owned())
    }
}

impl std::str::FromStr for Region {
    type Err = RegionError;

    fn from_str(text: &str) -> Result<Self, RegionError> {
        let plain = text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        let dashed = text.contains('-') && !text.starts_with('-') && !text.ends_with('-');
        if plain && dashed && text.len() <= 32 { Ok(Self(text.to_owned())) } else { Err(RegionError(text.to_owned())) }
    }
}

impl fmt::Display for Region {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_is_safe_inside_a_host_name() {
        for good in ["eu-west-1", "us-gov-east-1", "ap-southeast-7"] {
            assert!(good.parse::<Region>().is_ok());
        }
        for bad in ["", "eu", "EU-WEST-1", "eu-west-1.evil.example", "eu-west-1/", "-eu", "eu-", "eu west-1"] {
            assert!(bad.parse::<Region>().is_err(), "{bad:?} was accepted");
        }
    }

    #[test]
    fn every_partition_has_a_region_of_its_own() {
        for partition in ["aws", "aws-cn", "aws-us-gov", "aws-eusc", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f"] {
            assert_eq!(Region::fallback_of(partition).partition(), partition);
        }
    }
}
