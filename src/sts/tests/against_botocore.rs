//! Where AWS's other SDK finds STS: every region of every partition, and every kind of endpoint.

use std::collections::BTreeSet;

use super::emulator::{MISSING, Program, python};
use crate::model::partition;
use crate::model::region::Region;
use crate::sts::endpoint::{Endpoint, EndpointKind, Service};

/// Region, partition, FIPS, dual stack, and the URL where there is one.
type Found = (String, String, bool, bool, Option<String>);

fn found() -> Vec<Found> {
    let output = python(Program::Ministack, "sts_endpoints.py").output().expect(MISSING);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("sts_endpoints.py prints one JSON list")
}

#[test]
fn every_region_is_found_where_botocore_finds_it() {
    let found = found();
    for (name, partition, fips, dual_stack, url) in &found {
        let region: Region = name.parse().unwrap();
        assert_eq!(region.partition(), partition, "{name}");
        let kind = match (fips, dual_stack) {
            (false, false) => EndpointKind::Plain,
            (true, false) => EndpointKind::Fips,
            (false, true) => EndpointKind::DualStack,
            (true, true) => EndpointKind::FipsDualStack,
        };
        let endpoint = Endpoint::Regional(kind);
        let refused = endpoint.check(Service::Sts, &region).is_err();
        // botocore makes up names of FIPS endpoints for regions that have none.
        assert_eq!(refused, *fips && !name.starts_with("us-"), "{name} {kind:?}");
        if !refused {
            assert_eq!(Some(format!("https://{}", endpoint.host(Service::Sts, &region))), *url, "{name} {kind:?}");
        }
    }
    let compared: BTreeSet<&str> = found.iter().map(|(_, partition, ..)| partition.as_str()).collect();
    assert_eq!(compared, partition::names().collect());
}
