//! A checking proxy in front of the AWS emulator: it applies the limits that the emulator lets pass, answers what a
//! test tells it to, and keeps what it was asked. It also does for other far sides that must be watched, not reached.

use std::collections::BTreeMap;
use std::io::{BufReader, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use percent_encoding::percent_decode_str;

use crate::crowd_directory::Received;
use crate::sandbox::aws_url;
use crate::sts_limits;
use crate::sts_mfa::Device;

/// What the proxy does with a call that keeps all limits.
#[derive(Debug, Clone)]
pub enum Reply {
    /// The emulator answers.
    Forward,
    /// An answer of this status, with these headers and this body.
    Whole(u16, Vec<(&'static str, String)>, String),
}

impl Reply {
    /// A refusal as STS words it.
    pub fn refusal(status: u16, code: &str, message: &str) -> Self {
        let body = format!(
            "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type>\
             <Code>{code}</Code><Message>{message}</Message></Error>\
             <RequestId>01234567-89ab-cdef-0123-456789abcdef</RequestId></ErrorResponse>"
        );
        Self::Whole(status, Vec::new(), body)
    }

    /// The same, dated.
    pub fn at(mut self, date: String) -> Self {
        if let Self::Whole(_, headers, _) = &mut self {
            headers.push(("date", date));
        }
        self
    }

    /// What AssumeRole answers, with AWS's documentation keys and this expiry.
    pub fn assumed_role(expiration: &str) -> Self {
        let body = format!(
            "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult>\
             <AssumedRoleUser><Arn>arn:aws:sts::123123123123:assumed-role/UpdateAPP/alice</Arn>\
             <AssumedRoleId>AROA123EXAMPLE123:alice</AssumedRoleId></AssumedRoleUser><Credentials>\
             <AccessKeyId>{}</AccessKeyId><SecretAccessKey>{}</SecretAccessKey><SessionToken>{}</SessionToken>\
             <Expiration>{expiration}</Expiration></Credentials><PackedPolicySize>6</PackedPolicySize>\
             </AssumeRoleResult></AssumeRoleResponse>",
            DOCUMENTATION_KEY[0], DOCUMENTATION_KEY[1], DOCUMENTATION_KEY[2]
        );
        Self::Whole(200, Vec::new(), body)
    }

    /// The same, with policies and tags that take this much of what AWS allows.
    pub fn packed(mut self, percent: u32) -> Self {
        if let Self::Whole(_, _, body) = &mut self {
            *body = body.replace("<PackedPolicySize>6<", &format!("<PackedPolicySize>{percent}<"));
        }
        self
    }
}

/// Access key id, secret and session token of [`Reply::assumed_role`].
pub const DOCUMENTATION_KEY: [&str; 3] =
    ["ASIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "IQoJb3JpZ2luX2VjEXAMPLE//token=="];

/// A call that came in.
#[derive(Debug, Clone)]
pub struct Asked {
    pub parameters: BTreeMap<String, String>,
    /// `KEY/DATE/REGION/sts/aws4_request`, or nothing when it was not signed so.
    pub scope: String,
    pub has_session_token: bool,
}

impl Asked {
    fn of(received: &Received) -> Self {
        let decoded = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
        let body = String::from_utf8_lossy(&received.body);
        let pairs = body.split('&').filter_map(|pair| pair.split_once('='));
        let authorization = received.header("authorization").unwrap_or_default();
        let scope = authorization.split_once("Credential=").and_then(|(_, rest)| rest.split_once(','));
        Self {
            parameters: pairs.map(|(name, value)| (decoded(name), decoded(value))).collect(),
            scope: scope.map_or_else(String::new, |(scope, _)| scope.to_owned()),
            has_session_token: received.header("x-amz-security-token").is_some(),
        }
    }

    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.get(name).map(String::as_str)
    }

    /// The id of the key that signed, and the region and service it was signed for.
    pub fn signed_by(&self) -> (&str, &str, &str) {
        let words: Vec<&str> = self.scope.split('/').collect();
        (words[0], words[2], words[3])
    }
}

/// A running proxy, for as long as the test process lives.
pub struct StsProxy {
    pub url: String,
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    /// A call came in, or the calls are no longer held.
    changed: Condvar,
}

struct State {
    reply: Reply,
    /// Calls wait for their answers from this one on, counted from 1.
    held: Option<usize>,
    asked: Vec<Asked>,
    /// The longest session that roles allow, in seconds.
    longest_session: u32,
    /// The device of which every call needs a code.
    device: Option<Device>,
}

impl StsProxy {
    pub fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state =
            State { reply: Reply::Forward, held: None, asked: Vec::new(), longest_session: 43_200, device: None };
        let shared = Arc::new(Shared { state: Mutex::new(state), changed: Condvar::new() });
        let sharing = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let shared = Arc::clone(&sharing);
                // A caller that hangs up early is the caller's right.
                std::thread::spawn(move || drop(serve(&stream.unwrap(), &shared)));
            }
        });
        Self { url, shared }
    }

    /// From now on.
    pub fn reply(&self, reply: Reply) {
        self.shared.state.lock().unwrap().reply = reply;
    }

    /// The roles' maximum session duration, from now on.
    pub fn limit_sessions(&self, seconds: u32) {
        self.shared.state.lock().unwrap().longest_session = seconds;
    }

    /// Every call that takes a second factor needs one, from now on.
    pub fn require_mfa(&self) {
        self.shared.state.lock().unwrap().device = Some(Device::default());
    }

    /// Takes calls and answers none, until [`Self::release`].
    pub fn hold(&self) {
        self.hold_from(1);
    }

    /// The same from this call on, counted from 1 since the last one was forgotten.
    pub fn hold_from(&self, call: usize) {
        self.shared.state.lock().unwrap().held = Some(call);
    }

    /// Answers what was held, and all calls from now on. The emulator never hears of those whose callers have gone.
    pub fn release(&self) {
        self.shared.state.lock().unwrap().held = None;
        self.shared.changed.notify_all();
    }

    /// Waits until so many calls have come in.
    pub fn wait_for_calls(&self, count: usize) {
        const PATIENCE: Duration = Duration::from_secs(30);
        let state = self.shared.state.lock().unwrap();
        let (state, _) =
            self.shared.changed.wait_timeout_while(state, PATIENCE, |state| state.asked.len() < count).unwrap();
        assert!(state.asked.len() >= count, "only {} calls came in", state.asked.len());
    }

    /// Every call so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.shared.state.lock().unwrap().asked.clone()
    }

    pub fn forget_asked(&self) {
        self.shared.state.lock().unwrap().asked.clear();
    }

    /// The only call since the last one was forgotten.
    pub fn only_call(&self) -> Asked {
        let asked = self.asked();
        assert_eq!(asked.len(), 1, "{asked:?}");
        asked.into_iter().next().unwrap()
    }
}

