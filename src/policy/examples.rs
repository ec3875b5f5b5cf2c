//! Session policies to start from, one file each below `examples/`. What has to be put in its place begins with
//! `EXAMPLE-`, so that one that was forgotten allows nothing rather than something else.

use std::collections::BTreeSet;

use serde::Serialize;

/// What has to be replaced begins with this.
const PLACEHOLDER: &str = "EXAMPLE-";

/// A policy that is ready but for its placeholders.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Example {
    pub name: &'static str,
    /// What it lets somebody do, in a few words.
    pub about: &'static str,
    #[serde(skip)]
    pub text: &'static str,
}

impl Example {
    /// What has to be replaced in it.
    pub fn placeholders(&self) -> BTreeSet<&'static str> {
        let is_part = |character: char| character.is_ascii_uppercase() || character == '-';
        let words = self.text.split(|character| !is_part(character)).filter(|word| word.starts_with(PLACEHOLDER));
        words.map(|word| word.trim_end_matches('-')).collect()
    }
}

macro_rules! examples {
    ($($name:literal: $about:literal,)*) => {
        /// All of them, by name.
        pub const ALL: &[Example] =
            &[$(Example { name: $name, about: $about, text: include_str!(concat!("examples/", $name, ".json")) }),*];
    };
}

examples! {
    "billing-read": "see bills, costs, budgets and free-tier use",
    "dynamodb-table": "read and write the items of one DynamoDB table and its indexes",
    "ec2-start-stop-tagged": "start, stop and reboot the EC2 instances with a tag",
    "ecr-pull": "pull the images of one ECR repository",
    "everything-but-iam": "everything but IAM, Identity Center and Organizations",
    "lambda-deploy": "put new code and settings into one Lambda function",
    "logs-read": "read and query CloudWatch log groups of one name or prefix",
    "nothing-deleted": "everything but deleting data and what holds it",
    "one-region": "everything in one region, and the services that have none",
    "read-only-region": "look at the usual resources of one region",
    "s3-read-bucket": "list and read the objects of one S3 bucket",
    "s3-write-folder": "read, write and delete the objects in one folder of an S3 bucket",
    "secret-read": "read one secret of Secrets Manager",
    "sqs-queue": "send and receive the messages of one SQS queue",
    "ssm-parameters-read": "read the parameters below one path of Parameter Store, secure ones included",
}
