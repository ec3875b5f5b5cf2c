//! One resource: `*`, or an ARN in which all but partition and service may be patterns.

use super::fault::Fault;
use super::finding::{Findings, Spot};

pub(super) fn check(spot: &Spot<'_>, text: &str, findings: &mut Findings) {
    if let Err(fault) = judge(text) {
        findings.on(spot, fault);
    }
}

fn judge(text: &str) -> Result<(), Fault> {
    if text == "*" {
        return Ok(());
    }
    let unfit = || Fault::Resource(text.to_owned());
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let ["arn", partition, service, rest @ ..] = &parts[..] else { return Err(unfit()) };
    if !partition.starts_with("aws") && !has_pattern(partition) {
        return Err(Fault::Partition((*partition).to_owned()));
    }
    if service.is_empty() || has_pattern(service) {
        return Err(Fault::ResourceVendor((*service).to_owned()));
    }
    match rest {
        // An ARN may end early in an asterisk, which stands for the parts that are left.
        [.., last] if rest.len() < 3 && last.ends_with('*') => Ok(()),
        [region, _, resource] if !resource.is_empty() => judge_region(service, region, resource),
        _ => Err(unfit()),
    }
}

fn judge_region(service: &str, region: &str, resource: &str) -> Result<(), Fault> {
    let regionless = service == "iam" || service == "s3" && !resource.starts_with("accesspoint");
    if regionless && !region.is_empty() { Err(Fault::ResourceRegion(service.to_owned())) } else { Ok(()) }
}

fn has_pattern(text: &str) -> bool {
    text.contains(['*', '?'])
}
