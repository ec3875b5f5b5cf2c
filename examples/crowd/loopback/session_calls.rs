//! Calls about single sign-on sessions: open, validate, look at, close.

use std::time::Duration;

use serde_json::Value;

use super::entities::{Attributes, Entities, Entity, Kind};
use super::http::Received;
use super::people::{Refusal, refused};
use super::service::{Outcome, State, random_name};
use super::sessions::{Factors, Invalid, Session};

impl State {
    pub fn open_session(&mut self, request: &Received, entities: Entities<'_>) -> Outcome {
        let Some(wanted) = Wanted::read(request) else {
            return Outcome::illegal("the body is not understood");
        };
        let checked = match wanted.password {
            Some(password) => self.population.check_password(&wanted.name, &password),
            None => self.population.person(&wanted.name).ok_or(Refusal::Unknown),
        };
        let person = match checked {
            Ok(person) => person.name.clone(),
            Err(refusal) => return refused(refusal, &wanted.name),
        };
        let longest = Duration::from_secs(60 * u64::from(self.population.application.session_minutes));
        let idle = wanted.duration.map_or(longest, |duration| longest.min(duration));
        let session = self.sessions.open(&person, wanted.factors, idle, random_name());
        let location = format!("{}/session/{}", entities.service, session.token);
        Outcome { location: Some(location), ..Outcome::of(201, self.shown(&session, request, entities)) }
    }

    pub fn validate_session(&mut self, request: &Received, entities: Entities<'_>, token: &str) -> Outcome {
        let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        let session = match self.sessions.validate(token, factors(&body)) {
            Ok(session) => session,
            Err(Invalid::Unknown) => return invalid_token(404),
            Err(Invalid::OtherFactors) => return invalid_token(400),
        };
        if self.population.person(&session.person).is_none() {
            return invalid_token(404);
        }
        if !self.population.may_use_application(&session.person) {
            return refused(Refusal::OutsideApplication, &session.person);
        }
        Outcome::found(self.shown(&session, request, entities))
    }

    pub fn show_session(&mut self, request: &Received, entities: Entities<'_>, token: &str) -> Outcome {
        match self.sessions.get(token) {
            Some(session) => Outcome::found(self.shown(&session, request, entities)),
            None => invalid_token(404),
        }
    }

    pub fn close_session(&mut self, token: &str) -> Outcome {
        self.sessions.close(token);
        Outcome::done()
    }

    pub fn close_sessions_of(&mut self, request: &Received) -> Outcome {
        let Some(name) = request.filled("username") else {
            return Outcome::illegal("username must not be null");
        };
        self.sessions.close_all_of(&name, request.filled("exclude").as_deref());
        Outcome::done()
    }

    /// The session, with the person's whole entry when `expand` asks for it.
    fn shown(&self, session: &Session, request: &Received, entities: Entities<'_>) -> Entity {
        let whole = request.parameter("expand").is_some_and(|expand| expand == "user");
        let user = match self.population.person(&session.person).filter(|_| whole) {
            Some(person) => entities.person(person, Attributes::Left),
            None => entities.reference(Kind::User, &session.person),
        };
        entities.session(session, &user)
    }
}

/// What somebody who opens a session says. Without a password none is checked.
struct Wanted {
    name: String,
    password: Option<String>,
    factors: Factors,
    duration: Option<Duration>,
}

impl Wanted {
    fn read(request: &Received) -> Option<Self> {
        let body: Value = serde_json::from_slice(&request.body).ok()?;
        // `userName` is what one independent client sends.
        let name = body["username"].as_str().or(body["userName"].as_str())?.to_owned();
        let password = match request.parameter("validate-password").as_deref() {
            Some("false") => None,
            _ => Some(body["password"].as_str()?.to_owned()),
        };
        let duration = request.filled("duration").and_then(|text| text.parse().ok()).map(Duration::from_secs);
        Some(Self { name, password, factors: factors(&body["validation-factors"]), duration })
    }
}

fn factors(body: &Value) -> Factors {
    let list = body["validationFactors"].as_array().into_iter().flatten();
    let pair = |factor: &Value| Some((factor["name"].as_str()?.to_owned(), factor["value"].as_str()?.to_owned()));
    list.filter_map(pair).collect()
}

fn invalid_token(status: u16) -> Outcome {
    Outcome::error(status, "INVALID_SSO_TOKEN", "The token is not that of a session")
}
