//! Logging in to a directory and out of it: the session is made there and its token kept here.
//! A token that can't be kept is ended at once, and one that is replaced is ended too.

use crate::model::person::{Identity, Person};
use crate::model::secret::{Secret, SecretId};
use crate::ports::{DirectoryError, SecretStore, SecretStoreError, Sessions};

/// Why a log-in or log-out did not come about.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    #[error(transparent)]
    Secrets(#[from] SecretStoreError),
}

/// What became of a log-out.
#[derive(Debug)]
pub enum LogOut {
    Done,
    /// The token is gone from this machine; the directory could not be told and lets the session lapse by itself.
    HereOnly(DirectoryError),
}

/// Opens a session for the person and keeps its token under `id`.
pub fn log_in(
    sessions: &dyn Sessions,
    secrets: &dyn SecretStore,
    id: &SecretId,
    user: &str,
    password: &Secret,
) -> Result<Identity, SignInError> {
    let earlier = secrets.lookup(id)?;
    let session = sessions.open(user, password)?;
    if let Err(error) = secrets.store(id, &session.token) {
        // The failure to keep the token is what the person must hear of, whatever becomes of ending the session. One that is kept
        // already stays: a directory may hand out one token for the same person and factors.
        if earlier.is_none_or(|earlier| !earlier.is_the_same_as(&session.token)) {
            drop(sessions.close(&session.token));
        }
        return Err(error.into());
    }
    // A directory may hand out one token for the same person and factors; that one is in use now.
    if let Some(earlier) = earlier.filter(|earlier| earlier.expose() != session.token.expose()) {
        drop(sessions.close(&earlier));
    }
    Ok(session.identity)
}

/// Ends the session there and forgets its token here, the latter even when the directory can't be reached. `tell` hears
/// whose it was, if the directory says so: it alone knows, and not any more when the session is over.
pub fn log_out(
    sessions: &dyn Sessions,
    secrets: &dyn SecretStore,
    (id, token): (&SecretId, &Secret),
    tell: impl FnOnce(&Person),
) -> Result<LogOut, SignInError> {
    let told = match sessions.owner(token) {
        // Nobody waits for it twice.
        Err(error) if is_away(&error) => Err(error),
        owner => {
            if let Ok(owner) = owner {
                tell(&owner.person);
            }
            sessions.close(token)
        }
    };
    secrets.forget(id)?;
    Ok(told.map_or_else(LogOut::HereOnly, |()| LogOut::Done))
}

const fn is_away(error: &DirectoryError) -> bool {
    matches!(error, DirectoryError::Unreachable { .. } | DirectoryError::TimedOut { .. })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vending::doubles::{FakeSecrets, FakeSessions, session_id};

    fn password() -> Secret {
        Secret::new("correct horse".to_owned())
    }

    #[test]
    fn a_session_is_kept_and_an_earlier_one_ended() {
        let (sessions, secrets) = (FakeSessions::default(), FakeSecrets::default());
        log_in(&sessions, &secrets, &session_id(), "alice", &password()).unwrap();
        log_in(&sessions, &secrets, &session_id(), "bob", &password()).unwrap();
        assert_eq!(secrets.text(&session_id()).as_deref(), Some("token-2"));
        assert_eq!(*sessions.closed.borrow(), ["token-1"]);
    }

    #[test]
    fn a_session_that_can_t_be_kept_is_ended() {
        let (sessions, secrets) = (FakeSessions::default(), FakeSecrets::default());
        secrets.fail_to_store.set(true);
        assert!(log_in(&sessions, &secrets, &session_id(), "alice", &password()).is_err());
        assert_eq!(*sessions.closed.borrow(), ["token-1"]);
    }

    #[test]
    fn logging_out_forgets_even_when_the_directory_is_away() {
        let (sessions, secrets) = (FakeSessions::default(), FakeSecrets::default());
        log_in(&sessions, &secrets, &session_id(), "alice", &password()).unwrap();
        sessions.away.set(true);
        let token = SecretStore::lookup(&secrets, &session_id()).unwrap().unwrap();
        let outcome =
            log_out(&sessions, &secrets, (&session_id(), &token), |_| panic!("nobody says whose it was")).unwrap();
        assert!(matches!(outcome, LogOut::HereOnly(_)), "{outcome:?}");
        assert_eq!((secrets.text(&session_id()), sessions.asked.get()), (None, 1));
    }

    #[test]
    fn whose_session_is_ended_is_told_where_the_directory_says_so_and_it_is_ended_anyway() {
        for (ended, expected) in [(false, Some("alice")), (true, None)] {
            let (sessions, secrets) = (FakeSessions::default(), FakeSecrets::default());
            log_in(&sessions, &secrets, &session_id(), "alice", &password()).unwrap();
            sessions.ended.set(ended);
            let token = SecretStore::lookup(&secrets, &session_id()).unwrap().unwrap();
            let mut told = None;
            let tell = |person: &Person| told = Some(person.name.clone());
            assert!(matches!(log_out(&sessions, &secrets, (&session_id(), &token), tell), Ok(LogOut::Done)));
            assert_eq!((told.as_deref(), secrets.text(&session_id())), (expected, None));
            assert_eq!(*sessions.closed.borrow(), ["token-1"]);
        }
    }
}
