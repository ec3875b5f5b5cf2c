//! A lease opened up for writing: the only place of this room where its secrets are exposed.
//! It lives as long as one answer is put together, and has no `Debug`.

use super::moment;
use crate::model::lease::Lease;

/// The fields of a lease as the formats write them.
pub(super) struct Credentials<'a> {
    pub(super) access_key_id: &'a str,
    pub(super) secret_access_key: &'a str,
    pub(super) session_token: &'a str,
    /// RFC 3339 with `Z` and whole seconds, which every SDK reads.
    pub(super) expiration: String,
    pub(super) account_id: Option<&'a str>,
}

impl<'a> Credentials<'a> {
    pub(super) fn of(lease: &'a Lease) -> Self {
        Self {
            access_key_id: &lease.access_key_id,
            secret_access_key: lease.secret_access_key.expose(),
            session_token: lease.session_token.expose(),
            expiration: moment::zulu(lease.expires_at),
            account_id: lease.aws_account_id.as_deref(),
        }
    }

    /// Room enough for any answer of ordinary values: a text that does not grow leaves no copies of itself behind.
    pub(super) const fn room(&self) -> usize {
        const FRAME: usize = 2048;
        FRAME + 2 * (self.access_key_id.len() + self.secret_access_key.len() + self.session_token.len())
    }
}
