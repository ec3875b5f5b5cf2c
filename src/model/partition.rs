//! The partitions of AWS: families of regions that share accounts, ARNs and endpoints with no other.
//! Source: the SDKs' `partitions.json`. The regions of a partition are not listed; their names say where they belong.

/// What is known of each partition: its name in ARNs, how its regions begin, and where STS is asked when nothing
/// names a region. `aws` comes last: its regions have no beginning of their own.
const ALL: [(&str, &str, &str); 8] = [
    ("aws-cn", "cn-", "cn-north-1"),
    ("aws-us-gov", "us-gov-", "us-gov-west-1"),
    ("aws-eusc", "eusc-", "eusc-de-east-1"),
    ("aws-iso", "us-iso-", "us-iso-east-1"),
    ("aws-iso-b", "us-isob-", "us-isob-east-1"),
    ("aws-iso-e", "eu-isoe-", "eu-isoe-west-1"),
    ("aws-iso-f", "us-isof-", "us-isof-south-1"),
    ("aws", "", "us-east-1"),
];

/// The names of all partitions, as they stand in ARNs.
pub fn names() -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|(name, _, _)| *name)
}

/// The partition that a region of this name belongs to.
pub fn of_region(region: &str) -> &'static str {
    ALL.iter().find(|(_, prefix, _)| region.starts_with(prefix)).map_or("aws", |(name, _, _)| name)
}

/// The name of the partition's own region, or of the partition `aws` where the name is of no partition.
pub fn fallback_region(partition: &str) -> &'static str {
    ALL.iter().find(|(name, _, _)| *name == partition).map_or("us-east-1", |(_, _, region)| region)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_partition_has_a_region_of_its_own() {
        for partition in names() {
            assert_eq!(of_region(fallback_region(partition)), partition);
        }
    }
}
