//! Where the keys of a user are listed, made and ended.

use crate::model::account::{AccessKeyId, SigningCredentials};
use crate::model::region::Region;
use crate::model::user_key::UserKey;

use super::TokenServiceError;

/// Whose keys are meant, and a region of their partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyOwner {
    /// The user's name, as the last part of its ARN has it.
    pub user: String,
    pub region: Region,
}

/// The keys of IAM users. Every call is signed by one of the user's own keys.
pub trait AccessKeys {
    /// Every key of the user, the oldest first. A key made a moment ago may not be among them yet.
    fn list(&self, signer: &SigningCredentials, owner: &KeyOwner) -> Result<Vec<UserKey>, TokenServiceError>;
    /// Makes a key. Its secret is told this once; after an error other than a refusal it is not known whether one was made.
    fn create(&self, signer: &SigningCredentials, owner: &KeyOwner) -> Result<SigningCredentials, TokenServiceError>;
    /// Lets the key sign no more; one that is gone is no failure.
    fn deactivate(
        &self,
        signer: &SigningCredentials,
        owner: &KeyOwner,
        id: &AccessKeyId,
    ) -> Result<(), TokenServiceError>;
    /// Takes the key away for good; one that is gone is no failure.
    fn delete(&self, signer: &SigningCredentials, owner: &KeyOwner, id: &AccessKeyId) -> Result<(), TokenServiceError>;
}
