//! The single sign-on sessions that the directory has handed out. A session ends when it was not validated for as long
//! as its idle time. The clock is the machine's, and tests may push it forward.

use std::time::Duration;

use jiff::Timestamp;

use super::population::same_name;

/// What a session is bound to, such as the address of its person: names with values.
pub type Factors = Vec<(String, String)>;

/// A session as the directory keeps it.
#[derive(Debug, Clone)]
pub struct Session {
    pub token: String,
    pub person: String,
    pub created: Timestamp,
    pub expires: Timestamp,
    factors: Factors,
    idle: Duration,
}

/// Why a token opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Invalid {
    Unknown,
    OtherFactors,
}

/// All sessions that live.
#[derive(Debug, Default)]
pub struct Sessions {
    live: Vec<Session>,
    pushed: Duration,
}

impl Sessions {
    /// The session of this person with these factors: the one that lives already, or a new one.
    pub fn open(&mut self, person: &str, mut factors: Factors, idle: Duration, token: String) -> Session {
        self.sweep();
        factors.sort();
        let now = self.now();
        let same = |session: &&mut Session| same_name(&session.person, person) && session.factors == factors;
        if let Some(session) = self.live.iter_mut().find(same) {
            session.prolong(now);
            return session.clone();
        }
        let session = Session { token, person: person.to_owned(), created: now, expires: now + idle, factors, idle };
        self.live.push(session.clone());
        session
    }

    /// The session behind the token, prolonged, if the factors are those it was opened with.
    pub fn validate(&mut self, token: &str, mut factors: Factors) -> Result<Session, Invalid> {
        self.sweep();
        factors.sort();
        let now = self.now();
        let session = self.live.iter_mut().find(|session| session.token == token).ok_or(Invalid::Unknown)?;
        if session.factors != factors {
            return Err(Invalid::OtherFactors);
        }
        session.prolong(now);
        Ok(session.clone())
    }

    /// The session behind the token as it is; factors are not looked at.
    pub fn get(&mut self, token: &str) -> Option<Session> {
        self.sweep();
        self.live.iter().find(|session| session.token == token).cloned()
    }

    pub fn close(&mut self, token: &str) {
        self.live.retain(|session| session.token != token);
    }

    pub fn close_all_of(&mut self, person: &str, but: Option<&str>) {
        self.live.retain(|session| !same_name(&session.person, person) || Some(session.token.as_str()) == but);
    }

    pub fn expire_all(&mut self) {
        self.live.clear();
    }

    /// Lets the sessions grow older.
    pub fn push_clock(&mut self, by: Duration) {
        self.pushed += by;
    }

    /// The tokens of all sessions that live.
    pub fn tokens(&mut self) -> Vec<String> {
        self.sweep();
        self.live.iter().map(|session| session.token.clone()).collect()
    }

    fn now(&self) -> Timestamp {
        Timestamp::now() + self.pushed
    }

    fn sweep(&mut self) {
        let now = self.now();
        self.live.retain(|session| session.expires > now);
    }
}

impl Session {
    fn prolong(&mut self, now: Timestamp) {
        self.expires = now + self.idle;
    }
}
