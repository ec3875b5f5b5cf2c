//! Rotating the long-term key of an account: create, keep, prove, switch, retire. Whatever happens, the account has a key
//! whose secret is kept and which AWS accepts; before anything is made at AWS, the journal says so.
//! How often and how long AWS is waited for is decided here: IAM takes its time until a new key works everywhere.

mod error;
mod plan;
#[cfg(test)]
mod tests;

use std::time::Duration;

use jiff::Timestamp;

use crate::model::account::{AccessKeyId, SigningCredentials, secret_of};
use crate::model::arn::AwsAccountId;
use crate::model::name::AccountName;
use crate::model::region::Region;
use crate::model::rotation::{Journal, Stage};
use crate::model::user_key::{MOST_KEYS, UserKey};
use crate::ports::{
    AccessKeys, CallerIdentity, Clock, KeyOwner, LeaseStore, RotationRecords, SecretStore, TokenService,
    TokenServiceError,
};

pub use error::RotationError;
pub use plan::Plan;

/// The waits between attempts with a key that AWS does not know yet: a minute in all.
const WAITS: [u64; 9] = [1, 2, 4, 8, 9, 9, 9, 9, 9];
/// How often a new key must be accepted in a row: the servers of AWS learn of it one by one.
const PROOFS: u32 = 3;
const BETWEEN_PROOFS: Duration = Duration::from_millis(200);

/// The ports through which a key is rotated.
pub struct Rotator<'a> {
    pub keys: &'a dyn AccessKeys,
    pub tokens: &'a dyn TokenService,
    pub secrets: &'a dyn SecretStore,
    pub leases: &'a dyn LeaseStore,
    pub records: &'a dyn RotationRecords,
    pub clock: &'a dyn Clock,
    pub pause: &'a dyn Fn(Duration),
    /// Hears of each step when it is done.
    pub tell: &'a dyn Fn(Step<'_>),
}

/// The account whose key is rotated, as the configuration has it.
#[derive(Debug, Clone)]
pub struct Subject {
    pub account: AccountName,
    pub access_key_id: AccessKeyId,
    pub aws_account_id: Option<AwsAccountId>,
    /// Any region of the key's partition.
    pub region: Region,
}

/// What becomes of the old key once the new one is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OldKey {
    Delete,
    /// It is deactivated and stays, and so does the journal: the next run deletes it.
    Keep,
}