fn serve(stream: &TcpStream, shared: &Shared) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    while let Some(received) = Received::read(&mut reader)? {
        match reply_to(&received, shared) {
            Reply::Forward if has_gone(stream)? => return Ok(()),
            Reply::Forward => return forward(stream, &received),
            Reply::Whole(status, headers, body) => answer(stream, status, &headers, &body)?,
        }
    }
    Ok(())
}

/// Whether the caller has hung up.
fn has_gone(stream: &TcpStream) -> std::io::Result<bool> {
    stream.set_nonblocking(true)?;
    let said = stream.peek(&mut [0]);
    stream.set_nonblocking(false)?;
    Ok(!said.is_err_and(|error| error.kind() == ErrorKind::WouldBlock))
}

/// Notes the call, and waits while calls are held.
fn reply_to(received: &Received, shared: &Shared) -> Reply {
    let asked = Asked::of(received);
    let mut state = shared.state.lock().unwrap();
    state.asked.push(asked.clone());
    let call = state.asked.len();
    shared.changed.notify_all();
    let is_held = |state: &mut State| state.held.is_some_and(|first| call >= first);
    let mut state = shared.changed.wait_while(state, is_held).unwrap();
    refused(&asked, state.longest_session)
        .or_else(|| state.device.as_mut()?.refusal(&asked))
        .unwrap_or_else(|| state.reply.clone())
}

/// What AWS would not take, whatever the test wants answered.
fn refused(asked: &Asked, longest_session: u32) -> Option<Reply> {
    if let Some(violation) = sts_limits::violation(&asked.parameters) {
        return Some(Reply::refusal(400, "ValidationError", &violation));
    }
    let seconds: u32 = asked.parameter("DurationSeconds")?.parse().ok()?;
    let is_role = asked.parameter("Action") == Some("AssumeRole");
    (is_role && seconds > longest_session).then(|| {
        let text = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.";
        Reply::refusal(400, "ValidationError", text)
    })
}

fn answer(mut stream: &TcpStream, status: u16, headers: &[(&'static str, String)], body: &str) -> std::io::Result<()> {
    let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let length = body.len();
    stream.write_all(
        format!("HTTP/1.1 {status} Said\r\n{headers}content-type: text/xml\r\ncontent-length: {length}\r\n\r\n{body}")
            .as_bytes(),
    )
}

/// Passes the call on as it is, signature and all, and its answer back; the connection ends with it.
fn forward(mut stream: &TcpStream, received: &Received) -> std::io::Result<()> {
    let mut emulator = TcpStream::connect(aws_url().trim_start_matches("http://"))?;
    let headers: String = received.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let head = format!("{} {} HTTP/1.1\r\n{headers}connection: close\r\n\r\n", received.method, received.target);
    emulator.write_all(head.as_bytes())?;
    emulator.write_all(&received.body)?;
    let mut whole = Vec::new();
    emulator.read_to_end(&mut whole)?;
    stream.write_all(&whole)
}
