//! Answers that a test puts in place of the directory's own: wrong, late, cut off or none at all. What is in here is sent
//! as it stands, so that the directory can play a broken or hostile one.

use std::io::{self, Write};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use super::http::{Answer, Received};
use super::service::CONTEXT;

/// An answer that stands in for the directory's own, once unless told otherwise.
#[derive(Debug, Clone)]
pub struct Scripted {
    content: Content,
    delay: Duration,
    drip: Option<Duration>,
    kept: usize,
    always: bool,
}

#[derive(Debug, Clone)]
enum Content {
    Answer(Answer),
    Bytes(Vec<u8>),
}

impl Scripted {
    /// A well-formed answer of the service, version header included.
    pub fn answer(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let answer = Answer::new(status, content_type, body).with("X-Embedded-Crowd-Version", "Crowd/6.3.0");
        Self::sending(Content::Answer(answer))
    }

    /// A well-formed answer in JSON.
    pub fn json(status: u16, body: &serde_json::Value) -> Self {
        Self::answer(status, "application/json", body.to_string())
    }

    /// Sends the client elsewhere.
    pub fn redirect(status: u16, location: &str) -> Self {
        Self::answer(status, "text/html", "").header("Location", location)
    }

    /// These bytes and then the end of the connection, whether or not they are HTTP.
    pub fn bytes(bytes: impl Into<Vec<u8>>) -> Self {
        Self::sending(Content::Bytes(bytes.into()))
    }

    /// The end of the connection, without a byte.
    pub fn hang_up() -> Self {
        Self::bytes([])
    }

    /// Adds a header; one that is there already stays there too.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        if let Content::Answer(answer) = &mut self.content {
            answer.headers.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    pub fn without_header(mut self, name: &str) -> Self {
        if let Content::Answer(answer) = &mut self.content {
            answer.headers.retain(|(given, _)| !given.eq_ignore_ascii_case(name));
        }
        self
    }

    /// Ends the connection after so many bytes of the body, with the whole length promised.
    pub fn cut_after(mut self, bytes: usize) -> Self {
        self.kept = bytes;
        self
    }

    /// Waits before the first byte.
    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Waits before every single byte of the body.
    pub fn dripping(mut self, pause: Duration) -> Self {
        self.drip = Some(pause);
        self
    }

    /// Answers every matching request, not only the next.
    pub fn always(mut self) -> Self {
        self.always = true;
        self
    }

    /// Sends what is to be sent; tells whether the connection is still of use.
    pub fn play(&self, writer: &mut impl Write, stop: &Stop) -> io::Result<bool> {
        if stop.wait(self.delay) {
            return Ok(false);
        }
        let (head, body, whole) = match &self.content {
            Content::Bytes(bytes) => (Vec::new(), bytes.as_slice(), false),
            Content::Answer(answer) => (answer.head(), answer.body.as_slice(), self.kept >= answer.body.len()),
        };
        writer.write_all(&head)?;
        writer.flush()?;
        let body = body.get(..self.kept).unwrap_or(body);
        let Some(pause) = self.drip else {
            writer.write_all(body)?;
            writer.flush()?;
            return Ok(whole);
        };
        for byte in body {
            if stop.wait(pause) {
                return Ok(false);
            }
            writer.write_all(&[*byte])?;
            writer.flush()?;
        }
        Ok(whole)
    }

    fn sending(content: Content) -> Self {
        Self { content, delay: Duration::ZERO, drip: None, kept: usize::MAX, always: false }
    }
}

/// The scripted answers that wait for their requests, oldest first.
#[derive(Debug, Default)]
pub struct Scripts(Vec<(Target, Scripted)>);

/// Which requests are meant.
#[derive(Debug)]
pub struct Target {
    method: String,
    resource: String,
}

impl Target {
    /// `resource` is a path inside the service such as `/user`; one that ends in `/`, or none, means all below it.
    pub fn new(method: &str, resource: &str) -> Self {
        Self { method: method.to_owned(), resource: resource.to_owned() }
    }

    pub fn means(&self, request: &Received) -> bool {
        let service = format!("{CONTEXT}/rest/usermanagement/1");
        let Some(asked) = request.path().strip_prefix(&service) else {
            return false;
        };
        let below = self.resource.is_empty() || self.resource.ends_with('/');
        request.method == self.method && (asked == self.resource || below && asked.starts_with(&self.resource))
    }
}

impl Scripts {
    pub fn add(&mut self, target: Target, scripted: Scripted) {
        self.0.push((target, scripted));
    }

    /// The answer for this request, used up unless it is for always.
    pub fn take(&mut self, request: &Received) -> Option<Scripted> {
        let position = self.0.iter().position(|(target, _)| target.means(request))?;
        if self.0[position].1.always { Some(self.0[position].1.clone()) } else { Some(self.0.remove(position).1) }
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }
}

/// Tells everybody who waits that the server stops.
#[derive(Debug, Default)]
pub struct Stop {
    stopped: Mutex<bool>,
    changed: Condvar,
}

impl Stop {
    pub fn now(&self) {
        *self.stopped.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.changed.notify_all();
    }

    /// Waits so long, or until the server stops; tells whether it does.
    pub fn wait(&self, duration: Duration) -> bool {
        let stopped = self.stopped.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.changed.wait_timeout_while(stopped, duration, |stopped| !*stopped);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }
}
