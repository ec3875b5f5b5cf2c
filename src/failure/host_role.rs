//! What to do when the host's role gives no credentials.

use super::{Kind, Verdict};
use crate::ports::HostRoleError;

pub fn verdict(error: &HostRoleError) -> Verdict {
    use HostRoleError as E;
    match error {
        E::SwitchedOff { variable } => Verdict::hint(Kind::Configuration, format!("unset {variable}")),
        E::AddressRefused { variable, .. } => {
            Verdict::hint(Kind::Configuration, format!("let the platform set it, or: unset {variable}"))
        }
        E::Token { variable, .. } => Verdict::hint(
            Kind::Configuration,
            format!("write the token with printf and no line break, or: unset {variable}"),
        ),
        E::Unreachable { .. } => Verdict {
            kind: Kind::Unreachable,
            hints: vec![
                "an instance-role account works on EC2 instances and in containers of ECS and EKS only".to_owned(),
                "in a container on an EC2 instance, let the answer pass one hop more: aws ec2 modify-instance-metadata-options --instance-id ID --http-tokens required --http-put-response-hop-limit 2".to_owned(),
            ],
        },
        E::NoRole { .. } => Verdict::hint(
            Kind::Configuration,
            "give it one: aws ec2 associate-iam-instance-profile --instance-id ID --iam-instance-profile Name=PROFILE",
        ),
        E::Refused { status: 400..500, .. } => Verdict::hint(
            Kind::Denied,
            "see that the service is switched on, and that the token and the path are those of this host: env | grep -E '^AWS_(EC2|CONTAINER)'",
        ),
        E::Refused { .. } => Verdict::hint(Kind::Unreachable, "try again in a minute"),
        E::Unreadable { .. } => Verdict::hint(
            Kind::Unreachable,
            "see who answers: env | grep -E '^AWS_(EC2|CONTAINER)'",
        ),
        E::Expired { .. } => {
            Verdict::hint(Kind::Unreachable, "set this machine's clock, or wait until the host renews them: timedatectl status")
        }
        E::OtherAwsAccount { .. } => Verdict::hint(
            Kind::Configuration,
            "give the host its own role back, or correct aws_account_id of the account in the configuration",
        ),
    }
}