/// A step that is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step<'a> {
    /// A key that an earlier run had made and could not keep was deleted.
    Undone(&'a AccessKeyId),
    Created(&'a AccessKeyId),
    Proved(&'a AccessKeyId),
    Switched(&'a AccessKeyId),
    Deactivated(&'a AccessKeyId),
    Deleted(&'a AccessKeyId),
}

/// What was found, and what is to be done.
#[derive(Debug)]
pub struct Situation {
    subject: Subject,
    /// The key that the account has.
    signer: SigningCredentials,
    /// Whose key that is.
    pub arn: String,
    owner: KeyOwner,
    pub keys: Vec<UserKey>,
    pub plan: Plan,
}

impl Rotator<'_> {
    /// Finds out what is to be done, and changes nothing.
    pub fn look(&self, subject: Subject) -> Result<Situation, RotationError> {
        let journal = self.records.load()?;
        let signer = self.signer(&subject)?;
        let whose = || self.tokens.caller_identity(&signer, &subject.region);
        // A key that a broken-off run has switched to may be seconds old.
        let identity = if journal.is_some() { self.patiently(whose)? } else { whose()? };
        let owner = owner(&subject, &identity)?;
        let keys = self.keys.list(&signer, &owner)?;
        let mut kept = Vec::new();
        for key in &keys {
            if self.secrets.lookup(&secret_of(&subject.account, &key.id))?.is_some() {
                kept.push(key.id.clone());
            }
        }
        let plan = plan::plan(journal.as_ref(), &subject.access_key_id, &keys, |id| kept.contains(id));
        let situation = Situation { subject, signer, arn: identity.arn, owner, keys, plan };
        self.refuse_what_can_t_be_done(&situation)?;
        Ok(situation)
    }

    /// Does what is to be done, or as much of it as AWS and this machine let it.
    pub fn run(&self, situation: &Situation, old_key: OldKey) -> Result<(), RotationError> {
        match &situation.plan {
            Plan::Start => self.start(situation, self.clock.now(), old_key),
            Plan::StartOver { lost, since } => {
                for key in lost {
                    self.keys.delete(&situation.signer, &situation.owner, &key.id)?;
                    (self.tell)(Step::Undone(&key.id));
                }
                // Where AWS does not list yet what the earlier run made, the journal must go on to speak of it.
                let at = if lost.is_empty() { *since } else { self.clock.now() };
                self.start(situation, at, old_key)
            }
            Plan::Prove { new } => match self.secret_of(&situation.subject.account, new)? {
                Some(new) => {
                    // The earlier run may have died before it could write this down.
                    self.records.save(&situation.journal(Stage::Created { new: new.id.clone() }))?;
                    self.go_on(situation, &new, old_key)
                }
                None => {
                    self.undo(situation, new)?;
                    (self.tell)(Step::Undone(new));
                    self.start(situation, self.clock.now(), old_key)
                }
            },
            Plan::Retire { old } => self.retire(situation, &situation.signer, old, old_key),
            Plan::Foreign { old } => Err(self.other_rotation(&situation.subject, old)),
        }
    }

    fn refuse_what_can_t_be_done(&self, situation: &Situation) -> Result<(), RotationError> {
        let subject = &situation.subject;
        match &situation.plan {
            Plan::Foreign { old } => Err(self.other_rotation(subject, old)),
            Plan::Start | Plan::StartOver { .. } if situation.keys_that_stay().count() >= MOST_KEYS => {
                Err(RotationError::TwoKeys {
                    account: subject.account.clone(),
                    user: situation.owner.user.clone(),
                    used: subject.access_key_id.clone(),
                    keys: situation.keys_that_stay().cloned().collect(),
                })
            }
            _ => Ok(()),
        }
    }

    fn other_rotation(&self, subject: &Subject, old: &AccessKeyId) -> RotationError {
        RotationError::OtherRotation {
            account: subject.account.clone(),
            old: old.clone(),
            current: subject.access_key_id.clone(),
            journal: self.records.place(),
        }
    }

    fn start(&self, situation: &Situation, at: Timestamp, old_key: OldKey) -> Result<(), RotationError> {
        let known = situation.keys_that_stay().map(|key| key.id.clone()).collect();
        self.records.save(&situation.journal(Stage::Creating { known, at }))?;
        let new = match self.keys.create(&situation.signer, &situation.owner) {
            Ok(new) => new,
            Err(error) => return Err(self.not_created(situation, error)),
        };
        self.keep(situation, &new)?;
        (self.tell)(Step::Created(&new.id));
        self.go_on(situation, &new, old_key)
    }

    /// Nothing was made where AWS has said no, unless an earlier run's key is not listed yet.
    fn not_created(&self, situation: &Situation, error: TokenServiceError) -> RotationError {
        if situation.plan == Plan::Start && has_said_no(&error) {
            // The refusal itself is what must be heard of; a journal that stays is looked at by the next run.
            drop(self.records.remove());
        }
        error.into()
    }

    fn keep(&self, situation: &Situation, new: &SigningCredentials) -> Result<(), RotationError> {
        let account = &situation.subject.account;
        if let Err(source) = self.secrets.store(&secret_of(account, &new.id), &new.secret) {
            let (account, new) = (account.clone(), new.id.clone());
            return Err(match self.undo(situation, &new) {
                Ok(()) => RotationError::NotKept { new, source },
                Err(RotationError::Tokens(still)) => {
                    let (not_kept, still) = (Box::new(source), Box::new(still));
                    RotationError::NotKeptNorDeleted { account, new, not_kept, still }
                }
                Err(other) => other,
            });
        }
        self.records.save(&situation.journal(Stage::Created { new: new.id.clone() }))?;
        Ok(())
    }

    /// Takes the new key back, first where it could be used.
    fn undo(&self, situation: &Situation, new: &AccessKeyId) -> Result<(), RotationError> {
        self.keys.delete(&situation.signer, &situation.owner, new)?;
        // A store that ended or was too slow may have the secret all the same; the journal must not outlive its key.
        if self.secrets.forget(&secret_of(&situation.subject.account, new)).is_err() {
            self.records.disown(new)?;
        }
        self.records.remove()?;
        Ok(())
    }

    fn go_on(&self, situation: &Situation, new: &SigningCredentials, old_key: OldKey) -> Result<(), RotationError> {
        self.prove(situation, new)?;
        (self.tell)(Step::Proved(&new.id));
        self.records.switch(&situation.subject.access_key_id, &new.id)?;
        (self.tell)(Step::Switched(&new.id));
        self.retire(situation, new, &situation.subject.access_key_id, old_key)
    }

    fn prove(&self, situation: &Situation, new: &SigningCredentials) -> Result<(), RotationError> {
        for proof in 0..PROOFS {
            if proof > 0 {
                (self.pause)(BETWEEN_PROOFS);
            }
            let region = &situation.subject.region;
            let found = match self.patiently(|| self.tokens.caller_identity(new, region)) {
                Ok(identity) => identity.arn,
                Err(error) => return Err(self.not_proved(situation, &new.id, error)),
            };
            if found != situation.arn {
                self.undo(situation, &new.id)?;
                let (new, expected) = (new.id.clone(), situation.arn.clone());
                return Err(RotationError::OtherUser { new, found, expected });
            }
        }
        Ok(())
    }

    fn not_proved(&self, situation: &Situation, new: &AccessKeyId, source: TokenServiceError) -> RotationError {
        if !matches!(source, TokenServiceError::KeyUnknown { .. }) {
            return source.into();
        }
        let (account, new) = (situation.subject.account.clone(), new.clone());
        let is_there = |keys: Vec<UserKey>| keys.iter().any(|key| key.id == new);
        match self.keys.list(&situation.signer, &situation.owner).map(is_there) {
            Ok(false) => match self.undo(situation, &new) {
                Ok(()) => RotationError::Gone { new },
                Err(error) => error,
            },
            // What AWS can't tell now is no reason to give the key up.
            Ok(true) | Err(_) => RotationError::NotProved {
                account,
                new,
                after: Duration::from_secs(WAITS.iter().sum()),
                source: Box::new(source),
            },
        }
    }

    /// Ends the old key, signed with the new one: were that not accepted, the old one would stay.
    fn retire(
        &self,
        situation: &Situation,
        new: &SigningCredentials,
        old: &AccessKeyId,
        old_key: OldKey,
    ) -> Result<(), RotationError> {
        self.leases.forget_signed_with(old)?;
        self.patiently(|| self.keys.deactivate(new, &situation.owner, old))?;
        (self.tell)(Step::Deactivated(old));
        if old_key == OldKey::Keep {
            return Ok(());
        }
        self.patiently(|| self.keys.delete(new, &situation.owner, old))?;
        self.secrets.forget(&secret_of(&situation.subject.account, old))?;
        (self.tell)(Step::Deleted(old));
        self.records.remove()?;
        Ok(())
    }

    /// Calls again while AWS does not know the key that signs, for a minute at most.
    fn patiently<T>(&self, call: impl Fn() -> Result<T, TokenServiceError>) -> Result<T, TokenServiceError> {
        for seconds in WAITS {
            match call() {
                Err(TokenServiceError::KeyUnknown { .. }) => (self.pause)(Duration::from_secs(seconds)),
                settled => return settled,
            }
        }
        call()
    }

    fn signer(&self, subject: &Subject) -> Result<SigningCredentials, RotationError> {
        let (account, id) = (&subject.account, &subject.access_key_id);
        let Some(signer) = self.secret_of(account, id)? else {
            return Err(RotationError::SecretMissing { account: account.clone(), access_key_id: id.clone() });
        };
        Ok(SigningCredentials { owner: subject.aws_account_id.clone(), ..signer })
    }

    fn secret_of(&self, account: &AccountName, id: &AccessKeyId) -> Result<Option<SigningCredentials>, RotationError> {
        let secret = self.secrets.lookup(&secret_of(account, id))?;
        Ok(secret.map(|secret| SigningCredentials::long_term(id.clone(), secret, None)))
    }
}

impl Situation {
    /// The keys that no plan undoes.
    fn keys_that_stay(&self) -> impl Iterator<Item = &UserKey> {
        let lost: &[UserKey] = match &self.plan {
            Plan::StartOver { lost, .. } => lost,
            _ => &[],
        };
        self.keys.iter().filter(move |key| !lost.contains(key))
    }

    fn journal(&self, stage: Stage) -> Journal {
        Journal::new(self.subject.account.clone(), self.subject.access_key_id.clone(), stage)
    }
}

/// Whose keys are meant: only an IAM user's can be rotated.
fn owner(subject: &Subject, identity: &CallerIdentity) -> Result<KeyOwner, RotationError> {
    let (access_key_id, arn) = (subject.access_key_id.clone(), identity.arn.clone());
    if let Some(expected) = subject.aws_account_id.as_ref().filter(|id| id.as_str() != identity.aws_account_id) {
        let (found, expected) = (identity.aws_account_id.clone(), expected.to_string());
        return Err(RotationError::OtherAwsAccount { access_key_id, found, expected });
    }
    match user_of(&arn) {
        Some(user) => Ok(KeyOwner { user: user.to_owned(), region: subject.region.clone() }),
        None if is_root(&arn) => Err(RotationError::RootUser { arn }),
        None => Err(RotationError::NoUser { access_key_id, arn }),
    }
}

/// Whether it is the ARN of the root user of an AWS account.
pub fn is_root(arn: &str) -> bool {
    resource_of(arn) == "root"
}

/// The name of the IAM user, if it is the ARN of one.
pub fn user_of(arn: &str) -> Option<&str> {
    let name = resource_of(arn).strip_prefix("user/")?.rsplit('/').next();
    name.filter(|name| is_user_name(name))
}

fn resource_of(arn: &str) -> &str {
    arn.splitn(6, ':').nth(5).unwrap_or_default()
}

/// Letters, digits and `+=,.@_-` (IAM API, `UserName`): nothing that a shell would take for its own in a hint.
fn is_user_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+=,.@_-".contains(&byte))
}

/// Whether AWS answered, and did nothing.
const fn has_said_no(error: &TokenServiceError) -> bool {
    use TokenServiceError as E;
    let unasked = matches!(error, E::Unreachable { .. } | E::Untrusted { .. } | E::CertificatesUnusable { .. });
    !unasked && !matches!(error, E::Busy { .. } | E::Incomplete { .. })
}
