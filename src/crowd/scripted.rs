//! A far side that says what a test tells it to, byte for byte, one turn for each connection, and remembers what it
//! heard. When its turns are used up it is gone. Texts marked with [`CANARY`] must never come out in an error.

use std::fmt::Debug;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::{CrowdAddress, CrowdDirectory, CrowdOptions};
use crate::model::crowd_address::PlainHttp;
use crate::model::secret::Secret;
use crate::ports::DirectoryError;

/// What the far side's own words hold.
pub const CANARY: &str = "canary";
pub const VERSION: &str = "X-Embedded-Crowd-Version: Crowd/5.2.1";
pub const JSON: &str = "Content-Type: application/json;charset=UTF-8";
pub const HTML: &str = "Content-Type: text/html";

/// What the far side does with one connection.
#[derive(Clone)]
pub enum Turn {
    Say(Vec<u8>),
    /// Says this and no more, and keeps the connection until the caller gives up.
    Stall(Vec<u8>),
    /// Does as it likes, after the first request.
    Act(Arc<dyn Fn(&mut TcpStream) + Send + Sync>),
}

impl Turn {
    pub fn play(&self, stream: &mut TcpStream) {
        match self {
            Self::Say(bytes) => drop(stream.write_all(bytes)),
            Self::Stall(bytes) => {
                drop(stream.write_all(bytes));
                drop(stream.read(&mut [0]));
            }
            Self::Act(act) => act(stream),
        }
    }
}

pub struct Scripted {
    url: String,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Scripted {
    pub fn new(turns: Vec<Turn>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/crowd", listener.local_addr().unwrap());
        let heard = Arc::new(Mutex::new(Vec::new()));
        let remembered = Arc::clone(&heard);
        std::thread::spawn(move || {
            for turn in turns {
                let (mut stream, _) = listener.accept().unwrap();
                remembered.lock().unwrap().push(read_request(&mut stream));
                turn.play(&mut stream);
            }
        });
        Self { url, heard }
    }

    pub fn directory(&self) -> CrowdDirectory {
        self.directory_with(Duration::from_secs(30), "application-password")
    }

    pub fn directory_with(&self, call_timeout: Duration, password: &str) -> CrowdDirectory {
        directory_at(&self.url, call_timeout, password)
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    /// The requests so far, whole.
    pub fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }

    /// Method and address of the requests so far, below the service.
    pub fn asked(&self) -> Vec<String> {
        let line = |request: &String| request.lines().next().unwrap().replace("/crowd/rest/usermanagement/1/", "");
        self.heard().iter().map(|request| line(request).trim_end_matches(" HTTP/1.1").to_owned()).collect()
    }
}

/// Whoever says that they are Crowd at this address.
pub fn directory_at(url: &str, call_timeout: Duration, password: &str) -> CrowdDirectory {
    let options = CrowdOptions {
        address: CrowdAddress::parse(url, PlainHttp::LoopbackOnly).unwrap(),
        application: "afed".parse().unwrap(),
        password: Secret::new(password.to_owned()),
        connect_timeout: Duration::from_secs(30),
        call_timeout,
        ca_bundle: None,
    };
    CrowdDirectory::new(options, &Rc::default())
}

/// One request, whole; nobody sends another before its answer.
pub fn read_request(stream: &mut TcpStream) -> String {
    let mut request = Vec::new();
    while !is_whole(&request) && read_on(stream, &mut request) {}
    String::from_utf8(request).unwrap()
}

fn is_whole(request: &[u8]) -> bool {
    let Some(end) = request.windows(4).position(|window| window == b"\r\n\r\n") else { return false };
    let head = String::from_utf8_lossy(&request[..end]).to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    request.len() >= end + 4 + length.unwrap_or(0)
}

fn read_on(stream: &mut TcpStream, request: &mut Vec<u8>) -> bool {
    let mut room = [0; 4096];
    let length = stream.read(&mut room).unwrap();
    request.extend_from_slice(&room[..length]);
    length > 0
}

/// An answer with these headers and this body.
pub fn answer(status: u16, headers: &[&str], body: &str) -> Turn {
    let headers: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
    let length = body.len();
    let head = format!("HTTP/1.1 {status} {CANARY}\r\nConnection: close\r\nContent-Length: {length}\r\n");
    Turn::Say(format!("{head}{headers}\r\n{body}").into_bytes())
}

/// Crowd's own answer with this JSON.
pub fn crowd(status: u16, body: &str) -> Turn {
    answer(status, &[VERSION, JSON], body)
}

/// Crowd's own refusal for this reason.
pub fn refusal(status: u16, reason: &str) -> Turn {
    crowd(status, &format!(r#"{{"reason":"{reason}","message":"{CANARY} <bob>"}}"#))
}

/// A page such as a proxy or a log-in form makes.
pub fn page(status: u16) -> Turn {
    answer(status, &[HTML], &format!("<html>{CANARY}</html>"))
}

/// What came of a call, in short; that no word of the far side is in it is checked on the way.
pub fn verdict<T: Debug>(result: Result<T, DirectoryError>) -> String {
    let error = match result {
        Ok(value) => return format!("{value:?}"),
        Err(error) => error,
    };
    let short = in_short(&error);
    let debug = format!("{error:?}");
    let told = format!("{debug} {:#}", anyhow::Error::new(error));
    assert!(!told.contains(CANARY), "{told}");
    short
}

pub fn in_short(error: &DirectoryError) -> String {
    match error {
        DirectoryError::NotCrowd { what, .. } => format!("NotCrowd {what:?}"),
        DirectoryError::Unexpected { what, .. } => format!("Unexpected {what:?}"),
        other => format!("{other:?}").split(' ').next().unwrap().to_owned(),
    }
}
