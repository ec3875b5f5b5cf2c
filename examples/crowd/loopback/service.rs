//! The service itself: lets an application in or not, finds what an address stands for, and sends JSON to those that ask
//! for it and XML to all others.

use std::net::IpAddr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::entities::{Entities, Entity, cookie_settings, error, no_such_resource};
use super::http::{Answer, Received, decoded_segment};
use super::nesting::Depth;
use super::population::{Application, Population, same_name};
use super::sessions::Sessions;

/// The context that Crowd is usually deployed under.
pub const CONTEXT: &str = "/crowd";
const SERVICE: &str = "/rest/usermanagement/";
const VERSIONS: [&str; 2] = ["1", "latest"];

/// What the directory knows and has handed out.
#[derive(Debug)]
pub struct State {
    pub population: Population,
    pub sessions: Sessions,
    /// Server sessions of applications: whoever sends one of these is not asked for the password again.
    pub cookies: Vec<String>,
    /// Where the service can be found: scheme, host, port and context.
    pub url: String,
}

/// What came of a call: a status and, but for 204, a thing to show.
pub struct Outcome {
    pub status: u16,
    pub entity: Option<Entity>,
    pub location: Option<String>,
}

impl Outcome {
    pub fn of(status: u16, entity: Entity) -> Self {
        Self { status, entity: Some(entity), location: None }
    }

    pub fn found(entity: Entity) -> Self {
        Self::of(200, entity)
    }

    pub fn done() -> Self {
        Self { status: 204, entity: None, location: None }
    }

    pub fn error(status: u16, reason: &str, message: &str) -> Self {
        Self::of(status, error(reason, message))
    }

    pub fn illegal(message: &str) -> Self {
        Self::error(400, "ILLEGAL_ARGUMENT", message)
    }
}

impl State {
    /// The answer to a request from this address.
    pub fn answer(&mut self, request: &Received, from: IpAddr) -> Answer {
        let Some(resource) = resource(request.path()) else {
            return Answer::new(404, "text/html;charset=utf-8", "<html><body><h1>HTTP Status 404</h1></body></html>");
        };
        let answer = match self.admit(request, from) {
            Admission::Refused(answer) => answer,
            Admission::Known => self.serve(request, &resource),
            Admission::Fresh => {
                let cookie = random_name();
                let set = format!("JSESSIONID={cookie}; Path={CONTEXT}; HttpOnly");
                self.cookies.push(cookie);
                self.serve(request, &resource).with("Set-Cookie", &set)
            }
        };
        match self.population.application.version.as_str() {
            "" => answer,
            version => answer.with("X-Embedded-Crowd-Version", version),
        }
    }

    /// The path of a thing in this service.
    pub fn service_url(&self) -> String {
        format!("{}{SERVICE}1", self.url)
    }

    fn admit(&self, request: &Received, from: IpAddr) -> Admission {
        let application = &self.population.application;
        let credentials = request.header("authorization").and_then(basic);
        let cookie_known = request.header("cookie").is_some_and(|header| self.knows_cookie(header));
        let known_name = credentials.as_ref().is_some_and(|(name, _)| same_name(name, &application.name));
        if !known_name && !cookie_known {
            return Admission::Refused(unauthorized());
        }
        if !application.active || !application.addresses.contains(&from) {
            return Admission::Refused(forbidden());
        }
        if cookie_known {
            return Admission::Known;
        }
        if right_password(application, credentials) { Admission::Fresh } else { Admission::Refused(unauthorized()) }
    }

    fn knows_cookie(&self, header: &str) -> bool {
        let sent = header.split(';').filter_map(|pair| pair.trim().strip_prefix("JSESSIONID="));
        sent.into_iter().any(|cookie| self.cookies.iter().any(|known| known == cookie))
    }

