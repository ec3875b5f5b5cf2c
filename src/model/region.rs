//! AWS regions and the partition each belongs to.
//! A region is kept to `[a-z0-9-]` because it becomes part of a host name. The list of regions is not
//! known here: a region opened tomorrow works today. What only SDKs take for a region is none: `aws-global` stands for
//! the global endpoint, and `fips-us-east-1` for a switch.

use std::fmt;

use super::partition;

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
        partition::of_region(&self.0)
    }

    /// The region of a partition where STS is asked when nothing names one; `aws` for partitions not listed.
    pub fn fallback_of(partition: &str) -> Self {
        Self(partition::fallback_region(partition).to_owned())
    }
}

impl std::str::FromStr for Region {
    type Err = RegionError;

    fn from_str(text: &str) -> Result<Self, RegionError> {
        if text.len() <= 32 && is_regional(text) {
            Ok(Self(text.to_owned()))
        } else {
            Err(RegionError(text.to_owned()))
        }
    }
}

/// Words and, at the end, a number: `us-gov-west-1`.
fn is_regional(text: &str) -> bool {
    let mut parts = text.rsplit('-');
    let number = parts.next().is_some_and(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    let words: Vec<&str> = parts.collect();
    let plain = |word: &&str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
    number && words.len() >= 2 && words.iter().all(plain) && !words.contains(&"fips")
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
        for bad in
            ["", "eu", "EU-WEST-1", "eu-west-1.evil.example", "eu-west-1/", "-eu", "eu-", "eu west-1", "eu--west-1"]
        {
            assert!(bad.parse::<Region>().is_err(), "{bad:?} was accepted");
        }
    }

    #[test]
    fn what_stands_for_an_endpoint_is_no_region() {
        for bad in ["aws-global", "aws-cn-global", "fips-us-east-1", "us-east-1-fips", "us-fips-east-1", "local"] {
            assert!(bad.parse::<Region>().is_err(), "{bad:?} was accepted");
        }
    }

    #[test]
    fn every_partition_has_a_region_of_its_own() {
        for name in partition::names() {
            let region = Region::fallback_of(name);
            assert_eq!((region.partition(), region.to_string().parse()), (name, Ok(region)));
        }
    }
}
