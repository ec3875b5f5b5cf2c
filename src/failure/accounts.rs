//! What to do when an account is not as a command needs it.

use super::{Kind, Verdict, rotation};
use crate::command::CommandError;

pub fn verdict(error: &CommandError) -> Verdict {
    match error {
        CommandError::NoAccounts => Verdict::hint(Kind::Configuration, "add one: afed account create NAME"),
        CommandError::OwnerUnknown { .. } => {
            Verdict::hint(Kind::Configuration, "ask AWS whose key it is: add --online")
        }
        CommandError::OtherAwsAccount { account, .. } => Verdict::hint(
            Kind::Configuration,
            format!("to move the account there: afed account edit {account} --other-aws-account"),
        ),
        CommandError::AccountInUse { users, .. } => Verdict {
            kind: Kind::Configuration,
            hints: users
                .iter()
                .map(|user| format!("afed connector edit {user} --account ACCOUNT, or: afed connector delete {user}"))
                .collect(),
        },
        CommandError::RotationUnfinished { account, journal } => Verdict {
            kind: Kind::Configuration,
            hints: vec![
                format!("finish it first: afed account rotate {account}"),
                format!("if that can't be: {}", rotation::look_and_remove(journal)),
            ],
        },
        _ => Verdict::plain(Kind::Configuration),
    }
}