    fn serve(&mut self, request: &Received, resource: &[String]) -> Answer {
        let outcome = self.outcome(request, resource);
        let answer = match &outcome.entity {
            None => Answer::empty(outcome.status),
            Some(entity) if wants_json(request) => {
                Answer::new(outcome.status, "application/json", entity.json.to_string())
            }
            Some(entity) => Answer::new(outcome.status, "application/xml", entity.document()),
        };
        match &outcome.location {
            None => answer,
            Some(location) => answer.with("Location", location),
        }
    }

    fn outcome(&mut self, request: &Received, resource: &[String]) -> Outcome {
        let service = self.service_url();
        let entities = Entities { service: &service };
        let resource: Vec<&str> = resource.iter().map(String::as_str).collect();
        let population = &self.population;
        match (request.method.as_str(), resource.as_slice()) {
            ("POST", ["authentication"]) => population.authenticate(request, entities),
            ("GET", ["user"]) => population.show_person(request, entities),
            ("GET", ["user", "attribute"]) => population.show_attributes(request, entities),
            ("GET", ["user", "group", depth]) => match Depth::parse(depth) {
                Some(depth) => population.show_groups_of(request, entities, depth),
                None => Outcome::of(404, no_such_resource(&request.target)),
            },
            ("GET", ["group"]) => population.show_group(request, entities),
            ("GET", ["group", "membership"]) => population.show_memberships(),
            ("GET", ["group", "user", depth]) => match Depth::parse(depth) {
                Some(depth) => population.show_members_of(request, entities, depth),
                None => Outcome::of(404, no_such_resource(&request.target)),
            },
            ("GET" | "POST", ["search"]) => population.search(request, entities),
            ("GET", ["config", "cookie"]) => Outcome::found(cookie_settings()),
            ("POST", ["session"]) => self.open_session(request, entities),
            ("DELETE", ["session"]) => self.close_sessions_of(request),
            ("POST", ["session", token]) => self.validate_session(request, entities, token),
            ("GET", ["session", token]) => self.show_session(request, entities, token),
            ("DELETE", ["session", token]) => self.close_session(token),
            ("POST" | "PUT" | "DELETE", ["user" | "group", ..]) => {
                Outcome::error(403, "APPLICATION_PERMISSION_DENIED", "The application may not change the directory")
            }
            _ => Outcome::of(404, no_such_resource(&request.target)),
        }
    }
}

/// A name that nobody can guess.
pub fn random_name() -> String {
    format!("{:016x}{:016x}", getrandom::u64().unwrap_or_default(), getrandom::u64().unwrap_or_default())
}

enum Admission {
    Refused(Answer),
    /// The application was let in earlier and sends the cookie it got then.
    Known,
    Fresh,
}

/// The parts of a path inside the service, decoded; `None` outside of it.
fn resource(path: &str) -> Option<Vec<String>> {
    let (version, resource) = path.strip_prefix(CONTEXT)?.strip_prefix(SERVICE)?.split_once('/')?;
    VERSIONS.contains(&version).then(|| resource.split('/').map(decoded_segment).collect())
}

fn basic(header: &str) -> Option<(String, String)> {
    let (scheme, encoded) = header.split_once(' ')?;
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (name, password) = decoded.split_once(':')?;
    scheme.eq_ignore_ascii_case("basic").then(|| (name.to_owned(), password.to_owned()))
}

fn right_password(application: &Application, credentials: Option<(String, String)>) -> bool {
    credentials.is_some_and(|(_, password)| password == application.password)
}

fn wants_json(request: &Received) -> bool {
    request.header("accept").is_some_and(|accept| accept.contains("application/json"))
}

fn unauthorized() -> Answer {
    let answer = Answer::new(401, "text/plain;charset=utf-8", "Application failed to authenticate");
    answer.with("WWW-Authenticate", "BASIC realm=\"Crowd REST Service\"")
}

fn forbidden() -> Answer {
    let page =
        "<html><head><title>HTTP Status 403</title></head><body><h1>HTTP Status 403 - Forbidden</h1></body></html>";
    Answer::new(403, "text/html;charset=utf-8", page)
}
