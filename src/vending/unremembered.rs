//! A memory that keeps nothing: for a vend that must prove AWS's answer of now, and leave no credentials behind.

use std::time::Duration;

use crate::model::account::AccessKeyId;
use crate::model::lease::{Lease, LeaseKey};
use crate::model::pass::{Pass, PassKey};
use crate::ports::{CacheError, LeaseStore, PassStore, Turn, Turns};

/// Finds nothing, keeps nothing, and makes nobody wait.
#[derive(Debug, Clone, Copy)]
pub struct Unremembered;

impl LeaseStore for Unremembered {
    fn lookup(&self, _key: &LeaseKey) -> Result<Option<Lease>, CacheError> {
        Ok(None)
    }

    fn store(&self, _key: &LeaseKey, _lease: &Lease) -> Result<(), CacheError> {
        Ok(())
    }

    fn forget(&self, _key: &LeaseKey) -> Result<(), CacheError> {
        Ok(())
    }

    fn forget_signed_with(&self, _access_key_id: &AccessKeyId) -> Result<(), CacheError> {
        Ok(())
    }
}

impl PassStore for Unremembered {
    fn lookup(&self, _key: &PassKey) -> Result<Option<Pass>, CacheError> {
        Ok(None)
    }

    fn store(&self, _key: &PassKey, _pass: &Pass) -> Result<(), CacheError> {
        Ok(())
    }

    fn forget(&self, _key: &PassKey) -> Result<(), CacheError> {
        Ok(())
    }
}

impl Turns for Unremembered {
    fn take(&self, _key: &PassKey, _patience: Duration) -> Result<Turn, CacheError> {
        Ok(Turn::new(()))
    }
}
