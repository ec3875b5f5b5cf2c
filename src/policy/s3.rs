//! The commonest slip of all: an action on objects given a bucket, or an action on buckets given objects.
//! Only actions and resources of which that is certain are looked at. Source: Service Authorization Reference, Amazon S3.

use super::finding::{Findings, Spot};
use super::mistake::Mistake;
use super::statement::Statement;

/// How actions on objects begin, in small letters.
const ON_OBJECTS: [&str; 5] =
    ["s3:getobject", "s3:putobject", "s3:deleteobject", "s3:restoreobject", "s3:abortmultipartupload"];
/// How actions on buckets begin, in small letters.
const ON_BUCKETS: [&str; 5] = ["s3:listbucket", "s3:getbucket", "s3:putbucket", "s3:createbucket", "s3:deletebucket"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Bucket,
    Objects,
}

pub(super) fn check(statement: &Statement<'_>, findings: &mut Findings) {
    let resources: Vec<(Spot<'_>, &str)> = statement.texts("Resource");
    let kinds: Option<Vec<Kind>> = resources.iter().map(|(_, text)| kind_of(text)).collect();
    let Some(kinds) = kinds.filter(|kinds| !kinds.is_empty()) else { return };
    for (_, action) in statement.texts("Action") {
        let small = action.to_ascii_lowercase();
        let begins = |with: &[&str]| with.iter().any(|start| small.starts_with(start));
        let wrong = match () {
            () if begins(&ON_OBJECTS) => Kind::Bucket,
            () if begins(&ON_BUCKETS) => Kind::Objects,
            () => continue,
        };
        if kinds.iter().all(|kind| *kind == wrong) {
            resources.iter().for_each(|(spot, text)| findings.on(spot, mistake(wrong, action, text)));
        }
    }
}

fn mistake(wrong: Kind, action: &str, resource: &str) -> Mistake {
    let action = action.escape_debug().to_string();
    let bucket = resource.split('/').next().unwrap_or_default().to_owned();
    match wrong {
        Kind::Bucket => Mistake::ObjectActionOnBucket { action, bucket },
        Kind::Objects => Mistake::BucketActionOnObjects { action, bucket },
    }
}

/// `None` where it may be both, or is no resource of S3's.
fn kind_of(resource: &str) -> Option<Kind> {
    let (arn, name) = resource.split_once(":::")?;
    let is_s3 = arn.starts_with("arn:") && arn.ends_with(":s3");
    match name.split_once('/') {
        _ if !is_s3 || name.contains("${") => None,
        Some(_) => Some(Kind::Objects),
        None if name.contains(['*', '?']) => None,
        None => Some(Kind::Bucket),
    }
}
