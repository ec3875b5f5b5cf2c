//! What to do when a key can't be rotated, or not to the end.

use super::{Kind, Verdict, places, quoted};
use crate::model::account::AccessKeyId;
use crate::model::name::AccountName;
use crate::model::user_key::UserKey;
use crate::ports::RecordsError;
use crate::vending::rotation::RotationError;

pub fn verdict(error: &RotationError) -> Verdict {
    use RotationError as E;
    match error {
        E::RootUser { .. } => Verdict::hint(
            Kind::Configuration,
            "make an IAM user with fewer rights and use its key: afed account create NAME; then delete the root user's",
        ),
        E::NoUser { .. } | E::OtherAwsAccount { .. } => Verdict::plain(Kind::Configuration),
        E::SecretMissing { account, access_key_id } => super::of_missing_secret(account, access_key_id),
        E::TwoKeys { account, user, used, keys } => two_keys(account, user, used, keys),
        E::OtherRotation { journal, .. } => Verdict::hint(Kind::Configuration, look_and_remove(journal)),
        E::NotKept { source, .. } => super::secrets::verdict(source),
        E::NotKeptNorDeleted { account, .. } => {
            Verdict::hint(Kind::Configuration, format!("let the next run delete it: afed account rotate {account}"))
        }
        E::NotProved { account, .. } => {
            Verdict::hint(Kind::Unreachable, format!("go on with it later: afed account rotate {account}"))
        }
        E::Gone { .. } | E::OtherUser { .. } => Verdict::plain(Kind::Denied),
        E::Tokens(error) => super::tokens::verdict(error),
        E::Secrets(error) => super::secrets::verdict(error),
        E::Records(error) => of_records(error),
        E::Cache(error) => super::of_cache(error),
    }
}

/// Which key may go is for people to say: commands for those that the account does not use.
fn two_keys(account: &AccountName, user: &str, used: &AccessKeyId, keys: &[UserKey]) -> Verdict {
    let delete = |key: &UserKey| {
        let id = &key.id;
        format!("if nobody uses {id}, delete it: aws iam delete-access-key --user-name '{user}' --access-key-id {id}")
    };
    let mut hints: Vec<String> = keys.iter().filter(|key| key.id != *used).map(delete).collect();
    hints.push(format!("then: afed account rotate {account}"));
    Verdict { kind: Kind::Configuration, hints }
}

/// Only people can tell what a journal that is not understood was about.
pub fn look_and_remove(journal: &str) -> String {
    let journal = quoted(journal);
    format!("see which keys it names, delete at AWS what nobody uses, then remove it: cat {journal}; rm {journal}")
}

fn of_records(error: &RecordsError) -> Verdict {
    match error {
        RecordsError::File { path, source, .. } => {
            Verdict { kind: Kind::Configuration, hints: places::hint(path, source).into_iter().collect() }
        }
        RecordsError::Damaged { path, .. } => {
            Verdict::hint(Kind::Configuration, look_and_remove(&path.display().to_string()))
        }
        RecordsError::NotDisowned { source, .. } | RecordsError::NotSwitched { source, .. } => {
            let source: &(dyn std::error::Error + 'static) = source.as_ref();
            super::verdict(source).unwrap_or(Verdict::plain(Kind::Configuration))
        }
    }
}
